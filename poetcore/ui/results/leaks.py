"""The demo pictures that the model has seen in training, each beside the training picture it repeats."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.leaks import seen_pictures
from poetcore.evaluation.metrics import Metrics
from poetcore.system.figures import count
from poetcore.ui.gallery.pictures import Card, pair_gallery, shas

__all__ = ["draw_leaks", "leak_words", "seen_number"]


def leak_words(metrics: Metrics) -> str:
    """Return in few words how many pictures were seen in training, both kinds apart: `3 exact, 12 near`."""
    if metrics.leaked == metrics.leaked_near == 0:
        return "none was found"
    kinds = {"exact": metrics.leaked, "near": metrics.leaked_near}
    return ", ".join(f"{what} not known" if n is None else f"{count(n)} {what}" for what, n in kinds.items())


def seen_number(metrics: Metrics, accuracy: Accuracy) -> str:
    """Return how many pictures were seen in training, as far as that is known: `3`, `≥ 3`, `–`.

    Args:
        metrics: of the evaluation.
        accuracy: its headline's, of the pictures that are not known to have been seen.
    """
    seen = metrics.total - accuracy.total
    if metrics.leaked is None or (metrics.leaked_near is None and not seen):
        return "–"
    return f"≥ {count(seen)}" if metrics.leaked_near is None else count(seen)


def draw_leaks(predictions: pd.DataFrame, metrics: Metrics, trained_on: Path, key: str) -> None:
    """Show, folded away, each picture that was seen in training beside its twin; nothing where there is none.

    Args:
        predictions: of the evaluation.
        metrics: of the evaluation.
        trained_on: the folder of the training pictures.
        key: tells this gallery from others of the page.
    """
    seen = seen_pictures(predictions)
    if not seen:
        return
    title = f"Pictures that were seen in training ({leak_words(metrics)})"
    _draw_folded(title, predictions[predictions["path"].isin(seen)], seen, trained_on, key)


@st.fragment
def _draw_folded(title: str, rows: pd.DataFrame, seen: Mapping[str, str], trained_on: Path, key: str) -> None:
    """Draw what is seen once it is unfolded; until then the browser gets none of it."""
    with st.expander(title, icon=":material/visibility:", key=f"folded_{key}", on_change="rerun") as folded:
        if not folded.open:
            return
        st.caption(
            "Left a demo picture, right the training picture that it repeats. A near duplicate is a resized,"
            " cropped, mirrored or recoloured copy, or a frame of the same burst; look whether you agree."
            " Another photo of the same thing is none, and is not found."
        )
        pair_gallery(_pairs(rows, seen, trained_on), key=key)


def _pairs(rows: pd.DataFrame, seen: Mapping[str, str], trained_on: Path) -> list[tuple[Card, Card | None]]:
    twins = [str(twin) for twin in rows["twin"].fillna("")] if "twin" in rows else [""] * len(rows)
    demo, training = shas(tuple(rows["path"])), shas(tuple(twins))
    return [
        (
            Card(
                sha,
                Path(path).name,
                (f"demo: {label}", "near duplicate" if seen[path].startswith("near") else "same picture"),
                path=path,
                true=label,
            ),
            _training_card(other, twin, _label(twin, trained_on)) if other else None,
        )
        for path, label, sha, twin, other in zip(
            rows["path"], rows["label"], demo, twins, training, strict=True
        )
    ]


def _training_card(sha: str, path: str, label: str) -> Card:
    return Card(sha, Path(path).name, (f"training: {label}",), path=path, true=label)


def _label(path: str, folder: Path) -> str:
    """Return the label of a training picture, which may lie in a sub-folder of its label's."""
    place = Path(path)
    return place.relative_to(folder).parts[0] if place.is_relative_to(folder) else place.parent.name
