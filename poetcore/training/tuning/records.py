"""What is kept of a trial and of a backbone's cost, and the columns of a table of trials."""

from dataclasses import dataclass, field
from typing import Annotated, Any, TypedDict

from poetcore.system.shapes import Amount, Count, Like, Share
from poetcore.training.tuning.settings import Setting

__all__ = ["COSTS", "FIGURES", "Cost", "Plan", "Trial"]

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

    multiply_adds: Amount | None
    megabytes: Amount | None
    pictures_per_second: Amount | None
    networks: Count = 1


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

    number: Count
    accuracy: Share | None
    low: Share | None
    high: Share | None
    cross_entropy: Amount | None
    seconds: Amount
    message: str = ""


#: What a row of `Study.trials` has of its backbone's `Cost`.
COSTS = ("multiply_adds", "megabytes", "pictures_per_second")


class _Environment(TypedDict, total=False):
    """What was found when the pictures were prepared; see `Study.environment`."""

    pictures: Count
    labels: list[str]
    groups: Count
    state: str
    costs: dict[str, Cost]
    cores: Count


@dataclass(frozen=True)
class Plan:
    """What a tuning is to do: the content of `tuning.json`.

    Attributes:
        options: what it was asked for, by the names of `TuneOptions`.
        settings: of its trials, in their order.
        versions: of Poet.
        created: when, ISO 8601 with the time zone.
        environment: what was found when the pictures were prepared, see `Study.environment`; None before.
    """

    options: dict[str, Any]
    settings: list[Setting]
    versions: dict[str, str] = field(default_factory=dict)
    created: str = ""
    environment: Annotated[dict[str, Any] | None, Like(_Environment | None)] = None
