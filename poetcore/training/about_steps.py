"""What the steps and the learning rate did to the pictures of a run, in one sentence from its curves."""

import numpy as np

from poetcore.system.figures import count
from poetcore.training.curves import curves
from poetcore.training.verdict import CurveKind, run_verdict
from poetcore.workspace.run import Run

__all__ = ["about_steps"]

#: Parts of a training whose mean errors are compared: a single report is too noisy.
_PARTS = 20

#: How much of what was gained is missing where an error is said to be near its lowest.
_CLOSE = 0.05

_SAME = "; ten times the rate does about the same in a tenth of the steps"

#: What steps and rate did, and what follows, by what the curves look like.
_OF_STEPS = {
    CurveKind.OVERFITTING: (
        "brought the validation error near its lowest ({low}) by about step {near}, and then up to {last}",
        "fewer steps, or a lower rate, would be better",
    ),
    CurveKind.STILL_IMPROVING: (
        "brought the validation error to {last}, and it was still falling",
        "more steps, or a higher rate, would be better",
    ),
    CurveKind.FLAT: (
        "brought the validation error near its lowest ({low}) by about step {near}",
        "more steps change little",
    ),
    CurveKind.RATE_TOO_HIGH: (
        "overshot, and ended at a validation error of {last}",
        "a lower rate would be better",
    ),
}


def about_steps(run: Run) -> str:
    """Return in one sentence what the steps and the learning rate did to the pictures of a run.

    Gradient descent with small steps goes the same way at any rate, so that steps times rate is what counts:
    on 1,000 photos of flowers 400 steps at 0.1 gave the accuracy and the log loss of 4,000 at 0.01.

    Args:
        run: finished, and trained in steps.

    Returns:
        "" where its curves say nothing of it.

    Raises:
        RunError: it cannot be read.
    """
    options, found = run.record().options, run_verdict(run)
    table = curves(run.events("step"))
    validated = table[table["split"] == "validation"]
    if found.kind not in _OF_STEPS or validated.empty:
        return ""
    parts = np.array_split(validated[["step", "cross_entropy"]].to_numpy(float), _PARTS)
    steps, errors = np.array([part.mean(axis=0) for part in parts if len(part)]).T
    lowest, last = float(errors.min()), float(errors[-1])
    near = int(float(f"{steps[errors <= lowest + _CLOSE * (errors[0] - lowest)][0]:.1e}"))
    did, so = _OF_STEPS[found.kind]
    rate = float(options["learning_rate"])
    return (
        f"On these pictures {count(int(options['how_many_training_steps']))} steps at a learning rate of"
        f" {rate:g} "
        + did.format(low=f"{lowest:.3f}", near=count(near), last=f"{last:.3f}")
        + f": {so}{_SAME if found.kind != CurveKind.RATE_TOO_HIGH else ''}."
    )
