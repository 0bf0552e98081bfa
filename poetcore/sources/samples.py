"""Sample pictures: a set of flowers drawn by code, and the flower_photos archive.

The drawn set needs no network and is ready in seconds. The archive is the one that the TensorFlow for Poets
tutorial used: 3,670 photos of five kinds of flowers, 229 MB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from poetcore.errors import DatasetError, DownloadError, OptionError, ResourceError
from poetcore.sources.body import BodyError, SteadyReader
from poetcore.sources.drawn.files import Name, draw_files, picture_path
from poetcore.sources.fetch import new_session
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.redirects import RedirectError, streamed
from poetcore.system.failures import is_full, why_refused
from poetcore.system.files import replace_patiently, sync_folder, sync_tree
from poetcore.system.locks import locked
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.temporary import clear_leftovers, temporary_folder

__all__ = [
    "FLOWERS_SHA256",
    "FLOWERS_URL",
    "SAMPLE_LABELS",
    "download_flowers",
    "make_sample",
]

#: The labels of the drawn sample set.
SAMPLE_LABELS = ("daisy", "dandelion", "rose", "sunflower", "tulip")

FLOWERS_URL = "https://download.tensorflow.org/example_images/flower_photos.tgz"
FLOWERS_SHA256 = "4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c"

_ARCHIVE = "flower_photos.tgz"
_PHOTOS = "flower_photos"
#: Seconds without a byte from the server before giving up.
_TIMEOUT = 30
_PIECE_BYTES = 1_000_000
#: Seconds to wait for another process that draws the same pictures.
_PATIENCE = 120
#: Ten times as large as the archive: whatever is sent instead of it does not fill the disk.
_MAX_BYTES = 2_290_000_000


def make_sample(
    folder: Path,
    *,
    train_per_label: int = 60,
    demo_per_label: int = 20,
    seed: int = 7,
    on_progress: OnProgress | None = None,
) -> Path:
    """Draw a sample set of flower pictures, ready for training and for a demo.

    The pictures are 320 x 240 JPEGs, `folder/train/<label>/<label>_001.jpg` and so on, and likewise in
    `folder/demo`; no demo picture is a training picture. Each picture depends only on the
    seed and its own name, never on how many are drawn. Only missing pictures are drawn; existing files are
    not changed.

    Args:
        folder: where the set is written; it appears only when it is complete.
        train_per_label: training pictures per label, at least 1.
        demo_per_label: demo pictures per label, at least 1.
        seed: another seed draws other pictures.
        on_progress: called in the phase `drawing` after each picture.

    Returns:
        `folder`, with `train` and `demo` in it.

    Raises:
        OptionError: a number of pictures is below 1.
        DatasetError: the folder cannot be written.
        ResourceError: the disk is full.
    """
    counts = {"train": train_per_label, "demo": demo_per_label}
    for split, count in counts.items():
        if count < 1:
            raise OptionError(
                f"{split}_per_label is a number of pictures and must be at least 1. Received: {count}."
            )
    names = [
        (split, label, index)
        for split, count in counts.items()
        for label in SAMPLE_LABELS
        for index in range(1, count + 1)
    ]
    if not _missing(folder, names):
        return folder
    with locked(folder, "is being drawn", patience=_PATIENCE):
        _draw(folder, _missing(folder, names), seed, on_progress)
    return folder


def _missing(folder: Path, names: Sequence[Name]) -> list[Name]:
    return [name for name in names if not (folder / picture_path(*name)).exists()]


def _draw(folder: Path, missing: Sequence[Name], seed: int, on_progress: OnProgress | None) -> None:
    if not missing:
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(folder.parent)
        with temporary_folder(folder) as temporary:
            whole = temporary / folder.name
            with closing(draw_files(whole, missing, seed)) as drawn:
                for done, _ in enumerate(drawn, start=1):
                    if on_progress:
                        on_progress(Progress("drawing", done, len(missing)))
            _move(whole, folder)
    except OSError as error:
        kind = ResourceError if is_full(error) else DatasetError
        raise kind(
            f"The sample set cannot be written to {folder}, because {why_refused(error, folder)}; "
            "choose a folder that can be written to, on a disk with 10 MB of free space."
        ) from error


def _move(source: Path, target: Path) -> None:
    """Move a folder to its place in one step, or file by file where a folder with files is already there.

    Its files are on the disk by then, else a power cut may leave names with nothing in them.
    """
    sync_tree(source)
    try:
        source.rename(target)
    except OSError:
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)
    sync_folder(target.parent)


def download_flowers(
    folder: Path,
    *,
    url: str = FLOWERS_URL,
    sha256: str = FLOWERS_SHA256,
    on_progress: OnProgress | None = None,
) -> Path:
    """Fetch the flower_photos archive, check it and unpack it.

    If `flower_photos.tgz` is already in the folder, because someone without a connection put it there, it is
    checked and used instead. A `flower_photos` folder with something in it is used as it is, so that pictures
    which were removed from it stay removed; delete it to start again.

    Args:
        folder: where the archive and then `flower_photos` go.
        url: the URL of the archive.
        sha256: the checksum that the archive must have, 64 hexadecimal digits.
        on_progress: called in the phase `downloading`, with bytes.

    Returns:
        `folder/flower_photos`, with one folder a label.

    Raises:
        DownloadError: the archive could not be fetched, checked or unpacked.
        OptionError: another process is downloading it.
    """
    target = folder / _PHOTOS
    if target.is_dir() and any(target.iterdir()):
        return target
    archive = folder / _ARCHIVE
    with locked(target, "is being downloaded"):
        _fetch(archive, url, sha256, on_progress)
        _unpack(archive, url)
    return target


def _fetch(archive: Path, url: str, sha256: str, on_progress: OnProgress | None) -> None:
    """Download an archive and check its sha256; nothing is left behind if it fails."""
    by_hand = f"try again, or download {url} with a browser, save it as {archive} and then try again."
    if archive.exists() and _sha256(archive) == sha256:
        return
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(archive.parent)
        with temporary_folder(archive) as temporary:
            whole = temporary / archive.name
            _download(whole, url, on_progress)
            if _sha256(whole) != sha256:
                raise DownloadError(
                    f"the downloaded file does not have the expected checksum (sha256 {sha256[:12]}…)"
                )
            replace_patiently(whole, archive)
    except DownloadError as error:
        raise DownloadError(f"{archive.name} could not be fetched: {error}; {by_hand}") from error
    except PermissionError:
        raise OptionError(
            f"{archive.parent} may not be written: change its permissions, or choose another workspace."
        ) from None
    except OSError as error:
        raise DownloadError(
            f"{archive.name} could not be fetched: {error.strerror or error}; {by_hand}"
        ) from error


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _download(file: Path, url: str, on_progress: OnProgress | None) -> None:
    """Write what a URL answers to a file.

    Raises:
        DownloadError: it cannot be had; the message says why.
    """
    import requests
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    from poetcore.sources.outside import InsideError

    options = FetchOptions(read_timeout=_TIMEOUT)
    try:
        with new_session(options) as session, streamed(url, session, options) as response:
            if response.status_code != 200:
                raise DownloadError(f"the server answered {response.status_code} {response.reason}")
            announced = response.headers.get("Content-Length", "")
            total = int(announced) if announced.isascii() and announced.isdigit() else 0
            body, done = SteadyReader(response, options.total_timeout), 0
            with file.open("wb") as out:
                while piece := body.read(_PIECE_BYTES):
                    done += len(piece)
                    if done > _MAX_BYTES:
                        raise DownloadError(f"it is larger than {_MAX_BYTES / 1e9:g} GB")
                    out.write(piece)
                    if on_progress:
                        on_progress(Progress("downloading", done, total))
    except (BodyError, InsideError, RedirectError) as error:
        raise DownloadError(f"{url} {error}") from error
    except (requests.Timeout, ReadTimeoutError) as error:
        raise DownloadError(f"the server did not answer within {_TIMEOUT} seconds") from error
    except (requests.RequestException, HTTPError, UnicodeError) as error:
        raise DownloadError("there is no connection to the server, or it broke off") from error


def _unpack(archive: Path, url: str) -> None:
    """Unpack a checked archive next to itself and delete it."""
    import tarfile
    import zlib
    from gzip import BadGzipFile

    folder = archive.parent
    try:
        with temporary_folder(folder / _PHOTOS) as temporary:
            with tarfile.open(archive, "r:gz") as tar:
                # "data" refuses members outside of the folder, links that lead out of it, and devices.
                tar.extractall(temporary, filter="data")
            unpacked = temporary / _PHOTOS
            if not unpacked.is_dir():
                raise tarfile.TarError(f"it has no folder {_PHOTOS}")
            _move(unpacked, folder / _PHOTOS)
    except (tarfile.TarError, BadGzipFile, EOFError, zlib.error) as error:
        archive.unlink()  # so that the next try fetches it again
        raise DownloadError(
            f"{archive.name} cannot be unpacked ({error}) and was deleted; try again, or download {url} "
            f"with a browser, unpack it and put its folder {_PHOTOS} into {folder}."
        ) from error
    except OSError as error:
        raise DownloadError(
            f"{archive.name} cannot be unpacked into {folder}, because {why_refused(error, folder)}; make"
            " room for about 250 MB there and try again: the archive is kept."
        ) from error
    archive.unlink()
