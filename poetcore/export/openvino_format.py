"""The format of OpenVINO, which runs networks on Intel's processors, graphics, NPUs and compute sticks.

What is written (IR version 11, operations of opsets 1 and 8) is of the kind that OpenVINO 2022.3 reads, the
last version for the Neural Compute Stick 2; 2023.0 and 2026.4 were tried.
"""

import tempfile
from pathlib import Path

from poetcore.export.export_format import ExportFormat, LiteNetwork, Network
from poetcore.export.keras_formats import save_model
from poetcore.system.telemetry import silence_reports

__all__ = ["OPENVINO"]

_XML = "model.xml"


def _write(network: Network, folder: Path) -> None:
    """Convert a network by way of a SavedModel, its weights in 32 bits, for one picture at a time."""
    with tempfile.TemporaryDirectory() as saved:
        save_model(network, Path(saved), batch=1)  # NPUs and sticks refuse a size that is left open
        _convert(Path(saved), folder)


def _write_lite(network: LiteNetwork, folder: Path) -> None:
    """Convert a LiteRT file."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "model.tflite")
        file.write_bytes(network.content)
        _convert(file, folder)


def _convert(source: Path, folder: Path) -> None:
    """Write what OpenVINO can read in its own format."""
    silence_reports()
    import openvino

    # Mapped into memory, the weights would keep the file from being deleted on Windows.
    model = openvino.Core().read_model(source, config={"ENABLE_MMAP": False})
    openvino.save_model(model, folder / _XML, compress_to_fp16=False)


OPENVINO = ExportFormat(
    name="openvino",
    purpose="OpenVINO, for Intel's processors, NPUs and sticks",
    title="a model for OpenVINO, in 32-bit floating point",
    default_name="model",
    folder_marker=_XML,
    labels_name=lambda folder: f"{folder.name}/labels.txt",
    write=_write,
    write_lite=_write_lite,
    prefers_lite=True,
    packages=("openvino",),
    requirements="openvino numpy pillow",
    code="""
import openvino

# Without the hint it calculates in 16 bits where that is faster, and probabilities differ by some hundredths.
exact = {{"INFERENCE_PRECISION_HINT": "f32"}}
model = openvino.compile_model(Path({file}, "model.xml"), "CPU", exact)


def predict(pixels):
    return model(pixels)["probabilities"][0]
""",
    remarks="Scaling is inside the model: feed {feed} as `pixels`, one picture at a time, and fetch"
    ' `probabilities`. Where there is such a device, "GPU" or "NPU" can stand for "CPU"; so can "MYRIAD", the'
    " Neural Compute Stick 2, in OpenVINO 2022.3, the last version for it. These calculate in 16 bits, so"
    " that probabilities may differ by some hundredths. OpenVINO's Python package reports its use to Intel:"
    " `opt_in_out --opt_out` stops that.",
)
