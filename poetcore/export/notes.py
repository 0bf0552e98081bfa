"""The short note that lies beside every exported model: what it is, and a few lines of code that use it."""

import textwrap

from poetcore.export.parity import Parity

__all__ = ["note"]

_TITLES = {
    "keras": "a Keras model (.keras)",
    "saved_model": "a TensorFlow SavedModel",
    "tflite": "a LiteRT (TensorFlow Lite) model in 32-bit floating point",
    "tflite_int8": "a LiteRT (TensorFlow Lite) model in 8-bit integers",
    "frozen_graph": "a frozen TensorFlow 1 graph, as the original TensorFlow for Poets scripts write it",
}

_NEEDS = {
    "keras": "tensorflow pillow",
    "saved_model": "tensorflow pillow",
    "tflite": "ai-edge-litert numpy pillow",
    "tflite_int8": "ai-edge-litert numpy pillow",
    "frozen_graph": "tensorflow pillow",
}

#: As `images.squash` sees a photo: upright, halved while it is large, then squashed to the square.
_PICTURE = """\
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

picture = ImageOps.exif_transpose(Image.open("photo.jpg")).convert("RGB")
while min(picture.size) >= 2 * {size}:
    picture = picture.reduce(2)
picture = picture.transform(
    ({size}, {size}), Image.Transform.EXTENT, (0, 0, *picture.size), Image.Resampling.BILINEAR
)
pixels = np.asarray(picture, np.float32)[np.newaxis]  # (1, {size}, {size}, 3), RGB, 0 to 255
"""

_LITERT = """
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter("{file}")
interpreter.allocate_tensors()
interpreter.set_tensor(interpreter.get_input_details()[0]["index"], pixels)
interpreter.invoke()
probabilities = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
"""

_MODELS = {
    "keras": """
import keras

probabilities = np.asarray(keras.models.load_model("{file}")(pixels))[0]
""",
    "saved_model": """
import tensorflow as tf

model = tf.saved_model.load("{file}")
answer = model.signatures["serving_default"](pixels=tf.constant(pixels))
probabilities = answer["probabilities"].numpy()[0]
""",
    "tflite": _LITERT,
    "tflite_int8": _LITERT,
    "frozen_graph": """
import tensorflow.compat.v1 as tf

graph, definition = tf.Graph(), tf.GraphDef()
definition.ParseFromString(Path("{file}").read_bytes())
with graph.as_default():
    tf.import_graph_def(definition)
with tf.Session(graph=graph) as session:
    fed = {{"import/input:0": (pixels - 128) / 128}}
    probabilities = session.run("import/{output_layer}:0", fed)[0]
""",
}

_LABELS = """
labels = Path("{labels}").read_text("utf-8").splitlines()
for i in probabilities.argsort()[::-1][:5]:
    print(labels[i], round(float(probabilities[i]), 3))
"""

_REMARKS = {
    "keras": "Scaling is inside the model: feed RGB pixels from 0 to 255, any number of pictures at once.",
    "saved_model": "Scaling is inside the model: feed RGB pixels from 0 to 255, any number of pictures at"
    " once. The signature serving_default takes `pixels` and gives `probabilities`.",
    "tflite": "Scaling is inside the model: feed RGB pixels from 0 to 255, one picture at a time. The labels"
    " are also inside the file (it can be opened as a zip archive).",
    "tflite_int8": "Weights and calculations are 8-bit integers, calibrated on training pictures: less than a"
    " third of the size, faster on small devices, slightly less exact, probabilities in steps of 1/256. What"
    " goes in and comes out is floating point all the same: feed RGB pixels from 0 to 255, one picture at a"
    " time. The labels are also inside the file (it can be opened as a zip archive).",
    "frozen_graph": "Feed one picture at a time as (RGB - 128) / 128 to `input` and fetch `{output_layer}`."
    " The original label_image script reads it with --input_layer=input --output_layer={output_layer}"
    " --input_height={size} --input_width={size} --input_mean=128 --input_std=128.",
}


def note(
    form: str, run: str, backbone: str, size: int, file: str, labels: str, output_layer: str, parity: Parity
) -> str:
    """Write the note of an export.

    Args:
        form: one of `poetcore.export.export.FORMATS`.
        run: name of the run.
        backbone: its pre-trained network.
        size: pixels a side that the model takes.
        file: name of the exported file or folder, which lies beside the note.
        labels: the labels file, relative to the note.
        output_layer: what is fetched from a frozen graph.
        parity: how it compared with the app.
    """
    names = {"file": file, "labels": labels, "size": size, "output_layer": output_layer}
    code = "".join(part.format(**names) for part in (_PICTURE, _MODELS[form], _LABELS))
    compared = (
        f"Compared with Poet on {parity.pictures} pictures: the same top label on {parity.same_top1:.1%}, the"
        f" largest difference of a probability is {parity.max_abs_diff:.2g}."
        if parity.pictures
        else "It could not be compared with Poet: none of the run's pictures was left when it was exported."
    )
    paragraphs = (
        f"{file}: {_TITLES[form]}",
        f"Made by Poet from the run {run} ({backbone}, {size} x {size} pixels). Its labels are in {labels},"
        " in the order of the probabilities.",
        _REMARKS[form].format(**names),
        compared,
        f"To use it in Python (pip install {_NEEDS[form]}):",
    )
    wrap = textwrap.TextWrapper(width=100, break_long_words=False, break_on_hyphens=False)
    return "\n\n".join([*map(wrap.fill, paragraphs), textwrap.indent(code, "    ")])
