"""What a file is that is refused: camera raw, before its preview is taken for the photo; videos; the rest."""

import os
import struct
from pathlib import Path

import pytest
from PIL import Image

from poetcore.data import images
from poetcore.data.decoding.refusals import RAW, not_a_picture
from poetcore.errors import PictureError
from tests.conftest import encoded, picture

MAKE, NEW_SUBFILE_TYPE, WIDTH, HEIGHT, PHOTOMETRIC = 271, 254, 256, 257, 262
SUB_IFDS, DNG_VERSION, FILTER_ARRAY, LINEAR_RAW = 330, 50706, 32803, 34892
Tags = dict[int, int]


def directory(tags: Tags, following: int, order: str) -> bytes:
    """A directory of a TIFF file whose values all are one number of 32 bits."""
    entries = b"".join(struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in sorted(tags.items()))
    return struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", following)


def tiff(preview: Tags, raw: Tags | None = None, order: str = "<", mark: bytes = b"") -> bytes:
    """A TIFF file of a preview, and of a raw photo below it."""
    start = 8 + len(mark)
    first = {WIDTH: 160, HEIGHT: 120, **preview}
    if raw is not None:
        first[SUB_IFDS] = start + 2 + 12 * (len(first) + 1) + 4
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start) + mark
    below = b"" if raw is None else directory({WIDTH: 6000, HEIGHT: 4000, **raw}, 0, order)
    return head + directory(first, 0, order) + below


CAMERA_RAW = {
    "DNG": tiff({DNG_VERSION: 0x01040000}, {PHOTOMETRIC: FILTER_ARRAY}),
    "DNG, big endian": tiff({DNG_VERSION: 0x01040000}, {PHOTOMETRIC: LINEAR_RAW}, ">"),
    "NEF": tiff({NEW_SUBFILE_TYPE: 1, PHOTOMETRIC: 2}, {PHOTOMETRIC: FILTER_ARRAY, NEW_SUBFILE_TYPE: 0}),
    "NEF, small": tiff({NEW_SUBFILE_TYPE: 1, PHOTOMETRIC: 2}, {PHOTOMETRIC: 6, NEW_SUBFILE_TYPE: 0}),
    "ARW": tiff({NEW_SUBFILE_TYPE: 1}, {PHOTOMETRIC: FILTER_ARRAY}),
    "PEF": tiff({PHOTOMETRIC: FILTER_ARRAY}),
    "CR2": tiff({PHOTOMETRIC: 2}, mark=b"CR\2\0\0\0\0\0"),
    "CR3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
    "RAF": b"FUJIFILMCCD-RAW 0201",
    "ORF": b"IIRO\x08\0\0\0" + bytes(40),
    "RW2": b"IIU\0\x18\0\0\0" + bytes(40),
    "CRW": b"II\x1a\0\0\0HEAPCCDR",
    "X3F": b"FOVb" + bytes(40),
    "MRW": b"\0MRM" + bytes(40),
}


def refusal(content: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        images.identify(content)
    return str(caught.value)


@pytest.mark.parametrize("maker", CAMERA_RAW)
def test_camera_raw_is_refused_instead_of_taken_as_its_preview(maker):
    assert refusal(CAMERA_RAW[maker]) == RAW


@pytest.mark.parametrize("end", range(0, len(CAMERA_RAW["NEF"]), 7))
def test_camera_raw_that_is_cut_off_is_refused_too(end):
    refusal(CAMERA_RAW["NEF"][:end])


def test_directories_that_lead_to_each_other_end():
    looped = b"II*\0" + struct.pack("<I", 8) + directory({WIDTH: 5, SUB_IFDS: 8}, 8, "<")
    assert refusal(looped)


def pages(*several: Image.Image, kinds: tuple[int, ...]) -> bytes:
    """A TIFF file of several pages; a kind of 1 marks one as a reduced copy."""
    for page, kind in zip(several, kinds, strict=True):
        page.encoderinfo = {"tiffinfo": {NEW_SUBFILE_TYPE: kind, MAKE: "Scanner"}}
    first, *rest = several
    return encoded(first, "TIFF", save_all=True, append_images=rest, tiffinfo={NEW_SUBFILE_TYPE: kinds[0]})


def test_a_tiff_file_of_several_pages_is_its_first():
    info = images.identify(pages(picture(1, (70, 40)), picture(2, (90, 60)), kinds=(2, 2)))
    assert (info.width, info.height) == (70, 40)


def test_a_tiff_file_with_a_thumbnail_behind_is_the_picture():
    info = images.identify(pages(picture(1, (70, 40)), picture(1, (7, 4)), kinds=(0, 1)))
    assert (info.width, info.height) == (70, 40)


def test_a_tiff_file_with_a_thumbnail_before_is_the_picture():
    content = pages(picture(1, (7, 4)), picture(1, (70, 40)), kinds=(1, 0))
    assert images.decode(content).size == (70, 40)


def test_a_tiff_file_of_nothing_but_a_thumbnail_is_that():
    assert images.decode(pages(picture(1, (7, 4)), kinds=(1,))).size == (7, 4)


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x14ftypqt  ",
        b"\0\0\0\x20ftypisom",
        b"\0\0\0\x1cftypmp42",
        b"\x1aE\xdf\xa3",
        b"RIFF\0\0\0\0AVI ",
    ],
    ids=["mov", "mp4", "mp42", "webm", "avi"],
)
def test_a_video_is_told_as_one(head):
    assert refusal(head + bytes(80)).startswith("is a video")


@pytest.mark.skipif(os.name != "posix", reason="other systems would write the whole file")
def test_a_video_is_not_read_to_its_end(tmp_path: Path):
    film = tmp_path / "film.jpg"
    with film.open("wb") as file:
        file.write(b"\0\0\0\x14ftypqt  ")
        file.truncate(2**40)  # a sparse file: reading it would not end
    with pytest.raises(PictureError, match="is a video"):
        images.read(film)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"8BPS\0\1", "is a Photoshop document"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"PK\3\4", "is a zip file"),
        (b"\0\0\1\0\1\0" + bytes(40), "is an icon"),
        (b"\0\0\2\0\1\0" + bytes(40), "is a mouse pointer"),
        (b"\0\0\2\0\0\0\0\0\0\0\0\0\x80\0\x80\0\x18\0" + bytes(40), "is a TGA picture"),
        (b"<?xpacket?><x:xmpmeta/>", "is not a picture"),
        (b'<?xml version="1.0"?><!DOCTYPE plist>', "is not a picture"),
        (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg/>', "is a drawing"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html/>', "is a web page"),
        (b"P1 is the first of the players", "is not a picture"),
    ],
)
def test_a_file_that_is_no_picture_is_told_what_it_is(content, reason):
    assert not_a_picture(content).startswith(reason) and refusal(content).startswith(reason)
