"""How the kinds of model files are loaded: what each is fed and gives, and what of it is looked at before."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.allowed_layers import foreign_layer
from poetcore.features.allowed_operations import MOST_BYTES, foreign_operation_of_saved_model
from poetcore.features.lite_graph import LiteGraph
from poetcore.features.lite_scaling import METADATA, scaling_in
from poetcore.system.reading import read_limited
from poetcore.system.telemetry import silence_reports

__all__ = ["Loaded", "load_keras", "load_litert", "load_onnx", "load_openvino", "load_saved_model"]

#: In an ONNX file what names another file, which may lie anywhere (`TensorProto.external_data`): the key
#: "location", also where its tag or its length is written in more bytes than it needs, as protobuf allows.
_ELSEWHERE = re.compile(rb"(?:\n|\x8a\x80*\x00)(?:\x08|\x88\x80*\x00)location")


@dataclass(frozen=True)
class Loaded:
    """A model file that is ready to predict.

    Attributes:
        size: pixels a side of what it sees.
        predict: from `(1, size, size, 3) float32`, RGB in 0..255, to the probabilities, `(labels,) float32`.
    """

    size: int
    predict: Callable[[np.ndarray], np.ndarray]


def load_litert(path: Path) -> Loaded:
    """Load a LiteRT file, or that of a web page.

    Raises:
        OptionError: it cannot be run, or has something that networks for pictures do not need.
    """
    path = path / "model.tflite" if path.is_dir() else path
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(str(path), num_threads=os.cpu_count())
        interpreter.allocate_tensors()
        (fed,), (answer, *_) = interpreter.get_input_details(), interpreter.get_output_details()
        scaling = scaling_in(LiteGraph(read_limited(path, MOST_BYTES)).metadata(METADATA) or b"")
    except (OSError, ValueError, RuntimeError) as error:
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


def load_keras(path: Path) -> Loaded:
    """Load a Keras file of layers of Keras alone.

    Raises:
        OptionError: it cannot be run, or has something that networks for pictures do not need.
    """
    from poetcore.system.tensorflow import tensorflow

    tensorflow()
    import keras

    try:
        if foreign := foreign_layer(path):
            raise OptionError(
                f"{path} was not loaded: it has {foreign}, which networks for pictures do not need, and which"
                " may run code: give a file of Keras's own layers."
            )
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, TypeError) as error:
        raise OptionError(f"{path} cannot be read by Keras: {_first_line(error)}.") from None

    def predict(pixels: np.ndarray) -> np.ndarray:
        probabilities: np.ndarray = np.asarray(model(pixels, training=False))[0]
        return probabilities

    return Loaded(_side(path, model.input_shape), predict)


def load_saved_model(path: Path) -> Loaded:
    """Load a SavedModel.

    Raises:
        OptionError: it cannot be run, or has something that networks for pictures do not need.
    """
    from poetcore.system.tensorflow import tensorflow

    tf = tensorflow()
    try:
        if foreign := foreign_operation_of_saved_model(path):
            raise OptionError(
                f"{path} was not run: it has {foreign}, which networks for pictures do not use, and which may"
                " read or write files: give a SavedModel of a network alone."
            )
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


def load_openvino(path: Path) -> Loaded:
    """Load a model for OpenVINO.

    Raises:
        OptionError: it cannot be run, or has something that networks for pictures do not need.
    """
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


def load_onnx(path: Path) -> Loaded:
    """Load an ONNX file with all its weights inside.

    Raises:
        OptionError: it cannot be run, or has something that networks for pictures do not need.
    """
    try:
        import onnxruntime
    except ImportError:
        raise OptionError(
            f"{path} needs the package onnxruntime, which is not installed: run pip install onnxruntime."
        ) from None
    onnxruntime.disable_telemetry_events()
    content = read_limited(path, MOST_BYTES)
    if _ELSEWHERE.search(content):
        raise OptionError(f"{path} has its weights in other files: save it with all of them inside.")
    try:
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except Exception:  # its own errors have no class in common but this
        raise OptionError(
            f"{path} cannot be run by ONNX Runtime: it is damaged, or of another version."
        ) from None
    fed = session.get_inputs()[0]
    size = _side(path, tuple(one if isinstance(one, int) else None for one in fed.shape))
    return Loaded(size, lambda pixels: np.asarray(session.run(None, {fed.name: pixels})[0])[0])


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
