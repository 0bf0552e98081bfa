"""What a page knows of a comparison; the demo pictures are scanned at most every 15 seconds."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from poetcore.evaluation.compare import Model, find_comparison, stored_comparison
from poetcore.evaluation.comparison import Comparison
from poetcore.ui.state import workspace
from poetcore.workspace.run import Run

__all__ = ["comparison_on"]


def comparison_on(demo: Path | None, models: Sequence[Model]) -> list[Comparison] | None:
    """Return the comparison of models with the first; None where one must be evaluated first.

    Args:
        demo: the demo pictures; None for those of the newest evaluations, which only runs have.
        models: two or more.

    Raises:
        PoetError: they cannot be compared.
    """
    return _comparison(str(demo) if demo else "", tuple(map(_stamp, models)), models)


@st.cache_resource(ttl="15s", max_entries=8, show_spinner=False)
def _comparison(
    demo: str, stamps: tuple[tuple[object, ...], ...], _models: Sequence[Model]
) -> list[Comparison] | None:
    """Compare; `stamps` stand for the models and what was evaluated. What is returned is shared."""
    with st.spinner("Comparing ...", show_time=True):
        if demo:
            return find_comparison(_models, Path(demo), workspace())
        runs = [model for model in _models if isinstance(model, Run)]
        return stored_comparison(runs, workspace()) if len(runs) == len(_models) else None


def _stamp(model: Model) -> tuple[object, ...]:
    """Return what changes where a model does, or what is known of it."""
    kept = workspace().comparisons
    files = [kept] if kept.is_dir() else []
    if isinstance(model, Run):
        files += [model.folder / "head.npz", *(one.metrics_file for one in model.evaluations())]
        return (str(model.folder), model.title, *map(_time, files))
    return (str(model.path), *map(_time, [model.path, *files]))


def _time(file: Path) -> int:
    return file.stat().st_mtime_ns if file.exists() else 0
