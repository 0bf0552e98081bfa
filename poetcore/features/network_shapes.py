"""Whether a network of one's own takes a picture and makes a feature vector of it; why not."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from poetcore.errors import BackboneError
from poetcore.features.keras_applications import Scaling

__all__ = ["Found", "parse_scaling", "picture_size", "unknown_scaling", "vector_length"]

#: The smallest and the largest size that is believed, in pixels a side.
_SIZES = (16, 2048)


class Found(NamedTuple):
    """What a network file turned out to be.

    Attributes:
        input_size: pixels a side.
        vector_length: how many features a picture has.
        scaling: (mean, divisor), as of a `Backbone`.
        classifier: whether it ends in probabilities: a whole classifier, whose last layer is still there.
    """

    input_size: int
    vector_length: int
    scaling: Scaling
    classifier: bool


def picture_size(source: Path, shapes: Sequence[tuple[int | None, ...]], size: int | None = None) -> int:
    """Return the pixels a side of a network's input.

    Args:
        source: the network, for messages.
        shapes: of its inputs; None or -1 is open.
        size: what is wanted where the file leaves it open.

    Raises:
        BackboneError: it takes something else than one square picture, or its size is open and none is given.
    """
    if len(shapes) != 1:
        raise BackboneError(f"The network in {source} takes {len(shapes)} inputs; one picture is needed.")
    (shape,) = shapes
    sizes = [None if one is None or one < 0 else int(one) for one in shape]
    if len(sizes) != 4 or sizes[3] != 3 or sizes[0] not in (None, 1):
        raise BackboneError(
            f"The network in {source} takes no colour picture: its input is {_shown(shape)}, and (1, size,"
            " size, 3) is needed."
        )
    if sizes[1] is None or sizes[2] is None:
        if size is None:
            raise BackboneError(
                f"The network in {source} leaves the size of its input open: write the pixels a side after"
                " its name, such as NAME@224, or save it with a fixed size."
            )
        return _believed(source, size)
    if sizes[1] != sizes[2]:
        raise BackboneError(
            f"The network in {source} takes pictures of {sizes[1]} x {sizes[2]} pixels; squares are needed."
        )
    if size is not None and size != sizes[1]:
        raise BackboneError(f"The network in {source} takes pictures of {sizes[1]} x {sizes[1]} pixels only.")
    return _believed(source, sizes[1])


def vector_length(source: Path, shapes: Sequence[tuple[int | None, ...]]) -> int:
    """Return how many features a network makes of a picture.

    Args:
        source: the network, for messages.
        shapes: of its outputs; None or -1 is open.

    Raises:
        BackboneError: it gives something else than one vector.
    """
    if len(shapes) != 1:
        raise BackboneError(
            f"The network in {source} gives {len(shapes)} outputs; one is needed, the feature vector."
        )
    (shape,) = shapes
    length = shape[-1] if len(shape) >= 2 else None
    if length is None or length < 2 or any(one not in (None, -1, 1) for one in shape[:-1]):
        raise BackboneError(
            f"The network in {source} makes no feature vector: its output is {_shown(shape)}, and (1, length)"
            " is needed, as after global average pooling."
        )
    return int(length)


def unknown_scaling(source: Path) -> BackboneError:
    """Return the error that a file does not say how it wants its pixels."""
    return BackboneError(
        f"Nothing in {source} tells how its pixels are scaled: give --input_scaling MEAN,DIVISOR, such as"
        " 127.5,127.5 for -1 to 1, 0,255 for 0 to 1 (TensorFlow Hub) or 0,1 for 0 to 255."
    )


def parse_scaling(text: str) -> Scaling | None:
    """Read the option `input_scaling`; None where it is empty.

    >>> parse_scaling("127.5,127.5")
    (127.5, 127.5)
    >>> parse_scaling("124,116,104,58,57,57")
    ((124.0, 116.0, 104.0), (58.0, 57.0, 57.0))

    Raises:
        BackboneError: it is not two numbers or six, or a divisor is 0.
    """
    if not text.strip():
        return None
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        numbers = []
    half = len(numbers) // 2
    if len(numbers) not in (2, 6) or not all(abs(one) < 1e6 for one in numbers) or 0 in numbers[half:]:
        raise BackboneError(
            "The option input_scaling is MEAN,DIVISOR, or three means and three divisors of red, green and"
            f" blue; divisors are not 0. Received: {text}."
        )
    if half == 1:
        return numbers[0], numbers[1]
    return tuple(numbers[:3]), tuple(numbers[3:])


def _believed(source: Path, size: int) -> int:
    if not _SIZES[0] <= size <= _SIZES[1]:
        raise BackboneError(
            f"The network in {source} would see pictures of {size} x {size} pixels; {_SIZES[0]} to"
            f" {_SIZES[1]} are possible."
        )
    return size


def _shown(shape: Sequence[int | None]) -> str:
    return f"({', '.join('?' if one is None or one < 0 else str(one) for one in shape)})"
