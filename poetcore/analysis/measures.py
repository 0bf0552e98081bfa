"""What is measured of each picture, once per content: light, colours, sharpness, and what it looks like.

The figures are kept in the workspace under the hash of the content, so that moving, renaming or copying files
costs nothing; so is the perceptual hash, which training needs too. A picture that turns out to be damaged is
recorded in the file index.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageChops, ImageFilter

from poetcore.data import images
from poetcore.data.file_index import read_content
from poetcore.data.perceptual_hash import PerceptualHash, Thumbnails, hash_all, hash_picture
from poetcore.data.placeholders import changes_in_lines, is_known
from poetcore.errors import PictureError
from poetcore.system.database import Database
from poetcore.system.files import cores, in_chunks
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.row_checksums import Table
from poetcore.workspace.workspace import Workspace

__all__ = [
    "COLUMNS",
    "SIDE",
    "Measure",
    "MeasureCache",
    "measure",
    "measure_all",
    "open_measures",
    "read_measures",
]

#: Longer side of the picture that is measured, in pixels: about what a network sees. Smaller ones stay.
SIDE = 256

#: Levels of 0..255 by which a pixel of a plain surface may differ from it: what JPEG adds.
_PLAIN = 24

#: How many measures are committed at once: what a killed program loses at the most.
_BATCH = 100

_LAPLACE = ImageFilter.Kernel((3, 3), (0, -1, 0, -1, 4, -1, 0, -1, 0), scale=1)

_SCHEMA = """
DROP TABLE IF EXISTS measures_1;
DROP TABLE IF EXISTS measures_2;
CREATE TABLE IF NOT EXISTS measures_3 (
    sha TEXT PRIMARY KEY, lightest REAL NOT NULL, darkest REAL NOT NULL, entropy REAL NOT NULL,
    sharpness REAL NOT NULL, plain REAL NOT NULL, changes INTEGER NOT NULL,
    known INTEGER NOT NULL, checksum INTEGER
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Measure:
    """What is measured of one picture, at `SIDE` pixels.

    Attributes:
        lightest: the strongest of red, green and blue, 0 to 1, that 99 % of the pixels do not exceed.
        darkest: the grey, 0 to 1, that 5 % of the pixels do not exceed.
        entropy: bits per pixel in the histogram of grey levels, 0 to 8.
        sharpness: how steep its steepest edges are beside its contrast: the Laplacian that 0.5 % of the
            pixels exceed, divided by the range of greys.
        plain: share of pixels that have the middle colour, or nearly.
        changes: how often paper and ink take turns in its busiest lines, 0 for whatever is no page of a few
            words (`data/placeholders.py`).
        known: whether the file is a well-known placeholder.
    """

    lightest: float
    darkest: float
    entropy: float
    sharpness: float
    plain: float
    changes: int
    known: bool


_FIGURES = [field.name for field in fields(Measure)]

_MEASURES = Table("measures_3", ("sha",), tuple(_FIGURES))

#: The figures of a picture, in the order of the columns of `read_measures`.
COLUMNS = _FIGURES


def measure(content: bytes) -> Measure:
    """Measure a picture.

    Args:
        content: the whole file.

    Raises:
        PictureError: whatever is wrong with it, in a few words.
    """
    return _measure_and_hash(content)[0]


def _measure_and_hash(content: bytes) -> tuple[Measure, PerceptualHash]:
    picture = images.decode(content, at_least=SIDE)
    hashed = hash_picture(picture)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR)
    grey = picture.convert("L")
    greys = _shares(grey)
    red, green, blue = picture.split()
    found = Measure(
        lightest=_level(_shares(_strongest(red, green, blue)), 0.99) / 255,
        darkest=_level(greys, 0.05) / 255,
        entropy=abs(grey.entropy()),  # Pillow returns -0.0 for a plain picture
        sharpness=_sharpness(grey, _level(greys, 0.99) - _level(greys, 0.01)),
        plain=_plain(picture),
        changes=changes_in_lines(picture),
        known=is_known(content),
    )
    return found, hashed


def _shares(channel: Image.Image) -> np.ndarray:
    """Compute the share of pixels at each of the 256 levels: `(256,) float64`."""
    histogram = np.asarray(channel.histogram(), float)
    return np.asarray(histogram / histogram.sum())


def _level(shares: np.ndarray, share: float) -> int:
    """Find the lowest level that so large a share of the pixels does not exceed."""
    return int(np.searchsorted(shares.cumsum(), share - 1e-9))


