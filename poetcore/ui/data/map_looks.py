"""How the points of a map look: a colour for each label, or for what the chosen run predicts of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from poetcore.charts.style import BLUE, FEW_LABELS, GREY, ORANGE
from poetcore.data.dataset import Dataset
from poetcore.data.labels import match_labels
from poetcore.errors import RunError
from poetcore.ui.choice import chosen
from poetcore.ui.components.point_map import Look
from poetcore.ui.computed import Same, computed, times_of
from poetcore.ui.freshness import trained_on
from poetcore.ui.state import evaluation_at, loaded
from poetcore.workspace.run import Run

__all__ = ["Predicted", "by_label", "by_prediction", "predicted_by"]


@dataclass(frozen=True)
class Predicted:
    """What a run predicts of a dataset's pictures, none of which its layer was trained on.

    Attributes:
        run: what people call it.
        labels: sha -> predicted label, by the names of the dataset's labels where they are known.
    """

    run: str
    labels: dict[str, str]


def predicted_by(dataset: Dataset) -> Predicted | None:
    """Return what the chosen run predicts: its evaluation on a dataset, else its cross validation.

    Args:
        dataset: the demo pictures, or those that the run was trained on.

    Returns:
        None without a run, for one of several labels a picture, and where it predicted none of them.
    """
    run = chosen().run
    try:
        if run is None or run.record().multi_label:
            return None
        return computed("predicted", _stamp(run, dataset), lambda: _predicted(run, dataset))
    except RunError:  # damaged, or without a cross validation
        return None


def _stamp(run: Run, dataset: Dataset) -> tuple[object, ...]:
    """Return what the predictions of a dataset depend on."""
    evaluated = evaluation_at(run, dataset.folder)
    known = times_of(run.folder / "run.json", evaluated.metrics_file if evaluated else None)
    return (run.folder, run.title, Same(dataset), known)


def _predicted(run: Run, dataset: Dataset) -> Predicted | None:
    table = _predictions(run, dataset)
    if table is None:
        return None
    names = match_labels(dataset.labels, run.labels())
    own = {known: name for name, known in names.items()}
    found = table[table["sha"].isin(set(dataset.pictures["sha"]))]
    labels = dict(zip(found["sha"], found["predicted"].map(lambda one: own.get(one, one)), strict=True))
    return Predicted(run.title, labels) if labels else None


def _predictions(run: Run, dataset: Dataset) -> "pd.DataFrame | None":
    """Read the predictions: columns sha and predicted among others."""
    evaluated = evaluation_at(run, dataset.folder)
    if evaluated:
        table = loaded(evaluated).predictions
        return table if "sha" in table else None
    if not trained_on(run, dataset.folder):
        return None
    return run.cross_validation().merge(run.split()[["path", "sha"]], on="path")


def by_label(
    points: pd.DataFrame, labels: Sequence[str], coloured: str | None
) -> tuple[pd.DataFrame, list[Look]]:
    """Give each label a colour and a shape; where they are too many only one, against all others.

    Args:
        points: column label among others.
        labels: of the dataset.
        coloured: the one that has a colour where there are many; None for none.

    Returns:
        The points with the columns `look` and `words`, and the looks, in the order of the legend.
    """
    if len(labels) <= FEW_LABELS:
        colours = st.get_option("theme.chartCategoricalColors") or [BLUE]
        looks = [Look(one, colours[place % len(colours)], place) for place, one in enumerate(labels)]
        number = {label: place for place, label in enumerate(labels)}
        return points.assign(look=points["label"].map(number), words=points["label"]), looks
    looks = [Look(coloured, ORANGE, 2), Look("others", BLUE, 0)] if coloured else [Look("", BLUE, 0)]
    other = (points["label"] != coloured).astype(int) if coloured else 0
    return points.assign(look=other, words=points["label"]), looks


def by_prediction(points: pd.DataFrame, predicted: Predicted) -> tuple[pd.DataFrame, list[Look]]:
    """Give pictures a colour by whether the predicted label is the given one.

    Args:
        points: columns label and sha among others.
        predicted: what the run predicts.

    Returns:
        As `by_label`.
    """
    found = points["sha"].map(predicted.labels)
    wrong = found.notna() & (found != points["label"])
    look = wrong.astype(int).where(found.notna(), 2)
    words = points["label"].where(~wrong, points["label"] + ", predicted " + found.fillna(""))
    looks = [Look("correct", BLUE, 0), Look("misclassified", ORANGE, 2)]
    if found.isna().any():
        looks.append(Look("not predicted", GREY, 1))
    return points.assign(look=look, words=words), looks
