"""What phones and desktops leave beside pictures: told from files that someone means as pictures.

What lies in a folder is known by its content first: a file is litter only where it is no picture, and its
name then says what it is. Files whose name leaves no doubt (`Thumbs.db`, `._rose.jpg`) are passed over by
`poetcore.system.files.walk` without being opened.
"""

from collections.abc import Container, Mapping, Sequence
from pathlib import PurePath
from typing import TypeVar

from poetcore.data.file_index import FileEntry
from poetcore.system.file_kinds import is_sidecar, is_video

__all__ = ["litter_among", "without_litter"]

P = TypeVar("P", bound=PurePath)


def litter_among(reasons: Mapping[P, str | None]) -> set[P]:
    """Return the files that phones and programs put beside pictures.

    These are files that are no pictures and are named like notes on one (`IMG_1.AAE`, `IMG_1.jpg.json`,
    `.xmp`, a text), and videos that belong to a picture (`IMG_1.MOV` beside `IMG_1.HEIC`: a Live Photo). A
    video without a picture is none: someone may take it for one.

    Args:
        reasons: file -> why it cannot be used as a picture, or None where it can.
    """
    refused = [path for path, reason in reasons.items() if reason is not None]
    videos = {path for path in refused if is_video(path.name)}
    pictures = {_place(path) for path, reason in reasons.items() if reason is None} if videos else set()
    return {path for path in refused if is_sidecar(path.name) or (path in videos and _is_of(path, pictures))}


def without_litter(entries: Sequence[FileEntry]) -> tuple[list[FileEntry], int]:
    """Return the entries of files that are no litter, in their order, and the number of the others.

    Args:
        entries: of `FileIndex.lookup` or `FileIndex.verify`.
    """
    if all(entry.reason is None for entry in entries):
        return list(entries), 0  # at once, since that is how it usually is
    litter = litter_among({entry.path: entry.reason for entry in entries})
    return [entry for entry in entries if entry.path not in litter], len(litter)


def _is_of(video: PurePath, pictures: Container[tuple[PurePath, str]]) -> bool:
    # Some write IMG_1.MOV beside IMG_1.HEIC, others IMG_1.HEIC.MOV.
    return _place(video) in pictures or _place(video.with_suffix("")) in pictures


def _place(path: PurePath) -> tuple[PurePath, str]:
    return path.parent, path.stem.casefold()
