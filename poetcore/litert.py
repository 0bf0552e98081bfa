"""Backbones as LiteRT models: converted once by a child process, then run without TensorFlow.

`python -m poetcore.litert NAME FILE` is that child process.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from poetcore.backbones import Backbone, build, find
from poetcore.errors import BackboneError, PoetError
from poetcore.files import write_whole
from poetcore.tf import muted, tensorflow

__all__ = ["VectorModel", "convert", "model_file"]


def model_file(backbone: Backbone, folder: Path, announce: Callable[[str], object] | None = None) -> Path:
    """Give the LiteRT model of a backbone, converting it first if this workspace has none yet.

    The conversion needs TensorFlow and takes about twenty seconds, so a child process does it: whoever asks
    never carries TensorFlow's 700 MB.

    Args:
        backbone: which one.
        folder: the workspace's `models` folder.
        announce: told in a sentence that a conversion starts.

    Raises:
        BackboneError: its weights cannot be had, or the conversion failed.
    """
    file = folder / f"{backbone.name}.tflite"
    if not file.exists():
        if announce:
            announce(f"Preparing the backbone {backbone.name}, once for this workspace")
        folder.mkdir(parents=True, exist_ok=True)
        child = subprocess.run(
            [sys.executable, "-m", "poetcore.litert", backbone.name, str(file)],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        if child.returncode != 0 or not file.exists():
            lines = child.stderr.strip().splitlines()
            # What the child can explain is its last line; anything else is shown as it is.
            raise BackboneError(
                lines[-1] if lines else f"The backbone {backbone.name} could not be converted."
            )
    return file


def convert(backbone: Backbone, file: Path) -> None:
    """Convert a backbone to a LiteRT model in float32; imports TensorFlow.

    Raises:
        BackboneError: its weights cannot be had.
    """
    tf = tensorflow()
    write_whole(file, tf.lite.TFLiteConverter.from_keras_model(build(backbone)).convert())


class VectorModel:
    """A LiteRT backbone on one core; belongs to the thread that made it.

    Args:
        file: made by `convert`.
    """

    def __init__(self, file: Path) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with muted():
            self._interpreter = Interpreter(str(file), num_threads=1)
            self._interpreter.allocate_tensors()
        (self._input,) = (d["index"] for d in self._interpreter.get_input_details())
        (self._output,) = (d["index"] for d in self._interpreter.get_output_details())

    def vector(self, pixels: np.ndarray) -> np.ndarray:
        """Describe one picture.

        Args:
            pixels: `(size, size, 3) uint8`, RGB.

        Returns:
            `(vector_length,) float32`.
        """
        self._interpreter.set_tensor(self._input, pixels[np.newaxis].astype(np.float32))
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._output)[0]


def _main(name: str, file: str) -> None:
    try:
        convert(find(name), Path(file))
    except PoetError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    _main(*sys.argv[1:])
