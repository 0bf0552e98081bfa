"""The temperature that makes a run's probabilities believable: offered where they are off, and undone."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from poetcore.errors import PoetError
from poetcore.ui.state import explain
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord

__all__ = ["draw_temperature"]


def draw_temperature(run: Run, evaluate_again: Callable[[], None]) -> None:
    """Offer the run's temperature where its probabilities are off, and the way back where it is used.

    Args:
        run: a finished run.
        evaluate_again: called once the temperature has changed.
    """
    offered = _offered(run.record())
    try:
        used = run.temperature()
        if used == 1.0 and not offered.get("offered"):
            return
        wanted = _draw_offer(offered) if used == 1.0 else _draw_way_back(used)
        if wanted is None:
            return
        run.set_temperature(wanted)
    except PoetError as error:
        explain(error)
        return
    evaluate_again()


def _offered(record: RunRecord) -> Mapping[str, Any]:
    """Return the temperature that a run can have, and where it was found.

    A fine-tuned run is calibrated from its beginning: once that was taken back, it is offered again.
    """
    found = (record.cross_validation or {}).get("calibration") or {}
    if found.get("offered") or not record.fine_tuning.get("best"):
        return found
    temperature = record.fine_tuning.get("temperature", 1.0)
    where = "cross validation" if record.cross_validation else "validation"
    return {"offered": temperature != 1.0, "temperature": temperature, "where": where}


def _draw_way_back(used: float) -> float | None:
    """Draw that a temperature is used; return 1, which is none, once it is to be taken back."""
    with st.container(border=True):
        st.markdown(
            f"**The probabilities of this run are calibrated** (temperature {used:.2f}), here and in every"
            " export."
        )
        undone = st.button("Use the probabilities as trained", icon=":material/undo:", key="uncalibrate")
        return 1.0 if undone else None


def _draw_offer(offered: Mapping[str, Any]) -> float | None:
    """Draw what a temperature would do; return it once it is to be used."""
    temperature, where = float(offered["temperature"]), offered.get("where", "cross validation")
    direction = "overconfident: surer" if temperature > 1 else "underconfident: less sure"
    with st.container(border=True):
        st.markdown(
            f"**This model is {direction} than it is right.** Found in {where}, on pictures that it was not"
            f" trained on. One number, the temperature {temperature:.2f}, corrects it: no predicted label"
            " changes, only the probabilities do, here and in every export. It can be undone."
        )
        used = st.button("Calibrate the probabilities", icon=":material/tune:", key="calibrate")
        return temperature if used else None
