"""What a picture looks like in a few bytes, once per content: perceptual hash and colour thumbnail.

A picture's perceptual hash says of 63 low spatial frequencies whether they are there positively: the signs of
the 8 x 8 lowest coefficients of the discrete cosine transform of its 32 x 32 grey thumbnail, the mean left
out (after C. Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010, with zero in
place of the median). Mirroring a picture negates every other column of coefficients and turning it also
transposes them, so the hashes of all eight positions follow from one hash by moving and flipping bits.

Both are kept in the workspace under the sha256 of the content. Whatever decodes a picture anyway, to extract
its features or to measure it, takes them in the same decoding; `hash_all` does it for those that are missing.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import PictureError
from poetcore.system.database import Database
from poetcore.system.files import cores, in_chunks
from poetcore.system.progress import OnProgress, Progress

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["THUMBNAIL", "HashIndex", "PerceptualHash", "dct_hash", "hash_all", "hash_picture", "positions"]

#: Side of the colour thumbnail that near duplicates are compared by, in pixels.
THUMBNAIL = 16

_SIDE = 8

#: A coefficient below this, in grey levels, is what saving a picture again may add or take away.
_NOISE = 2.0

#: Pixels of the shorter side at which a picture is decoded for its hash alone.
_DECODED = 128

#: How many hashes are committed at once: what a killed program loses at the most.
_BATCH = 500

_SCHEMA = """
CREATE TABLE IF NOT EXISTS hashes (
    sha TEXT PRIMARY KEY, hash BLOB NOT NULL, thumbnail BLOB NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class PerceptualHash:
    """What a picture looks like.

    Attributes:
        bits: its perceptual hash, 8 bytes.
        thumbnail: `THUMBNAIL` x `THUMBNAIL` RGB pixels, 768 bytes.
    """

    bits: bytes
    thumbnail: bytes


def hash_picture(picture: Image.Image) -> PerceptualHash:
    """Compute the perceptual hash of a decoded picture.

    Args:
        picture: RGB, upright, of any size.
    """
    side = 2 * THUMBNAIL
    small = picture.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    bits = dct_hash(np.asarray(small.convert("L")))
    return PerceptualHash(bits.to_bytes(8, "big"), small.reduce(2).tobytes())


def dct_hash(grey: np.ndarray) -> int:
    """Compute the perceptual hash of a grey thumbnail.

    Args:
        grey: `(32, 32)`, 0..255.

    Returns:
        64 bits as an unsigned number; the first, which would be the mean's, is 0.
    """
    basis = _dct_basis(len(grey))
    low = basis @ grey.astype(np.float32) @ basis.T
    signs = low > _NOISE
    signs[0, 0] = False
    return int.from_bytes(np.packbits(signs).tobytes(), "big")


@cache
def _dct_basis(length: int) -> np.ndarray:
    """Compute the 8 lowest rows of the orthonormal discrete cosine transform, `(8, length) float32`."""
    angles = np.pi * (np.arange(length) + 0.5) / length
    basis: np.ndarray = np.cos(np.arange(_SIDE)[:, None] * angles) * np.sqrt(2 / length)
    basis[0] /= np.sqrt(2)
    return basis.astype(np.float32)


def positions(hashes: np.ndarray) -> np.ndarray:
    """Return the hashes of pictures turned by quarters and mirrored.

    Args:
        hashes: `(n,) uint64`.

    Returns:
        `(8, n) uint64`, the first row as they are.
    """
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8)).reshape(-1, _SIDE, _SIDE)
    odd = (np.arange(_SIDE) % 2).astype(np.uint8)
    columns, rows = odd[None, :] * np.ones((_SIDE, 1), np.uint8), odd[:, None] * np.ones(_SIDE, np.uint8)
    return np.stack(
        [
            np.packbits(turned ^ flips).view(">u8").astype(np.uint64)
            for turned in (bits, bits.transpose(0, 2, 1))
            for flips in (np.zeros_like(rows), columns, rows, rows ^ columns)
        ]
    )


class HashIndex(Database):
    """Perceptual hashes by content, in one SQLite file that several processes may fill at once.

    An object belongs to the thread that made it, and is closed by `with`.

    Args:
        file: the SQLite file; made where it is missing.
    """

    schema = _SCHEMA

    def get(self, shas: Iterable[str]) -> "pd.DataFrame":
        """Return the hashes that are there: one row a content, by sha, columns hash and thumbnail (bytes)."""
        import pandas as pd

        rows = self._rows_in("SELECT sha, hash, thumbnail FROM hashes WHERE sha IN", dict.fromkeys(shas))
        return pd.DataFrame(list(rows), columns=["sha", "hash", "thumbnail"]).set_index("sha")

    def missing(self, shas: Iterable[str]) -> list[str]:
        """List the contents that were not hashed yet, each once, in the order given."""
        asked = list(dict.fromkeys(shas))
        known = {sha for (sha,) in self._rows_in("SELECT sha FROM hashes WHERE sha IN", asked)}
        return [sha for sha in asked if sha not in known]

    def put(self, hashes: Mapping[str, PerceptualHash]) -> None:
        """Add hashes in one transaction; those that another process added meanwhile stay as they are."""
        if hashes:
            rows = [(sha, found.bits, found.thumbnail) for sha, found in hashes.items()]
            self._write(("INSERT OR IGNORE INTO hashes VALUES (?,?,?)", rows))


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
    try:
        content = images.read(path)
    except PictureError:
        return None
    if sha_of(content) != sha:
        return None
    try:
        return hash_picture(images.decode(content, at_least=_DECODED))
    except PictureError as error:
        return str(error)
