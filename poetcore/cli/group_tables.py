"""What a terminal shows of groups of labels and of costs."""

from collections.abc import Iterable

from rich.table import Table

from poetcore.cli.terminal import table
from poetcore.errors import PoetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.decisions import Decision, group_words
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.label_groups.summary import (
    MIX,
    GroupSummary,
    cost_sentences,
    summarise,
    summarise_cross_validation,
)
from poetcore.system.figures import confidence, count, percent, with_interval
from poetcore.system.files import one_line
from poetcore.workspace.label_groups import OTHER_COST, LabelGroups
from poetcore.workspace.run import Run

__all__ = ["cross_validated_lines", "decision_lines", "decisions_note", "evaluated_lines", "group_lines"]


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
    try:
        summary = summarise_cross_validation(groups, run)
    except PoetError as error:
        return None, [f"On the training pictures nothing is known: {error}"]
    where = f"the {count(summary.total)} cross-validated training pictures"
    return summary, [*_summary_lines(summary, where), "On demo pictures: python -m poetcore evaluate"]


def _summary_lines(summary: GroupSummary, where: str) -> list[str | Table]:
    """Return the figures of groups and of costs on some pictures.

    Args:
        summary: of the pictures.
        where: which pictures, as a title ends.
    """
    found: list[str | Table] = []
    rows = []
    for one in summary.results:
        rules = [("by most probable label", one.usual)]
        if one.threshold is not None and one.chosen is not None:
            rules.append((f"from {confidence(one.threshold)} on", one.chosen))
        for place, (rule, figures) in enumerate(rules):
            values = (figures.recall, figures.precision, figures.false_alarms, figures.accuracy)
            shares = [with_interval(value.value, value.interval).replace(" (", "\n(") for value in values]
            rows.append(["" if place else one_line(one.group), rule, *shares])
    if rows:
        heading = ["group", "predicted", "recall", "precision", "false alarms", "accuracy"]
        found.append(table(f"Groups on {where}", heading, rows))
    if summary.accuracy is not None:
        found.append(f"Where a mistake within a group counts as right: accuracy {summary.accuracy}.")
    if summary.costs is not None:
        found += cost_sentences(summary.costs)
    return [*found, MIX] if found else []


def evaluated_lines(run: Run, evaluation: Evaluation) -> tuple[GroupSummary | None, list[str | Table]]:
    """Return the figures of a run's groups on demo pictures, and what is shown of them; neither without any.

    Args:
        run: which one.
        evaluation: of it. Damaged groups cost no evaluation: that is told.
    """
    try:
        groups = current_label_groups(run)
    except PoetError as error:
        return None, [str(error)]
    if not groups:
        return None, []
    summary = summarise(groups, evaluation)
    return summary, _summary_lines(summary, f"the {count(summary.total)} demo pictures not seen in training")


def decision_lines(decision: Decision) -> list[str]:
    """Return what is shown of one picture: its groups, and the answer that costs the least."""
    found = []
    if decision.groups:
        found.append(f"Groups: {one_line(group_words(decision.groups))}.")
    if decision.label is not None and decision.cost is not None and decision.usual is not None:
        found.append(
            f"Least expected cost: {one_line(decision.label)} ({decision.cost:.2f}; the most probable label"
            f" {decision.usual:.2f})."
        )
    return found


def decisions_note(decisions: Iterable[Decision]) -> str:
    """Return in how many pictures each group is predicted, as a sentence; "" without groups."""
    counts: dict[str, int] = {}
    number = 0
    for decision in decisions:
        number += 1
        for call in decision.groups:
            counts[call.group] = counts.get(call.group, 0) + call.predicted
    listed = ", ".join(f"{one_line(name)} {count(times)}" for name, times in counts.items())
    return f"Groups predicted, of {count(number)} pictures: {listed}." if listed else ""
