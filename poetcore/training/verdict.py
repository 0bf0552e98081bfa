"""What the curves of a training mean, and what to do: one verdict for page and terminal.

It reads cross entropy only, which tells more than accuracy does, and no change that chance alone makes.
Whether more pictures would help these curves cannot tell: `poetcore.training.learning_curve` measures it.
"""

import math
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from poetcore.system.figures import count, percent
from poetcore.system.wording import counted
from poetcore.training.curves import curves, path_of
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord

__all__ = ["CurveKind", "Verdict", "run_verdict", "verdict"]

#: With fewer reports there is no verdict yet.
_MIN_REPORTS = 12

#: Reports at the beginning in which a rate that is too high shows: the first steps overshoot the furthest.
_FIRST = 3

#: So much worse than guessing is no accident, where the training error is odd as well, or by itself.
_WORSE, _MUCH_WORSE = 1.1, 2

#: A validation error that rose by this share of its lowest is worth another training. Measured on photos of
#: flowers: a tenth with the default settings, a third and more with 10 and 50 times their learning rate.
_RISE = 0.15

#: As much as this share of what was gained over guessing is worth one too, where little was gained.
_LOST, _GAINED = 0.3, 0.1

#: On fewer validation pictures one of them may decide what the curves look like.
_FEW = 20

#: Where chance alone moves the mean of a third by more than this share, no trend can be told.
_UNCLEAR = 0.4

_SLOWER = "Train again with a tenth of the learning rate."


class CurveKind(StrEnum):
    """What the curves of a training look like."""

    TOO_EARLY = "too early"
    NO_VALIDATION = "no validation"
    RATE_TOO_HIGH = "rate too high"
    OVERFITTING = "overfitting"
    STILL_IMPROVING = "still improving"
    UNSTABLE = "unstable"
    FLAT = "flat"
    STRENGTH_CHOSEN = "strength chosen"


@dataclass(frozen=True)
class Verdict:
    """What the curves of a training mean.

    Attributes:
        kind: what they look like.
        finding: a sentence with the figures that show it.
        advice: a sentence on what to do; "" where nothing is to be done.
    """

    kind: CurveKind
    finding: str
    advice: str = ""

    @property
    def sentence(self) -> str:
        """Both sentences."""
        return f"{self.finding} {self.advice}".strip()

    @property
    def is_warning(self) -> bool:
        """Whether another training is likely to give a better model."""
        return bool(self.advice) and self.kind in (CurveKind.RATE_TOO_HIGH, CurveKind.OVERFITTING)


def run_verdict(run: Run) -> Verdict:
    """Read the curves of a finished run.

    Those of a fine-tuned run are of its last layer before the fine-tuning, and advise nothing.

    Raises:
        RunError: the run is not finished, or cannot be read.
    """
    record = run.record()
    found = _of_last_layer(run, record)
    if not record.fine_tuning.get("best"):
        return found
    return Verdict(found.kind, f"Of the last layer before the network was fine-tuned. {found.finding}")


def _of_last_layer(run: Run, record: RunRecord) -> Verdict:
    """Read the curves, or the path, of the last layer."""
    if record.options.get("head") == "ridge":
        return _about_strengths(path_of(run.events("strength")))
    labels = len(record.labels)
    # Where a picture may have several labels, each is a yes or no of its own, and reports have their mean.
    guessing = math.log(2 if record.options.get("multi_label") else max(labels, 2))
    found, pictures = verdict(curves(run.events("step")), guessing), record.splits.get("validation", 0)
    if not 0 < pictures < _FEW:
        return found
    few = f"{found.finding} That is measured on {counted(pictures, 'validation picture')} only."
    return replace(found, finding=few)


def verdict(table: pd.DataFrame, guessing: float) -> Verdict:
    """Return which of the kinds curves are, with the figures that show it and what to do.

    Args:
        table: made by `curves`.
        guessing: the cross entropy of giving every label the same probability: of one label a picture the
            logarithm of their number, of several the logarithm of 2.
    """
    training = table[table["split"] == "training"]["cross_entropy"].to_numpy(dtype=float)
    validated = table[table["split"] == "validation"]
    validation, steps = validated["cross_entropy"].to_numpy(dtype=float), validated["step"].to_numpy()
    if len(training) < _MIN_REPORTS:
        return Verdict(CurveKind.TOO_EARLY, "Too early to tell: the curves need a few more steps.")
    if len(validation) != len(training):
        return Verdict(
            CurveKind.NO_VALIDATION,
            "Without validation pictures overfitting cannot be told from progress.",
            "Choose a validation percentage above 0 to see it.",
        )
    return (
        _rate_too_high(training, validation, guessing)
        or _rising(training, validation, steps, guessing)
        or _trend(training, validation, guessing)
    )


def _about_strengths(path: pd.DataFrame) -> Verdict:
    """Return the verdict on the regularisation path of a ridge regression, which has no steps."""
    left_out = path[path["split"] == "left out"].reset_index(drop=True)
    if left_out.empty:
        return Verdict(CurveKind.TOO_EARLY, "What the strengths were like is not known.")
    errors = left_out["cross_entropy"]
    best, last = int(errors.argmin()), len(left_out) - 1
    weak, strong = (f"{errors[i]:.3f} at {left_out['strength'][i]:g}" for i in (0, last))
    others = " and ".join(
        [f"weaker ones fit their own pictures too closely ({weak})"] * (best > 0)
        + [f"stronger ones {'' if best > 0 else 'fit '}too loosely ({strong})"] * (best < last)
    )
    return Verdict(
        CurveKind.STRENGTH_CHOSEN,
        f"Ridge regression of strength {left_out['strength'][best]:g} had the lowest error (cross entropy) on"
        f" training pictures that were left out, {errors[best]:.3f}; {others}.",
    )


