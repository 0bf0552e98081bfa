"""A trained run asked why: where in a picture it sees a label, and which training pictures are alike."""

import io
from functools import cached_property

import numpy as np
import pandas as pd
from PIL import Image

from poetcore.api.arguments import PathLike, path_of, whole_number
from poetcore.data import images
from poetcore.errors import OptionError, PictureError
from poetcore.evaluation.looks.heat_map import HeatMap
from poetcore.evaluation.looks.kept import KeptLookers
from poetcore.evaluation.looks.overlay import laid_over
from poetcore.evaluation.looks.similar import SIMILAR
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["LookingRun", "ShownHeatMap"]


class ShownHeatMap:
    """A heat map with its picture; a notebook shows the one over the other.

    Args:
        heat: the map.
        content: of the picture's file.

    Attributes:
        label: which label is looked for.
        values: `(rows, columns) float32`, what each place adds to the label's logit, or takes from it; their
            mean is the logit without its bias.
    """

    def __init__(self, heat: HeatMap, content: bytes) -> None:
        self._heat, self._content = heat, content
        self.label: str = heat.label
        self.values: np.ndarray = heat.values

    def to_image(self, pixels: int = 800) -> Image.Image:
        """Return the picture with the map over it: orange speaks for the label, blue against it.

        Args:
            pixels: of its longer side, at the most.
        """
        photo = images.decode(self._content, at_least=pixels)
        photo.thumbnail((pixels, pixels))
        return laid_over(self._heat, photo)

    def _repr_png_(self) -> bytes:
        out = io.BytesIO()
        self.to_image().save(out, "PNG")
        return out.getvalue()

    def __repr__(self) -> str:
        return f"ShownHeatMap({self.label!r}, {self.values.shape[0]} x {self.values.shape[1]} places)"


class LookingRun:
    """What a run can say of why it predicts a label; `VideoRun` is one."""

    _run: Run
    _workspace: Workspace

    def heat_map(self, path: PathLike, label: str = "") -> ShownHeatMap:
        """Compute where in a picture the run sees a label: an exact class activation map.

        Args:
            path: of the picture.
            label: one of `classes_`; by default the predicted one.

        Raises:
            BackboneError: the run's network makes its feature vector in another way than as a mean of a map.
            OptionError: the run was not trained on the label.
            PictureError: the file is not a picture that can be used.

        Example:
            >>> run.heat_map("sample/demo/rose/rose_001.jpg", "rose")
            ShownHeatMap('rose', 7 x 7 places)
        """
        content = _read(path)
        return ShownHeatMap(self._lookers.of(self._run.name).heat_map(content, label), content)

    def similar(self, path: PathLike, count: int = SIMILAR) -> pd.DataFrame:
        """Find the training pictures that a picture resembles most, which often show a wrong label at once.

        Args:
            path: of the picture; one that was trained on does not resemble itself.
            count: how many are found.

        Returns:
            `path`, `label`, `similarity` (cosine of the feature vectors) and `sha`, most alike first.

        Raises:
            OptionError: the number is less than 1.
            PictureError: the file is not a picture that can be used.
            RunError: the feature vectors of the training pictures are no longer in the workspace.

        Example:
            >>> run.similar("sample/demo/rose/rose_001.jpg", 2)["label"].tolist()
            ['rose', 'rose']
        """
        if whole_number(count, "count") < 1:
            raise OptionError(f"count must be 1 or more. Received: {count}.")
        found = self._lookers.of(self._run.name).similar(_read(path), count)
        columns = ("path", "label", "similarity", "sha")
        return pd.DataFrame(
            [[getattr(one, name) for name in columns] for one in found], columns=list(columns)
        )

    @cached_property
    def _lookers(self) -> KeptLookers:
        return KeptLookers(self._workspace)


def _read(path: PathLike) -> bytes:
    file = path_of(path, "path")
    try:
        content = images.read(file)
        images.decode(content, at_least=64)
    except PictureError as error:
        raise PictureError(f"{file} {error}.") from None
    return content
