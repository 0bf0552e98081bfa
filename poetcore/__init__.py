"""Poet: train a picture classifier on your own categories, then show people how good it is.

    import poetcore as poet

    run = poet.retrain("mushrooms/train")
    report = run.evaluate("mushrooms/demo")
    run.predict("a.jpg").top(3)

Everything here is imported when it is first used, so that `import poetcore` costs next to nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

from poetcore.version import __version__

if TYPE_CHECKING:
    from poetcore.api.comparisons import ComparisonReport, compare
    from poetcore.api.datasets import ImageDataset, load_dataset
    from poetcore.api.features import extract_features, list_backbones
    from poetcore.api.reports import Report
    from poetcore.api.runs import list_runs, load_run, retrain
    from poetcore.api.samples import make_sample
    from poetcore.api.trained_run import TrainedRun
    from poetcore.api.tuning import Tuning, tune
    from poetcore.errors import PoetError
    from poetcore.system.progress import Progress

__all__ = [
    "ComparisonReport",
    "ImageDataset",
    "PoetError",
    "Progress",
    "Report",
    "TrainedRun",
    "Tuning",
    "__version__",
    "compare",
    "extract_features",
    "list_backbones",
    "list_runs",
    "load_dataset",
    "load_run",
    "make_sample",
    "retrain",
    "tune",
]

#: Public name -> the module that holds it.
_HOME = {
    "ComparisonReport": "api.comparisons",
    "ImageDataset": "api.datasets",
    "PoetError": "errors",
    "Progress": "system.progress",
    "Report": "api.reports",
    "TrainedRun": "api.trained_run",
    "Tuning": "api.tuning",
    "compare": "api.comparisons",
    "extract_features": "api.features",
    "list_backbones": "api.features",
    "list_runs": "api.runs",
    "load_dataset": "api.datasets",
    "load_run": "api.runs",
    "make_sample": "api.samples",
    "retrain": "api.runs",
    "tune": "api.tuning",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"poetcore.{_HOME[name]}"), name)
    raise AttributeError(f"module 'poetcore' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, so that a completion offers nothing else."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
