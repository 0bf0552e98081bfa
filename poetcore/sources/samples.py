"""Sample pictures: a set of flowers drawn by code, and the flower_photos archive.

The drawn set needs no network and is ready in seconds. The archive is the one that the TensorFlow for Poets
tutorial used: 3,670 photos of five kinds of flowers, 229 MB.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass
from pathlib import Path

from poetcore.errors import DatasetError, DownloadError, OptionError
from poetcore.sources.drawn.drawing import draw_picture
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
    missing = [name for name in names if not (folder / _picture_path(*name)).exists()]
    if not missing:
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        clear_leftovers(folder.parent)
        with temporary_folder(folder) as temporary:
            whole = temporary / folder.name
            for done, (split, label, index) in enumerate(missing, start=1):
                path = whole / _picture_path(split, label, index)
                path.parent.mkdir(parents=True, exist_ok=True)
                image = draw_picture(label, random.Random(f"{seed}/{split}/{label}/{index}"))
                image.save(path, "JPEG", quality=90)
                if on_progress:
                    on_progress(Progress("drawing", done, len(missing)))
            _move(whole, folder)
    except OSError as error:
        raise DatasetError(
            f"The sample set cannot be written to {folder} ({error.strerror or error}); "
            "choose a folder that can be written to, on a disk with 10 MB of free space."
        ) from error
    return folder


def _picture_path(split: str, label: str, index: int) -> Path:
    return Path(split, label, f"{label}_{index:03d}.jpg")


def _move(source: Path, target: Path) -> None:
    """Move a folder to its place in one step, or file by file where a folder with files is already there."""
    try:
        source.rename(target)
    except OSError:
        for file in sorted(path for path in source.rglob("*") if path.is_file()):
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            file.replace(place)


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
    """
    target = folder / _PHOTOS
    if target.is_dir() and any(target.iterdir()):
        return target
    archive = folder / _ARCHIVE
    _fetch(archive, url, sha256, on_progress)
    _unpack(archive, url)
    return target


@dataclass
class _ProgressBar:
    """What pooch expects of a progress bar, passed on to `on_progress`."""

    on_progress: OnProgress
    total: int = 0
    done: int = 0

    def update(self, size: int) -> None:
        # Pooch counts whole chunks, so the last one may exceed the total.
        self.done += size
        done = min(self.done, self.total) if self.total else self.done
        self.on_progress(Progress("downloading", done, self.total))

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        """Nothing is open; pooch calls this at the end."""


def _fetch(archive: Path, url: str, sha256: str, on_progress: OnProgress | None) -> None:
    """Download an archive and check its sha256; nothing is left behind if it fails."""
    import pooch

    archive.parent.mkdir(parents=True, exist_ok=True)
    bar = _ProgressBar(on_progress) if on_progress else False
    by_hand = f"try again, or download {url} with a browser, save it as {archive} and then try again."
    # Pooch does not close the connection of a download that breaks off.
    with contextlib.ExitStack() as responses:
        hooks = {"response": lambda response, **_: responses.enter_context(response)}
        downloader = pooch.HTTPDownloader(progressbar=bar, timeout=_TIMEOUT, hooks=hooks)
        try:
            clear_leftovers(archive.parent)
            with temporary_folder(archive) as temporary:
                there = archive.parent if archive.exists() else temporary
                pooch.retrieve(url, f"sha256:{sha256}", fname=archive.name, path=there, downloader=downloader)
                (there / archive.name).replace(archive)
        except PermissionError:  # of pooch's own, which names no file
            raise OptionError(
                f"{archive.parent} may not be written: change its permissions, or choose another workspace."
            ) from None
        # The exceptions of requests are OSErrors, and so are errors of the disk.
        except OSError as error:
            raise DownloadError(
                f"{archive.name} could not be fetched: {_reason(error)}; {by_hand}"
            ) from error
        except ValueError as error:
            raise DownloadError(
                f"{archive.name} could not be fetched: the downloaded file does not have the expected"
                f" checksum (sha256 {sha256[:12]}…); {by_hand}"
            ) from error


def _reason(error: OSError) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code} {response.reason}"
    if error.strerror:
        return error.strerror
    if "Timeout" in type(error).__name__:
        return f"the server did not answer within {_TIMEOUT} seconds"
    return "there is no connection to the server, or it broke off"


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
            f"{archive.name} cannot be unpacked into {folder} ({error.strerror or error}); make room for "
            "about 250 MB there and try again: the archive is kept."
        ) from error
    archive.unlink()
