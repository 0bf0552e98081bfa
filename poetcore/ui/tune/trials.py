"""The trials of a tuning, as they come and when all are there: charts of them, and a table to sort."""

from typing import Any

import pandas as pd
import streamlit as st

from poetcore.charts.tuning import BEST, BOTH, COSTS, SIMPLEST, TRIAL, cost_chart, settings_chart
from poetcore.system import figures
from poetcore.training.tuning.choice import Choice
from poetcore.training.tuning.settings import Setting, varying
from poetcore.training.tuning.study import Study
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.ui.model.run_table import sortable
from poetcore.ui.text import counted, plain
from poetcore.ui.tune.words import TITLES, ordered, told, used

__all__ = ["draw_trials"]

#: What the switch above the chart calls each cost.
_COSTS = {
    "multiply_adds": "Multiply-adds",
    "megabytes": "Megabytes",
    "pictures_per_second": "Pictures a second",
}

#: More settings than this that vary are drawn as parallel coordinates; fewer can be read off the table.
_FEW = 3

_COLUMNS = {
    "trial": st.column_config.NumberColumn(width=60),
    "chosen as": st.column_config.TextColumn(width=140),
    "accuracy": st.column_config.TextColumn(width=155, help=term("cross validation")),
    "below the best": st.column_config.TextColumn(
        width=190,
        help="On the same pictures, with the 95 % interval of the difference: chance makes it this wide.",
    ),
    "p, corrected": st.column_config.NumberColumn(format="%.3f", help=term("p-value")),
    "as good": st.column_config.CheckboxColumn(
        help="Whether the difference to the best may be chance, as far as these pictures can tell."
    ),
    "cross entropy": st.column_config.NumberColumn(format="%.3f", help=term("cross entropy")),
    "seconds": st.column_config.NumberColumn(format="%.1f"),
}  # fmt: skip


def draw_trials(
    study: Study, trials: pd.DataFrame, choice: Choice | None, *, live: bool = False
) -> int | None:
    """Draw accuracy against cost, parallel coordinates where many settings vary, and the table.

    Args:
        study: the tuning.
        trials: that have ended, at least one.
        choice: what was chosen of them; None before that.
        live: whether more are to come; then none can be selected.

    Returns:
        The number of the trial that is selected, or None.
    """
    settings = study.settings()
    names = varying(settings)
    key = f"{study.name}_{'live' if live else 'all'}"
    marked = _marked(trials, settings, names, choice)
    clicked = _draw_costs(marked, key, live)
    if len(names) > _FEW:
        _draw_settings(marked, names, key)
    st.header("All trials")
    selected = _draw_table(marked, names, choice, key, live)
    if alike := [name for name in TITLES if name not in names]:
        st.caption(f"All alike: {plain(settings[0].words(alike))}.")
    return clicked if selected is None else selected


def _marked(
    trials: pd.DataFrame, settings: list[Setting], names: list[str], choice: Choice | None
) -> pd.DataFrame:
    """Return the trials with their settings in words, and what each is told apart as."""
    marks = pd.Series("", index=trials.index)
    if choice:
        marks[trials["number"] == choice.best] = BEST
        simplest = trials["number"] == choice.simplest_as_good
        marks[simplest] = BOTH if choice.best == choice.simplest_as_good else SIMPLEST
    in_words = [name for name in names if name != "architecture"]  # which stands beside
    words = [settings[number].words(in_words) for number in trials["number"]]
    return used(trials).assign(mark=marks, settings=words)


