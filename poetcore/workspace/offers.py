"""What a browser offers to upload: which of the files are taken, where each goes, why others are not.

Only the names are known here. A file whose name does not say what it is comes in too: its content decides.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from poetcore.data.listing import is_listing_name
from poetcore.data.litter import litter_among
from poetcore.errors import DatasetError
from poetcore.system.file_kinds import is_hidden, is_litter, is_sidecar, is_video
from poetcore.system.names import is_name, to_name
from poetcore.system.wording import counted
from poetcore.workspace.archives import MAX_FILES, MAX_PICTURE_MEGABYTES, check_archive_name

__all__ = ["UPLOADING", "Offer", "Offered", "is_zip_name"]

#: How the folder of a set on its way begins.
UPLOADING = ".uploading-"

#: What files of other kinds are refused as, when they come among pictures.
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")

#: Name of a dataset of pictures that come without a folder.
_UNNAMED = "photos"


@dataclass(frozen=True)
class Offered:
    """A file that a browser offers, or an empty folder.

    Attributes:
        path: as the browser names it, `flowers/daisy/1.jpg`; that of an empty folder ends with `/`.
        bytes: its size.
        modified: when it was changed last, in milliseconds; tells two versions of a file apart.
    """

    path: str
    bytes: int
    modified: int = 0


@dataclass(frozen=True)
class Offer:
    """All that came at once, in the browser's order.

    Attributes:
        files: the files and empty folders.
        places: where each goes, relative; None for one that is not taken.
        excluded: what is not taken -> why; without litter.
        litter: how many files that phones and desktops leave behind are passed over.
    """

    files: tuple[Offered, ...]
    places: tuple[PurePosixPath | None, ...]
    excluded: dict[str, str]
    litter: int

    @classmethod
    def of(cls, files: Sequence[Offered]) -> "Offer":
        """Decide of each file whether it is taken.

        Raises:
            DatasetError: there are too many, or none of them can be a picture or a zip file.
        """
        if len(files) > MAX_FILES:
            raise DatasetError(
                f"These are {len(files):,} files, and at most {MAX_FILES:,} can be brought in through the"
                " browser: copy the folder to the computer that Poet runs on, and choose it there."
            )
        if len(files) == 1:
            check_archive_name(files[0].path)
        alone = len(files) == 1 and is_zip_name(files[0].path)
        reasons = {file.path: None if alone else _why_not(file) for file in files}
        paths = {path: PurePosixPath(path) for path in reasons}
        litter = {str(path) for path in litter_among({paths[path]: why for path, why in reasons.items()})}
        litter |= {path for path in reasons if any(map(is_litter, paths[path].parts))}
        taken = [path for path, why in reasons.items() if why is None and path not in litter]
        places = _places(path for path in taken if not path.endswith("/"))
        if not places:
            raise DatasetError(
                f"No picture among {counted(len(files), 'file')}: take a folder with one folder of pictures"
                " per label, photos, or a zip file of them."
            )
        excluded = {path: why for path, why in reasons.items() if why and path not in litter}
        return cls(tuple(files), tuple(places.get(file.path) for file in files), excluded, len(litter))

    @property
    def name(self) -> str:
        """The name of what was dropped, for people: of the one folder or file, or "photos"."""
        tops = {part for file in self.files for part in PurePosixPath(file.path).parts[:1]}
        inside = any("/" in file.path for file in self.files)
        return tops.pop() if len(tops) == 1 and (inside or self.is_zip) else _UNNAMED

    @property
    def is_zip(self) -> bool:
        """Whether it is one zip file."""
        return len(self.files) == 1 and is_zip_name(self.files[0].path)

    @property
    def bytes(self) -> int:
        """Size of the files that are taken."""
        return sum(one.bytes for one, place in zip(self.files, self.places, strict=True) if place)

    @property
    def empty(self) -> tuple[Path, ...]:
        """Empty folders, relative."""
        paths = [
            PurePosixPath(file.path) for file in self.files if file.path.endswith("/") and not _why_not(file)
        ]
        return tuple(Path(_safe(path)) for path in paths if not any(map(is_litter, path.parts)))

    @property
    def only_folder(self) -> PurePosixPath | None:
        """The one folder in which all files lie, so that their label has to be asked for; else None.

        With a CSV file among them there are labels enough.
        """
        places = [place for place in self.places if place is not None]
        if self.is_zip or any(is_listing_name(Path(place)) for place in places):
            return None
        folders = {place.parent for place in places}
        return folders.pop() if len(folders) == 1 else None


def is_zip_name(name: str) -> bool:
    """Return whether a file of this name is a zip file."""
    return name.lower().endswith(".zip")


def _why_not(file: Offered) -> str | None:
    """Return why a file is not taken, by its name and size, or None."""
    path = PurePosixPath(file.path)
    if not path.parts or path.is_absolute() or ".." in path.parts:
        return "has no usable name"
    if any(map(is_hidden, path.parts)):
        return "is hidden"
    if is_listing_name(Path(path.name)):
        return None
    if is_sidecar(path.name):
        return "is no picture"
    if is_video(path.name):
        return "is a video"
    if path.name.lower().endswith(_ARCHIVES):
        return "is an archive among other files: bring it in on its own"
    if file.bytes > MAX_PICTURE_MEGABYTES * 1e6:
        return f"is larger than {MAX_PICTURE_MEGABYTES} MB"
    return None


def _places(paths: Iterable[str]) -> dict[str, PurePosixPath]:
    """Return a place for each path, with names that every system takes, none of them twice."""
    places: dict[str, PurePosixPath] = {}
    taken: set[str] = set()
    for path in paths:
        place = safe = _safe(PurePosixPath(path))
        number = 1
        while _alike(place) in taken:
            number += 1
            place = safe.with_name(f"{safe.stem}_{number}{safe.suffix}")
        taken.add(_alike(place))
        places[path] = place
    return places


def _alike(place: PurePosixPath) -> str:
    """Return what is the same of two paths that most disks hold for one: A.jpg and a.jpg, both ways of é."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", str(place)).casefold())


def _safe(path: PurePosixPath) -> PurePosixPath:
    """Return a path whose names every system takes; those that do stay as they are."""
    *folders, name = path.parts
    kept = [_usable(part, "label") for part in folders]
    whole = PurePosixPath(name)
    ending = whole.suffix if whole.suffix[1:].isalnum() else ""
    return PurePosixPath(*kept, name if is_name(name) else _usable(whole.stem, "picture") + ending)


def _usable(name: str, default: str) -> str:
    """Return a name that every system takes: without blanks and dots around it, or of harmless letters."""
    stripped = name.strip().rstrip(". ")
    return stripped if is_name(stripped) else to_name(stripped, default=default)
