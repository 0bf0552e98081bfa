"""What a file is that is no picture that can be read, in a few words: the reason for refusing it.

Camera raw is recognised before anything is decoded: most of it is a TIFF file whose first picture is a
preview of 160 pixels, which a reader of pictures takes for the photo.
"""

import struct
from collections.abc import Iterator
from typing import Final

__all__ = ["NOT_A_PICTURE", "RAW", "camera_raw", "not_a_picture", "video"]

#: Why camera raw is refused.
RAW: Final = "is a camera raw photo: export it as JPEG"
_VIDEO: Final = (
    "is a video, not a picture: save frames of it as pictures (Live and label_video predict its labels)"
)

#: What is nothing known.
NOT_A_PICTURE: Final = (
    "is not a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC, JPEG 2000, JPEG XL or PPM)"
)

#: Makers' signatures: where, what (exiftool.org, libraw).
_RAW_SIGNATURES = (
    (0, b"FUJIFILMCCD-RAW"),
    (0, b"IIU\0"),  # Panasonic
    (0, b"IIRO"),  # Olympus
    (0, b"IIRS"),
    (0, b"MMOR"),
    (0, b"\0MRM"),  # Minolta
    (0, b"FOVb"),  # Sigma
    (4, b"ftypcrx "),  # Canon CR3
    (6, b"HEAPCCDR"),  # Canon CRW
    (8, b"CR\2"),  # Canon CR2, a TIFF file
)

#: Tags of TIFF, and of DNG (Adobe's DNG specification, chapter 4).
_NEW_SUBFILE_TYPE, _WIDTH, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION = 254, 256, 262, 330, 50706
_RAW_PHOTOMETRIC = (32803, 34892)  # colour filter array, linear raw

#: More directories or entries are damage.
_IFDS = 16
_ENTRIES = 1000

#: Type of a TIFF value -> its letter for `struct`; other types are of no interest here.
_TYPES = {1: "B", 3: "H", 4: "I", 13: "I"}

#: Brands of MPEG-4 and QuickTime (mp4ra.org), by their beginning; pictures have others.
_VIDEO_BRANDS = (b"qt", b"isom", b"iso", b"mp4", b"M4V", b"avc1", b"3g", b"mmp4", b"MSNV", b"dash", b"f4v")

#: (where, what) -> what such a file is.
_SIGNATURES = (
    (0, b"8BPS", "is a Photoshop document: save it as PNG or JPEG"),
    (0, b"gimp xcf", "is a GIMP project: export it as PNG or JPEG"),
    (0, b"%PDF", "is a PDF document: save its pictures as PNG or JPEG"),
    (0, b"%!PS", "is a drawing (PostScript), not a photo: save it as PNG"),
    (0, b"\xc5\xd0\xd3\xc6", "is a drawing (PostScript), not a photo: save it as PNG"),
    (0, b"\xd7\xcd\xc6\x9a", "is a drawing (WMF), not a photo: save it as PNG"),
    (40, b" EMF", "is a drawing (EMF), not a photo: save it as PNG"),
    (0, b"\0\0\1\0", "is an icon, not a photo: save it as PNG"),
    (0, b"\0\0\2\0", "is a mouse pointer, not a photo: save it as PNG"),
    (0, b"icns", "is an icon, not a photo: save it as PNG"),
    (0, b"PK\3\4", "is a zip file or a document of an office program: unpack it, or save its pictures"),
    (0, b"Rar!", "is an archive: unpack it"),
    (0, b"7z\xbc\xaf", "is an archive: unpack it"),
    (0, b"\x1f\x8b", "is an archive: unpack it"),
    (0, b"\x1aE\xdf\xa3", _VIDEO),
    (8, b"AVI ", _VIDEO),
    (0, b"\0\0\1\xba", _VIDEO),
    (0, b"\0\0\1\xb3", _VIDEO),
    (0, b"DDS ", "is a texture (DDS), not a photo: save it as PNG"),
    (0, b"BLP", "is a texture (BLP), not a photo: save it as PNG"),
    (0, b"FTEX", "is a texture (FTEX), not a photo: save it as PNG"),
    (0, b"SIMPLE  =", "is a measurement (FITS), not a photo: save it as PNG"),
    (0, b"\x89HDF", "is a measurement (HDF5), not a photo: save it as PNG"),
    (0, b"GRIB", "is a measurement (GRIB), not a photo: save it as PNG"),
    (0, b"qoif", "is a QOI picture, which cannot be read here: save it as PNG"),
    (0, b"\x01\xda", "is an SGI picture, which cannot be read here: save it as PNG"),
    (0, b"\x59\xa6\x6a\x95", "is a Sun raster picture, which cannot be read here: save it as PNG"),
    (0, b"/* XPM */", "is an XPM picture, which cannot be read here: save it as PNG"),
    (0, b"#define ", "is not a picture but program text, or an XBM picture: save it as PNG"),
    (4, b"\x11\xaf", "is an animation (FLI), not a photo: save its frames as PNG"),
    (4, b"\x12\xaf", "is an animation (FLC), not a photo: save its frames as PNG"),
    (0, b"\xb1\x68\xde\x3a", "is a PCX picture of pages, which cannot be read here: save it as PNG"),
    (0, b"\x0a\5\1", "is a PCX picture, which cannot be read here: save it as PNG"),
)

