"""The curves of a training: drawn as fast as an eye can follow, live and again as a replay.

A training of a small set takes two seconds and a page looks once a second. So a curve grows by a part of its
reports at a time, goes on growing after the training has ended, and can be replayed.
"""

import math

import pandas as pd
import streamlit as st

from poetcore.charts.training import curve_spec, path_chart
from poetcore.system.figures import count
from poetcore.training.curves import curves, path_of
from poetcore.training.verdict import Verdict, run_verdict
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.workspace.run import Run

__all__ = ["draw_curves", "draw_live_curves", "reach"]

#: Parts in which a curve is drawn at least, live and in a replay: some six seconds of each.
_LIVE_PARTS, _REPLAY_PARTS = 6, 24


def draw_live_curves(run: Run, steps: int) -> bool:
    """Draw accuracy and cross entropy so far; each call at most a sixth of the steps more than the last.

    Args:
        run: in training.
        steps: how many there will be; 0 where that is not known.

    Returns:
        Whether there were any.
    """
    table = curves(run.events("step"))
    if table.empty:
        return False
    steps = max(steps, int(table["step"].max()))
    st.session_state[_drawn(run)] = drawn = min(
        int(table["step"].max()), st.session_state.get(_drawn(run), 0) + -(-steps // _LIVE_PARTS)
    )
    _draw(run, table, drawn, steps)
    return True


def draw_curves(run: Run, steps: int) -> None:
    """Draw the curves of a finished run, going on where they stood while it was followed, and a replay.

    Args:
        run: finished.
        steps: that it was trained for.
    """
    table = curves(run.events("step"))
    if table.empty:
        _draw_path(run)
        return
    st.header("Curves", help=f"{term('cross entropy')} {term('validation pictures')}")
    last = int(table["step"].max())
    growing = st.session_state.get(_drawn(run), last) < last
    found = run_verdict(run)

    @st.fragment(run_every="0.25s" if growing else None)
    def grow() -> None:
        drawn = min(last, st.session_state.get(_drawn(run), last) + -(-last // _REPLAY_PARTS))
        if growing:
            st.session_state[_drawn(run)] = drawn
        _draw(run, table, drawn, max(steps, last))
        if drawn == last:
            _draw_verdict(found)
            if growing:
                st.rerun()  # and be still

    grow()
    st.button(
        "Replay",
        icon=":material/replay:",
        key="replay_curves",
        disabled=growing,
        on_click=_rewind,
        args=(run,),
    )


def _draw_path(run: Run) -> None:
    """Draw how good the strengths of a ridge regression were, which has no steps; of others nothing."""
    path = path_of(run.events("strength"))
    if path.empty:
        return
    st.header("Regularisation path", help=f"{term('ridge regression')} {term('cross entropy')}")
    left_out = path[path["split"] == "left out"].sort_values("cross_entropy")
    chosen = float(left_out["strength"].iloc[0])
    for column, quantity in zip(st.columns(2), ("accuracy", "cross_entropy"), strict=True):
        spec = chart_spec(path_chart, path, quantity, chosen, reach(quantity, path[quantity]))
        column.vega_lite_chart(spec, key=f"path_{run.name}_{quantity}")
    _draw_verdict(run_verdict(run))


def _rewind(run: Run) -> None:
    st.session_state[_drawn(run)] = 0


def _drawn(run: Run) -> str:
    """Return the key under which the session knows up to which step the curves of a run are drawn."""
    return f"curves_drawn_{run.name}"


def _draw(run: Run, table: pd.DataFrame, drawn: int, steps: int) -> None:
    """Draw both curves up to a step, with room for all."""
    shown = table[table["step"] <= drawn]
    for column, quantity in zip(st.columns(2), ("accuracy", "cross_entropy"), strict=True):
        with column:
            st.vega_lite_chart(
                shown,
                chart_spec(curve_spec, quantity, steps, reach(quantity, table[quantity])),
                key=f"curve_{run.name}_{quantity}",
                width="stretch",
                alt=f"{quantity.replace('_', ' ')} of training and validation pictures, by step",
            )
    if drawn < steps:
        st.caption(f"Step {count(drawn)} of {count(steps)}")


def _draw_verdict(found: Verdict) -> None:
    """Draw what the curves mean and what to do, loudly where another training is likely to be better."""
    if found.is_warning:
        st.warning(found.sentence, icon=":material/show_chart:")
    else:
        st.caption(found.sentence)


def reach(quantity: str, values: pd.Series) -> tuple[float, float]:
    """Return lowest and highest value of an axis, so coarse that it seldom moves while a curve grows.

    >>> reach("accuracy", pd.Series([0.52, 0.97])), reach("cross_entropy", pd.Series([1.61, 0.2]))
    ((0.5, 1.0), (0.0, 1.75))
    """
    if quantity == "accuracy":
        return math.floor(float(values.min()) * 10) / 10, 1.0
    return 0.0, math.ceil(max(float(values.max()), 0.01) * 4) / 4
