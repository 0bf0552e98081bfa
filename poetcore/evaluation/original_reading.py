"""Pictures as the scripts of 2017 read them, for the graphs that were made with them; imports TensorFlow.

They decode a picture whole, by TensorFlow, and resize it between the four nearest pixels without half-pixel
centres. They know no EXIF orientation, no colour profile and no transparency, and so does this: what such a
graph was trained on is what it gets. Source: github.com/googlecodelabs/tensorflow-for-poets-2,
scripts/label_image.py. Pictures that TensorFlow does not decode are decoded as everywhere in Poet, and so are
those of more than `MAX_MEGAPIXELS`, at reduced scale.
"""

import io
from typing import Any

import numpy as np

from poetcore.data import images
from poetcore.system.tensorflow import muted, tensorflow

__all__ = ["encoded_again", "read_encoded", "read_pixels"]

#: What TensorFlow decodes as the scripts have it done.
_DECODED = ("JPEG", "MPO", "PNG", "GIF", "BMP")

#: What its operation DecodeJpeg decodes.
_FED = ("JPEG", "MPO", "PNG")

#: Halve a picture that is too large to be held whole, as long as neither side falls below so many pixels.
_AT_LEAST = 1024


def read_pixels(content: bytes, height: int, width: int) -> np.ndarray:
    """Decode a file's bytes and resize them to a graph's input.

    Args:
        content: the whole file.
        height: pixels.
        width: pixels; the aspect ratio is not kept.

    Returns:
        `(height, width, 3) float32`, RGB in 0..255, not rounded.

    Raises:
        PictureError: whatever is wrong with it, in a few words.
    """
    resized = tensorflow().raw_ops.ResizeBilinear(images=_decode(content)[np.newaxis], size=(height, width))
    return np.asarray(resized[0])


def read_encoded(content: bytes) -> bytes:
    """Return what a graph that decodes JPEGs itself is fed with: a JPEG or PNG as it is, others as a PNG.

    Args:
        content: the whole file.

    Raises:
        PictureError: whatever is wrong with it, in a few words.
    """
    return content if _is_taken(content, _FED) else encoded_again(content)


def encoded_again(content: bytes) -> bytes:
    """Decode a file's bytes as everywhere in Poet, and encode the picture as a PNG, which loses nothing.

    Args:
        content: the whole file.

    Raises:
        PictureError: whatever is wrong with it, in a few words.
    """
    out = io.BytesIO()
    _decode_whole(content).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _decode(content: bytes) -> Any:
    """Decode a picture: `(height, width, 3) uint8`, a tensor or an array."""
    tf = tensorflow()
    if _is_taken(content, _DECODED):
        try:
            with muted():
                return tf.io.decode_image(content, channels=3, expand_animations=False)
        except (tf.errors.OpError, ValueError):
            pass  # damaged, which the other decoder puts into words, or of a kind that TensorFlow lacks
    return np.asarray(_decode_whole(content))


def _decode_whole(content: bytes) -> Any:
    return images.decode(content, at_least=None if _is_whole(images.identify(content)) else _AT_LEAST)


def _is_taken(content: bytes, formats: tuple[str, ...]) -> bool:
    info = images.identify(content)
    return info.format in formats and _is_whole(info)


def _is_whole(info: images.PictureInfo) -> bool:
    return info.width * info.height <= images.MAX_MEGAPIXELS * 1_000_000