#: Beginnings of pictures that are read.
_PICTURES = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def camera_raw(content: bytes) -> bool:
    """Return whether a content is what a camera's sensor saw, to be developed by a program.

    Args:
        content: the whole file, or its beginning.
    """
    if any(content.startswith(mark, place) for place, mark in _RAW_SIGNATURES):
        return True
    if not content.startswith((b"II*\0", b"MM\0*")):
        return False
    directories = list(_ifds(content))
    if any(_DNG_VERSION in tags or _first(tags, _PHOTOMETRIC) in _RAW_PHOTOMETRIC for tags in directories):
        return True
    # A preview that comes first, with the photo hung on it: only raw photos are kept like that.
    preview, *others = directories or [{}]
    return bool(
        _first(preview, _NEW_SUBFILE_TYPE) & 1
        and _first(preview, _SUB_IFDS)
        and any(
            _first(tags, _WIDTH) > _first(preview, _WIDTH) and not _first(tags, _NEW_SUBFILE_TYPE) & 1
            for tags in others
        )
    )


def _like_targa(content: bytes) -> bool:
    """Return whether the numbers of a header fit a TGA picture, which has no signature, and no icon."""
    if len(content) < 18:
        return False
    map_kind, kind, depth = content[1], content[2], content[16]
    icon = content[:2] == b"\0\0" and content[3] == 0 and content[4:6] != b"\0\0"
    return map_kind < 2 and kind in (1, 2, 3, 9, 10, 11) and depth in (8, 15, 16, 24, 32) and not icon


def _first(tags: dict[int, tuple[int, ...]], tag: int) -> int:
    return tags.get(tag, (0,))[0]


def _ifds(content: bytes) -> Iterator[dict[int, tuple[int, ...]]]:
    """Yield the whole numbers of each directory of a TIFF file: those in the chain and those below them."""
    order = "<" if content[:1] == b"I" else ">"
    waiting, seen = [_number(content, order + "I", 4)], set[int]()
    while waiting and len(seen) < _IFDS:
        place = waiting.pop(0)
        if place in seen or not place:
            continue
        seen.add(place)
        tags = {}
        count = _number(content, order + "H", place)
        for entry in range(place + 2, place + 2 + 12 * min(count, _ENTRIES), 12):
            tag, kind = (_number(content, order + "H", entry + shift) for shift in (0, 2))
            tags[tag] = _values(content, order, entry, kind)
        waiting += [*tags.get(_SUB_IFDS, ()), _number(content, order + "I", place + 2 + 12 * count)]
        yield tags


def _values(content: bytes, order: str, entry: int, kind: int) -> tuple[int, ...]:
    """Return the first values of an entry; one 0 where they are no whole numbers or lie outside."""
    letter, count = _TYPES.get(kind), min(_number(content, order + "I", entry + 4), _IFDS)
    if letter is None or not count:
        return (0,)
    form = f"{order}{count}{letter}"
    inside = struct.calcsize(form) <= 4
    place = entry + 8 if inside else _number(content, order + "I", entry + 8)
    try:
        return struct.unpack_from(form, content, place)
    except struct.error:
        return (0,)


def _number(content: bytes, form: str, place: int) -> int:
    try:
        return int(struct.unpack_from(form, content, place)[0])
    except struct.error:
        return 0


def video(content: bytes) -> str:
    """Return why a content is refused that begins like a video; nothing where it does not.

    Args:
        content: the first bytes, 16 or more.
    """
    return _VIDEO if content[4:8] == b"ftyp" and content.startswith(_VIDEO_BRANDS, 8) else ""


def not_a_picture(content: bytes) -> str:
    """Return what a file is that no decoder recognised, in a few words.

    Args:
        content: the whole file.
    """
    if found := video(content):
        return found
    head = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<!doctype html") or (head.startswith(b"<") and b"<html" in head):
        return "is a web page, not a picture"
    if head.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in content[:65536].lower():
        return "is a drawing (SVG), not a photo: save it as PNG"
    if _like_targa(content):
        return "is a TGA picture, which nothing tells for sure: save it as PNG"
    for place, mark, reason in _SIGNATURES:
        if content.startswith(mark, place):
            return reason
    if content[4:8] == b"ftyp" or content.startswith(_PICTURES):
        return "is damaged: it begins like a picture, but its header cannot be read"
    return NOT_A_PICTURE
