"""The kinds of model files that are run here, one entry each, and how each predicts.

Pictures are seen as the app sees them, by a frozen graph as `graphs` says. All else that Poet exports takes
`(1, size, size, 3) float32`, RGB in 0..255; a LiteRT file whose metadata name another scaling is fed that.
"""

import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import OptionError, PictureError
from poetcore.evaluation.classifier import PictureClassifier, Prediction
from poetcore.evaluation.frozen import GraphOptions, labels_file
from poetcore.evaluation.graphs import LABELS_BYTES, GraphClassifier, read_labels
from poetcore.evaluation.model_file_loading import (
    Loaded,
    load_keras,
    load_litert,
    load_onnx,
    load_openvino,
    load_saved_model,
)
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.reading import open_regular

__all__ = ["KINDS", "FileClassifier", "Kind", "kind_of", "labels_of"]


@dataclass(frozen=True)
class Kind:
    """A kind of model file.

    Attributes:
        title: what people call it.
        fits: whether a file or folder is of this kind, by its name and what lies in it.
        open: prepares it: path, labels file and how a frozen graph is fed, to what predicts.
    """

    title: str
    fits: Callable[[Path], bool]
    open: Callable[[Path, Path | None, GraphOptions], PictureClassifier]


class FileClassifier:
    """A loaded model file as a `PictureClassifier`.

    Args:
        model: what predicts.
        labels: in the order of its outputs.
        title: what it is called in a message.

    Attributes:
        labels: as they were given.
    """

    def __init__(self, model: Loaded, labels: tuple[str, ...], title: str) -> None:
        self.labels = labels
        self._model, self._title = model, title

    def classify(
        self, paths: Sequence[Path], on_progress: OnProgress | None = None, *, phase: str = "predicting"
    ) -> list[Prediction]:
        """Predict the labels of files, in the order given; one that cannot be used gets its reason."""
        found = []
        for path in paths:
            try:
                found.append(self._predict(path, images.read(path)))
            except PictureError as error:
                found.append(Prediction(path, self.labels, None, reason=str(error)))
            if on_progress:
                on_progress(Progress(phase, len(found), len(paths)))
        return found

    def classify_bytes(self, name: str, content: bytes) -> Prediction:
        """Predict the label of one picture that is no file on this machine, such as an upload."""
        return self._predict(Path(name), content)

    def _predict(self, path: Path, content: bytes) -> Prediction:
        sha = sha_of(content)
        try:
            pixels = images.to_square(content, self._model.size)
        except PictureError as error:
            return Prediction(path, self.labels, None, sha, str(error))
        probabilities = np.asarray(self._model.predict(pixels[np.newaxis].astype(np.float32)), np.float32)
        if len(probabilities) != len(self.labels):
            raise OptionError(
                f"{self._title} gives {len(probabilities)} numbers a picture, but its labels file has"
                f" {len(self.labels)} labels: give the labels that were written together with it."
            )
        return Prediction(path, self.labels, probabilities, sha)


def kind_of(path: Path) -> str:
    """Return which of `KINDS` a file or folder is of.

    Raises:
        OptionError: it is of none.
    """
    for name, kind in KINDS.items():
        if kind.fits(path):
            return name
    listed = ", ".join(kind.title for kind in KINDS.values())
    raise OptionError(f"{path} is no model that can be run here: give {listed}.")


def labels_of(path: Path, labels: Path | None = None) -> tuple[str, ...]:
    """Read the labels of a model file, in the order of its outputs.

    Args:
        path: the model.
        labels: its labels file; None for the one that lies beside it or in it.

    Raises:
        OptionError: they are missing or damaged.
    """
    if labels is not None:
        return read_labels(labels)
    if path.is_dir():
        return read_labels(path / "labels.txt")
    beside = labels_file(path) if path.suffix == ".pb" else path.with_name(f"{path.stem}_labels.txt")
    inside = () if beside.is_file() else _labels_inside(path)
    return inside or read_labels(beside)


def _labels_inside(file: Path) -> tuple[str, ...]:
    """Read the labels that a LiteRT file carries as a zip archive; none where it does not."""
    if file.suffix != ".tflite":
        return ()
    try:
        with open_regular(file) as opened:
            if not zipfile.is_zipfile(opened):
                return ()
            with zipfile.ZipFile(opened) as archive:
                names = [name for name in archive.namelist() if name.endswith(".txt")]
                text = b""
                if names:
                    with archive.open(names[0]) as member:
                        text = member.read(LABELS_BYTES)
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return ()
    lines = text.decode("utf-8", "replace").splitlines()
    return tuple(line.rstrip() for line in lines if line.strip())


def _graph(path: Path, labels: Path | None, options: GraphOptions) -> PictureClassifier:
    return GraphClassifier(path, labels or labels_file(path), options)


def _opens(
    load: Callable[[Path], Loaded],
) -> Callable[[Path, Path | None, GraphOptions], PictureClassifier]:
    """Return how a file that is loaded by a function becomes a classifier."""
    return lambda path, labels, _: FileClassifier(load(path), labels_of(path, labels), path.name)


def _holds(name: str) -> Callable[[Path], bool]:
    """Return what checks that a path is of a folder that holds a file."""
    return lambda path: (path / name).is_file()


#: By name; the first that fits.
KINDS: dict[str, Kind] = {
    "frozen_graph": Kind("a frozen graph (.pb)", lambda one: one.suffix == ".pb" and one.is_file(), _graph),
    "tflite": Kind("a LiteRT file", lambda path: path.suffix == ".tflite", _opens(load_litert)),
    "keras": Kind("a Keras file", lambda path: path.suffix in (".keras", ".h5"), _opens(load_keras)),
    "saved_model": Kind("a SavedModel", _holds("saved_model.pb"), _opens(load_saved_model)),
    "onnx": Kind("an ONNX file", lambda path: path.suffix == ".onnx", _opens(load_onnx)),
    "web": Kind("a web page of Poet", _holds("poet_page.json"), _opens(load_litert)),
    "openvino": Kind("a model for OpenVINO", _holds("model.xml"), _opens(load_openvino)),
}
