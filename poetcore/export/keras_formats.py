"""The formats of Keras and TensorFlow 2: a Keras file and a SavedModel."""

from pathlib import Path
from typing import Any

import numpy as np

from poetcore.export.export_format import ExportFormat, Network, Predict
from poetcore.system.tensorflow import tensorflow

__all__ = ["KERAS", "SAVED_MODEL", "save_model"]


def save_model(network: Network, folder: Path) -> None:
    """Write a network as a SavedModel with the signature `serving_default`.

    Args:
        network: what to write.
        folder: is made.
    """
    tf, model = tensorflow(), network.model

    def label(pixels: Any) -> dict[str, Any]:
        return {"probabilities": model(pixels, training=False)}

    # Not model.export: it writes every weight twice, and takes three times as long.
    holder = tf.Module()
    holder.weights = [variable.value for variable in model.variables]
    pixels = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name="pixels")
    signature = tf.function(label, input_signature=[pixels]).get_concrete_function()
    tf.saved_model.save(holder, str(folder), signatures={"serving_default": signature})


def _load_saved_model(folder: Path, output_layer: str) -> Predict:
    tf = tensorflow()
    loaded = tf.saved_model.load(str(folder))
    serve = loaded.signatures["serving_default"]

    def predict(pixels: np.ndarray) -> np.ndarray:
        # A signature alone does not keep its variables alive: the model it came with must stay, too.
        assert loaded is not None
        return np.asarray(serve(pixels=tf.constant(pixels, tf.float32))["probabilities"])

    return predict


def _save_keras(network: Network, file: Path) -> None:
    network.model.save(file)


def _load_keras(file: Path, output_layer: str) -> Predict:
    tensorflow()
    import keras

    model = keras.models.load_model(file)
    return lambda pixels: np.asarray(model(pixels.astype(np.float32), training=False))


KERAS = ExportFormat(
    name="keras",
    purpose="Keras (.keras), to go on in Python",
    title="a Keras model (.keras)",
    default_name="model.keras",
    suffix=".keras",
    write=_save_keras,
    load=_load_keras,
    requirements="tensorflow pillow",
    code="""
import keras

probabilities = np.asarray(keras.models.load_model("{file}")(pixels))[0]
""",
    remarks="Scaling is inside the model: feed RGB pixels from 0 to 255, any number of pictures at once.",
)

SAVED_MODEL = ExportFormat(
    name="saved_model",
    purpose="TensorFlow SavedModel, for servers",
    title="a TensorFlow SavedModel",
    default_name="model",
    folder_marker="saved_model.pb",
    labels_name=lambda folder: f"{folder.name}/labels.txt",
    write=save_model,
    load=_load_saved_model,
    requirements="tensorflow pillow",
    code="""
import tensorflow as tf

model = tf.saved_model.load("{file}")
answer = model.signatures["serving_default"](pixels=tf.constant(pixels))
probabilities = answer["probabilities"].numpy()[0]
""",
    remarks="Scaling is inside the model: feed RGB pixels from 0 to 255, any number of pictures at once. The"
    " signature serving_default takes `pixels` and gives `probabilities`.",
)
