"""The check that an exported model predicts as the app does, on the same real pictures.

The exported file itself is loaded and run, never the model in memory that it was made from.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poetcore.data import images
from poetcore.errors import ParityError, PictureError
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export_format import ExportFormat
from poetcore.features.backbones import find
from poetcore.system.files import in_chunks
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PICTURES", "TOLERANCE", "Parity", "check", "pictures_of"]

#: How many pictures are compared at the most.
PICTURES = 50

#: How far a probability may be off where nothing is rounded to 8 bits. Measured: about 1e-5.
TOLERANCE = 0.01

#: Two labels to which the app gives probabilities this close share the first place: rounding decides there.
_TIE = 1e-4

#: Pictures a step.
_BATCH = 10


@dataclass(frozen=True)
class Parity:
    """How an exported model compares with the app.

    Attributes:
        pictures: how many were compared; 0 where none of the run's pictures is left.
        max_abs_diff: the largest difference of a label's probability, 0 to 1; None without pictures.
        same_top1: share of the pictures with the same most probable label, 0 to 1; None without pictures.
    """

    pictures: int
    max_abs_diff: float | None
    same_top1: float | None


def pictures_of(run: Run, splits: tuple[str, ...]) -> list[Path]:
    """List the pictures of a run that are still there: split by split, each label in turn.

    Args:
        run: which one.
        splits: "training", "validation", "testing", in the order wanted.
    """
    table: pd.DataFrame = run.split()
    table = table[table["split"].isin(splits)]
    order = table.assign(
        rank=table["split"].map(splits.index), turn=table.groupby(["split", "label"]).cumcount()
    ).sort_values(["rank", "turn", "label"])
    return [path for path in map(Path, order["path"]) if path.is_file()]


def check(
    kind: ExportFormat, file: Path, run: Run, workspace: Workspace, output_layer: str = "final_result"
) -> Parity:
    """Compare an exported model with the app on up to 50 of the run's pictures, those of the test first.

    Args:
        kind: the export format.
        file: the exported file or folder.
        run: what it was made from.
        workspace: where the run's backbone is kept.
        output_layer: what is fetched from a frozen graph.

    Raises:
        ParityError: top labels differ, or a probability by more than 0.01, though neither the format nor the
            run's backbone is quantized.
    """
    paths = pictures_of(run, ("testing", "validation", "training"))[:PICTURES]
    classifier = Classifier(run, workspace)
    size = run.record().input_size
    seen: list[tuple[Path, np.ndarray, np.ndarray]] = []
    for prediction in classifier.classify(paths):
        if prediction.probabilities is not None:
            try:
                pixels = images.to_square(images.read(prediction.path), size)
            except PictureError:  # it went away or was changed meanwhile
                continue
            seen.append((prediction.path, pixels, prediction.probabilities))
    if not seen:
        return Parity(0, None, None)
    predict = kind.load(file, output_layer)
    there = np.concatenate(
        [predict(np.stack([pixels for _, pixels, _ in part])) for part in in_chunks(seen, _BATCH)]
    )
    here = np.stack([probabilities for *_, probabilities in seen])
    if there.shape != here.shape:
        raise ParityError(
            f"The exported {kind.name} model gives {there.shape[1]} probabilities a picture, the app"
            f" {here.shape[1]}, so it was not kept: train the run again."
        )
    may_differ = kind.quantized or find(run.record().backbone).quantized
    return _compare(kind.name, may_differ, classifier.labels, [path for path, *_ in seen], here, there)


def _compare(
    format_name: str,
    may_differ: bool,
    labels: tuple[str, ...],
    paths: list[Path],
    here: np.ndarray,
    there: np.ndarray,
) -> Parity:
    """Compare the app's probabilities (`here`) with those of a file (`there`), both `(n, labels)`.

    They `may_differ` where either calculates in 8-bit integers.
    """
    # Not a maximum alone: a comparison with NaN must not pass for agreement.
    off = np.abs(there - here).max(axis=1)
    top = there.argmax(axis=1)
    same = here[np.arange(len(here)), top] >= here.max(axis=1) - _TIE
    parity = Parity(len(paths), float(off.max()), float(same.mean()))
    if may_differ and np.isfinite(off).all():
        return parity
    if not same.all() or not (off <= TOLERANCE).all():
        worst = int(np.argmin(same)) if not same.all() else int(np.argmax(off))
        raise ParityError(
            f"The exported {format_name} model does not predict as the app does and was not kept:"
            f" {int((~same).sum())} of {len(paths)} pictures get another label, a probability differs by up"
            f" to {off.max():.3g} (such as {paths[worst]}: the app says {labels[here[worst].argmax()]}, the"
            f" file {labels[top[worst]]}). Train the run again and report this."
        )
    return parity
