"""Checks of a file's name, header and size.

The threshold of odd aspect ratios is that of cleanvision (Apache-2.0).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from poetcore.analysis.checks import TINY, Check, Found, Pictures, rows
from poetcore.system.file_kinds import PICTURE_ENDINGS

__all__ = ["FILE_CHECKS"]

_SMALL_FILE = 2048.0
_ODD_ASPECT = 0.35
_ODD_SIZE = 0.1

_KNOWN_EXTENSIONS = set().union(*PICTURE_ENDINGS.values())


def _tiny(pictures: Pictures) -> Iterator[Found]:
    table = pictures.dataset.pictures
    for one in rows(table[table[["width", "height"]].min(axis=1) < TINY]):
        yield Found(one, f"It has {one.width} x {one.height} pixels.", min(one.width, one.height))


def _small_file(pictures: Pictures) -> Iterator[Found]:
    table = pictures.dataset.pictures
    small = (table["bytes"] < _SMALL_FILE) & (table[["width", "height"]].min(axis=1) >= TINY)
    for one in rows(table[small]):
        yield Found(one, f"It has {one.bytes:,} bytes for {one.width} x {one.height} pixels.", one.bytes)


def _odd_aspect(pictures: Pictures) -> Iterator[Found]:
    table = pictures.dataset.pictures
    sides = table[["width", "height"]]
    for one in rows(table[sides.min(axis=1) / sides.max(axis=1) < _ODD_ASPECT]):
        short, long = sorted((one.width, one.height))
        detail = f"It has {one.width} x {one.height} pixels, {long / short:.1f} to 1."
        yield Found(one, detail, short / long)


def _odd_size(pictures: Pictures) -> Iterator[Found]:
    table = pictures.dataset.pictures
    side = (table["width"] * table["height"]) ** 0.5
    usual = float(side.median())
    ratio = np.minimum(side / usual, usual / side)
    odd = ratio < _ODD_SIZE
    for one, value in zip(rows(table[odd]), ratio[odd], strict=True):
        detail = f"It has {one.width} x {one.height} pixels, the others some {usual:.0f} x {usual:.0f}."
        yield Found(one, detail, value)


def _wrong_extension(pictures: Pictures) -> Iterator[Found]:
    for one in rows(pictures.dataset.pictures):
        ending = Path(one.path).suffix.lower()
        if ending in _KNOWN_EXTENSIONS and ending not in PICTURE_ENDINGS.get(one.format, (ending,)):
            yield Found(one, f"It is a {one.format} file, named {ending}.")


FILE_CHECKS = (
    Check(
        "tiny",
        "warning",
        "Tiny pictures",
        "The shorter side has fewer than 64 pixels, like a thumbnail: a network that looks at 224 sees it"
        " blown up.",
        "Find a larger version, or set it aside.",
        _tiny,
        TINY,
    ),
    Check(
        "small_file",
        "warning",
        "Very small files",
        "The file has less than 2 KB, too few for a photo of its size: mostly a placeholder or an icon.",
        "Look at it; set it aside if it is no photo.",
        _small_file,
        _SMALL_FILE,
    ),
    Check(
        "odd_aspect",
        "note",
        "Odd shape",
        "One side is not even 0.35 of the other, like a panorama or a banner; resized to a square, little is"
        " to be recognised.",
        "Crop it to what it is about.",
        _odd_aspect,
        _ODD_ASPECT,
    ),
    Check(
        "odd_size",
        "note",
        "Odd size",
        "Ten times as wide and high as the others, or a tenth of it, like a scan among thumbnails.",
        "Check that it belongs to this set.",
        _odd_size,
        _ODD_SIZE,
    ),
    Check(
        "wrong_extension",
        "note",
        "Wrong file extension",
        "The name says another format than the content, like a PNG named .jpg. Poet goes by the content.",
        "Rename it if other programs stumble over it.",
        _wrong_extension,
    ),
)