def _strongest(red: Image.Image, green: Image.Image, blue: Image.Image) -> Image.Image:
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _sharpness(grey: Image.Image, contrast: int) -> float:
    if min(grey.size) < 3:
        return 0.0
    # Pillow leaves the outermost pixels as they are.
    edges = grey.filter(_LAPLACE).crop((1, 1, grey.width - 1, grey.height - 1))
    return _level(_shares(edges), 0.995) / max(contrast, 1)


def _plain(picture: Image.Image) -> float:
    middle = tuple(_level(_shares(channel), 0.5) for channel in picture.split())
    away = ImageChops.difference(picture, Image.new("RGB", picture.size, middle))
    return float(_shares(_strongest(*away.split()))[: _PLAIN + 1].sum())


class MeasureCache(Database):
    """Measures by content, in one SQLite file that several processes may fill at once.

    An object belongs to the thread that made it, and is closed by `with`.

    Args:
        file: the SQLite file; made where it is missing.
    """

    schema = _SCHEMA
    tables = (_MEASURES,)

    def get(self, shas: Iterable[str]) -> pd.DataFrame:
        """Return the measures that are there: one row a content, by sha, with the fields of `Measure`."""
        query = f"SELECT sha, {', '.join(_FIGURES)} FROM measures_3 WHERE {_MEASURES.sound} AND sha IN"
        rows = list(self._rows_in(query, dict.fromkeys(shas)))
        return pd.DataFrame(rows, columns=["sha", *_FIGURES]).set_index("sha")

    def missing(self, shas: Iterable[str]) -> list[str]:
        """List the contents that were not measured yet, each once, in the order given."""
        asked = list(dict.fromkeys(shas))
        query = f"SELECT sha FROM measures_3 WHERE {_MEASURES.sound} AND sha IN"
        known = {sha for (sha,) in self._rows_in(query, asked)}
        return [sha for sha in asked if sha not in known]

    def put(self, measures: Mapping[str, Measure]) -> None:
        """Add measures in one transaction; those that another process added meanwhile stay as they are."""
        rows = [(sha, *astuple(found)) for sha, found in measures.items()]
        self._write((_MEASURES.put(), rows))


def measure_all(
    pictures: Mapping[str, Path], workspace: Workspace, on_progress: OnProgress | None = None
) -> dict[str, str]:
    """Measure every picture that never was, and keep it in the workspace.

    Args:
        pictures: sha -> a file of that content.
        workspace: where measures and the file index are kept.
        on_progress: called in the phase `measuring`, with the pictures that are new.

    Returns:
        sha -> why it cannot be decoded, of those that turned out to be damaged.
    """
    damaged: dict[str, str] = {}
    with (
        open_measures(workspace) as cache,
        workspace.file_index() as index,
        workspace.hash_index() as hashes,
    ):
        wanted = cache.missing(pictures)
        with ThreadPoolExecutor(cores()) as pool:
            for number, chunk in enumerate(in_chunks(wanted, _BATCH)):
                found = dict(zip(chunk, pool.map(_measure, chunk, map(pictures.get, chunk)), strict=True))
                good = {sha: one for sha, one in found.items() if isinstance(one, tuple)}
                bad = {sha: one for sha, one in found.items() if isinstance(one, str)}
                cache.put({sha: one for sha, (one, _) in good.items()})
                hashes.put({sha: hashed for sha, (_, hashed) in good.items()})
                index.record_decoded(dict.fromkeys(good) | bad)
                damaged |= bad
                if on_progress:
                    on_progress(Progress("measuring", number * _BATCH + len(chunk), len(wanted)))
        good_ones = {sha: path for sha, path in pictures.items() if sha not in damaged}
        hash_all(good_ones if damaged else pictures, hashes)
    return damaged


def _measure(sha: str, path: Path) -> tuple[Measure, PerceptualHash] | str | None:
    """Measure a file, or return why that cannot be done; None where it is gone or was changed meanwhile."""
    content = read_content(path, sha)
    if content is None:
        return None
    try:
        return _measure_and_hash(content)
    except PictureError as error:
        return str(error)


def read_measures(shas: Iterable[str], workspace: Workspace) -> tuple[pd.DataFrame, Thumbnails]:
    """Return what is known of contents.

    Returns:
        One row each that was measured and hashed, by sha, with `COLUMNS`; and the hashes.
    """
    asked = list(shas)
    with open_measures(workspace) as cache, workspace.hash_index() as index:
        measures, hashes = cache.get(asked), index.get(asked)
    hashed = hashes.rows(measures.index) >= 0
    return (measures if hashed.all() else measures[hashed]), hashes


def open_measures(workspace: Workspace) -> MeasureCache:
    """Open the cache of measures of a workspace."""
    return MeasureCache(workspace.bottlenecks / "measures.sqlite")
