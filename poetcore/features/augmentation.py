"""Augmentation: copies of training pictures, flipped, cropped, scaled, brighter or darker at random.

The original script draws new copies in every step, each of which costs a pass through the backbone. Here a
fixed number of augmented copies per picture is drawn, seeded by the picture's content, and their features
are cached like any others. The option keeps the original's name, `distortion_variants`.
"""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.errors import OptionError
from poetcore.system.options import check_limits, option

__all__ = ["NO_AUGMENTATION", "Augmentation"]


@dataclass(frozen=True)
class Augmentation:
    """How training pictures are augmented; the default is not at all. Each field says what it decides.

    Raises:
        OptionError: a value is impossible.
    """

    flip_left_right: bool = field(
        default=False,
        metadata=option(
            "Mirror every other augmented copy, the first one too; not where left and right matter, as with"
            " letters or road signs."
        ),
    )
    random_crop: int = field(
        default=0,
        metadata=option(
            "Percent by which copies are enlarged before their margins are cropped off.",
            minimum=0,
            maximum=400,
        ),
    )
    random_scale: int = field(
        default=0,
        metadata=option(
            "Percent by which copies are enlarged at most on top of that, at random.", minimum=0, maximum=400
        ),
    )
    random_brightness: int = field(
        default=0,
        metadata=option("Percent by which copies become brighter or darker at most.", minimum=0, maximum=100),
    )
    distortion_variants: int = field(
        default=8,
        metadata=option(
            "Augmented copies of each training picture, if any other augmentation is chosen.",
            minimum=1,
            maximum=100,
        ),
    )

    def __post_init__(self) -> None:
        check_limits(self)
        if self.distortion_variants != type(self).distortion_variants and not self.any:
            raise OptionError(
                "distortion_variants changes nothing by itself: add flip_left_right, random_crop,"
                f" random_scale or random_brightness. Received: {self.distortion_variants}."
            )

    @property
    def any(self) -> bool:
        """Whether any augmentation is chosen."""
        return self.flip_left_right or self._is_random

    @property
    def _is_random(self) -> bool:
        """Whether no two copies are alike."""
        return bool(self.random_crop or self.random_scale or self.random_brightness)

    def cache_key(self, copy: int) -> str:
        """Return what decides a feature vector besides the picture and the backbone.

        Args:
            copy: which augmented copy, from 1; 0 for the picture itself, whose key is "", as is that of a
                copy that is the same.
        """
        mirrored = self.flip_left_right and copy % 2 == 1
        if copy == 0 or not (self._is_random or mirrored):
            return ""
        if not self._is_random:
            return "+mirrored"
        return (
            f"+mirrored{mirrored:d}_crop{self.random_crop}_scale{self.random_scale}"
            f"_bright{self.random_brightness}#{copy}"
        )

    def apply(self, content: bytes, size: int, sha: str, copy: int) -> np.ndarray:
        """Draw one augmented copy of a picture.

        The formulas are those of `add_input_distortions` in the TensorFlow for Poets retrain script
        (github.com/googlecodelabs/tensorflow-for-poets-2, scripts/retrain.py).

        Args:
            content: the whole file.
            size: pixels a side of the network's input.
            sha: sha256 of the content, which together with the copy is the seed.
            copy: which augmented copy, from 1.

        Returns:
            `(size, size, 3) uint8`, RGB, 0 to 255.

        Raises:
            PictureError: the picture cannot be decoded.
        """
        rng = np.random.default_rng([int(sha[:16], 16), copy])
        enlarged = (1 + self.random_crop / 100) * rng.uniform(1, 1 + self.random_scale / 100)
        picture = images.decode(content, at_least=round(size * enlarged))
        offset_x, offset_y = rng.uniform(0, 1 - 1 / enlarged, 2)
        left, top = offset_x * picture.width, offset_y * picture.height
        box = (left, top, left + picture.width / enlarged, top + picture.height / enlarged)
        crop = picture.transform((size, size), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
        # Not by lot as in the original, which draws anew in every step: with one copy of each picture half of
        # them would be the picture itself. Like this half of what is trained on is mirrored.
        if self.flip_left_right and copy % 2 == 1:
            crop = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        pixels = np.asarray(crop)
        if self.random_brightness:
            change = self.random_brightness / 100
            bright = np.clip(pixels * rng.uniform(1 - change, 1 + change), 0, 255)
            pixels = np.rint(bright).astype(np.uint8)
        return pixels


#: No augmented copies.
NO_AUGMENTATION = Augmentation()
