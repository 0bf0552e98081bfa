"""Zip files of label folders, or of pictures and a CSV file, which become datasets of the workspace."""

import io
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from poetcore.data import images
from poetcore.data.listing import is_listing_name
from poetcore.data.litter import litter_among
from poetcore.errors import DatasetError, PictureError
from poetcore.system.file_kinds import is_hidden, is_litter
from poetcore.system.temporary import clear_leftovers, temporary_folder
from poetcore.workspace.arrivals import Arrived, Arriving, gives_labels, put_in_place
from poetcore.workspace.workspace import Workspace

__all__ = ["MAX_FILES", "MAX_GIGABYTES", "MAX_PICTURE_MEGABYTES", "check_archive_name", "unpack"]

#: What a zip file may hold at the most.
MAX_FILES = 50_000
MAX_GIGABYTES = 5
MAX_PICTURE_MEGABYTES = 200

#: What is unpacked at a time.
_PART_BYTES = 2**20

#: Where a zip file's end stands, its comment included, and what an entry of its contents has, name included.
_END_BYTES = 22 + 65_535 + 20
_ENTRY_BYTES = 400

#: The flag of a member whose name is UTF-8 (APPNOTE.TXT 4.4.4, pkware.com).
_UTF8_FLAG = 0x800

#: (where, what) -> other archives that people have.
_OTHERS = (
    (0, b"\x1f\x8b", "a tar.gz or gzip archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (257, b"ustar", "a tar archive"),
)

#: The same by the ending of a name.
_OTHER_ENDINGS = {
    (".tar.gz", ".tgz", ".gz"): "a tar.gz or gzip archive",
    (".7z",): "a 7z archive",
    (".rar",): "a RAR archive",
    (".bz2", ".tbz2"): "a bzip2 archive",
    (".xz", ".txz"): "an xz archive",
    (".tar",): "a tar archive",
}


def unpack(workspace: Workspace, name: str, archive: BinaryIO) -> Arrived:
    """Unpack a zip file of label folders into the workspace; only pictures, and nothing outside of it.

    Folders around the label folders are stripped, whatever lies loose beside them; a zip file with `train`
    and `test` stays divided. Where its only CSV file names its pictures, they are the dataset.

    Args:
        workspace: where its dataset goes.
        name: the zip file's name, from which the dataset gets its own.
        archive: the zip file.

    Raises:
        DatasetError: it is not a zip file, holds too much, or no picture in a folder.
    """
    _check_kind(name, archive)
    _check_directory(name, archive)
    clear_leftovers(workspace.datasets)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [m for m in _named(opened) if not m.is_dir()]
            _check_size(name, members)
            workspace.datasets.mkdir(parents=True, exist_ok=True)
            with temporary_folder(workspace.datasets / "upload") as whole:
                found = _extract(opened, members, whole)
                _extract_listing(opened, members, whole, found)
                found.empty = _empty_folders(opened)
                return put_in_place(name, workspace.datasets, whole, found)
    # ValueError: of a damaged table of contents, whose places or names cannot be.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise DatasetError(f"{name} cannot be unpacked ({error}): make a plain zip file of it.") from None


def _named(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """List what is in a zip file under a name; `is_dir` fails of what has none."""
    return [one for one in opened.infolist() if one.filename]


def check_archive_name(name: str) -> None:
    """Check that a file is not named like an archive of a kind that is not unpacked here.

    Raises:
        DatasetError: it is.
    """
    for endings, kind in _OTHER_ENDINGS.items():
        if name.lower().endswith(endings):
            raise _other_kind(name, kind)


def _check_kind(name: str, archive: BinaryIO) -> None:
    head = archive.read(512)
    archive.seek(0)
    for place, mark, kind in _OTHERS:
        if head.startswith(mark, place):
            raise _other_kind(name, kind)


def _other_kind(name: str, kind: str) -> DatasetError:
    return DatasetError(
        f"{name} is {kind}, and only zip files are unpacked here: unpack it on your computer and bring the"
        " folder, or make a zip file of that folder."
    )


def _check_size(name: str, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_FILES or total > MAX_GIGABYTES * 1e9:
        raise DatasetError(
            f"{name} holds {len(members)} files of {total / 1e9:.1f} GB; at most {MAX_FILES} files of"
            f" {MAX_GIGABYTES} GB can be unpacked: unpack it by hand and bring its folder."
        )


def _extract(opened: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], whole: Path) -> Arriving:
    """Write the pictures into a folder; one bad file does not spoil the rest."""
    found = Arriving()
    reasons: dict[PurePosixPath, str | None] = {}
    names: dict[PurePosixPath, str] = {}
    for member in members:
        name = _name_of(member)
        inside = PurePosixPath(name.replace("\\", "/"))
        if hidden := [part for part in inside.parts if part != ".." and is_hidden(part)]:
            found.litter += is_litter(hidden[0])
            continue
        names[inside], place = name, whole / inside
        try:
            _check_place(member, inside)
            content = _content(opened, member)
            images.identify(content)
            if place.exists():
                raise PictureError("has the name of another file in the zip file")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        except (NotImplementedError, RuntimeError):  # a password, or a way of packing: of all the files
            raise
        except Exception as error:  # what unpacks a damaged file raises almost anything
            reasons[inside] = getattr(error, "strerror", None) or str(error) or type(error).__name__
        else:
            reasons[inside] = None
            found.pictures[place] = name
    litter = litter_among(reasons)
    found.litter += len(litter)
    found.excluded = {names[one]: why for one, why in reasons.items() if why and one not in litter}
    return found


def _extract_listing(
    opened: zipfile.ZipFile, members: Iterable[zipfile.ZipInfo], whole: Path, found: Arriving
) -> None:
    """Write a zip file's only CSV file too, if that gives the pictures their labels."""
    named = {_name_of(member): member for member in members}
    tables = [name for name in named if is_listing_name(Path(name)) and not is_hidden(Path(name).name)]
    if len(tables) != 1:
        return
    (table,) = tables
    inside = PurePosixPath(table.replace("\\", "/"))
    place = whole / inside
    if not place.parent.is_dir() or place.exists():
        return  # a folder of its own would become an empty label
    try:
        _check_place(named[table], inside)
        place.write_bytes(_content(opened, named[table]))
        if gives_labels(place, found.pictures):
            found.listing = place
            found.litter -= table not in found.excluded
            found.excluded.pop(table, None)
    except Exception:  # what unpacks a damaged file raises almost anything
        found.listing = None
    if not found.listing:
        place.unlink(missing_ok=True)


def _empty_folders(opened: zipfile.ZipFile) -> tuple[Path, ...]:
    """List the folders of a zip file without a file, but for what systems leave behind."""
    inside = {PurePosixPath(_name_of(one).replace("\\", "/")): one.is_dir() for one in _named(opened)}
    seen = {path: folder for path, folder in inside.items() if not any(map(is_hidden, path.parts))}
    filled = {parent for path, folder in seen.items() if not folder for parent in path.parents}
    return tuple(Path(path) for path, folder in seen.items() if folder and path not in filled)


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's name; macOS writes UTF-8 without saying so, which would read `L├╢wenzahn`."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a member, no more than it says that it has: in parts, since zipfile unpacks what it is asked for.

    Raises:
        NotImplementedError: it is packed in a way of which no part can be unpacked by itself.
    """
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError("its files are packed in a way that is not usual")
    content = bytearray()
    with opened.open(member) as packed:
        while part := packed.read(_PART_BYTES):
            content += part
    return bytes(content)


def _check_directory(name: str, archive: BinaryIO) -> None:
    """Check how long the table of contents says that it is, before it is read whole (APPNOTE.TXT 4.3.14-16).

    Raises:
        DatasetError: longer than that of so many files is.
    """
    size = archive.seek(0, io.SEEK_END)
    archive.seek(max(0, size - _END_BYTES))
    end = archive.read()
    archive.seek(0)
    place = end.rfind(b"PK\5\6")
    if not 0 <= place <= len(end) - 22:
        return  # no zip file, which zipfile puts into words
    (length,) = struct.unpack_from("<L", end, place + 12)
    if place >= 20 and end[place - 20 :].startswith(b"PK\6\7"):
        (large,) = struct.unpack_from("<Q", end, place - 12)
        archive.seek(min(large, size))
        record = archive.read(56)
        archive.seek(0)
        length = max(length, *struct.unpack_from("<Q", record, 40)) if len(record) == 56 else length
    if length > MAX_FILES * _ENTRY_BYTES:
        raise DatasetError(
            f"{name} lists more than the {MAX_FILES} files that can be unpacked: unpack it by hand and bring"
            " its folder."
        )


def _check_place(member: zipfile.ZipInfo, inside: PurePosixPath) -> None:
    if not inside.parts or ".." in inside.parts or inside.is_absolute() or ":" in str(inside):
        raise PictureError("points outside of the zip file")
    if member.file_size > MAX_PICTURE_MEGABYTES * 1e6:
        raise PictureError(f"is larger than {MAX_PICTURE_MEGABYTES} MB")
