"""What is kept of a trial and of a backbone's cost, and the columns of a table of trials."""

from dataclasses import dataclass

__all__ = ["COSTS", "FIGURES", "Cost", "Trial"]

#: The columns of `Study.trials` beside `number` and the settings.
FIGURES = (
    "accuracy",
    "low",
    "high",
    "cross_entropy",
    "seconds",
    "multiply_adds",
    "megabytes",
    "pictures_per_second",
    "message",
)


@dataclass(frozen=True)
class Cost:
    """What a backbone costs; None for what is not known.

    Attributes:
        multiply_adds: work for one picture, in millions of multiplications with an addition.
        megabytes: size of its weights.
        pictures_per_second: through the network on one core of this machine.
        networks: how many there are in a combination; 1 of any other.
    """

    multiply_adds: float | None
    megabytes: float | None
    pictures_per_second: float | None
    networks: int = 1


@dataclass(frozen=True)
class Trial:
    """How good one trial is: a line of `trials.jsonl`.

    Attributes:
        number: from 0, its place in the plan.
        accuracy: cross-validated, 0 to 1; None where the training diverged.
        low, high: its 95 % interval, for new pictures.
        cross_entropy: of the same predictions.
        seconds: what its trainings took.
        message: why there is no accuracy; else "".
    """

    number: int
    accuracy: float | None
    low: float | None
    high: float | None
    cross_entropy: float | None
    seconds: float
    message: str = ""


#: What a row of `Study.trials` has of its backbone's `Cost`.
COSTS = ("multiply_adds", "megabytes", "pictures_per_second")
