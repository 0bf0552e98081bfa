"""PGM and PPM of every kind are what Pillow makes of them, only faster."""

import io

import numpy as np
import pytest
from PIL import Image

from poetcore.data import images
from poetcore.data.decoding.portable_maps import fast_map, is_portable_map
from poetcore.errors import PictureError

SIZE = (7, 5)


def written(kind: int, top: int) -> bytes:
    """A map of values from all over the range."""
    bands = 3 if kind in (3, 6) else 1
    values = np.random.default_rng(kind * top).integers(0, top + 1, SIZE[0] * SIZE[1] * bands)
    header = b"P%d\n# made by a test\n%d %d\n%d\n" % (kind, *SIZE, top)
    if kind in (2, 3):
        return header + b"\n".join(b"%d" % value for value in values)
    return header + values.astype(np.uint8 if top < 256 else ">u2").tobytes()


def by_pillow(content: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(content)) as opened:
        return np.asarray(opened, int)


@pytest.mark.parametrize("top", [1, 15, 100, 254, 255, 256, 1023, 4095, 65534, 65535])
@pytest.mark.parametrize("kind", [2, 3, 5, 6])
def test_a_map_is_what_pillow_makes_of_it(kind, top):
    content = written(kind, top)
    assert np.abs(by_pillow(fast_map(content, 1000)) - by_pillow(content)).max() <= 1


@pytest.mark.parametrize(
    "content", [written(5, 255), written(6, 255), written(5, 65535)], ids=["P5", "P6", "16 bits"]
)
def test_a_map_that_is_fast_already_stays_as_it_is(content):
    assert fast_map(content, 1000) is content


@pytest.mark.parametrize(
    "content",
    [
        written(5, 4095)[:-1],
        written(2, 15)[:-8],
        written(2, 15) + b" and more",
        b"P2 2 1 15\n3 # a comment\n9",
        b"P2 2 1 15\n3 99",
        b"P2 2 1 0\n0 0",
        b"P2 2 1",
        b"P5 99999 99999 15\n",
        b"P4 9 9\n",
    ],
)
def test_what_is_damaged_or_odd_is_left_to_pillow(content):
    assert fast_map(content, 1000) is content
    try:
        images.decode(content)
    except PictureError as error:
        assert str(error)


def test_a_comment_among_the_values_is_no_damage():
    assert np.asarray(images.decode(b"P2 2 1 15\n3 # a comment\n15"))[0, :, 0].tolist() == [51, 255]


@pytest.mark.parametrize("content", [b"P1 is the first", b"P6", b"P65 1 1", b"Party 9"])
def test_a_text_is_no_map(content):
    assert not is_portable_map(content)
