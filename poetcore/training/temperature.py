"""Calibrating a run: the temperature that its cross validation found, and the way back."""

from dataclasses import dataclass
from typing import Any

from poetcore.errors import OptionError, RunError
from poetcore.system.figures import percent
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.run import Run

__all__ = ["Calibrated", "calibrate"]


@dataclass(frozen=True)
class Calibrated:
    """How far a run's probabilities are off, and the temperature that it has now.

    Attributes:
        run: its name.
        temperature: what its outputs are divided by before the softmax; 1 where by nothing.
        offered: whether the cross validation found a temperature worth having.
        error: the expected calibration error of the cross-validated probabilities without one, 0 to 1.
        noise: the error that chance alone gives to calibrated probabilities.
        cross_entropy: of the cross-validated probabilities without one.
        cross_entropy_calibrated: with one that was fitted on other pictures than it was applied to.
        sentence: what was done.
    """

    run: str
    temperature: float
    offered: bool
    error: float
    noise: float
    cross_entropy: float
    cross_entropy_calibrated: float
    sentence: str

    def __repr__(self) -> str:
        return f"Calibrated({self.run!r}, temperature {self.temperature:.3g}: {self.sentence})"


def calibrate(run: Run, *, undo: bool = False) -> Calibrated:
    """Divide a run's outputs by the temperature of its cross validation, in Poet and in every export.

    It is fitted on the predictions of pictures by layers trained without them. Where their probabilities are
    off by no more than noise, nothing changes.

    Args:
        run: a finished run.
        undo: restore the layer as it was trained.

    Raises:
        OptionError: its pictures may have several labels, or it was calibrated as it was fine-tuned.
        RunError: the run is unfinished or damaged, or has no cross validation.
    """
    record = run.record()
    if record.multi_label:
        refuse_multi_label("calibrate")
    found = record.cross_validation
    if record.fine_tuning.get("best") and not found:
        raise OptionError(
            f"The run {run.name!r} was fine-tuned and calibrated then, on pictures that it was not trained"
            " on: there is nothing to calibrate."
        )
    if not found or "calibration" not in found:
        raise RunError(
            f"The run {run.name!r} has no cross validation from which a temperature could be fitted: train it"
            " again, with several different pictures of each label."
        )
    figures = found["calibration"]
    before = run.temperature()
    after = 1.0 if undo else figures["temperature"] if figures["offered"] else before
    if after != before:
        run.set_temperature(after)
    return Calibrated(
        run.name,
        after,
        figures["offered"],
        figures["error"],
        figures["noise"],
        found["cross_entropy"],
        figures["cross_entropy_calibrated"],
        _sentence(before, after, undo, found),
    )


def _sentence(before: float, after: float, undo: bool, found: dict[str, Any]) -> str:
    figures = found["calibration"]
    error, noise = (percent(figures[name]) for name in ("error", "noise"))
    if not undo and not figures["offered"]:
        within = figures["error"] <= figures["noise"]
        why = f"no more than the noise of {noise}" if within else "but a temperature lowers no log loss"
        return f"Nothing was changed: the probabilities are off by {error} on average, {why}."
    again = " Evaluations and exports made before keep their probabilities: make them again."
    what = (
        "The probabilities are those of the training"
        if undo
        else f"The probabilities were off by {error} on average (noise {noise}); with the temperature"
        f" {after:.3g} the cross-validated log loss is {figures['cross_entropy_calibrated']:.3f} instead of"
        f" {found['cross_entropy']:.3f}"
    )
    return f"{what}.{again if after != before else ''}"
