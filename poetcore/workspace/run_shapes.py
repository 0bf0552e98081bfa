"""What the dictionaries in `run.json` and `metrics.json` hold, so that it can be validated where it is read.

Required is what every version wrote and what readers take for granted; what only some wrote is not.
"""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from poetcore.system.shapes import Amount, Count, Share, Within

__all__ = [
    "Augmented",
    "Bottlenecks",
    "Caught",
    "CrossValidation",
    "FineTuned",
    "Groups",
    "Interval",
    "LabelFigures",
    "MultiLabel",
    "Network",
    "Novelty",
    "RunMetrics",
    "RunOptions",
    "Skipped",
    "Timings",
]

#: The ends of an interval of shares.
Interval = tuple[Share, Share]

#: More than 0, and no more than what a temperature can be.
_Temperature = Annotated[float, Within(1e-6, 1e6)]


class Skipped(TypedDict):
    """A file that was excluded."""

    path: str
    reason: str


class LabelFigures(TypedDict):
    """Of one label: `per_label_metrics`; of several labels a picture also `predicted` and `threshold`."""

    precision: Share | None
    recall: Share | None
    f1: Share | None
    support: Count
    predicted: NotRequired[Count | None]
    threshold: NotRequired[float]


class RunMetrics(TypedDict, total=False):
    """The final figures of a training; of ridge regression others beside them."""

    final_test_accuracy: Share | None
    final_test_count: Count
    final_test_interval: Interval | None
    final_test_cross_entropy: Amount | None
    validation_accuracy: Share | None
    validation_count: Count
    validation_interval: Interval | None
    validation_cross_entropy: Amount | None


class RunOptions(TypedDict):
    """The options of a training that something reads again."""

    how_many_training_steps: int
    learning_rate: NotRequired[float]
    seed: NotRequired[int]
    head: NotRequired[str]
    class_weight: NotRequired[str]
    engine: NotRequired[str]
    labels: NotRequired[str]
    group_by: NotRequired[str]
    final_tensor_name: NotRequired[str]
    max_pictures_per_label: NotRequired[int]
    multi_label: NotRequired[bool]
    flip_left_right: NotRequired[bool]


class Bottlenecks(TypedDict):
    """How many feature vectors were computed, and how many were there."""

    computed: Count
    cached: Count
    skipped: NotRequired[Count]


class Timings(TypedDict):
    """Seconds, by name."""

    total_s: Amount
    bottlenecks_s: NotRequired[Amount]
    training_s: NotRequired[Amount]


class Groups(TypedDict, total=False):
    """The groups of pictures that the split keeps together."""

    by: str
    count: Count
    largest: Count
    undivided: dict[str, Count]


class _Calibration(TypedDict):
    error: Amount
    noise: Amount
    temperature: _Temperature
    cross_entropy_calibrated: Amount
    offered: bool


class CrossValidation(TypedDict):
    """The figures of a cross validation."""

    accuracy: Share | None
    n: Count
    per_label: dict[str, LabelFigures]
    interval: NotRequired[Interval | None]
    balanced_accuracy: NotRequired[Share | None]
    cross_entropy: NotRequired[Amount]
    folds: NotRequired[Count]
    groups: NotRequired[Count]
    independent: NotRequired[Amount | None]
    calibration: NotRequired[_Calibration]
    excluded: NotRequired[Count]


class MultiLabel(TypedDict):
    """What is known of a run of several labels a picture."""

    thresholds: list[float]
    per_label: dict[str, LabelFigures]
    macro_f1: Share | None
    subset_accuracy: Share | None
    n: Count
    folds: Count
    assumed: NotRequired[list[str]]


class Augmented(TypedDict):
    """What augmentation added."""

    copies: Count
    change: float | None


class Network(TypedDict):
    """A network that is a file kept with the run."""

    kind: Literal["file", "fine_tuned"]
    digest: str
    input_size: Annotated[int, Within(1, 100_000)]
    vector_length: Annotated[int, Within(1, 1_000_000_000)]
    scaling: tuple[Any, Any]
    megabytes: Amount
    base: NotRequired[str]


class _Accuracy(TypedDict):
    accuracy: Share | None


class FineTuned(TypedDict):
    """How the last blocks were trained too."""

    best: Count
    epochs: Count
    rate: NotRequired[float]
    seconds: NotRequired[Amount]
    stopped: NotRequired[bool]
    pictures: NotRequired[Count]
    on: NotRequired[str]
    difference: NotRequired[float | None]
    interval: NotRequired[tuple[float, float] | None]
    frozen: NotRequired[_Accuracy | None]
    tuned: NotRequired[_Accuracy | None]
    temperature: NotRequired[_Temperature]


class Caught(TypedDict):
    """Of a label that was held out: how many of its pictures are called unknown."""

    n: Count
    caught: Share
    auc: Share | None


class Novelty(TypedDict):
    """From which score on a picture is unknown, and what is found so."""

    means: tuple[float, float]
    deviations: tuple[float, float]
    threshold: float
    n: NotRequired[Count]
    compared: NotRequired[Count]
    basis: NotRequired[str]
    least_probability: NotRequired[Share | None]
    temperature: NotRequired[_Temperature]
    least_probability_calibrated: NotRequired[Share | None]
    caught: NotRequired[dict[str, Caught]]
    auc: NotRequired[Share | None]
    caught_mean: NotRequired[Share | None]