def _draw_costs(marked: pd.DataFrame, key: str, live: bool) -> int | None:
    """Draw accuracy against cost; return the trial that was clicked."""
    st.header("Accuracy against cost", help=f"{term('cross validation')} {term('interval')}")
    cost = st.segmented_control(
        "Cost",
        list(COSTS),
        default="multiply_adds",
        required=True,
        format_func=_COSTS.__getitem__,
        key="tune_cost",
        label_visibility="collapsed",
        persist_state="session",
    )
    cost = cost or "multiply_adds"
    event = st.vega_lite_chart(
        chart_spec(cost_chart, marked, cost),
        width="stretch",
        key=f"tune_costs_{key}",
        on_select="ignore" if live else "rerun",
        alt=f"Accuracy with its interval against {COSTS[cost]}, a point for each trial.",
    )
    words = (
        "Each point is a trial with its 95 % interval. Trials of one cost stand side by side, by accuracy."
    )
    if unknown := int(marked[cost].isna().sum()):
        words += f" Not drawn: {counted(unknown, 'trial')} whose backbone's cost is not known."
    st.caption(words)
    picked = [] if live else event.selection.get(TRIAL) or []  # type: ignore[union-attr]  # see on_select
    return int(picked[0]["number"]) if picked and "number" in picked[0] else None


def _draw_settings(marked: pd.DataFrame, names: list[str], key: str) -> None:
    """Draw each trial as a line through its settings to its accuracy."""
    st.header("Which settings matter")
    titles = {name: TITLES[name] for name in names}
    st.vega_lite_chart(
        chart_spec(settings_chart, ordered(marked, names), titles),
        width="stretch",
        key=f"tune_settings_{key}",
        alt="Parallel coordinates: each trial is a line through its settings to its accuracy.",
    )
    orange = " Orange: the best, and dashed the simplest as good." if marked["mark"].any() else ""
    st.caption(
        f"Each line is a trial, from its settings to its accuracy; the bluer, the more accurate.{orange}"
    )


def _draw_table(
    marked: pd.DataFrame, names: list[str], choice: Choice | None, key: str, live: bool
) -> int | None:
    """Draw a row for each trial, the most accurate first; return the number of the selected one."""
    table = _table(marked, names, choice)
    picked = st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        placeholder="–",
        on_select="ignore" if live else "rerun",
        selection_mode="single-row",
        key=f"trials_{key}",
        column_config=_COLUMNS,
        alt=f"{figures.count(len(table))} trials, a row each",
    )
    rows: list[int] = [] if live else picked.selection.rows  # type: ignore[union-attr]  # see on_select
    return int(table["trial"].iloc[rows[0]]) if rows and rows[0] < len(table) else None


def _cells(name: str, values: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the cells of a setting; "all" pictures are text, padded so that it sorts as numbers do."""
    if name == "max_pictures_per_label":
        return values.map(lambda one: f"{told(one):>9}")
    return values.map(told) if name == "head" else values


def _table(marked: pd.DataFrame, names: list[str], choice: Choice | None) -> pd.DataFrame:
    """Return the table as people read it: only settings that vary, and the comparison with the best."""
    best_first = marked.sort_values(["accuracy", "number"], ascending=[False, True])
    table = pd.DataFrame({"trial": best_first["number"]})
    if choice:
        table["chosen as"] = best_first["mark"].replace("", None)
    for name in names:
        table[TITLES[name]] = _cells(name, best_first[name])
    ends = zip(best_first["accuracy"], best_first["low"], best_first["high"], strict=True)
    table["accuracy"] = [None if pd.isna(one) else sortable(one, (low, high)) for one, low, high in ends]
    if choice:
        found = choice.comparisons.set_index("number").reindex(best_first["number"])
        told = zip(found.index, found["difference"], found["low"], found["high"], strict=True)
        table["below the best"] = [
            None
            if pd.isna(one) or number == choice.best
            else f"{figures.points(one)} ({figures.points_interval(low, high)})"
            for number, one, low, high in told
        ]
        table["p, corrected"] = found["p_corrected"].to_numpy()
        table["as good"] = found["as_good"].astype("boolean").to_numpy()
    table = table.assign(**{"cross entropy": best_first["cross_entropy"], "seconds": best_first["seconds"]})
    return table.assign(remark=best_first["message"]) if best_first["message"].any() else table
