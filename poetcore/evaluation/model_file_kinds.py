"""The kinds of model files that are run here, one entry each, and how each predicts.

Pictures are seen as the app sees them, by a frozen graph as `graphs` says. All else that Poet exports takes
`(1, size, size, 3) float32`, RGB in 0..255; a LiteRT file whose metadata name another scaling is fed that.
"""

import os
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import OptionError, PictureError
from poetcore.evaluation.classifier import PictureClassifier, Prediction
from poetcore.evaluation.frozen import GraphOptions, labels_file
from poetcore.evaluation.graphs import GraphClassifier, read_labels
from poetcore.features.lite_graph import LiteGraph
from poetcore.features.lite_scaling import METADATA, scaling_in
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.telemetry import silence_reports

__all__ = ["KINDS", "FileClassifier", "Kind", "Loaded", "kind_of", "labels_of"]


@dataclass(frozen=True)
class Loaded:
    """A model file that is ready to predict.

    Attributes:
        size: pixels a side of what it sees.
        predict: from `(1, size, size, 3) float32`, RGB in 0..255, to the probabilities, `(labels,) float32`.
    """

    size: int
    predict: Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Kind:
    """A kind of model file.

    Attributes:
        title: what people call it.
        fits: whether a file or folder is of this kind, by its name and what lies in it.
        open: prepares it: path, labels file and how a frozen graph is fed, to what predicts.
        heavy: whether it is to be run in a process of its own, because it imports TensorFlow or the like.
    """

    title: str
    fits: Callable[[Path], bool]
    open: Callable[[Path, Path | None, GraphOptions], PictureClassifier]
    heavy: bool = True


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
    if file.suffix != ".tflite" or not zipfile.is_zipfile(file):
        return ()
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.endswith(".txt")]
        text = archive.read(names[0]).decode("utf-8", "replace") if names else ""
    return tuple(line.rstrip() for line in text.splitlines() if line.strip())


def _litert(path: Path) -> Loaded:
    path = path / "model.tflite" if path.is_dir() else path
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(str(path), num_threads=os.cpu_count())
        interpreter.allocate_tensors()
        (fed,), (answer, *_) = interpreter.get_input_details(), interpreter.get_output_details()
        scaling = scaling_in(LiteGraph(path.read_bytes()).metadata(METADATA) or b"")
    except (ValueError, RuntimeError) as error:
        raise OptionError(f"{path} cannot be run by LiteRT: {_first_line(error)}.") from None
    mean, std = (np.asarray(one, np.float32) for one in scaling or (0.0, 1.0))
    size = _side(path, tuple(fed["shape"]))

    def predict(pixels: np.ndarray) -> np.ndarray:
        scaled = (pixels - mean) / std
        interpreter.set_tensor(fed["index"], pixels.astype(np.uint8) if fed["dtype"] == np.uint8 else scaled)
        interpreter.invoke()
        found = interpreter.get_tensor(answer["index"])[0]
        if answer["dtype"] == np.uint8:
            scale, zero = answer["quantization"]
            found = (found.astype(np.float32) - zero) * scale
        probabilities: np.ndarray = found
        return probabilities

    return Loaded(size, predict)


def _keras(path: Path) -> Loaded:
    from poetcore.system.tensorflow import tensorflow

    tensorflow()
    import keras

    try:
        model = keras.models.load_model(path, compile=False)
    except (ValueError, OSError, TypeError) as error:
        raise OptionError(f"{path} cannot be read by Keras: {_first_line(error)}.") from None

    def predict(pixels: np.ndarray) -> np.ndarray:
        probabilities: np.ndarray = np.asarray(model(pixels, training=False))[0]
        return probabilities

    return Loaded(_side(path, model.input_shape), predict)


