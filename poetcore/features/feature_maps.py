"""Networks that give their last feature map beside the feature vector: where in a picture its features are.

A network's vector is, in most of them, the mean of its last feature map over rows and columns. The LiteRT
file that extracts features gets that map as a second output, in memory: nothing is converted and no other
file is kept.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from poetcore.errors import BackboneError
from poetcore.features.backbones import Backbone
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.lite_graph import LiteGraph

__all__ = ["Extracted", "MapExtractor", "with_map"]


class Extracted(NamedTuple):
    """What one network makes of a picture.

    Attributes:
        vector: its feature vector, `(length,) float32`.
        map: the feature map whose mean the vector is, `(rows, columns, length) float32`; None where the
            network has none.
    """

    vector: np.ndarray
    map: np.ndarray | None


def with_map(content: bytes) -> bytes | None:
    """Return a backbone's LiteRT file with the last feature map as its second output.

    Args:
        content: of the file, in the form of `convert` or `adapted`.

    Returns:
        The content of such a file; None where its vector is no mean of a map.

    Raises:
        BackboneError: the file is damaged.
    """
    try:
        graph = LiteGraph(content)
    except ValueError as error:
        raise BackboneError(f"A network cannot be read as a LiteRT file: {error}.") from None
    found = graph.pooled_map()
    if found is None:
        return None
    graph.give_also(found, "feature_map")
    return graph.packed()


class MapExtractor:
    """A backbone, or several side by side, with feature maps; belongs to one thread at a time.

    Args:
        backbone: which one.
        models: returns the LiteRT file of a single network: of the backbone, or of each of its parts.

    Attributes:
        without_map: names of the networks that have no map.

    Raises:
        BackboneError: a file is damaged, or a network cannot be converted.
    """

    def __init__(self, backbone: Backbone, models: Callable[[Backbone], Path]) -> None:
        self._extractors, self.without_map = [], []
        for one in backbone.members:
            file = models(one)
            content = with_map(file.read_bytes())
            self._extractors.append(FeatureExtractor(file, content))
            if content is None:
                self.without_map.append(one.name)

    def extract(self, pixels: np.ndarray) -> list[Extracted]:
        """Extract the features of one picture.

        Args:
            pixels: `(size, size, 3) uint8`, RGB, 0 to 255.

        Returns:
            What each network makes of it.
        """
        found = [extractor.extract_all(pixels) for extractor in self._extractors]
        return [Extracted(vector, maps[0] if maps else None) for vector, *maps in found]
