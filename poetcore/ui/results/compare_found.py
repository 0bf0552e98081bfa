"""What a page knows of a comparison, which is made anew where the models or the demo pictures change."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from poetcore.errors import RunError
from poetcore.evaluation.compare import Model, find_comparison, stored_comparison
from poetcore.evaluation.comparison import Comparison
from poetcore.ui.computed import times_of
from poetcore.ui.scans import on_disk
from poetcore.ui.state import metrics_of, workspace
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
    stamps = (*map(_stamp, models), *map(on_disk, [demo] if demo else _evaluated_on(models)))
    return _comparison(str(demo) if demo else "", stamps, models)


def _evaluated_on(models: Sequence[Model]) -> list[str]:
    """Return the folders of the newest evaluations."""
    found = []
    for model in models:
        if isinstance(model, Run) and (folders := model.evaluations()):
            with contextlib.suppress(RunError):  # a damaged one, which the comparison tells of
                found.append(metrics_of(folders[0]).folder)
    return found


@st.cache_resource(max_entries=8, show_spinner=False)
def _comparison(demo: str, stamps: tuple[object, ...], _models: Sequence[Model]) -> list[Comparison] | None:
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
        return (str(model.folder), model.title, *times_of(*files))
    return (str(model.path), *times_of(model.path, *files))
