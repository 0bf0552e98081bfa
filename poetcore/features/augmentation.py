"""Distorted variants of training pictures: flip, crop, scale, brightness, as the original script draws them.

The original distorts anew in every step and pays a pass through the backbone each time. Here a fixed number
of variants per picture is drawn, seeded by the picture's content, and their vectors are cached like any
other.
"""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from poetcore.data import images
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
            "Mirror half of the augmented copies; not where left and right matter, as with letters or road"
            " signs."
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
