"""How long a fine-tuning takes, told before it begins."""

from collections.abc import Iterable

from poetcore.features.backbones import Backbone, relative_cost
from poetcore.system.files import cores
from poetcore.training.fine_tuning.options import FineTuning
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord

__all__ = ["earlier_fine_tuning", "estimated_seconds"]

#: Measured with EfficientNet-Lite0: seconds of a core for a picture in an epoch, and for its feature maps,
#: plain and mirrored; TensorFlow's start, the division of the network and its conversion.
_TRAINED, _MAPPED, _FIXED = 0.013, 0.021, 40.0

#: Without epochs that are not needed, and with those that choose the rate.
_CHOOSING_EPOCHS = 2


def estimated_seconds(pictures: int, backbone: Backbone, options: FineTuning) -> float:
    """Return about how many seconds fine-tuning takes on this machine, with nothing else running.

    Args:
        pictures: trained on, validated and tested.
        backbone: whose first network is trained.
        options: epochs, cross validation.
    """
    first = backbone.members[0]
    work = relative_cost(first) or 1.0
    epochs = options.fine_tune_epochs * (6 if options.fine_tune_cross_validation else 1)
    epochs += 0 if options.fine_tune_rate else _CHOOSING_EPOCHS
    seconds: float = pictures * work * (_TRAINED * epochs + _MAPPED) / cores() + _FIXED
    return seconds


def earlier_fine_tuning(runs: Iterable[Run], image_dir: str) -> RunRecord | None:
    """Return the newest run that was fine-tuned on a dataset; None where there is none.

    Args:
        runs: finished ones, the newest first.
        image_dir: of the dataset.
    """
    for run in runs:
        record = run.record()
        if record.fine_tuning and record.image_dir == image_dir:
            return record
    return None
