"""The figures of a comparison on its page: accuracies, the difference with its doubt, label by label."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from poetcore.charts.comparison import recall_differences_chart
from poetcore.charts.style import FEW_LABELS
from poetcore.evaluation.comparison import Comparison
from poetcore.evaluation.paired import holm
from poetcore.system.figures import p_figure, percent, points, points_interval
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.glossary import term
from poetcore.ui.headline import accuracy_metric, metric, two_pairs
from poetcore.ui.text import brief, counted, plain

__all__ = ["draw_difference", "draw_labels", "draw_ranking", "names_of"]


def names_of(found: Sequence[Comparison]) -> list[str]:
    """Return what each model B is called, with its name behind where two are called alike. Not escaped."""
    titles = [one.b.title for one in found]
    return [
        f"{title} ({one.b.name})" if titles.count(title) > 1 else title
        for title, one in zip(titles, found, strict=True)
    ]


def draw_ranking(found: Sequence[Comparison]) -> None:
    """Show several models, each compared with A; p-values are corrected for their number."""
    told = [one for one in found if one.difference is not None]
    corrected = holm([one.p_value or 0.0 for one in told])
    rows = [
        {
            "model": name,
            "accuracy": percent(one.accuracy("b").value),
            "difference to A": points(one.difference or 0.0),
            "95 % interval": points_interval(*(one.interval or (0.0, 0.0))),
            "p": p_figure(p_value),
            "fixed": len(one.fixed()),
            "broken": len(one.broken()),
        }
        for name, one, p_value in zip(names_of(told), told, corrected, strict=True)
    ]
    if rows:
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            width="stretch",
            column_config={"p": st.column_config.TextColumn(help=term("McNemar's test"))},
        )
        words = f"p is corrected for {counted(len(rows), 'comparison')} (Holm's method)"
        st.caption(f"{words}; below, one comparison stands by itself." if len(rows) > 1 else f"{words}.")


def draw_difference(found: Comparison) -> None:
    """Show both accuracies and their difference, in figures and in words, and what must be known of it."""
    if found.difference is not None and found.interval is not None and found.p_value is not None:
        first, second = two_pairs()
        for place, side, model in ((first, "a", found.a), (first, "b", found.b)):
            accuracy_metric(
                place, f"Accuracy of {side.upper()}", found.accuracy(side), f"Of {plain(brief(model.title))}."
            )
        metric(
            second,
            "Difference (points)",
            points(found.difference).removesuffix(" points"),
            points_interval(*found.interval),
            "B's accuracy less A's on the same pictures. The range holds the true difference 19 times out of"
            " 20: where it is on one side of 0, the difference is more than chance.",
        )
        metric(
            second,
            "p",
            p_figure(found.p_value),
            f"{len(found.fixed()):,} fixed, {len(found.broken()):,} broken",
            term("McNemar's test"),
        )
        st.markdown(plain(found.sentence))
        if found.remarks:
            st.caption("\n\n".join(map(plain, found.remarks)))
        return
    st.error("\n\n".join(map(plain, found.remarks)), icon=":material/block:", title="No difference to tell")
    if number := len(found.pictures):
        st.caption(f"What follows is of all {counted(number, 'picture')}, those seen in training included.")


def draw_labels(found: Comparison) -> None:
    """Show by how much the recall of each label differs, as a chart of a few and as a table."""
    table = found.per_label()
    ordered = table.sort_values("difference", ascending=False, kind="stable")
    st.header("Label by label", help=term("recall"))
    few = len(table) <= FEW_LABELS
    if few:
        worst = "; ".join(
            f"{label} {points(difference)} ({points_interval(low, high)})"
            for label, difference, low, high in ordered[["label", "difference", "low", "high"]].itertuples(
                index=False
            )
        )
        st.vega_lite_chart(
            chart_spec(recall_differences_chart, ordered),
            width="stretch",
            alt=f"Difference of the recall of each label, B less A, with its interval: {worst}.",
        )
        st.caption(
            "Blue: B recognises more of the label; orange: fewer; grey: may be chance. Of twenty labels that"
            " do not differ, one comes out in colour."
        )
    with st.expander("As a table", icon=":material/table_rows:", expanded=not few):
        shown = {
            "label": ordered["label"],
            "pictures": ordered["support"],
            "A": ordered["a"].map(percent),
            "B": ordered["b"].map(percent),
            "difference": ordered["difference"].map(points),
            "95 % interval": [
                points_interval(low, high) for low, high in zip(ordered["low"], ordered["high"], strict=True)
            ],
            "fixed": ordered["fixed"],
            "broken": ordered["broken"],
        }
        st.dataframe(pd.DataFrame(shown), hide_index=True, width="stretch")
