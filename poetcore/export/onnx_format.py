"""The format ONNX, which most runtimes and many programs read."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.export.about import About
from poetcore.export.export_format import ExportFormat, LiteNetwork, Network

__all__ = ["ONNX"]

#: Operators of September 2021: read by ONNX Runtime from 1.10 on and by what came since.
_OPERATORS = 15


def _write(network: Network, file: Path) -> None:
    """Convert a network by Keras's own export."""
    import onnx

    network.model(
        np.zeros((1, *network.model.input_shape[1:]), np.float32)
    )  # else Keras refuses to export it
    with tempfile.TemporaryDirectory() as place:
        made = Path(place, "model.onnx")
        network.model.export(str(made), format="onnx", verbose=False, opset_version=_OPERATORS)
        model = onnx.load(made)
    _save(model, network.labels, network.about, file)


def _write_lite(network: LiteNetwork, file: Path) -> None:
    """Convert a LiteRT file, which takes one picture at a time."""
    import tf2onnx

    with tempfile.TemporaryDirectory() as place:
        made = Path(place, "model.tflite")
        made.write_bytes(network.content)
        model, _ = tf2onnx.convert.from_tflite(str(made), opset=_OPERATORS)
    _save(model, network.labels, network.about, file)


def _save(model: Any, labels: tuple[str, ...], about: About, file: Path) -> None:
    """Write a model whose input and output have their names, with the labels inside."""
    import onnx

    (fed,), (answer,) = model.graph.input, model.graph.output
    names = {fed.name: "pixels", answer.name: "probabilities"}
    for node in model.graph.node:
        for ends in (node.input, node.output):
            ends[:] = [names.get(name, name) for name in ends]
    for end in (fed, answer):
        end.name = names[end.name]
        first = end.type.tensor_type.shape.dim[0]
        if not first.dim_value:
            first.dim_param = "pictures"
    model.doc_string = f"Made by Poet from the run {about.run} ({about.backbone})."
    facts = {"labels": labels, "thresholds": list(about.thresholds.values())}
    known = {name: json.dumps(value, ensure_ascii=False) for name, value in facts.items() if value}
    onnx.helper.set_model_props(model, known)
    onnx.checker.check_model(model)
    onnx.save(model, file)


ONNX = ExportFormat(
    name="onnx",
    purpose="ONNX (.onnx), for ONNX Runtime and others",
    title="an ONNX model in 32-bit floating point",
    default_name="model.onnx",
    suffix=".onnx",
    write=_write,
    write_lite=_write_lite,
    packages=("onnx", "tf2onnx", "onnxruntime"),
    requirements="onnxruntime numpy pillow",
    code="""
import onnxruntime

onnxruntime.disable_telemetry_events()  # on Windows it reports to Microsoft otherwise
session = onnxruntime.InferenceSession({file}, providers=["CPUExecutionProvider"])


def predict(pixels):
    return session.run(["probabilities"], {{"pixels": pixels}})[0][0]
""",
    remarks="Scaling is inside the model: feed {feed} as `pixels`, one picture in each row, and fetch"
    " `probabilities`. Its operators are those of version "
    f"{_OPERATORS}"
    ", which ONNX Runtime reads from 1.10 on. The labels are also inside the file, as JSON among its"
    " metadata properties.",
)
