"""What a terminal shows of groups of labels and of costs."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from poetcore.cli.terminal import Terminal, table
from poetcore.errors import PoetError
from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.decisions import Decision, cost_words, decide_predictions, group_words
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.label_groups.slide_groups import slide_groups
from poetcore.evaluation.label_groups.summary import (
    GroupSummary,
    summarise,
    summarise_cross_validation,
)
from poetcore.system.figures import UNKNOWN, confidence, count, interval, percent
from poetcore.system.files import one_line
from poetcore.workspace.label_groups import OTHER_COST, LabelGroups
from poetcore.workspace.run import Run

__all__ = [
    "cross_validated_lines",
    "decision_lines",
    "decisions_of",
    "evaluated_lines",
    "group_lines",
    "groups_of",
    "groups_on_slides",
]


def group_lines(groups: LabelGroups, run: str) -> list[str | Table]:
    """Return the groups of a run and its costs as tables.

    Args:
        groups: of the run.
        run: its name.
    """
    if not groups:
        return [
            f"{run} has no groups of labels and no costs. Name labels that mean one thing to you:"
            " label_groups --group alarm=fire,smoke --recall alarm=95%"
        ]
    found: list[str | Table] = []
    if groups.groups:
        rows = [
            [
                one_line(name),
                ", ".join(map(one_line, own)),
                percent(groups.thresholds.get(name)),
                percent(groups.recalls.get(name)),
            ]
            for name, own in groups.groups.items()
        ]
        found.append(table(f"Groups of {run}", ["group", "labels", "threshold", "wanted recall"], rows))
    if groups.costs:
        rows = [[one_line(one.true), one_line(one.predicted), f"{one.cost:g}"] for one in groups.costs]
        title = f"Costs of mistakes, {OTHER_COST:g} for any other"
        found.append(table(title, ["true", "predicted", "cost"], rows))
    return found


def cross_validated_lines(groups: LabelGroups, run: Run) -> tuple[GroupSummary | None, list[str | Table]]:
    """Return the figures of groups on the cross-validated training pictures, and what is shown of them.

    Args:
        groups: as `current_label_groups` returns them.
        run: which one. Without cross validation there are none, and that is told.
    """
    if not groups:
        return None, []
    if run.record().multi_label:
        return None, ["How often they are found: python -m poetcore evaluate"]
    try:
        summary = summarise_cross_validation(groups, run)
    except PoetError as error:
        return None, [f"On the training pictures nothing is known: {error}"]
    where = f"{count(summary.total)} cross-validated training pictures"
    return summary, [*_summary_lines(summary, where), "On demo pictures: python -m poetcore evaluate"]


def _summary_lines(summary: GroupSummary, where: str) -> list[str | Table]:
    """Return the figures of groups and of costs on some pictures.

    Args:
        summary: of the pictures.
        where: which pictures, as a title ends.
    """
    rows = []
    for one in summary.results:
        rules = [(UNKNOWN, one.usual)]
        if one.threshold is not None and one.chosen is not None:
            rules.append((confidence(one.threshold), one.chosen))
        for place, (threshold, figures) in enumerate(rules):
            values = (figures.recall, figures.precision, figures.false_alarms, figures.accuracy)
            shares = [
                percent(value.value) + ("" if value.interval is None else f"\n{interval(*value.interval)}")
                for value in values
            ]
            rows.append(["" if place else one_line(one.group), threshold, *shares])
    if not rows:
        return list(summary.sentences())
    heading = ["group", "threshold", "recall", "precision", "false alarms", "accuracy"]
    usual = "predicted labels" if summary.several else "most probable label"
    title = f"Groups on {where}; without threshold by the {usual}"
    return [table(title, heading, rows), *summary.sentences()]


def evaluated_lines(
    run: Run, evaluation: Evaluation, terminal: Terminal
) -> tuple[GroupSummary | None, list[str | Table]]:
    """Return the figures of a run's groups on demo pictures, and what is shown of them; neither without any.

    Args:
        run: which one.
        evaluation: of it.
        terminal: where it is told that the groups are damaged, which costs no evaluation.
    """
    groups = groups_of(run, terminal)
    if not groups:
        return None, []
    summary = summarise(groups, evaluation)
    return summary, _summary_lines(summary, f"{count(summary.total)} demo pictures not seen in training")


def decisions_of(run: Run | None, found: Sequence[Prediction], terminal: Terminal) -> list[Decision]:
    """Return what the groups and costs of a run make of predictions, empty ones where it has none.

    Args:
        run: None of a frozen graph, which has no groups.
        found: its predictions.
        terminal: where it is told that the groups are damaged; the predictions stand without them.
    """
    return decide_predictions(LabelGroups() if run is None else groups_of(run, terminal), found)


def groups_on_slides(
    run: Run, evaluation: Evaluation, terminal: Terminal, *, confidence: bool
) -> Mapping[str, str]:
    """Return what is said of the groups of each picture on slides; see `slide_groups`."""
    return slide_groups(groups_of(run, terminal), evaluation, confidence=confidence)


def groups_of(run: Run, terminal: Terminal) -> LabelGroups:
    """Return the groups of a run; none where they are damaged, which is told."""
    try:
        return current_label_groups(run)
    except PoetError as error:
        terminal.message(str(error))
        return LabelGroups()


def decision_lines(decision: Decision) -> list[str]:
    """Return what is shown of one picture: its groups, and the answer that costs the least."""
    found = [f"\nGroups: {one_line(group_words(decision.groups))}."] if decision.groups else []
    return found + ([f"{one_line(cost_words(decision))}."] if decision.label is not None else [])
