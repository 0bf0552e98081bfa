"""The formats of LiteRT (TensorFlow Lite): in 32-bit floating point, and quantized (int8)."""

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

from poetcore.export.export_format import ExportFormat, LiteNetwork, Network
from poetcore.export.keras_formats import save_model
from poetcore.export.lite_metadata import add_metadata
from poetcore.features.litert import quantize
from poetcore.system.tensorflow import tensorflow

__all__ = ["TFLITE", "TFLITE_INT8"]

#: Not labels.txt: that is what MediaPipe's metadata writer adds, which takes no file twice.
_LABELS = "poet_labels.txt"


def _convert(network: Network, file: Path) -> None:
    """Convert a network by way of a SavedModel; quantized where it has pictures to calibrate on."""
    tf = tensorflow()
    with tempfile.TemporaryDirectory() as folder:  # TensorFlow takes some names for patterns
        save_model(network, Path(folder), batch=1)  # browsers and phones refuse a number left open
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if network.calibration:
            quantize(tf, converter, network.calibration)
        model = converter.convert()
    _write(LiteNetwork(model, network.labels, network.about), file)


def _write(network: LiteNetwork, file: Path) -> None:
    """Write a model with its labels and its scaling inside."""
    about = network.about
    described = add_metadata(network.content, facts=about.facts, fed=about.input_range, labels=_LABELS)
    file.write_bytes(described)
    with zipfile.ZipFile(file, "a") as archive:  # where the metadata has its files
        inside = zipfile.ZipInfo(_LABELS)  # without the time: exported again it is the same, byte for byte
        inside.external_attr = 0o644 << 16  # everyone may read what is unpacked
        archive.writestr(inside, "".join(f"{label}\n" for label in network.labels))


TFLITE = ExportFormat(
    name="tflite",
    purpose="LiteRT (.tflite), for phones and small computers",
    title="a LiteRT (TensorFlow Lite) model in 32-bit floating point",
    default_name="model.tflite",
    write=_convert,
    requirements="ai-edge-litert numpy pillow",
    code="""
from ai_edge_litert.interpreter import Interpreter

interpreter = Interpreter({file})
interpreter.allocate_tensors()


def predict(pixels):
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], {fed})
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0]
""",
    remarks="Scaling is inside the model: feed {feed}, one picture at a time. The"
    " labels are also inside the file (it can be opened as a zip archive), and its metadata have the"
    " scaling, the labels, the range of the scores and what is said above. So MediaPipe's image classifier"
    " and ML Kit's custom models take the file as it is: one input of one RGB picture with"
    " NormalizationOptions, one output (1 x labels), labels as an associated file of the type"
    " TENSOR_AXIS_LABELS. Both resize photos in their own way, so that probabilities differ a little.",
    choices=("input_range",),
    write_lite=_write,
    prefers_lite=True,
    edition=2,  # the first left the number of pictures open
)

TFLITE_INT8 = replace(
    TFLITE,
    name="tflite_int8",
    purpose="LiteRT, quantized (int8), under a third of the size",
    title="a LiteRT (TensorFlow Lite) model, quantized (int8)",
    default_name="model_int8.tflite",
    remarks="Weights and calculations are 8-bit integers, calibrated on training pictures: less than a third"
    " of the size, faster on small devices, slightly less exact, probabilities in steps of 1/256. What goes"
    " in and comes out is floating point all the same: feed {feed}, one picture at a time."
    " The labels are also inside the file (it can be opened as a zip archive), and its metadata have the"
    " scaling and the labels, as MediaPipe's image classifier and ML Kit's custom models need them.",
    quantized=True,
    write_lite=None,
)
