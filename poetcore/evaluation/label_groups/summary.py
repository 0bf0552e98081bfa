"""All that is told of a run's groups and costs on some pictures: one result for pages, terminal, Python."""

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.label_groups.costs import CostReport, MeanCost, compute_costs, evaluation_costs
from poetcore.evaluation.label_groups.cross_validated import cross_validated_predictions
from poetcore.evaluation.label_groups.figures import (
    GroupResult,
    figures_json,
    group_accuracy,
    group_results,
    group_truth,
    results_of,
)
from poetcore.system.figures import count
from poetcore.system.wording import counted
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.run import Run

__all__ = ["GroupSummary", "summarise", "summarise_cross_validation"]

#: What holds of every figure that hangs on how many pictures of each label there are.
_MIX = (
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
        remarks: what must be known to read it, full sentences.
        several: whether a picture may have several labels.
    """

    results: tuple[GroupResult, ...]
    accuracy: Accuracy | None
    costs: CostReport | None
    total: int
    remarks: tuple[str, ...] = (_MIX,)
    several: bool = False

    def __bool__(self) -> bool:
        return bool(self.results or self.costs)

    def table(self) -> pd.DataFrame:
        """Return the figures of each group, one row a group.

        Returns:
            Columns group, labels (tuple), threshold (NaN where the most probable label decides) and, for
            recall, precision, false_alarms and accuracy, each with its 95 % interval, `recall`, `recall_low`,
            `recall_high` and so on, 0 to 1; NaN where there are no pictures.
        """
        rows = []
        for one in self.results:
            row: dict[str, Any] = {"group": one.group, "labels": one.labels, "threshold": one.threshold}
            for name, figure in figures_json(one.figures).items():
                low, high = figure["interval"] or (None, None)
                row |= {name: figure["value"], f"{name}_low": low, f"{name}_high": high}
            rows.append(row)
        figures = ("recall", "precision", "false_alarms", "accuracy")
        numbers = ["threshold", *(f"{name}{end}" for name in figures for end in ("", "_low", "_high"))]
        return pd.DataFrame(rows, columns=["group", "labels", *numbers]).astype(dict.fromkeys(numbers, float))

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
        """Return what is told beside the figures of each group: of all groups, of costs, and remarks."""
        found = []
        if self.accuracy is not None:
            found.append(f"Where a mistake within a group counts as right: accuracy {self.accuracy}.")
        return [*found, *([] if self.costs is None else cost_sentences(self.costs)), *self.remarks]


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
    remarks = [_MIX]
    calibration = evaluation.metrics.calibration
    if costs and calibration and calibration["off"]:
        remarks.append(
            "The confidences of these pictures are off by more than chance explains, and so are the expected"
            " costs: calibrate the run."
        )
    metrics = evaluation.metrics
    if groups.thresholds and not math.isclose(groups.temperature, metrics.temperature, rel_tol=1e-6):
        remarks.append(
            "The run was calibrated between the choice of its thresholds and this evaluation: evaluate again,"
            " and look again at thresholds that you chose yourself."
        )
    return GroupSummary(results, accuracy, costs, total, tuple(remarks), several)


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
    found = [f"Always the most probable label costs {costs.usual}."]
    if not costs.changed:
        return [*found, "The answer with the least expected cost is the same for every picture."]
    low, high = costs.saved.interval or (0.0, 0.0)
    sure = "which may be chance" if low <= 0 <= high else "which is more than chance explains"
    saves = costs.saved.value is not None and costs.saved.value >= 0
    by = f"it saves {costs.saved.short}" if saves else f"it costs {costs.saved.short.lstrip('-')} more"
    return [
        *found,
        f"The answer with the least expected cost, another one for {count(costs.changed)} of"
        f" {counted(costs.total, 'picture')}, costs {costs.least}: {by}, {sure}.",
    ]


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
