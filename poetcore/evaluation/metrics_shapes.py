"""What the dictionaries in `metrics.json` hold, so that it can be validated where it is read."""

from typing import NotRequired, TypedDict

from poetcore.system.shapes import Amount, Count, Share
from poetcore.workspace.run_shapes import Caught

__all__ = ["Calibration", "FoundUnknown", "LabelSets"]


class _Bin(TypedDict):
    low: Share
    high: Share
    n: Amount
    confidence: Share | None
    accuracy: Share | None


class Calibration(TypedDict):
    """How far confidences can be believed; see `calibration_figures`."""

    error: Share
    noise: Share
    off: bool
    log_loss: NotRequired[Amount | None]
    bins: list[_Bin]


class LabelSets(TypedDict):
    """What is found where a picture may have several labels; see `label_set_metrics`."""

    pictures: Count
    subset_accuracy: Share
    cooccurrence: list[list[Count]]
    predicted_cooccurrence: list[list[Count]]


class FoundUnknown(TypedDict):
    """How many pictures are called unknown; see `novelty_figures`."""

    pictures: Count
    unknown: Count
    wrong: Count
    expected: Share
    caught: NotRequired[dict[str, Caught] | None]
    auc: NotRequired[Share | None]
    caught_mean: NotRequired[Share | None]
