"""How long a tuning will take on this computer: its trials, and extracting features before them."""

from poetcore.data.dataset import Dataset
from poetcore.features.backbones import find, relative_cost
from poetcore.system.files import cores
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.settings import settings_of
from poetcore.training.tuning.trials import jobs_of
from poetcore.ui.data.features import missing_features

__all__ = ["expected_seconds"]

#: Milliseconds of one core for a picture: to decode it, and through the default backbone. Measured by
#: tests/benchmarks on photos of 499 x 665 pixels.
_DECODED, _EXTRACTED = 3.0, 10.5


def expected_seconds(plan: TuneOptions, dataset: Dataset) -> tuple[float, float]:
    """Estimate how long the trials of a plan take, and before them extracting features that are not cached.

    Args:
        plan: what is tried.
        dataset: its pictures.

    Returns:
        Seconds of the trials and of the extraction; mirrored copies count as not extracted yet.
    """
    settings = settings_of(plan)
    pictures, labels = len(dataset.pictures), len(dataset.labels)
    trials = sum(job.cost(pictures, labels) for job in jobs_of(settings))
    networks = {
        member.cache_key: member
        for name in {one.architecture for one in settings}
        for member in find(name).members
    }
    extraction = 0.0
    for network in networks.values():
        new = len(missing_features(dataset, network))
        new += pictures if any(one.flip_left_right for one in settings) else 0
        extraction += new * (_DECODED + _EXTRACTED * (relative_cost(network) or 1.0)) / 1000
    return trials / cores(), extraction / cores()
