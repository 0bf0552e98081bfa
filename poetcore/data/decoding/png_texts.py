"""PNG files with texts or a colour profile larger than Pillow takes.

Pillow refuses such a file as a whole (`PngImagePlugin.MAX_TEXT_CHUNK`, `MAX_TEXT_MEMORY`): a guard against
tiny files that become huge, set for the whole process. What it guards against says nothing of the pixels,
so here it is taken out of the file instead. Source of the layout: PNG specification (w3.org/TR/png), 5.3
and 11.3.
"""

import struct
import zlib
from collections.abc import Iterator

__all__ = ["without_large_texts"]

_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")

#: One text, and all of them; Pillow's values.
_TEXT_BYTES = 2**20
_ALL_TEXT_BYTES = 2**26

#: A colour profile with tables has megabytes; more is no profile.
_PROFILE_BYTES = 2**24

#: A chunk of fewer bytes cannot exceed the limit: deflate makes at most 1,032 bytes of one.
_HARMLESS = 1000


def without_large_texts(content: bytes) -> tuple[bytes, bytes]:
    """Return a PNG file without the texts and the colour profile that Pillow would not take.

    Args:
        content: the whole file; may be damaged.

    Returns:
        The file, the same object where nothing had to go; and the profile that was taken out, or nothing.
    """
    chunks = [chunk for chunk in _chunks(content) if chunk[0] in _TEXTS]
    too_many = sum(end - start for kind, start, end in chunks if kind != b"iCCP") > _ALL_TEXT_BYTES
    parts: list[bytes] = []
    kept, profile = 0, b""
    for kind, start, end in chunks:
        data = content[start + 8 : end - 4]
        is_profile = kind == b"iCCP"
        size = len(_unpacked(kind, data, _TEXT_BYTES + 1)) if len(data) > _HARMLESS else 0
        if size <= _TEXT_BYTES and (is_profile or not too_many):
            continue
        parts.append(content[kept:start])
        kept = end
        if is_profile:
            profile = _unpacked(kind, data, _PROFILE_BYTES)
    return (b"".join([*parts, content[kept:]]) if parts else content), profile


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield each chunk's kind, and where it begins and ends, its length and checksum included."""
    start = 8
    while start + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, start)
        end = start + 12 + length
        if end > len(content):
            return
        yield kind, start, end
        start = end


def _unpacked(kind: bytes, data: bytes, at_most: int) -> bytes:
    """Decompress up to so many bytes of a chunk; nothing where it is not compressed."""
    rest = data.partition(b"\0")[2]  # behind the name
    if kind == b"iTXt" and rest.startswith(b"\1"):
        packed = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind language and translated name
    elif kind in (b"zTXt", b"iCCP"):
        packed = rest[1:]
    else:
        return b""
    try:
        return zlib.decompressobj().decompress(packed, at_most)
    except zlib.error:
        return b""
