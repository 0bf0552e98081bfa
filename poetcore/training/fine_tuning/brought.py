"""What fine-tuning brought: the network before and after on pictures that took no part."""

from typing import Any

import numpy as np

from poetcore.evaluation.calibration import apply_temperature, fit_temperature
from poetcore.evaluation.paired import paired_difference
from poetcore.system.figures import percent, points, points_interval
from poetcore.system.wording import counted
from poetcore.training.cross_validation import CrossValidation
from poetcore.training.examples import Prepared
from poetcore.training.train import Examples
from poetcore.workspace.head import Head, cross_entropy

__all__ = ["about_fine_tuning", "compare_before", "find_temperature"]


def about_fine_tuning(record: dict[str, Any]) -> str:
    """Return a sentence on what fine-tuning brought; "" where there was none.

    Args:
        record: `RunRecord.fine_tuning`.
    """
    if not record:
        return ""
    epochs = counted(record["epochs"], "epoch")
    if not record["best"]:
        return (
            f"Fine-tuning for {epochs} made the network no better on the validation pictures, so that it is"
            " used as it was."
        )
    stopped = " (stopped)" if record["stopped"] else ""
    sentence = f"Fine-tuned for {epochs}{stopped}, of which epoch {record['best']} is kept"
    if not record["pictures"]:
        return f"{sentence}."
    difference, on = points(record["difference"]), f"{record['on']} picture"
    return (
        f"{sentence}: of the {counted(record['pictures'], on)}"
        f" {percent(record['tuned']['accuracy'])} are right instead of"
        f" {percent(record['frozen']['accuracy'])}, a difference of {difference}"
        f" ({points_interval(*record['interval'])})."
    )


def find_temperature(head: Head, prepared: Prepared, cross: CrossValidation | None) -> float:
    """Return the temperature of the cross validation, else the one that fits the validation pictures."""
    if cross:
        return float(cross.figures["calibration"]["temperature"])
    part = prepared.parts["validation"]
    return fit_temperature(_probabilities(head, part), part.targets) if len(part) else 1.0


def compare_before(before: Prepared, frozen: Head, after: Prepared, tuned: Head) -> dict[str, Any]:
    """Compare the network as it was with what it became, on test pictures where there are any.

    Args:
        before: the examples on the network as it was.
        frozen: the last layer on that.
        after: the examples on the network as it is.
        tuned: the last layer on this.

    Returns:
        What `Tuned.record` holds of it.
    """
    on = "test" if len(after.parts["testing"]) else "validation"
    name = "testing" if on == "test" else on
    found: dict[str, Any] = {"on": on, "pictures": len(after.parts[name])}
    if not found["pictures"]:
        return found
    shas = after.split["sha"][after.split["split"] == name]
    both = before.split["sha"][before.split["split"] == name].isin(shas).to_numpy()
    right = []
    for key, prepared, head in (("frozen", before, frozen), ("tuned", after, tuned)):
        part = prepared.parts[name]
        chosen = np.flatnonzero(both) if prepared is before else np.arange(len(part))
        targets = part.targets[chosen]
        probabilities = head.probabilities(part.take(chosen)[0])
        right.append(probabilities.argmax(axis=1) == targets)
        probabilities = apply_temperature(probabilities, find_temperature(head, prepared, None))
        found[key] = {
            "accuracy": float(right[-1].mean()),
            "cross_entropy": cross_entropy(probabilities, targets),
        }
    groups = after.split["group"][after.split["split"] == name].to_numpy()
    difference, interval = paired_difference(right[0], right[1], groups)
    return found | {"difference": difference, "interval": list(interval)}


def _probabilities(head: Head, part: Examples) -> np.ndarray:
    return head.probabilities(part.take(np.arange(len(part)))[0])
