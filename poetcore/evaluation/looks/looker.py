"""A run that says of a picture where it sees a label and which training pictures it resembles."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import BackboneError, OptionError, RunError
from poetcore.evaluation.looks.heat_map import HeatMap, label_maps
from poetcore.evaluation.looks.similar import SIMILAR, Similar, most_similar
from poetcore.features.combination import side_by_side
from poetcore.features.feature_maps import MapExtractor
from poetcore.system.wording import few, in_sentence
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.reference import NO_REFERENCE, Reference
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Looker"]

#: Pictures whose maps are remembered, for whoever looks at one label after the other.
_REMEMBERED = 64


@dataclass(frozen=True, eq=False)
class _Seen:
    """What a run makes of a picture.

    Attributes:
        vector: `(vector_length,) float32`.
        maps: `(rows, columns, labels) float32`; None where the backbone has none.
        label: the most probable one.
        size: width and height of the picture as it was decoded.
    """

    vector: np.ndarray
    maps: np.ndarray | None
    label: str
    size: tuple[int, int]


class Looker:
    """A finished run that can be asked about single pictures, from any thread.

    Its network is loaded at the first picture, its training pictures where `similar` is first asked for.

    Args:
        run: which one.
        workspace: where its network and the feature vectors of its training pictures are.

    Raises:
        RunError: the run is unfinished or damaged.
    """

    def __init__(self, run: Run, workspace: Workspace) -> None:
        self.run, self._workspace = run, workspace
        self.labels = tuple(run.labels())
        self._backbone, self._head = backbone_of(run), run.head()
        self._lock = threading.RLock()
        self._reference: Reference | None = None
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    @cached_property
    def _extractor(self) -> MapExtractor:
        return MapExtractor(self._backbone, models_of(self.run, self._workspace))

    @property
    def held_bytes(self) -> int:
        """How much memory its training pictures take, as far as they are loaded."""
        return self._reference.vectors.nbytes if self._reference else 0

    def heat_map(self, content: bytes, label: str = "") -> HeatMap:
        """Compute where the run sees a label in a picture.

        Args:
            content: of the file.
            label: one of `labels`; "" for the most probable one.

        Raises:
            BackboneError: the run's network has no map, or cannot be loaded.
            OptionError: the run has no such label.
            PictureError: it is no picture that can be used.
        """
        if label and label not in self.labels:
            raise OptionError(
                f"The run {self.run.name!r} was not trained on the label {in_sentence(label)!r}: choose one"
                f" of {few(self.labels)}."
            )
        seen = self._look(content)
        if seen.maps is None:
            raise BackboneError(
                f"The network {' and '.join(self._extractor.without_map)} makes its feature vector in another"
                " way than as the mean of a map of the picture, so it cannot be shown where it looks."
            )
        shown = label or seen.label
        values = seen.maps[:, :, self.labels.index(shown)]
        return HeatMap(shown, values, max(float(seen.maps.max()), 0.0), seen.size)

    def similar(self, content: bytes, count: int = SIMILAR) -> list[Similar]:
        """Find the training pictures that a picture resembles most, without the picture itself.

        Args:
            content: of the file.
            count: how many are found.

        Raises:
            BackboneError: the network cannot be loaded.
            PictureError: it is no picture that can be used.
            RunError: the feature vectors of the training pictures are gone.
        """
        with self._lock:
            if self._reference is None:
                found = Reference.of(self.run, self._workspace, "training")
                if found is None:
                    raise RunError(NO_REFERENCE)
                self._reference = found
            reference = self._reference
        return most_similar(reference, self._look(content).vector, count, sha_of(content))

    def _look(self, content: bytes) -> _Seen:
        sha = sha_of(content)
        with self._lock:
            if sha not in self._seen:
                self._seen[sha] = self._look_again(content)
                if len(self._seen) > _REMEMBERED:
                    self._seen.popitem(last=False)
            self._seen.move_to_end(sha)
            return self._seen[sha]

    def _look_again(self, content: bytes) -> _Seen:
        side = self._backbone.input_size
        picture = images.decode(content, at_least=side)
        found = self._extractor.extract(images.resize_to_square(picture, side))
        vector = side_by_side([one.vector for one in found])
        best = int(self._head.logits(vector[np.newaxis])[0].argmax())
        return _Seen(vector, label_maps(found, self._head), self.labels[best], picture.size)
