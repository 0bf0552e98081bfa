"""The pictures of an evaluation as a table: for a thousand mistakes, too many for a gallery."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.ordering import losses, margins
from poetcore.system.figures import confidence, points
from poetcore.ui.components.picture_table import Column, picture_table
from poetcore.ui.gallery.about import about_evaluation
from poetcore.ui.gallery.repair_gallery import Repairable
from poetcore.ui.glossary import term

__all__ = ["draw_mistakes_table"]


def draw_mistakes_table(
    evaluation: Evaluation, items: Sequence[Repairable], notes: Mapping[str, Mapping[str, str]], key: str
) -> None:
    """Draw pictures as a table that can be sorted by every column; a row opens the picture.

    Args:
        evaluation: of a run on a demo folder.
        items: the pictures, in their order.
        notes: further columns: heading -> what stands there of the picture at a path.
        key: tells this table from others.
    """
    rows = evaluation.predictions.set_index("path").loc[[item.path for item in items]].reset_index()
    labels = evaluation.metrics.labels
    columns = [
        _words("file", [Path(path).name for path in rows["path"]]),
        _words("true label", rows["label"]),
        _words("predicted label", rows["predicted"]),
        _numbers("confidence", rows["confidence"], confidence),
        _numbers("loss", losses(rows, labels), "{:.2f}".format, term("cross entropy")),
        _numbers("margin", margins(rows, labels), points, term("margin")),
    ]
    if "novelty" in rows and rows["novelty"].notna().any():
        columns.append(_numbers("novelty", rows["novelty"], "{:+.1f}".format))
    for heading, said in notes.items():
        if any(said.get(path) for path in rows["path"]):
            columns.append(_words(heading, [said.get(path, "") for path in rows["path"]]))
    cards = [replace(item.card, path=item.path, true=item.label) for item in items]
    picture_table(
        cards, columns, about_evaluation(evaluation.metrics), name="Pictures of the evaluation", key=key
    )


def _words(name: str, words: Iterable[str]) -> Column:
    return Column(name, [(one, one) for one in map(str, words)])


def _numbers(name: str, values: Iterable[float], written: Callable[[float], str], help: str = "") -> Column:
    cells = [("–", None) if pd.isna(value) else (written(value), float(value)) for value in values]
    return Column(name, cells, number=True, help=help)
