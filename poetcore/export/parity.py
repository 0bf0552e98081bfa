"""Proof that an exported model predicts as the app does: both look at the same real pictures.

The exported file itself is loaded and run, never the model in memory that it was made from.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from poetcore.data import images
from poetcore.errors import ParityError, PictureError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.frozen import FrozenGraph
from poetcore.features.backbones import find
from poetcore.system.files import in_chunks
from poetcore.system.tensorflow import muted, tensorflow
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PICTURES", "TOLERANCE", "Parity", "check", "load", "pictures_of"]

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


def load(form: str, file: Path, output_layer: str) -> Callable[[np.ndarray], np.ndarray]:
    """Load an exported model from its file.

    Args:
        form: one of `poetcore.export.export.FORMATS`.
        file: the exported file or folder.
        output_layer: what is fetched from a frozen graph.

    Returns:
        A function from `(n, size, size, 3) uint8` RGB to `(n, labels) float32` probabilities.
    """
    return {
        "keras": _keras,
        "saved_model": _saved_model,
        "tflite": _tflite,
        "tflite_int8": _tflite,
        "frozen_graph": lambda path: _frozen_graph(path, output_layer),
    }[form](file)


def check(
    form: str, file: Path, run: Run, workspace: Workspace, output_layer: str = "final_result"
) -> Parity:
    """Compare an exported model with the app on up to 50 of the run's pictures, those of the test first.

    Args:
        form: one of `poetcore.export.export.FORMATS`.
        file: the exported file or folder.
        run: what it was made from.
        workspace: where the run's backbone is kept.
        output_layer: what is fetched from a frozen graph.

    Raises:
        ParityError: top labels differ, or a probability by more than 0.01; tflite_int8, and any export of a
            run on a quantized backbone, may do both.
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
    answer = load(form, file, output_layer)
    there = np.concatenate(
        [answer(np.stack([pixels for _, pixels, _ in part])) for part in in_chunks(seen, _BATCH)]
    )
    here = np.stack([probabilities for *_, probabilities in seen])
    if there.shape != here.shape:
        raise ParityError(
            f"The exported {form} model gives {there.shape[1]} probabilities a picture, the app"
            f" {here.shape[1]}, so it was not kept: train the run again."
        )
    rounded = form == "tflite_int8" or find(run.record().backbone).quantized
    return _compare(form, rounded, classifier.labels, [path for path, *_ in seen], here, there)


def _compare(
    form: str,
    rounded: bool,
    labels: tuple[str, ...],
    paths: list[Path],
    here: np.ndarray,
    there: np.ndarray,
) -> Parity:
    """Compare the app's probabilities (`here`) with those of a file (`there`), both `(n, labels)`.

    Where either is `rounded` to 8 bits, they may differ.
    """
    # Not a maximum alone: a comparison with NaN must not pass for agreement.
    off = np.abs(there - here).max(axis=1)
    top = there.argmax(axis=1)
    same = here[np.arange(len(here)), top] >= here.max(axis=1) - _TIE
    parity = Parity(len(paths), float(off.max()), float(same.mean()))
    if rounded and np.isfinite(off).all():
        return parity
    if not same.all() or not (off <= TOLERANCE).all():
        worst = int(np.argmin(same)) if not same.all() else int(np.argmax(off))
        raise ParityError(
            f"The exported {form} model does not predict as the app does and was not kept:"
            f" {int((~same).sum())} of {len(paths)} pictures get another label, a probability differs by up"
            f" to {off.max():.3g} (such as {paths[worst]}: the app says {labels[here[worst].argmax()]}, the"
            f" file {labels[top[worst]]}). Train the run again and report this."
        )
    return parity


def _keras(file: Path) -> Callable[[np.ndarray], np.ndarray]:
    tensorflow()
    import keras

    model = keras.models.load_model(file)
    return lambda pixels: np.asarray(model(pixels.astype(np.float32), training=False))


def _saved_model(folder: Path) -> Callable[[np.ndarray], np.ndarray]:
    tf = tensorflow()
    loaded = tf.saved_model.load(str(folder))
    serve = loaded.signatures["serving_default"]

    def answer(pixels: np.ndarray) -> np.ndarray:
        # A signature alone does not keep its variables alive: the model it came with must stay, too.
        assert loaded is not None
        return serve(pixels=tf.constant(pixels, tf.float32))["probabilities"].numpy()

    return answer


def _tflite(file: Path) -> Callable[[np.ndarray], np.ndarray]:
    from ai_edge_litert.interpreter import Interpreter

    with muted():
        interpreter = Interpreter(str(file))
        interpreter.allocate_tensors()
    (pixels_in,) = (d["index"] for d in interpreter.get_input_details())
    (probabilities_out,) = (d["index"] for d in interpreter.get_output_details())

    def answer(pixels: np.ndarray) -> np.ndarray:
        found = []
        for one in pixels:
            interpreter.set_tensor(pixels_in, one[np.newaxis].astype(np.float32))
            interpreter.invoke()
            found.append(interpreter.get_tensor(probabilities_out)[0])
        return np.stack(found)

    return answer


def _frozen_graph(file: Path, output_layer: str) -> Callable[[np.ndarray], np.ndarray]:
    graph = FrozenGraph(file, "input", output_layer)
    return lambda pixels: graph.run((pixels.astype(np.float32) - 128) / 128)
