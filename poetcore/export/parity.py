"""The check that an exported model predicts as the app does, on the same real pictures.

The exported file is run by the code that its note tells people to use, in a process of its own, from the
picture's file to its probabilities; never the model in memory that it was made from.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poetcore.errors import ParityError
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export_format import ExportFormat
from poetcore.export.note_run import run_code
from poetcore.system.figures import percent
from poetcore.system.wording import counted
from poetcore.workspace.backbones import backbone_of
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


@dataclass(frozen=True)
class Parity:
    """How an exported model compares with the app.

    Attributes:
        pictures: how many were compared; 0 where none of the run's pictures is left.
        max_abs_diff: the largest difference of a label's probability, 0 to 1; None without pictures.
        same_top1: share of the pictures with the same most probable label, 0 to 1; None without pictures.
        read_otherwise: how many of them the note's code does not read as the app does, or not at all, so that
            their probabilities differ.
        not_compared: why nothing was compared though there are pictures; else "".
    """

    pictures: int
    max_abs_diff: float | None
    same_top1: float | None
    read_otherwise: int = 0
    not_compared: str = ""

    @property
    def sentence(self) -> str:
        """What was found, for people."""
        if self.max_abs_diff is None:
            why = self.not_compared or "none of the run's pictures is left"
            return f"It could not be compared with the app: {why}."
        found = (
            f"On {counted(self.pictures, 'picture')} it gives the app's top label on"
            f" {percent(self.same_top1)}; the largest difference of a probability is {self.max_abs_diff:.2g}."
        )
        if not self.read_otherwise:
            return found
        return f"{found} The code in its note reads {self.read_otherwise} of them otherwise than the app."


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


def check(kind: ExportFormat, code: str, folder: Path, run: Run, workspace: Workspace) -> Parity:
    """Compare an exported model with the app on up to 50 of the run's pictures, those of the test first.

    Args:
        kind: the export format.
        code: of its note.
        folder: where the exported file or folder lies.
        run: what it was made from.
        workspace: where the run's backbone is kept.

    Raises:
        ParityError: the code does not run; or top labels differ, or a probability by more than 0.01, for the
            pixels that the app sees, though neither the format nor the run's backbone is quantized.
    """
    if not_compared := kind.not_run():
        return Parity(0, None, None, not_compared=not_compared)
    paths = pictures_of(run, ("testing", "validation", "training"))[:PICTURES]
    classifier = Classifier(run, workspace)
    seen = {
        prediction.path: prediction.probabilities
        for prediction in classifier.classify(paths)
        if prediction.probabilities is not None
    }
    if not seen:
        return Parity(0, None, None)
    answers = run_code(code, folder, run.record().input_size, list(seen))
    compared = [path for path, there in zip(seen, answers.there, strict=True) if there]
    if not compared:
        return Parity(0, None, None)
    here = np.stack([seen[path] for path in compared])
    of_pixels, of_files = answers.of_pixels[answers.there], answers.of_files[answers.there]
    if of_pixels.shape != here.shape:
        raise ParityError(
            f"The exported {kind.name} model gives {of_pixels.shape[1]} probabilities a picture, the app"
            f" {here.shape[1]}, so it was not kept: train the run again."
        )
    may_differ = kind.quantized or backbone_of(run).quantized
    _check_model(kind.name, may_differ, classifier.labels, compared, here, of_pixels)
    # What the code cannot read at all says nothing of the model.
    answered = np.where(np.isnan(of_files), of_pixels, of_files)
    off, same = _differences(here, answered)
    otherwise = ~(np.abs(of_files - of_pixels).max(axis=1) <= TOLERANCE)
    return Parity(len(compared), float(off.max()), float(same.mean()), int(otherwise.sum()))


def _differences(here: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compare the app's probabilities (`here`) with those of a file (`there`), both `(n, labels)`.

    Returns:
        The largest difference of each picture, `(n,)`; whether its top label is the same, `(n,) bool`.
    """
    # Not a maximum alone: a comparison with NaN must not pass for agreement.
    off = np.abs(there - here).max(axis=1)
    same = here[np.arange(len(here)), there.argmax(axis=1)] >= here.max(axis=1) - _TIE
    return off, same


def _check_model(
    format_name: str,
    may_differ: bool,
    labels: tuple[str, ...],
    paths: list[Path],
    here: np.ndarray,
    there: np.ndarray,
) -> None:
    """Check that a model agrees on the same pixels; it `may_differ` where it calculates in 8-bit integers."""
    off, same = _differences(here, there)
    if may_differ and np.isfinite(off).all():
        return
    if not same.all() or not (off <= TOLERANCE).all():
        worst = int(np.argmin(same)) if not same.all() else int(np.argmax(off))
        raise ParityError(
            f"The exported {format_name} model does not predict as the app does and was not kept:"
            f" {int((~same).sum())} of {len(paths)} pictures get another label, a probability differs by up"
            f" to {off.max():.3g} (such as {paths[worst]}: the app says {labels[here[worst].argmax()]}, the"
            f" file {labels[there[worst].argmax()]}). Train the run again and report this."
        )
