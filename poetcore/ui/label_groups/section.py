"""The section Groups and costs of the evaluate page: figures of groups, what answers cost, and the form."""

from pathlib import Path

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.costs import CostReport, MeanCost
from poetcore.evaluation.label_groups.figures import GroupResult, group_mistakes
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.label_groups.summary import GroupSummary, summarise, summarise_cross_validation
from poetcore.system.figures import confidence, count, percent, with_interval
from poetcore.ui.glossary import term
from poetcore.ui.headline import figure_metric, metric, two_pairs
from poetcore.ui.label_groups.form import draw_form
from poetcore.ui.results.mistakes import draw_pictures
from poetcore.ui.state import explain
from poetcore.ui.text import counted, few, plain
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.run import Run

__all__ = ["draw_label_groups"]

#: What is shown where a run has no groups yet.
_WHAT_FOR = """Some labels mean one thing to you, and some mistakes cost more than others:

- **fire** and **smoke** are both an *alarm*: a picture of fire that is called smoke is no mistake then, and a
  missed alarm costs more than a false one;
- of mushrooms some are *edible*, others *poisonous*: no poisonous one may be taken for an edible one, though
  which poisonous one it is hardly matters.

Name such groups of labels below. You see how often each is found and how often it is a false alarm, choose
the recall that you need, and say what mistakes cost. Nothing of the model changes."""


def draw_label_groups(run: Run, evaluation: Evaluation, key: str) -> None:
    """Draw how well a run tells its groups, what its answers cost, and the form for both.

    Args:
        run: that was evaluated.
        evaluation: of it on a demo folder.
        key: of the evaluation.
    """
    groups = LabelGroups()
    try:
        groups = current_label_groups(run)
    except PoetError as error:
        explain(error)
    if not groups:
        st.header("Groups of labels and costs of mistakes", help=term("label group"))
        st.markdown(_WHAT_FOR)
        draw_form(run, groups)
        return
    summary = summarise(groups, evaluation)
    if summary.total:
        _draw_figures(run, groups, summary)
    else:
        st.header("Groups of labels", help=term("label group"))
        st.caption("Every picture was seen in training, so that it would show the memory only.")
    with st.expander("Change groups and costs", icon=":material/edit:"):
        draw_form(run, groups)
    if summary.total and groups.groups and not evaluation.metrics.multi_label:
        _draw_mistakes(groups, evaluation, key)


def _draw_figures(run: Run, groups: LabelGroups, summary: GroupSummary) -> None:
    chosen_on = {one.group: one for one in _cross_validated(run, groups)}
    for one in summary.results:
        _draw_group(one, chosen_on.get(one.group), groups.recalls.get(one.group), several=summary.several)
    if summary.accuracy is not None:
        st.markdown(f"Where a mistake within a group counts as right: accuracy **{summary.accuracy}**.")
    if summary.costs is not None:
        st.header("What answers cost", help=term("expected cost"))
        _draw_costs(summary.costs)
    for remark in summary.remarks:
        st.caption(remark)


def _cross_validated(run: Run, groups: LabelGroups) -> tuple[GroupResult, ...]:
    """Return the figures of groups with a wanted recall on the pictures that it was chosen on."""
    if not groups.recalls:
        return ()
    try:
        return _on_training_pictures(str(run.folder), run.record().created, groups)
    except PoetError:  # of a run whose cross validation was deleted
        return ()


@st.cache_data(max_entries=8, show_spinner=False)
def _on_training_pictures(folder: str, created: str, groups: LabelGroups) -> tuple[GroupResult, ...]:
    """Compute the figures; `created` tells a run from an earlier one of the same name, which was deleted."""
    return summarise_cross_validation(groups, Run(Path(folder))).results


def _draw_group(
    one: GroupResult, chosen_on: GroupResult | None, wanted: float | None, *, several: bool
) -> None:
    """Draw the figures of one group, with the threshold that it has and without any."""
    st.header(plain(one.group), help=term("label group"))
    usual_rule = "one of them is predicted" if several else "the most probable label is one of them"
    together = "the most probable of them reaches {}" if several else "they reach {} together"
    when = usual_rule if one.threshold is None else together.format(confidence(one.threshold))
    st.caption(f"{plain(few(one.labels))}. Predicted where {when}.")
    figures = one.figures
    first, second = two_pairs()
    for place, name, figure, words in (
        (first, "Recall", figures.recall, term("recall")),
        (first, "Precision", figures.precision, term("precision")),
        (second, "False alarms", figures.false_alarms, term("false alarms")),
        (second, "Accuracy", figures.accuracy, "The share of pictures told rightly to be of it or not."),
    ):
        figure_metric(place, name, figure.value, figure.interval, figure.total, words)
    if one.chosen is None:
        return
    usual, rule = one.usual, "predicted labels" if several else "most probable label"
    st.caption(
        f"By the {rule} alone: recall {percent(usual.recall.value)}, precision"
        f" {percent(usual.precision.value)}, false alarms {percent(usual.false_alarms.value)}."
    )
    if wanted is not None and chosen_on is not None:
        found = chosen_on.figures
        st.caption(
            f"The threshold was chosen for a recall of {percent(wanted)} on the"
            f" {counted(found.accuracy.total, 'cross-validated training picture')}, not on these: there the"
            f" recall is {with_interval(found.recall.value, found.recall.interval)}, false alarms"
            f" {with_interval(found.false_alarms.value, found.false_alarms.interval)}."
        )


def _draw_costs(costs: CostReport) -> None:
    first, second = two_pairs()
    _cost_metric(first, "Most probable label", costs.usual, "Where it is always the answer.")
    _cost_metric(first, "Least expected cost", costs.least, term("expected cost"))
    _cost_metric(second, "Saved", costs.saved, "How much less the second costs, on the same pictures.")
    metric(
        second,
        "Other answers",
        count(costs.changed),
        f"of {counted(costs.total, 'picture')}",
        "Pictures to which the answer with the least expected cost is not the most probable label.",
    )
    st.caption("Costs per 100 pictures, with their 95 % interval, in your unit.")


def _cost_metric(place: st.delta_generator.DeltaGenerator, name: str, cost: MeanCost, help: str) -> None:
    metric(place, name, cost.short, cost.range, help)


@st.fragment
def _draw_mistakes(groups: LabelGroups, evaluation: Evaluation, key: str) -> None:
    """Draw the pictures of a group that were missed, or those that are false alarms."""
    st.header("Pictures")
    rows = group_mistakes(groups, evaluation)
    kinds = {f"{name}\n{kind}": (name, kind, found) for (name, kind), found in rows.items()}

    def words(one: str) -> str:
        name, kind, found = kinds[one]
        return f"{name}, {kind}: {count(len(found))}"

    first = next((one for one, (_, _, found) in kinds.items() if len(found)), next(iter(kinds)))
    picked = st.selectbox(
        "Which", list(kinds), index=list(kinds).index(first), format_func=words, key=f"group_{key}", width=360
    )
    name, kind, found = kinds[picked]
    if found.empty:
        none = "Every picture of it is found." if kind == "missed" else "There is no false alarm."
        st.success(f"{plain(name)}: {none}", icon=":material/check_circle:")
    draw_pictures(evaluation, found, f"group_pictures_{key}_{name}_{kind}")
