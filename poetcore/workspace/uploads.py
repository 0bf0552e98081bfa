"""Uploads: sets of pictures that come in file by file, and become datasets once they are whole.

A set on its way lies in `datasets/.uploading-<id>`, hidden, so that nothing half done is listed. Its id
follows from the names, sizes and times of its files, so that the same folder dropped again, after a reload or
in another browser, goes on where it was: what is here already is not sent twice.
"""

import filecmp
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, astuple, dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from poetcore.data.labels import match_labels
from poetcore.data.layout import folders_in
from poetcore.data.listing import is_listing_name
from poetcore.errors import DatasetError, PoetError
from poetcore.system.files import sync_file, sync_tree, write_whole
from poetcore.system.locks import locked
from poetcore.system.names import TEMPORARY_NAME, check_name
from poetcore.system.reading import read_text_limited
from poetcore.system.shapes import fits
from poetcore.system.temporary import temporary_path
from poetcore.workspace.archives import unpack
from poetcore.workspace.arrivals import Arrived, Arriving, free_name, gives_labels, put_in_place
from poetcore.workspace.offers import UPLOADING, Offer, Offered
from poetcore.workspace.workspace import Workspace

__all__ = ["Upload", "begin_upload", "find_upload", "finish_upload", "label_upload", "unfinished_uploads"]

#: Bytes that stay free on the disk.
_RESERVE = 500_000_000

#: Seconds to wait for another window that finishes the same upload: unpacking a large zip file takes long.
_PATIENCE = 600

_GONE = "This upload was finished or discarded meanwhile: drop the folder again."


@dataclass(frozen=True)
class Upload:
    """A set of pictures on its way.

    Attributes:
        folder: where it lies until it is whole.
    """

    folder: Path

    @property
    def id(self) -> str:
        """What it is called in addresses."""
        return self.folder.name.removeprefix(UPLOADING)

    @property
    def files(self) -> Path:
        """Where its files lie."""
        return self.folder / "files"

    @property
    def offer(self) -> Offer:
        """What it consists of.

        Raises:
            DatasetError: it was discarded meanwhile, or its list is damaged.
        """
        if not self.exists():
            raise DatasetError(_GONE)
        return _offer(self.folder / "offer.json")

    def exists(self) -> bool:
        """Return whether it is still on its way."""
        return (self.folder / "offer.json").exists()

    def missing(self) -> list[int]:
        """List the numbers of the files that are still to come."""
        offer = self.offer
        return [
            number
            for number, (file, place) in enumerate(zip(offer.files, offer.places, strict=True))
            if place is not None and not _is_there(self.files / place, file.bytes)
        ]

    @contextmanager
    def receiving(self, number: int) -> Iterator[BinaryIO]:
        """Open a file to write what comes in; it takes its place once all of it is there.

        Args:
            number: of the file in the offer.

        Raises:
            DatasetError: there is no such file, or not all of it came, or more; or the upload is gone.
        """
        offer = self.offer
        place = offer.places[number] if 0 <= number < len(offer.places) else None
        if place is None:
            raise DatasetError(f"No file {number} is expected: drop the folder again.")
        target = self.files / place
        temporary = temporary_path(target)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                yield file
            if (came := temporary.stat().st_size) != (size := offer.files[number].bytes):
                raise DatasetError(
                    f"{place} came with {came} bytes instead of {size}: drop the folder again."
                )
            sync_file(temporary)  # it counts as here by its size
            temporary.replace(target)
        except FileNotFoundError:
            if self.exists():
                raise
            raise DatasetError(_GONE) from None
        finally:
            with suppress(OSError):
                temporary.unlink()
            if not self.exists():  # another window finished or discarded it, and its folder was made again
                self.discard()

    @contextmanager
    def alone(self) -> Iterator[Offer]:
        """Have it to oneself, so that two windows do not finish it at once; it may be gone by then."""
        with locked(self.folder, "is being put in its place", patience=_PATIENCE):
            yield self.offer

    def discard(self) -> None:
        """Delete what is here of it."""
        with suppress(OSError):
            # First, so that nothing begins while files are deleted.
            (self.folder / "offer.json").unlink()
        gone = temporary_path(self.folder)  # what is left of it if this is killed is cleared later
        with suppress(OSError):
            self.folder.rename(gone)
        for folder in (gone, self.folder):
            shutil.rmtree(folder, ignore_errors=True)


