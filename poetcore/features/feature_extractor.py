"""LiteRT networks that extract the features of one picture after the other, without TensorFlow."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from poetcore.errors import BackboneError
from poetcore.features.backbones import Backbone
from poetcore.features.combination import side_by_side
from poetcore.system.files import is_unicode
from poetcore.system.tensorflow import muted

__all__ = ["FeatureExtractor", "PictureExtractor"]


class FeatureExtractor:
    """A LiteRT backbone on one core; belongs to the thread that made it.

    Args:
        file: made by `convert`.
        content: what is run instead, such as the same network with another output.

    Raises:
        BackboneError: the file is damaged.
    """

    engine: ClassVar[str] = "litert"

    def __init__(self, file: Path, content: bytes | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        try:
            with muted():
                # LiteRT takes a name as text only, which foreign bytes in it are not.
                if content is None and not is_unicode(file):
                    content = file.read_bytes()
                source = {"model_content": content} if content else {"model_path": str(file)}
                self._interpreter = Interpreter(**source, num_threads=1)
                self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError):
            raise BackboneError(
                f"The network in {file} is damaged: delete the file, and do again what you did."
            ) from None
        (self._input,) = (d["index"] for d in self._interpreter.get_input_details())
        self._outputs = [d["index"] for d in self._interpreter.get_output_details()]

    def extract(self, pixels: np.ndarray) -> np.ndarray:
        """Extract the features of one picture.

        Args:
            pixels: `(size, size, 3) uint8`, RGB, 0 to 255.

        Returns:
            `(vector_length,) float32`.
        """
        return self.extract_all(pixels)[0]

    def extract_some(self, pixels: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Extract the features of some pictures, one after the other."""
        return [self.extract(one) for one in pixels]

    def extract_all(self, pixels: np.ndarray) -> list[np.ndarray]:
        """Return what each output gives for one picture, the feature vector first."""
        self._interpreter.set_tensor(self._input, pixels[np.newaxis].astype(np.float32))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(output)[0] for output in self._outputs]


class PictureExtractor:
    """A backbone, or several side by side, on one core; belongs to the thread that made it.

    Args:
        backbone: which one.
        models: returns the LiteRT file of a single network: of the backbone, or of each of its parts.

    Raises:
        BackboneError: a file is damaged, or a network cannot be converted.
    """

    def __init__(self, backbone: Backbone, models: Callable[[Backbone], Path]) -> None:
        self._extractors = [FeatureExtractor(models(one)) for one in backbone.members]

    def extract(self, pixels: np.ndarray) -> np.ndarray:
        """Extract the features of one picture.

        Args:
            pixels: `(size, size, 3) uint8`, RGB, 0 to 255.

        Returns:
            `(vector_length,) float32`.
        """
        return side_by_side([extractor.extract(pixels) for extractor in self._extractors])
