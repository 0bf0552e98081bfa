"""Distorted variants of training pictures: flip, crop, scale, brightness, as the original script draws them.

The original distorts anew in every step and pays a pass through the backbone each time. Here a fixed number
of variants per picture is drawn, seeded by the picture's content, and their vectors are cached like any
other.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.errors import OptionError

__all__ = ["NO_AUGMENTATION", "Augmentation"]


@dataclass(frozen=True)
class Augmentation:
    """How training pictures are varied; the default is not at all.

    Attributes:
        flip_left_right: mirror half of the variants.
        random_crop: percent by which a picture is enlarged before a piece of the input size is cut out.
        random_scale: percent by which it is enlarged at the most on top of that, by chance.
        random_brightness: percent by which its pixels are multiplied up or down at the most.
        distortion_variants: variants per training picture, beside the picture itself.

    Raises:
        OptionError: a value is impossible.
    """

    flip_left_right: bool = False
    random_crop: int = 0
    random_scale: int = 0
    random_brightness: int = 0
    distortion_variants: int = 8

    def __post_init__(self) -> None:
        for name in ("random_crop", "random_scale"):
            if not 0 <= getattr(self, name) <= 400:
                raise OptionError(
                    f"{name} must lie between 0 and 400 percent. Received: {getattr(self, name)}."
                )
        if not 0 <= self.random_brightness <= 100:
            raise OptionError(
                f"random_brightness must lie between 0 and 100 percent. Received: {self.random_brightness}."
            )
        if not 1 <= self.distortion_variants <= 100:
            raise OptionError(
                f"distortion_variants must lie between 1 and 100. Received: {self.distortion_variants}."
            )

    @property
    def any(self) -> bool:
        """Whether there is anything to vary."""
        return self.flip_left_right or bool(self.random_crop or self.random_scale or self.random_brightness)

    def cache_key(self, variant: int) -> str:
        """Name what decides a variant besides the picture and the backbone; "" for variant 0, the picture."""
        if variant == 0:
            return ""
        return (
            f"+flip{self.flip_left_right:d}_crop{self.random_crop}_scale{self.random_scale}"
            f"_bright{self.random_brightness}#{variant}"
        )

    def apply(self, content: bytes, size: int, sha: str, variant: int) -> np.ndarray:
        """Make one variant of a picture.

        Args:
            content: the whole file.
            size: pixels a side of what the network sees.
            sha: the picture's content, which seeds the draw together with the variant.
            variant: 1 or more.

        Returns:
            `(size, size, 3) uint8`.

        Raises:
            PictureError: the picture cannot be decoded.
        """
        draw = np.random.default_rng([int(sha[:16], 16), variant])
        # Source of the formulas: add_input_distortions in the TensorFlow for Poets retrain script.
        enlarged = (1 + self.random_crop / 100) * draw.uniform(1, 1 + self.random_scale / 100)
        picture = images.decode(content, at_least=round(size * enlarged))
        share_x, share_y = draw.uniform(0, 1 - 1 / enlarged, 2)
        left, top = share_x * picture.width, share_y * picture.height
        box = (left, top, left + picture.width / enlarged, top + picture.height / enlarged)
        piece = picture.transform((size, size), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
        if self.flip_left_right and draw.random() < 0.5:
            piece = piece.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        pixels = np.asarray(piece)
        if self.random_brightness:
            change = self.random_brightness / 100
            bright = np.clip(pixels * draw.uniform(1 - change, 1 + change), 0, 255)
            pixels = bright.astype(np.uint8)
        return pixels


#: Pictures as they are.
NO_AUGMENTATION = Augmentation()