def _rate_too_high(training: np.ndarray, validation: np.ndarray, guessing: float) -> Verdict | None:
    """Return the verdict on first steps that overshoot, or on errors that are no numbers any more."""
    if not (np.isfinite(training).all() and np.isfinite(validation).all()):
        words = "Learning rate too high: the errors grew beyond all numbers."
        return Verdict(CurveKind.RATE_TOO_HIGH, words, _SLOWER)
    # Small steps begin near guessing, and on the pictures that are trained on get better one by one. One
    # validation picture may be an odd one, so an error on those alone is not enough.
    first, began = training[:_FIRST], float(validation[:_FIRST].mean())
    thrown_about = first.max() > _WORSE * guessing or first.mean() < 0.1 * guessing
    if began < (_WORSE if thrown_about else _MUCH_WORSE) * guessing:
        return None
    return Verdict(
        CurveKind.RATE_TOO_HIGH,
        f"Learning rate too high: the validation error (cross entropy) began at {began:.3f}, worse than"
        f" guessing ({guessing:.3f}), as the first steps overshot, and ended at"
        f" {_thirds(validation)[1].mean():.3f}.",
        _SLOWER,
    )


def _rising(
    training: np.ndarray, validation: np.ndarray, steps: np.ndarray, guessing: float
) -> Verdict | None:
    """Return the verdict on a validation error that rose from its lowest; None where it did not.

    The lowest is the mean of one of the first four sixths of the reports, the end that of the last two.
    """
    part = len(validation) // 6
    lowest = int(validation[: 4 * part].reshape(4, part).mean(axis=1).argmin())
    then, last = slice(lowest * part, (lowest + 1) * part), slice(-2 * part, None)
    low, now, noise = _compared(validation[then], validation[last], 3)
    if now <= low + max(noise, min(_RISE * low, _LOST * (guessing - low)), 0.02 * guessing):
        return None
    trained_low, trained_now, trained_noise = _compared(training[then], training[last], 3)
    near = count(int(steps[lowest * part + part // 2]))
    went = (
        f"the validation error (cross entropy) was {low:.3f} near step {near} and rose to {now:.3f}, while"
        f" the training error went from {trained_low:.3f} to {trained_now:.3f}"
    )
    if trained_now > trained_low + max(trained_noise, _RISE * trained_low):
        return Verdict(CurveKind.RATE_TOO_HIGH, f"Learning rate too high: {went}, so both rise.", _SLOWER)
    return Verdict(
        CurveKind.OVERFITTING,
        f"Overfitting: {went}: the model fits its own pictures ever more closely, and others less.",
        f"Train again with about {near} steps, or with a smaller learning rate.",
    )


def _trend(training: np.ndarray, validation: np.ndarray, guessing: float) -> Verdict:
    """Return the verdict on a validation error that falls, rests, or jumps too much to tell."""
    before, now, noise = _compared(*_thirds(validation), 2)
    from_to = f"from {before:.3f} in the second third of the steps to {now:.3f} in the last"
    # A change that is small beside the error itself is of no use to anybody, unless little was gained so far.
    if now < before - max(noise, min(0.05 * before, _GAINED * (guessing - now)), 0.001 * guessing):
        return Verdict(
            CurveKind.STILL_IMPROVING,
            f"Still improving: the validation error (cross entropy) fell {from_to}.",
            "Train again with more steps, twice as many for instance, or with a higher learning rate.",
        )
    if noise > max(_UNCLEAR * now, 0.01):
        return Verdict(
            CurveKind.UNSTABLE,
            "Unstable: the validation error (cross entropy) jumps so much from report to report that a change"
            f" of less than {percent(min(noise / now, 1), 0)} cannot be told.",
            "Set the validation batch size to -1, so that every report is on all validation pictures; where"
            " the training error jumps too, choose a smaller learning rate or a larger batch size.",
        )
    trained = float(_thirds(training)[1].mean())
    flat = f"Flat: the validation error (cross entropy) went {from_to}, a change too small to count"
    if min(trained, now) > 0.95 * guessing:
        return Verdict(
            CurveKind.FLAT,
            f"{flat}; that is hardly better than guessing ({guessing:.3f}).",
            "Train again with ten times the learning rate.",
        )
    return Verdict(
        CurveKind.FLAT,
        f"{flat}; the training error was {trained:.3f} in the last.",
        "More steps are likely to change little.",
    )


def _thirds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the second and the last third."""
    third = len(values) // 3
    return values[-2 * third : -third], values[-third:]


def _compared(early: np.ndarray, late: np.ndarray, errors: int) -> tuple[float, float, float]:
    """Return both means, and so many standard errors of their difference: what chance alone makes of it."""
    variance = early.var(ddof=1) / len(early) + late.var(ddof=1) / len(late)
    return float(early.mean()), float(late.mean()), errors * math.sqrt(variance)
