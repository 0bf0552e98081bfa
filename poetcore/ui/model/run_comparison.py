"""Two runs side by side: their figures, the settings in which they differ, and their curves."""

import pandas as pd
import streamlit as st

from poetcore.charts.training import overlaid_spec
from poetcore.system.figures import count
from poetcore.training.curves import curves, overlaid
from poetcore.training.verdict import run_verdict
from poetcore.ui.choice import chosen
from poetcore.ui.glossary import term
from poetcore.ui.model.curves import reach
from poetcore.ui.model.run_table import row_of
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["compared", "draw_comparison", "titles_of"]

_FIGURES = ("accuracy", "macro F1", "demo accuracy", "evaluated on", "test accuracy", "curves", "remarks")


def draw_comparison(one: Run, other: Run) -> None:
    """Show what two finished runs differ in, and what it did to their figures."""
    st.header("Compared")
    rows = [
        row_of(run, chosen().demo) | {"curves": run_verdict(run).kind.capitalize()} for run in (one, other)
    ]
    st.table(compared(rows[0], rows[1]))
    if not (rows[0]["evaluated on"] and rows[1]["evaluated on"]):
        st.caption("Evaluate both on the same demo pictures: that is the fairest comparison.")
    elif rows[0]["evaluated on"] != rows[1]["evaluated on"]:
        st.caption(
            "They were evaluated on different pictures: choose the same demo pictures in the sidebar and"
            " evaluate both to compare their demo accuracies."
        )
    elif rows[0]["dataset"] != rows[1]["dataset"]:
        st.caption("They were trained on different datasets: only their demo accuracies can be compared.")
    elif one.record().multi_label is None:
        st.caption("Where the intervals overlap widely, the difference may be chance.")
    else:
        st.caption("A macro F1 has no interval here: a small difference may be chance.")
    if (one.record().multi_label is None) == (other.record().multi_label is None):
        _draw_curves(one, other, titles_of(rows[0], rows[1]))
    else:
        st.caption(
            "Their curves do not stand over each other: where a picture may have several labels, accuracy and"
            " cross entropy are of each label by itself."
        )


def _draw_curves(one: Run, other: Run, titles: tuple[str, str]) -> None:
    """Draw the curves of two runs over each other; nothing where one has none."""
    tables = dict(zip(titles, (curves(run.events("step")) for run in (one, other)), strict=True))
    if any(table.empty for table in tables.values()):
        return
    st.header("Their curves", help=term("cross entropy"))
    shown = overlaid(tables)
    for column, quantity in zip(st.columns(2), ("accuracy", "cross_entropy"), strict=True):
        with column:
            st.vega_lite_chart(
                shown,
                overlaid_spec(quantity, titles, int(shown["step"].max()), reach(quantity, shown[quantity])),
                key=f"overlaid_{quantity}",
                width="stretch",
                alt=f"{quantity.replace('_', ' ')} of both runs on training and validation pictures, by step",
            )
    st.caption("Solid lines are of validation pictures, dotted ones of training pictures; both are smoothed.")


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
    titles = [plain(title) for title in titles_of(one, other)]
    return table.set_axis(names).set_axis(titles, axis="columns")


def titles_of(one: dict[str, object], other: dict[str, object]) -> tuple[str, str]:
    """Return what two runs are called, numbered where it is the same.

    >>> titles_of({"run": "a"}, {"run": "b"}), titles_of({"run": "a"}, {"run": "a"})
    (('a', 'b'), ('a (1)', 'a (2)'))
    """
    first, second = str(one["run"]), str(other["run"])
    return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if value is True:
        return "yes"
    return count(value) if isinstance(value, int) else plain(str(value).strip())
