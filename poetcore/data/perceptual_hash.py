"""The perceptual hash of a picture: what it looks like in a few bytes, computed once per content.

It is a colour thumbnail of 16 x 16 pixels. What `near_duplicates` computes from it, signs of its spatial
frequencies among others, hangs on what the pictures of a set have in common.

Hashes are kept in the workspace under the sha256 of the content. Whatever decodes a picture anyway, to
extract its features or to measure it, takes the hash in the same decoding; `hash_all` takes missing ones.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.data.file_index import read_content
from poetcore.errors import PictureError
from poetcore.system.database import Database
from poetcore.system.files import cores, in_chunks
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.row_checksums import Table

__all__ = ["THUMBNAIL", "HashIndex", "PerceptualHash", "Thumbnails", "hash_all", "hash_picture"]

#: Side of the colour thumbnail that near duplicates are compared by, in pixels.
THUMBNAIL = 16

#: Pixels of the shorter side at which a picture is decoded for its hash alone.
_DECODED = 128

#: How many hashes are committed at once: what a killed program loses at the most.
_BATCH = 500

_SCHEMA = """
CREATE TABLE IF NOT EXISTS thumbnails (
    sha TEXT PRIMARY KEY, thumbnail BLOB NOT NULL, checksum INTEGER
) WITHOUT ROWID;
"""

_THUMBNAILS = Table("thumbnails", ("sha",), ("thumbnail",))


@dataclass(frozen=True)
class PerceptualHash:
    """What a picture looks like.

    Attributes:
        thumbnail: `THUMBNAIL` x `THUMBNAIL` RGB pixels, 768 bytes.
    """

    thumbnail: bytes


@dataclass(frozen=True, eq=False)
class Thumbnails:
    """The hashes of many pictures in one array: each an object of its own, they would take twice as much.

    Attributes:
        pixels: `(n, THUMBNAIL, THUMBNAIL, 3) uint8`.
        row_of: sha of a content -> its row.
    """

    pixels: np.ndarray
    row_of: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.row_of)

    def rows(self, shas: Iterable[str]) -> np.ndarray:
        """Return the rows of contents, `(n,) int64`; -1 of one without a hash."""
        return np.fromiter((self.row_of.get(sha, -1) for sha in shas), np.int64)

    def as_bytes(self) -> dict[str, bytes]:
        """Return sha -> `PerceptualHash.thumbnail`."""
        return {sha: self.pixels[row].tobytes() for sha, row in self.row_of.items()}


def hash_picture(picture: Image.Image) -> PerceptualHash:
    """Compute the perceptual hash of a decoded picture.

    Args:
        picture: RGB, upright, of any size.
    """
    side = (THUMBNAIL, THUMBNAIL)
    return PerceptualHash(picture.resize(side, Image.Resampling.BILINEAR, reducing_gap=2.0).tobytes())


class HashIndex(Database):
    """Perceptual hashes by content, in one SQLite file that several processes may fill at once.

    An object belongs to the thread that made it, and is closed by `with`.

    Args:
        file: the SQLite file; made where it is missing.
    """

    schema = _SCHEMA
    tables = (_THUMBNAILS,)

    def get(self, shas: Iterable[str]) -> Thumbnails:
        """Return the hashes that are there."""
        asked = {sha: sha for sha in shas}  # so that what is returned has the caller's objects
        pixels = np.empty((len(asked), THUMBNAIL, THUMBNAIL, 3), np.uint8)
        row_of: dict[str, int] = {}
        query = f"SELECT sha, thumbnail FROM thumbnails WHERE {_THUMBNAILS.sound} AND sha IN"
        for chunk in in_chunks(self._rows_in(query, asked), _BATCH):
            begin = len(row_of)
            row_of |= {asked[sha]: row for row, (sha, _) in enumerate(chunk, begin)}
            packed = np.frombuffer(b"".join(thumbnail for _, thumbnail in chunk), np.uint8)
            pixels[begin : len(row_of)] = packed.reshape(-1, *pixels.shape[1:])
        return Thumbnails(pixels[: len(row_of)], row_of)

    def missing(self, shas: Iterable[str]) -> list[str]:
        """List the contents that were not hashed yet, each once, in the order given."""
        asked = list(dict.fromkeys(shas))
        query = f"SELECT sha FROM thumbnails WHERE {_THUMBNAILS.sound} AND sha IN"
        known = {sha for (sha,) in self._rows_in(query, asked)}
        return [sha for sha in asked if sha not in known]

    def put(self, hashes: Mapping[str, PerceptualHash]) -> None:
        """Add hashes in one transaction; those that another process added meanwhile stay as they are."""
        if hashes:
            rows = [(sha, found.thumbnail) for sha, found in hashes.items()]
            self._write((_THUMBNAILS.put(), rows))


def hash_all(
    pictures: Mapping[str, Path], index: HashIndex, on_progress: OnProgress | None = None
) -> dict[str, str]:
    """Hash every picture that never was, and keep it.

    Args:
        pictures: sha -> a file of that content.
        index: where hashes are kept.
        on_progress: called in the phase `hashing`, with the pictures that are new.

    Returns:
        sha -> why it cannot be decoded, of those that turned out to be damaged.
    """
    damaged: dict[str, str] = {}
    wanted, done = index.missing(pictures), 0
    if not wanted:
        return damaged
    with ThreadPoolExecutor(cores()) as pool:
        for chunk in in_chunks(wanted, _BATCH):
            found = dict(zip(chunk, pool.map(_hash, chunk, map(pictures.get, chunk)), strict=True))
            index.put({sha: one for sha, one in found.items() if isinstance(one, PerceptualHash)})
            damaged |= {sha: one for sha, one in found.items() if isinstance(one, str)}
            done += len(chunk)
            if on_progress:
                on_progress(Progress("hashing", done, len(wanted)))
    return damaged


def _hash(sha: str, path: Path) -> PerceptualHash | str | None:
    """Hash a file, or return why that cannot be done; None where it is gone or was changed meanwhile."""
    content = read_content(path, sha)
    if content is None:
        return None
    try:
        return hash_picture(images.decode(content, at_least=_DECODED))
    except PictureError as error:
        return str(error)
