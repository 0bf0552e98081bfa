"""What pages say of groups and costs beside a prediction: on a card, in the table, on a slide."""

from collections.abc import Mapping, Sequence

from poetcore.data.label_sets import join_set
from poetcore.errors import PoetError
from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.decisions import Decision, cost_words, decide_predictions, group_words
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.label_groups.slide_groups import slide_groups
from poetcore.evaluation.label_groups.summary import GroupSummary, summarise
from poetcore.evaluation.slides import Slide
from poetcore.ui.state import explain
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.run import Run

__all__ = ["decision_cells", "decision_words", "decisions_of", "groups_on_slides", "summary_of"]


def decisions_of(run: Run, found: Sequence[Prediction]) -> list[Decision]:
    """Return what the groups and costs of a run make of its predictions; damaged ones are told and left out.

    Not from the cache of predictions: the groups may have changed since.
    """
    return decide_predictions(_groups_of(run), found)


def decision_words(decision: Decision) -> tuple[str, ...]:
    """Return what stands below a prediction, a line each: the groups, and the answer that costs the least."""
    groups = f"Groups: {group_words(decision.groups)}" if decision.groups else ""
    return tuple(filter(None, (groups, cost_words(decision))))


def decision_cells(decision: Decision) -> dict[str, str]:
    """Return what a table has of it: the predicted groups, and the label that costs the least."""
    cells = {}
    if decision.groups:
        cells["groups"] = join_set(one.group for one in decision.groups if one.predicted)
    if decision.label is not None:
        cells["least_cost"] = decision.label
    return cells


def groups_on_slides(
    run: Run, evaluation: Evaluation, slides: Sequence[Slide], *, confidence: bool = True
) -> Mapping[str, str]:
    """Return the line on groups and costs of slides, by their paths; none where the run has no groups.

    Args:
        run: that was evaluated.
        evaluation: of it.
        slides: of the evaluation.
        confidence: whether probabilities are shown.
    """
    paths = [slide.path for slide in slides]
    return slide_groups(_groups_of(run), evaluation, paths, confidence=confidence)


def summary_of(run: Run, evaluation: Evaluation) -> GroupSummary | None:
    """Return what a report tells of a run's groups and costs; None without any or where they are damaged."""
    try:
        return summarise(current_label_groups(run), evaluation) or None
    except PoetError:  # the page says so
        return None


def _groups_of(run: Run) -> LabelGroups:
    try:
        return current_label_groups(run)
    except PoetError as error:
        explain(error)
        return LabelGroups()
