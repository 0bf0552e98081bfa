"""All that is told of a run's groups and costs on some pictures: one result for pages, terminal, Python."""

from dataclasses import dataclass
from typing import Any

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.costs import CostReport, MeanCost, compute_costs, evaluation_costs
from poetcore.evaluation.label_groups.cross_validated import cross_validated_predictions
from poetcore.evaluation.label_groups.figures import (
    GroupFigures,
    GroupResult,
    figures_json,
    group_accuracy,
    group_results,
    group_truth,
    results_of,
)
from poetcore.system.figures import confidence, count, interval, percent
from poetcore.system.wording import counted, in_sentence
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.run import Run

__all__ = ["MIX", "GroupSummary", "cost_sentences", "summarise", "summarise_cross_validation"]

#: What holds of every figure that hangs on how many pictures of each label there are.
MIX = (
    "Precision and costs are of pictures with the labels mixed as here: where the group is rarer, more of the"
    " alarms are false."
)


@dataclass(frozen=True)
class GroupSummary:
    """How good a run is in its groups, and what its answers cost.

    Attributes:
        results: of each group.
        accuracy: where a mistake within a group counts as right; None where there are no groups, and where
            a picture may have several labels.
        costs: None where none were named, and where a picture may have several labels.
        total: pictures that all is of.
    """

    results: tuple[GroupResult, ...]
    accuracy: Accuracy | None
    costs: CostReport | None
    total: int

    def values(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        accuracy = self.accuracy
        return {
            "pictures": self.total,
            "accuracy": None if accuracy is None else accuracy.value,
            "interval": None if accuracy is None or accuracy.interval is None else list(accuracy.interval),
            "groups": [
                {
                    "group": one.group,
                    "labels": list(one.labels),
                    "threshold": one.threshold,
                    **figures_json(one.figures),
                    "most_probable_label": figures_json(one.usual),
                }
                for one in self.results
            ],
            "costs": None if self.costs is None else _costs_json(self.costs),
        }

    def sentences(self) -> list[str]:
        """Return what people are told, one sentence a group, and one or two on the costs."""
        found = [_result_sentence(one) for one in self.results]
        if self.accuracy is not None:
            found.insert(0, f"Where a mistake within a group counts as right: accuracy {self.accuracy}.")
        return found + ([] if self.costs is None else cost_sentences(self.costs))


def summarise(groups: LabelGroups, evaluation: Evaluation) -> GroupSummary:
    """Return what is told of groups and costs on the demo pictures that were not seen in training.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        evaluation: of the run.
    """
    several = evaluation.metrics.multi_label is not None
    results = tuple(group_results(groups, evaluation))
    accuracy = group_accuracy(groups, evaluation) if groups.groups and not several else None
    costs = evaluation_costs(groups, evaluation) if groups.costs and not several else None
    total = results[0].usual.accuracy.total if results else costs.total if costs else 0
    return GroupSummary(results, accuracy, costs, total)


def summarise_cross_validation(groups: LabelGroups, run: Run) -> GroupSummary:
    """Return what is told of groups and costs on the training pictures, by layers trained without them.

    Args:
        groups: of the run, as `current_label_groups` returns them.
        run: which one.

    Raises:
        OptionError: a picture may have several labels.
        RunError: the run has no cross validation, or it is damaged.
    """
    found = cross_validated_predictions(run)
    labels, shares, true = found.labels, found.probabilities, found.true
    truth = group_truth(groups, labels, true)
    results = tuple(results_of(groups, labels, shares, truth, found.independent))
    costs = compute_costs(groups, labels, shares, true, found.independent) if groups.costs else None
    return GroupSummary(results, None, costs, len(true))


def cost_sentences(costs: CostReport) -> list[str]:
    """Return what is told of what answers cost."""
    if not costs.total:
        return ["What answers cost is not known: no picture is left that was not seen in training."]
    changed = counted(costs.changed, "picture")
    saved = costs.saved
    sure = ""
    if saved.interval is not None and costs.changed:
        low, high = saved.interval
        sure = (
            ", which is more than chance explains" if low > 0 else ", which may be chance" if high > 0 else ""
        )
    return [
        f"Always the most probable label costs {costs.usual}.",
        f"The answer with the least expected cost, another for {changed} of {count(costs.total)}, costs"
        f" {costs.least}: it saves {saved.short}{sure}.",
    ]


def _result_sentence(one: GroupResult) -> str:
    """Return what is told of a group, as the run is set."""
    figures = one.figures
    when = "most probable label" if one.threshold is None else f"from {confidence(one.threshold)} on"
    return (
        f"{in_sentence(one.group)} ({when}): recall {figures.recall}, precision {figures.precision},"
        f" {_false(figures)}."
    )


def _false(figures: GroupFigures) -> str:
    """Return how many false alarms there are."""
    found = figures.false_alarms
    if found.value is None or found.interval is None:
        return "false alarms not known (no other pictures)"
    return (
        f"false alarms {percent(found.value)} ({count(found.correct)} of {count(found.total)} others; 95 %"
        f" interval {interval(*found.interval)})"
    )


def _costs_json(costs: CostReport) -> dict[str, Any]:
    def mean(one: MeanCost) -> dict[str, Any]:
        return {"per_100": one.value, "interval": None if one.interval is None else list(one.interval)}

    return {
        "pictures": costs.total,
        "most_probable_label": mean(costs.usual),
        "least_cost": mean(costs.least),
        "saved": mean(costs.saved),
        "expected_per_100": costs.expected,
        "changed": costs.changed,
    }
