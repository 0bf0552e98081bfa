"""Networks of one's own that are Keras files or SavedModels, made into Poet's form; imports TensorFlow.

`python -m poetcore.features.network_conversion SOURCE STEM` is a child process, which reads the scaling and
the size as JSON from standard input, writes `STEM.tflite`, for a Keras file also `STEM.keras`, and prints
what it found as JSON.
"""

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.errors import BackboneError
from poetcore.features.allowed_layers import foreign_layer
from poetcore.features.allowed_operations import foreign_operation_of_saved_model
from poetcore.features.keras_applications import Scaling
from poetcore.features.network_shapes import Found, picture_size, unknown_scaling, vector_length
from poetcore.system.checksums import add_checksum, write_checked
from poetcore.system.processes import told_to_parent
from poetcore.system.tensorflow import tensorflow

__all__ = ["convert_keras", "convert_saved_model"]

#: Under which names SavedModels have what makes feature vectors, those of TensorFlow Hub included.
_SIGNATURES = ("serving_default", "default", "image_feature_vector", "serve")


def convert_keras(source: Path, stem: Path, scaling: Scaling | None, size: int | None) -> Found:
    """Convert a `.keras` file.

    Args:
        source: the file.
        stem: where the network is written, without the ending.
        scaling: what the network takes; None to see whether it scales itself.
        size: pixels a side, where the file leaves it open.

    Returns:
        What it is.

    Raises:
        BackboneError: it cannot be read, or makes no feature vector of a picture.
    """
    if not zipfile.is_zipfile(source):
        raise BackboneError(
            f"{source} is no .keras file, or damaged: save the network with Keras 3 as .keras."
        )
    tf = tensorflow()
    try:
        foreign = foreign_layer(source)
    except (OSError, ValueError) as error:
        raise _unreadable(source, error) from None
    if foreign:
        raise BackboneError(
            f"The network in {source} was not loaded: it has {foreign}, which networks for pictures do not"
            " need, and which may run code: give one of Keras's own layers."
        )
    import keras

    try:
        network = keras.models.load_model(source, compile=False, safe_mode=True)
    except Exception as error:  # Keras lets through whatever the disk, zipfile or h5py raise
        raise _unreadable(source, error) from None
    shapes = [tuple(one.shape) for one in network.inputs]
    side = picture_size(source, shapes, size)
    length = vector_length(source, [tuple(one.shape) for one in network.outputs])
    if scaling is None:
        if not _scales(network):
            raise unknown_scaling(source)
        scaling = (0.0, 1.0)
    pixels = keras.Input((side, side, 3), name="pixels")
    mean, divisor = map(np.asarray, scaling)
    scale, offset = (1 / divisor).tolist(), (-mean / divisor).tolist()
    scaled = keras.layers.Rescaling(scale, offset, name="own_scaling")(pixels)
    vector = keras.layers.Reshape((length,), name="features")(network(scaled))
    wrapped = keras.Model(pixels, vector, name="own")
    wrapped.save(keras_file := stem.with_name(f"{stem.name}.keras"))
    add_checksum(keras_file)
    write_checked(
        stem.with_name(f"{stem.name}.tflite"), tf.lite.TFLiteConverter.from_keras_model(wrapped).convert()
    )
    last = getattr(network.layers[-1], "activation", None)
    return Found(side, length, scaling, getattr(last, "__name__", "") in ("softmax", "sigmoid"))


def _unreadable(source: Path, error: Exception) -> BackboneError:
    return BackboneError(
        f"The network in {source} cannot be read ({_first_sentence(error)}): save it with Keras 3 as .keras,"
        " without layers of your own."
    )


def _first_sentence(error: Exception) -> str:
    """Return how an error's message begins, at most 200 characters, without the full stop."""
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.split(r"\.(?=\s|$)", line)[0][:200]


def convert_saved_model(source: Path, stem: Path, scaling: Scaling | None, size: int | None) -> Found:
    """Convert a SavedModel; there is no Keras model of it then.

    Args:
        source: its folder.
        stem: where the network is written, without the ending.
        scaling: what the network takes.
        size: pixels a side, where the SavedModel leaves it open.

    Raises:
        BackboneError: it cannot be read, or makes no feature vector of a picture.
    """
    tf = tensorflow()
    if scaling is None:
        raise unknown_scaling(source)
    try:
        foreign = foreign_operation_of_saved_model(source)
        loaded = None if foreign else tf.saved_model.load(str(source))
    except Exception as error:
        reason = _first_sentence(error)
        raise BackboneError(f"The SavedModel in {source} cannot be read ({reason}).") from None
    if loaded is None:
        raise BackboneError(
            f"The SavedModel in {source} was not run: it has {foreign}, which networks for pictures do not"
            " use, and which may read or write files: give one of a network alone."
        )
    known = next((name for name in _SIGNATURES if name in loaded.signatures), None)
    if known is None:
        raise BackboneError(
            f"The SavedModel in {source} has none of the signatures {', '.join(_SIGNATURES)}: export it with"
            " one."
        )
    signature = loaded.signatures[known]
    named = signature.structured_input_signature[1]
    side = picture_size(source, [tuple(spec.shape) for spec in named.values()], size)
    (fed,) = named
    mean, divisor = (tf.constant(np.asarray(value), tf.float32) for value in scaling)

    def vectors(pixels: Any) -> Any:
        made = signature(**{fed: tf.cast((pixels - mean) / divisor, named[fed].dtype)})
        given = made.get("default", next(iter(made.values()))) if len(made) > 1 else next(iter(made.values()))
        length = vector_length(source, [tuple(given.shape)])
        return tf.reshape(tf.cast(given, tf.float32), (1, length))

    shape = tf.TensorSpec((1, side, side, 3), tf.float32, name="pixels")
    concrete = tf.function(vectors, input_signature=[shape]).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([concrete], loaded)
    write_checked(stem.with_name(f"{stem.name}.tflite"), converter.convert())
    return Found(side, int(concrete.output_shapes[-1]), scaling, False)


def _scales(network: Any) -> bool:
    """Return whether a Keras model's first layers scale its input."""
    import keras

    for layer in network.layers:
        if isinstance(layer, keras.layers.Rescaling | keras.layers.Normalization):
            return True
        if hasattr(layer, "layers"):
            return _scales(layer)
        if layer.weights:
            return False
    return False


def _main(source: str, stem: str) -> None:
    """Convert one network, as the child process."""
    wanted = json.load(sys.stdin)
    scaling = wanted["scaling"] and tuple(
        tuple(value) if isinstance(value, list) else value for value in wanted["scaling"]
    )
    convert = convert_saved_model if Path(source).is_dir() else convert_keras
    with told_to_parent():
        print(json.dumps(convert(Path(source), Path(stem), scaling, wanted["size"])._asdict()))


if __name__ == "__main__":
    _main(*sys.argv[1:])
