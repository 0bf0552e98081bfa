"""The temperature that makes a run's probabilities believable: offered where they are off, and undone."""

from collections.abc import Callable

import streamlit as st

from poetcore.workspace.run import Run

__all__ = ["draw_temperature"]


def draw_temperature(run: Run, evaluate_again: Callable[[], None]) -> None:
    """Offer the run's temperature where its probabilities are off, and the way back where it is used.

    Args:
        run: a finished run.
        evaluate_again: called once the temperature has changed.
    """
    offered = (run.record().cross_validation or {}).get("calibration") or {}
    used = run.temperature()
    if used == 1.0 and not offered.get("offered"):
        return
    with st.container(border=True):
        if used != 1.0:
            st.markdown(
                f"**The probabilities of this run are calibrated** (temperature {used:.2f}), here and in"
                " every export."
            )
            if st.button("Use the probabilities as trained", icon=":material/undo:", key="uncalibrate"):
                run.set_temperature(1.0)
                evaluate_again()
            return
        temperature = float(offered["temperature"])
        direction = "surer than it may be" if temperature > 1 else "less sure than it may be"
        st.markdown(
            f"**This model is {direction}.** Found in cross validation, on pictures that it was not trained"
            f" on. One number, the temperature {temperature:.2f}, mends it: no predicted label changes, only"
            " the probabilities do, here and in every export. It can be undone."
        )
        if st.button("Calibrate the probabilities", icon=":material/tune:", key="calibrate"):
            run.set_temperature(temperature)
            evaluate_again()
