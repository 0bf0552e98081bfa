"""The formats of Keras and TensorFlow 2: a Keras file and a SavedModel."""

from pathlib import Path
from typing import Any

from poetcore.export.export_format import ExportFormat, Network
from poetcore.system.tensorflow import tensorflow

__all__ = ["KERAS", "SAVED_MODEL", "save_model"]


def save_model(network: Network, folder: Path, batch: int | None = None) -> None:
    """Write a network as a SavedModel with the signature `serving_default`.

    Args:
        network: what to write.
        folder: is made.
        batch: how many pictures it takes at once; None for any number.
    """
    tf, model = tensorflow(), network.model

    def label(pixels: Any) -> dict[str, Any]:
        return {"probabilities": model(pixels, training=False)}

    # Not model.export: it writes every weight twice, and takes three times as long.
    holder = tf.Module()
    holder.weights = [variable.value for variable in model.variables]
    pixels = tf.TensorSpec((batch, *model.input_shape[1:]), tf.float32, name="pixels")
    signature = tf.function(label, input_signature=[pixels]).get_concrete_function()
    tf.saved_model.save(holder, str(folder), signatures={"serving_default": signature})


def _save_keras(network: Network, file: Path) -> None:
    network.model.save(file)


KERAS = ExportFormat(
    name="keras",
    purpose="Keras (.keras), to go on in Python",
    title="a Keras model (.keras)",
    default_name="model.keras",
    suffix=".keras",
    write=_save_keras,
    requirements="tensorflow pillow",
    code="""
import keras

model = keras.models.load_model({file})


def predict(pixels):
    return np.asarray(model(pixels))[0]
""",
    remarks="Scaling is inside the model: feed {feed}, any number of pictures at once.",
)

SAVED_MODEL = ExportFormat(
    name="saved_model",
    purpose="TensorFlow SavedModel, for servers",
    title="a TensorFlow SavedModel",
    default_name="model",
    folder_marker="saved_model.pb",
    labels_name=lambda folder: f"{folder.name}/labels.txt",
    write=save_model,
    requirements="tensorflow pillow",
    code="""
import tensorflow as tf

model = tf.saved_model.load({file})


def predict(pixels):
    answer = model.signatures["serving_default"](pixels=tf.constant(pixels))
    return answer["probabilities"].numpy()[0]
""",
    remarks="Scaling is inside the model: feed {feed}, any number of pictures at once. The"
    " signature serving_default takes `pixels` and gives `probabilities`.",
)
