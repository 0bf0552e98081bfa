"""Two runs side by side: their figures, and the settings in which they differ."""

import pandas as pd
import streamlit as st

from poetcore.system.figures import count
from poetcore.ui.choice import chosen
from poetcore.ui.model.run_table import row_of
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["compared", "draw_comparison"]

_FIGURES = ("accuracy", "demo accuracy", "evaluated on", "test accuracy", "remarks")


def draw_comparison(one: Run, other: Run) -> None:
    """Show what two finished runs differ in, and what it did to their figures."""
    st.header("Compared")
    rows = [row_of(run, chosen().demo) for run in (one, other)]
    table = compared(rows[0], rows[1])
    st.table(table)
    if not (rows[0]["evaluated on"] and rows[1]["evaluated on"]):
        st.caption("Evaluate both on the same demo pictures: that is the fairest comparison.")
    elif rows[0]["evaluated on"] != rows[1]["evaluated on"]:
        st.caption(
            "They were evaluated on different pictures: choose the same demo pictures in the sidebar and"
            " evaluate both to compare their demo accuracies."
        )
    elif rows[0]["dataset"] != rows[1]["dataset"]:
        st.caption("They were trained on different datasets: only their demo accuracies can be compared.")
    else:
        st.caption("Where the intervals overlap widely, the difference may be chance.")


def compared(one: dict[str, object], other: dict[str, object]) -> pd.DataFrame:
    """Return the rows of two runs as the columns of a table: figures first, then what differs. As Markdown.

    >>> compared({"run": "a", "remarks": "old", "seed": 0}, {"run": "b", "seed": 1})
               a  b
    remarks  old  –
    seed       0  1
    """
    names = [name for name in _FIGURES if one.get(name) or other.get(name)]
    names += [
        name for name in one if name not in (*_FIGURES, "run", "started") and one[name] != other.get(name)
    ]
    table = pd.DataFrame({n: [_cell(row.get(name)) for name in names] for n, row in enumerate((one, other))})
    titles = [plain(row["run"]) for row in (one, other)]
    if titles[0] == titles[1]:
        titles = [f"{title} ({number})" for number, title in enumerate(titles, 1)]
    return table.set_axis(names).set_axis(titles, axis="columns")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return count(value) if isinstance(value, int) else plain(str(value).strip())
