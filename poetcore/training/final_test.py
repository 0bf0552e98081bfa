"""The final test: the trained layer evaluated on the held-out parts of the split."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from poetcore.data.splitting import about_undivided
from poetcore.evaluation.accuracy import Accuracy, independent_number
from poetcore.evaluation.metrics import confusion_matrix
from poetcore.evaluation.uneven import about_uneven
from poetcore.system.figures import count
from poetcore.system.wording import counted
from poetcore.training.augmented import about_augmentation
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.head import Head, cross_entropy
from poetcore.workspace.run_record import RunRecord

__all__ = ["HeldOut", "evaluate_examples", "final_metrics", "run_remarks", "sample_test", "why_they_differ"]

#: Examples predicted at a time at the most: the feature vectors of a tenth of 200,000 take 100 MB.
_CHUNK = 4096

#: From so many times the pictures of the rarest label on, it is told what counted in training.
_UNEVEN = 3


@dataclass(frozen=True)
class HeldOut:
    """How good a layer is on a held-out part of the split.

    Attributes:
        accuracy: with its interval; without a value where the part is empty.
        cross_entropy: mean over the pictures; None where the part is empty.
        confusion_matrix: `(labels, labels) int64`; `C[i, j]` are known to be label i and predicted to be j.
    """

    accuracy: Accuracy
    cross_entropy: float | None
    confusion_matrix: np.ndarray


def evaluate_examples(head: Head, examples: Examples, labels: int, groups: np.ndarray) -> HeldOut:
    """Evaluate a layer on examples; where a picture may have several labels by cross entropy alone.

    Args:
        head: the layer.
        examples: of one part of the split; may be empty.
        labels: how many labels there are.
        groups: `(n,) int64`, the number of each one's group of near duplicates, which are right or wrong
            together and make the accuracy no surer.
    """
    # In even parts: a single row would be multiplied in another way, with another last digit.
    parts = np.array_split(np.arange(len(examples)), max(1, -(-len(examples) // _CHUNK)))
    probabilities = np.concatenate([head.probabilities(examples.take(part)[0]) for part in parts])
    if examples.targets.ndim == 2:
        loss = cross_entropy(probabilities, examples.targets) if len(examples) else None
        return HeldOut(Accuracy(0, 0), loss, np.zeros((labels, labels), np.int64))
    predicted = probabilities.argmax(axis=1)
    matrix = confusion_matrix(examples.targets.tolist(), predicted.tolist(), range(labels))
    return HeldOut(
        Accuracy(int(matrix.trace()), len(examples), independent_number(groups) if len(examples) else None),
        cross_entropy(probabilities, examples.targets) if len(examples) else None,
        matrix,
    )


def sample_test(count: int, options: TrainingOptions) -> np.ndarray:
    """Return which of the test pictures are in the final test: all, or `test_batch_size` drawn by lot.

    Args:
        count: how many test pictures there are.
        options: batch size and seed.

    Returns:
        Their indices, `(n,) int64`, each once.
    """
    if options.test_batch_size == -1 or options.test_batch_size >= count:
        return np.arange(count)
    return np.random.default_rng(options.seed).permutation(count)[: options.test_batch_size]


def final_metrics(test: HeldOut, validation: HeldOut) -> dict[str, Any]:
    """Return the figures of the final test by the names that they have in `run.json`."""
    return {
        "final_test_accuracy": test.accuracy.value,
        "final_test_count": test.accuracy.total,
        "final_test_interval": test.accuracy.interval,
        "final_test_cross_entropy": test.cross_entropy,
        "validation_accuracy": validation.accuracy.value,
        "validation_count": validation.accuracy.total,
        "validation_interval": validation.accuracy.interval,
        "validation_cross_entropy": validation.cross_entropy,
    }


def run_remarks(record: RunRecord) -> list[str]:
    """Return sentences on a run: labels without a test, one that has nearly all, what augmentation changed.

    Args:
        record: of the run; of one of an earlier version less is known.
    """
    uneven = about_uneven(record.cross_validation["per_label"]) if record.cross_validation else ""
    groups = {} if record.kept_aside else record.groups  # what is kept aside tells how they are recognised
    undivided = about_undivided(groups.get("undivided", {}), groups.get("by", "exact"))
    sentences = (undivided, uneven, _about_class_weight(record), about_augmentation(record.augmentation))
    return [sentence for sentence in sentences if sentence]


def _about_class_weight(record: RunRecord) -> str:
    """Return a sentence on what counted in training, where labels have very different numbers of pictures."""
    found = record.cross_validation["per_label"] if record.cross_validation else {}
    support = {label: one["support"] for label, one in found.items() if one["support"]}
    if not support or max(support.values()) < _UNEVEN * min(support.values()):
        return ""
    rare, often = min(support, key=lambda one: support[one]), max(support, key=lambda one: support[one])
    numbers = f"{counted(support[rare], 'picture')} of {rare} and {count(support[often])} of {often}"
    if record.options.get("class_weight", "balanced") == "balanced":
        return (
            f"Every label counted the same in training (class_weight balanced), with {numbers}: rare labels"
            " are found more often so, at probabilities that are somewhat too high."
        )
    return (
        f"Every picture counted the same in training (class_weight none), with {numbers}: rare labels are"
        " found less often so."
    )


def why_they_differ(record: RunRecord) -> str:
    """Return a sentence on why cross-validated and test accuracy differ; "" without a cross validation."""
    found, metrics = record.cross_validation, record.metrics
    if not found:
        return ""
    excluded = found.get("excluded", 0)
    without = f", except {excluded:,} of labels that are one group each" if excluded else ""
    closed = record.options.get("head") == "ridge" and not record.fine_tuning
    exact = " (in closed form, exactly as they would be)" if closed else ""
    # Rate and epoch were chosen before, on pictures that each stand in a fold too.
    hopeful = (
        ", a little hopeful since validation pictures chose rate and epoch" if record.fine_tuning else ""
    )
    sentence = (
        f"The accuracy is by cross validation: {found['folds']} more trainings{exact}, each without another"
        f" part of the pictures, by which every picture is tested once{without}{hopeful}"
    )
    tested = metrics.get("final_test_count")
    if not tested:
        return f"{sentence}."
    (low, high), (test_low, test_high) = found["interval"], metrics["final_test_interval"]
    few = ", so few that chance moves it more" if test_high - test_low > high - low else ""
    held_out = counted(tested, "picture")
    return f"{sentence}; the test accuracy is of this very model on the {held_out} held out from it{few}."
