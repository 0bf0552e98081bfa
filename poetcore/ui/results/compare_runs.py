"""What two compared runs were made with: the settings in which they differ, and their curves."""

import pandas as pd
import streamlit as st

from poetcore.charts.training import overlaid_spec
from poetcore.evaluation.compare import Model
from poetcore.system.figures import count
from poetcore.training.curves import curves, overlaid
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.ui.model.curves import reach
from poetcore.ui.model.run_table import training_of
from poetcore.ui.text import plain
from poetcore.workspace.run import Run

__all__ = ["compared", "draw_runs_compared", "titles_of"]


def draw_runs_compared(one: Model, other: Model) -> None:
    """Show the settings in which two finished runs differ, and their curves; of a file nobody knows them."""
    if not isinstance(one, Run) or not isinstance(other, Run):
        return
    st.header("Settings that differ")
    table = compared(training_of(one), training_of(other), titles_of(one.title, other.title))
    if table.empty:
        st.caption("None: they were trained with the same settings on the same pictures.")
    else:
        st.table(table.rename_axis("setting").reset_index(), hide_index=True)
    if (one.record().multi_label is None) == (other.record().multi_label is None):
        _draw_curves(one, other, titles_of(one.title, other.title))
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
                chart_spec(
                    overlaid_spec,
                    quantity,
                    titles,
                    int(shown["step"].max()),
                    reach(quantity, shown[quantity]),
                ),
                key=f"overlaid_{quantity}",
                width="stretch",
                alt=f"{quantity.replace('_', ' ')} of both runs on training and validation pictures, by step",
            )
    words = "Solid lines are of validation pictures, dotted ones of training pictures; both are smoothed."
    if any(run.record().fine_tuning.get("best") for run in (one, other)):
        words += " Those of a fine-tuned run are of its last layer before the network was fine-tuned."
    st.caption(words)


def compared(one: dict[str, object], other: dict[str, object], titles: tuple[str, str]) -> pd.DataFrame:
    """Return the settings that differ as rows of a table, a column a run. As Markdown.

    >>> compared({"seed": 0, "steps": 5}, {"seed": 1, "steps": 5}, ("a", "b"))
          a  b
    seed  0  1
    """
    names = [name for name in one if one[name] != other.get(name)]
    table = pd.DataFrame(
        {n: [_cell(row.get(name), name) for name in names] for n, row in enumerate((one, other))}
    )
    return table.set_axis(names).set_axis([plain(title) for title in titles], axis="columns")


def titles_of(first: str, second: str) -> tuple[str, str]:
    """Return what two runs are called, numbered where it is the same.

    >>> titles_of("a", "b"), titles_of("a", "a")
    (('a', 'b'), ('a (1)', 'a (2)'))
    """
    return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")


def _cell(value: object, name: str) -> str:
    if value is None:
        return "–"
    if value is True:
        return "yes"
    if isinstance(value, int):
        return count(value)
    # Networks side by side have a long name, which breaks into lines on a phone.
    words = str(value).replace("+", " + ") if name == "backbone" else str(value)
    return plain(words.strip())
