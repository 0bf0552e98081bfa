"""The format of a bundle: model, labels and a program for them, which need no TensorFlow.

`predict.txt` and `camera.txt` beside this module become `predict.py` and `camera.py`. They are no modules
of Poet's: what they import lies beside them in the bundle.
"""

import json
import tempfile
import zipfile
from importlib.resources import files
from pathlib import Path

from poetcore.export.about import About
from poetcore.export.export_format import ExportFormat, LiteNetwork, Network
from poetcore.export.litert_formats import TFLITE
from poetcore.export.notes import reading_code

__all__ = ["BUNDLE"]

#: As in Poet's own requirements.txt; a test compares the two.
_REQUIREMENTS = ("ai-edge-litert>=2.1,<3", "numpy>=2.0,<3", "pillow>=12.0,<14")


def _write(network: Network, file: Path) -> None:
    """Write a bundle of a network."""
    with tempfile.TemporaryDirectory() as place:
        model = Path(place, "model.tflite")
        TFLITE.write(network, model)
        _pack(model, network.labels, network.about, file)


def _write_lite(network: LiteNetwork, file: Path) -> None:
    """Write a bundle of a LiteRT file."""
    with tempfile.TemporaryDirectory() as place:
        model = Path(place, "model.tflite")
        assert TFLITE.write_lite
        TFLITE.write_lite(network, model)
        _pack(model, network.labels, network.about, file)


def _pack(model: Path, labels: tuple[str, ...], about: About, file: Path) -> None:
    known = {"thresholds": dict(about.thresholds), "least_probability": about.least_probability}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(model, model.name)
        archive.writestr("labels.txt", "".join(f"{label}\n" for label in labels))
        archive.writestr("model.json", json.dumps(known, ensure_ascii=False, indent=1))
        archive.writestr("reading.py", reading_code(about))
        archive.writestr("requirements.txt", "".join(f"{one}\n" for one in _REQUIREMENTS))
        for name in ("predict", "camera"):
            archive.writestr(f"{name}.py", (files(__package__) / f"{name}.txt").read_text("utf-8"))


def _add_note(file: Path, note: str) -> None:
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", note)


BUNDLE = ExportFormat(
    name="bundle",
    purpose="Bundle (.zip) with a program, for a Raspberry Pi",
    title="a LiteRT model with a program that runs it",
    default_name="bundle.zip",
    suffix=".zip",
    write=_write,
    write_lite=_write_lite,
    prefers_lite=True,
    add_note=_add_note,
    labels_name=lambda file: "labels.txt",
    requirements=" ".join(_REQUIREMENTS),
    code="""
import sys
import zipfile

with zipfile.ZipFile({file}) as bundle:
    bundle.extractall()
sys.path.insert(0, "")
from predict import predict, read
""",
    remarks="It needs Python 3.10 or newer on a 64-bit system (Linux, Windows, macOS; on a Raspberry Pi the"
    " 64-bit Raspberry Pi OS), and no TensorFlow. model.tflite is what the format tflite writes. The camera"
    " of a Raspberry Pi is read by rpicam-jpeg, which its system has, any other by OpenCV. The address of"
    " --serve answers this computer alone; with --address 0.0.0.0 it answers everyone in the network, and"
    " asks nobody for a password. It takes one picture of at most 20 MB as the body of a request, and keeps"
    " nothing.",
    usage="""To use it:

    python -m zipfile -e {file} model
    cd model
    python -m venv .venv
    . .venv/bin/activate                    (on Windows: .venv\\Scripts\\activate)
    python -m pip install -r requirements.txt

    python predict.py photo.jpg folder      what is in pictures, a line each
    python predict.py --camera              what the camera sees, until Ctrl-C
    python predict.py --serve 8000          a posted picture is answered with JSON, until Ctrl-C:
    curl --data-binary @photo.jpg http://127.0.0.1:8000
""",
)
