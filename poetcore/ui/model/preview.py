"""The preview of a training: how good a last layer is on the pictures that are extracted so far."""

from dataclasses import asdict

import pandas as pd
import streamlit as st

from poetcore.charts.training import preview_spec
from poetcore.training.curves import previews
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.ui.model.curves import reach
from poetcore.workspace.run import Run

__all__ = ["draw_preview"]


def draw_preview(run: Run, *, folded: bool) -> None:
    """Draw the accuracy by the number of pictures so far; nothing where there was no preview.

    Args:
        run: in training, or finished.
        folded: behind a line to open, once the training itself has curves.
    """
    found = previews(run.events("preview"))
    if not found:
        return
    table = pd.DataFrame([asdict(one) for one in found])
    if folded:
        with st.expander("Preview while features were extracted"):
            _draw(run, table)
            st.caption(term("preview"))
    else:
        st.markdown(f"{found[-1].text}; the training on all follows.", help=term("preview"))
        _draw(run, table)


def _draw(run: Run, table: pd.DataFrame) -> None:
    first, total = int(table["pictures"].iloc[0]), int(table["total"].iloc[-1])
    st.vega_lite_chart(
        table,
        chart_spec(preview_spec, (first, max(total, first + 1)), reach("accuracy", table["accuracy"])),
        key=f"preview_{run.name}",
        width="stretch",
        alt="accuracy by the number of pictures whose features are extracted",
    )
