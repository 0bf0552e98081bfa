"""The section Where it fails of the evaluate page: slices of the pictures, and the mistakes in each."""

import pandas as pd
import streamlit as st

from poetcore.analysis.slices import SlicedPictures, Slices
from poetcore.charts.slices import PICKED, slices_chart
from poetcore.errors import OptionError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.slices import SlicedAccuracy
from poetcore.system.figures import count, interval, p_figure, percent
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.computed import computed
from poetcore.ui.glossary import term
from poetcore.ui.labels import filter_label
from poetcore.ui.results.label_sets import draw_wrong_sets
from poetcore.ui.results.mistakes import draw_pictures
from poetcore.ui.state import progress_bar, workspace
from poetcore.ui.text import brief, counted, plain

__all__ = ["draw_slices"]

#: More slices than this are chosen from a list; of more than the second only the worst are drawn.
_PILLS, _MOST = 12, 40


@st.fragment
def draw_slices(evaluation: Evaluation, key: str) -> None:
    """Show where the model fails more than elsewhere: in words, as a chart, and the pictures.

    Args:
        evaluation: of a run on a demo folder.
        key: of the evaluation.
    """
    st.header("Where it fails more than elsewhere", help=term("slice"))
    stamp = _stamp(evaluation, key)
    pictures = _pictures(evaluation, stamp)
    if pictures.predictions.empty:
        st.caption("Every picture was seen in training, so that it would show the memory only.")
        return
    slices = _narrowed(pictures, stamp, evaluation.metrics.labels, key)
    if slices is None or slices.predictions.empty:
        st.info("No picture has these labels: choose others.", icon=":material/info:")
        return
    if not slices.accuracies:
        st.info(
            "There is nothing that tells these pictures apart: no sub-folders, and too few of them.",
            icon=":material/info:",
        )
        return
    st.markdown(plain(slices.sentence))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        attribute = st.segmented_control(
            "By", slices.attributes, default=slices.attributes[0], required=True, key=f"slices_by_{key}"
        )
    found = [one for one in slices.accuracies if one.attribute == attribute]
    found = sorted(found, key=_accuracy)[:_MOST] if len(found) > _MOST else found
    chosen = _chosen(slices, found, f"{key}_{attribute}")
    _draw_table(found)
    rows = slices.pictures(chosen)
    st.header(
        f"Misclassified pictures in {plain(f'“{attribute}: {brief(chosen.name)}”')}: {count(chosen.wrong)}"
    )
    if not chosen.wrong:
        st.success(f"All {counted(len(rows), 'picture')} are labelled right.", icon=":material/check_circle:")
    draw = draw_wrong_sets if evaluation.metrics.multi_label else draw_pictures
    draw(evaluation, rows[~rows["correct"]], f"slice_{key}_{attribute}_{chosen.name}")


def _stamp(evaluation: Evaluation, key: str) -> tuple[object, ...]:
    """Return what the slices of an evaluation depend on."""
    told = evaluation.predictions.loc[:, lambda rows: [not name.startswith("p_") for name in rows]]
    return (key, evaluation.metrics.state, int(pd.util.hash_pandas_object(told, index=False).sum()))


def _pictures(evaluation: Evaluation, stamp: tuple[object, ...]) -> SlicedPictures:
    """Find what the pictures can be divided by, unless it is known for the same pictures."""

    def find() -> SlicedPictures:
        with progress_bar() as show:
            return SlicedPictures.of(evaluation, workspace(), show)

    return computed("sliced pictures", stamp, find)


def _narrowed(
    pictures: SlicedPictures, stamp: tuple[object, ...], labels: list[str], key: str
) -> Slices | None:
    """Draw the choice of a label, and return the slices of its pictures; None where it has none.

    The last ones are kept: thousands of sub-folders take seconds, and every click draws the section anew.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        true = filter_label("True label", labels, f"slices_true_{key}")
        predicted = filter_label("Predicted label", labels, f"slices_predicted_{key}")
    try:
        return computed("slices", (stamp, true, predicted), lambda: pictures.slices(true, predicted))
    except OptionError:
        return None


def _chosen(slices: Slices, found: list[SlicedAccuracy], key: str) -> SlicedAccuracy:
    """Draw the accuracy of each slice, and return the one whose pictures are wanted: at first the lowest."""
    table = slices.table()
    table = table.merge(
        pd.DataFrame([(one.attribute, one.name) for one in found], columns=["attribute", "slice"])
    )
    right = slices.predictions["correct"].mean()
    event = st.vega_lite_chart(
        chart_spec(slices_chart, table, float(right)),
        width="stretch",
        key=f"slices_chart_{key}",
        on_select="rerun",
        selection_mode=PICKED,
        alt="The accuracy of each slice with its interval, as in the table below.",
    )
    st.caption(
        f"The dots are accuracies, with their 95 % intervals; the dashed line is that of all"
        f" {counted(len(slices.predictions), 'picture')}, {percent(right)}. Orange fails more than the rest."
        " Choose a slice, here or below, to see its misclassified pictures."
    )
    by_name = {one.name: one for one in found}
    picked, last = [one["slice"] for one in event.selection.get(PICKED) or []], f"slices_picked_{key}"
    if picked and picked != st.session_state.get(last) and picked[0] in by_name:
        st.session_state[f"slice_{key}"] = picked[0]
    st.session_state[last] = picked
    names = list(by_name)
    worst = min(found, key=_accuracy).name
    if st.session_state.get(f"slice_{key}") not in by_name:
        st.session_state[f"slice_{key}"] = worst

    def words(name: str) -> str:
        one = by_name[name]
        return f"{plain(brief(name))}: {count(one.wrong)} of {count(one.accuracy.total)} wrong"

    if len(names) > _PILLS:
        name = str(st.selectbox("Pictures of", names, key=f"slice_{key}", width=320))
    else:
        name = str(st.pills("Pictures of", names, required=True, format_func=words, key=f"slice_{key}"))
    return by_name[name]


def _draw_table(found: list[SlicedAccuracy]) -> None:
    with st.expander("As a table", icon=":material/table_rows:"):
        shown = {
            "slice": [one.name for one in found],
            "pictures": [count(one.accuracy.total) for one in found],
            "wrong": [count(one.wrong) for one in found],
            "accuracy": [percent(one.accuracy.value) for one in found],
            "95 % interval": [interval(*(one.accuracy.interval or (0.0, 1.0))) for one in found],
            "p-value": [p_figure(one.p_value) for one in found],
        }
        st.table(pd.DataFrame(shown).map(plain), hide_index=True)


def _accuracy(one: SlicedAccuracy) -> float:
    return one.accuracy.value or 0.0