def begin_upload(workspace: Workspace, files: Sequence[Offered]) -> Upload:
    """Begin to take a set of files, or go on with it where some of them are here already.

    Args:
        workspace: where it goes.
        files: all of them, in an order that is the same each time.

    Raises:
        DatasetError: there are too many, none is a picture, or the disk has no room for them.
    """
    offer = Offer.of(files)
    words = json.dumps([astuple(file) for file in files], ensure_ascii=True)
    upload = Upload(workspace.datasets / f"{UPLOADING}{hashlib.sha256(words.encode()).hexdigest()[:20]}")
    here = 0
    if upload.exists():
        here = sum(file.stat().st_size for file in upload.files.rglob("*") if file.is_file())
    workspace.datasets.mkdir(parents=True, exist_ok=True)
    # A zip file and what comes out of it are there at once.
    needed = (offer.bytes - here) * (2 if offer.is_zip else 1)
    free = shutil.disk_usage(workspace.datasets).free
    if needed > free - _RESERVE:
        raise DatasetError(
            f"{offer.name} needs {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free where the workspace"
            f" lies ({_RESERVE / 1e9:.1f} GB stay free): make room there, or choose fewer pictures."
        )
    upload.files.mkdir(parents=True, exist_ok=True)
    write_whole(upload.folder / "offer.json", words)
    return upload


def find_upload(workspace: Workspace, upload_id: str) -> Upload:
    """Find a set that is on its way.

    Raises:
        DatasetError: there is none of this id.
    """
    upload = Upload(workspace.datasets / f"{UPLOADING}{upload_id}")
    if not re.fullmatch(r"[0-9a-f]{20}", upload_id) or not upload.exists():
        raise DatasetError(_GONE)
    return upload


def unfinished_uploads(workspace: Workspace) -> list[Upload]:
    """List the sets that are on their way or wait for a label, the newest first."""
    found = []
    with suppress(OSError):  # there are no datasets yet
        for folder in workspace.datasets.iterdir():
            if folder.name.startswith(UPLOADING):
                with suppress(OSError):
                    found.append(((folder / "offer.json").stat().st_mtime, folder))
    return [Upload(folder) for _, folder in sorted(found, reverse=True)]


def finish_upload(workspace: Workspace, upload: Upload) -> Arrived:
    """Make a dataset of what came in; of a zip file, of what is in it.

    Args:
        workspace: where it goes.
        upload: with several label folders, or a zip file.

    Raises:
        DatasetError: it holds no pictures in label folders; then nothing of it is kept.
        OSError: the disk is full, or refuses; then all of it is kept, to be tried again.
    """
    with upload.alone() as offer:
        try:
            if offer.is_zip:
                with (upload.files / str(offer.places[0])).open("rb") as archive:
                    arrived = unpack(workspace, offer.name, archive)
            else:
                arrived = put_in_place(offer.name, workspace.datasets, upload.files, _arriving(upload))
        except DatasetError:  # what makes no dataset now never will; it was a copy
            upload.discard()
            raise
        upload.discard()
    for path in arrived.folder.rglob("*.tmp"):
        if TEMPORARY_NAME.fullmatch(path.name):  # of a file that did not come whole
            path.unlink(missing_ok=True)
    return arrived


def label_upload(upload: Upload, label: str, into: Path) -> Arrived:
    """Put all pictures that came in under one label of a dataset; one that is there already stays once.

    Args:
        upload: without label folders, or with one.
        label: one of the dataset that looks like this is meant.
        into: the folder of label folders; made where it is missing.

    Raises:
        OptionError: the label cannot be a folder's name.
        DatasetError: another window finished or discarded it meanwhile.
    """
    label = label.strip()
    labels = [folder.name for folder in folders_in(into)]
    label = match_labels([label], labels).get(label, label)
    check_name(label, "A label")
    with upload.alone():
        arriving = _arriving(upload)
        target = into / label
        target.mkdir(parents=True, exist_ok=True)
        for path in arriving.pictures:
            if not (target / path.name).exists() or not filecmp.cmp(path, target / path.name, shallow=False):
                shutil.move(path, free_name(target / path.name))  # it may be a link to another disk
        sync_tree(target)
        upload.discard()
    return Arrived(into, into, None, len(arriving.pictures), list(arriving.excluded.items()), arriving.litter)


def _arriving(upload: Upload) -> Arriving:
    """List what is here of an upload; what did not come is excluded with that reason."""
    offer = upload.offer
    found = Arriving(excluded=dict(offer.excluded), litter=offer.litter, empty=offer.empty)
    tables = []
    for file, place in zip(offer.files, offer.places, strict=True):
        if place is None:
            continue
        if not _is_there(upload.files / place, file.bytes):
            found.excluded[file.path] = "did not come in"
        elif is_listing_name(Path(place.name)):
            tables.append(upload.files / place)
        else:
            found.pictures[upload.files / place] = file.path
    if len(tables) == 1:
        with suppress(PoetError):
            found.listing = tables[0] if gives_labels(tables[0], found.pictures) else None
    for table in tables:
        if table != found.listing:
            table.unlink()
    return found


def _is_there(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


@lru_cache(maxsize=8)
def _offer(file: Path) -> Offer:
    """Read the list of an upload; it never changes, since the id follows from it."""
    try:
        offered = [Offered(*row) for row in json.loads(read_text_limited(file))]
        if not all(fits(asdict(one), Offered) for one in offered):
            raise ValueError("it is damaged")
        return Offer.of(offered)
    except FileNotFoundError:
        raise DatasetError(_GONE) from None
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise DatasetError(
            f"The list of this upload cannot be read ({error}): drop the folder again."
        ) from None