def _saved_model(path: Path) -> Loaded:
    from poetcore.system.tensorflow import tensorflow

    tf = tensorflow()
    try:
        loaded = tf.saved_model.load(str(path))
        run = loaded.signatures["serving_default"]
        ((name, fed),) = run.structured_input_signature[1].items()
    except (OSError, KeyError, ValueError, tf.errors.OpError) as error:
        raise OptionError(f"{path} cannot be run as a SavedModel: {_first_line(error)}.") from None

    def predict(pixels: np.ndarray) -> np.ndarray:
        # `loaded` is kept by this function: its variables end with it.
        answer = loaded.signatures["serving_default"](**{name: tf.constant(pixels)})
        probabilities: np.ndarray = np.asarray(next(iter(answer.values())))[0]
        return probabilities

    return Loaded(_side(path, tuple(fed.shape)), predict)


def _openvino(path: Path) -> Loaded:
    silence_reports()
    try:
        import openvino
    except ImportError:
        raise OptionError(
            f"{path} needs the package openvino, which is not installed: run pip install openvino."
        ) from None
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    try:
        model = openvino.compile_model(path / "model.xml", "CPU", exact)
    except RuntimeError:
        raise OptionError(
            f"{path} cannot be read by OpenVINO: it is damaged, or of another version."
        ) from None
    size = _side(path, tuple(model.input(0).shape))
    return Loaded(size, lambda pixels: np.asarray(model(pixels)[0])[0])


def _onnx(path: Path) -> Loaded:
    try:
        import onnxruntime
    except ImportError:
        raise OptionError(
            f"{path} needs the package onnxruntime, which is not installed: run pip install onnxruntime."
        ) from None
    onnxruntime.disable_telemetry_events()
    try:
        session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    except Exception:  # its own errors have no class in common but this
        raise OptionError(
            f"{path} cannot be run by ONNX Runtime: it is damaged, or of another version."
        ) from None
    fed = session.get_inputs()[0]
    size = _side(path, tuple(one if isinstance(one, int) else None for one in fed.shape))
    return Loaded(size, lambda pixels: np.asarray(session.run(None, {fed.name: pixels})[0])[0])


def _graph(path: Path, labels: Path | None, options: GraphOptions) -> PictureClassifier:
    return GraphClassifier(path, labels or labels_file(path), options)


def _opens(
    load: Callable[[Path], Loaded],
) -> Callable[[Path, Path | None, GraphOptions], PictureClassifier]:
    """Return how a file that is loaded by a function becomes a classifier."""
    return lambda path, labels, _: FileClassifier(load(path), labels_of(path, labels), path.name)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")


def _side(path: Path, shape: Sequence[Any]) -> int:
    """Return the pixels a side of an input; 224 where the model leaves them open.

    Raises:
        OptionError: it takes no square pictures.
    """
    if len(shape) != 4 or shape[3] != 3 or shape[1] != shape[2]:
        raise OptionError(
            f"{path} takes no square colour pictures: its input must have the shape (1, size, size, 3)."
            f" Received: {tuple(shape)}."
        )
    return 224 if shape[1] in (None, -1) else int(shape[1])


def _holds(name: str) -> Callable[[Path], bool]:
    """Return what checks that a path is of a folder that holds a file."""
    return lambda path: (path / name).is_file()


#: By name; the first that fits.
KINDS: dict[str, Kind] = {
    "frozen_graph": Kind("a frozen graph (.pb)", lambda one: one.suffix == ".pb" and one.is_file(), _graph),
    "tflite": Kind("a LiteRT file", lambda path: path.suffix == ".tflite", _opens(_litert), heavy=False),
    "keras": Kind("a Keras file", lambda path: path.suffix in (".keras", ".h5"), _opens(_keras)),
    "saved_model": Kind("a SavedModel", _holds("saved_model.pb"), _opens(_saved_model)),
    "onnx": Kind("an ONNX file", lambda path: path.suffix == ".onnx", _opens(_onnx)),
    "web": Kind("a web page of Poet", _holds("poet_page.json"), _opens(_litert), heavy=False),
    "openvino": Kind("a model for OpenVINO", _holds("model.xml"), _opens(_openvino)),
}
