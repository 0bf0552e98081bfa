"""Every format that Pillow can write, damaged in every way: used or refused with a reason, never a crash."""

import random
import warnings
from collections.abc import Iterator

import pytest
from PIL import Image

from poetcore.data import images
from poetcore.data.decoding.formats import FORMATS
from poetcore.errors import PictureError
from tests.conftest import encoded, picture

Image.init()
for package in ("pillow_heif.HeifImagePlugin", "pillow_jxl"):
    try:
        __import__(package)
    except ImportError:
        continue

#: What Pillow writes; "PALM" and others take few modes only.
WRITTEN = sorted(Image.SAVE)
MODES = ("RGB", "L", "P", "1", "RGBA", "CMYK", "I;16", "F")
OPTIONS = {"HEIF": {"quality": 50}, "AVIF": {"speed": 10}}

#: Whole files of each format, in up to so many modes.
PER_FORMAT = 4


def whole(form: str) -> list[bytes]:
    """Whole files of a format, of small pictures in different modes."""
    made = []
    for number, mode in enumerate(MODES):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                image = picture(number, (40, 30)).convert(mode.replace("I;16", "L"))
                image = image.convert("I;16") if mode == "I;16" else image
                made.append(encoded(image, form, **OPTIONS.get(form, {})))
        except Exception:  # this format does not take this mode, or needs more than a picture
            continue
    return made[:PER_FORMAT]


def damaged(content: bytes, rng: random.Random) -> Iterator[bytes]:
    """The ways in which files come to grief on disks, cards and lines."""
    size = len(content)
    for share in (0.02, 0.1, 0.3, 0.5, 0.8, 0.99):
        yield content[: max(1, int(size * share))]  # a download that broke off
    yield content[:-1]
    for _ in range(6):  # bits that fell over
        changed = bytearray(content)
        for _ in range(rng.randint(1, 8)):
            changed[rng.randrange(min(size, rng.choice((64, size))))] = rng.randrange(256)
        yield bytes(changed)
    hole = rng.randrange(size)
    yield content[:hole] + bytes(min(512, size - hole)) + content[hole + 512 :]  # a sector that was lost
    yield content[: size // 2] + content[size // 3 :]  # written twice
    yield bytes(16) + content[16:]
    for head in (
        b"\xff\xd8\xff\xe0",
        b"\x89PNG\r\n\x1a\n",
        b"II*\0",
        b"\0\0\0\x18ftypheic",
        b"\xff\x0a",
        b"P6 9 9 255 ",
    ):
        yield head + content[len(head) :]  # the beginning of another format


def outcome(content: bytes) -> str:
    """Use a file in every way that Poet does; returns the reason where it is refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            images.identify(content)
            images.decode(content, at_least=8)
            images.to_square(content, 32)
            images.thumbnail(content, 16)
    except PictureError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("form", WRITTEN)
def test_a_damaged_file_is_used_or_refused(form):
    rng = random.Random(form)
    for content in whole(form):
        for number, bad in enumerate(damaged(content, rng)):
            reason = outcome(bad)
            assert not reason or reason.split()[0] in ("is", "has"), f"{form} {number}: {reason}"


@pytest.mark.parametrize("form", WRITTEN)
def test_a_whole_file_is_used_if_its_format_is_read_and_else_refused(form):
    readable = form in (*FORMATS, "MPO")
    assert {not outcome(content) for content in whole(form)} <= {readable}


def test_all_formats_that_are_read_were_tried():
    written = {form for form in WRITTEN if whole(form)}
    assert set(FORMATS) - {"HEIF", "JXL"} <= written and len(written) > 20
