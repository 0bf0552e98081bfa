"""The index of files, each read once: content hash, size in pixels, format, and why it cannot be used.

A file that has the same path, size and modification time as before is not opened again. What is found in a
content is kept under its hash, so a picture that was moved or copied is known already. Why a content was
refused is forgotten once other formats can be read.
"""

import hashlib
import os
import time
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poetcore.data import images
from poetcore.data.decoding.formats import decoders
from poetcore.errors import PictureError
from poetcore.system.database import Database
from poetcore.system.files import cores, in_chunks, is_unicode
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.row_checksums import Table

__all__ = ["FileEntry", "FileIndex", "read_content", "sha_of"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    path TEXT PRIMARY KEY, bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha TEXT NOT NULL,
    checksum INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_by_sha ON files (sha);
CREATE TABLE IF NOT EXISTS contents (
    sha TEXT PRIMARY KEY, bytes INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    format TEXT NOT NULL, reason TEXT, decoded INTEGER NOT NULL, checksum INTEGER
) WITHOUT ROWID;
"""

#: The columns of `contents` once it was decoded.
_DECODED = ("sha", "bytes", "width", "height", "format", "?1", "1")

_FILES = Table("files", ("path",), ("bytes", "mtime_ns", "sha"))
_CONTENTS = Table("contents", ("sha",), ("bytes", "width", "height", "format", "reason", "decoded"))

#: A file younger than this may still change within one tick of its file system's clock (2 s on FAT).
_SETTLED_NS = 2_000_000_000

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What is known of one file.

    Attributes:
        path: the file.
        sha: sha256 of its content, 64 hexadecimal digits; empty where it could not be read.
        bytes: its size.
        width: pixels, upright; 0 where it is not a picture.
        height: pixels, upright; 0 where it is not a picture.
        format: "JPEG", "PNG", ...; empty where it is not a picture.
        reason: why it cannot be used, or None.
        decoded: whether its pixels were decoded once, so that a None `reason` is certain.
    """

    path: Path
    sha: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    format: str = ""
    reason: str | None = None
    decoded: bool = False


def sha_of(content: bytes) -> str:
    """Return the sha256 of a content, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def read_content(path: Path, sha: str) -> bytes | None:
    """Read a file, or return None where it is gone or has another content than is meant.

    Args:
        path: the file.
        sha: sha256 of the content that is meant.
    """
    try:
        content = images.read(path)
    except PictureError:
        return None
    return content if sha_of(content) == sha else None


class FileIndex(Database):
    """What is in files, in one SQLite file that every process of a workspace shares.

    An object belongs to the thread that made it, and is closed by `with`.

    Args:
        file: the SQLite file; made where it is missing.
    """

    schema = _SCHEMA
    tables = (_FILES, _CONTENTS)

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self._forget_refusals()

    def _forget_refusals(self) -> None:
        """Forget why contents were refused if other formats can be read now, by a new version or package."""
        readable = decoders()
        if not self.keeps or self._rows("PRAGMA user_version") == [(readable,)]:
            return
        refused = "SELECT sha FROM contents WHERE reason IS NOT NULL"
        self._write(
            (f"DELETE FROM main.files WHERE sha IN ({refused})", [()]),
            ("DELETE FROM main.contents WHERE reason IS NOT NULL", [()]),
            (f"PRAGMA main.user_version = {readable}", [()]),
        )

    def lookup(self, paths: Sequence[Path], on_progress: OnProgress | None = None) -> list[FileEntry]:
        """Return the entry of each file, in the order given; only new and changed files are read.

        Only headers are decoded here: that a picture is truncated shows when its pixels are decoded, by
        `verify` or by a caller that needs them and then calls `record_decoded`.

        Args:
            paths: files.
            on_progress: called in the phase `scanning`.
        """
        found: list[FileEntry] = []
        with ThreadPoolExecutor(cores()) as pool:
            for chunk in in_chunks(paths, _CHUNK):
                found += self._lookup(chunk, pool)
                if on_progress:
                    on_progress(Progress("scanning", len(found), len(paths)))
        return found

    def verify(self, entries: Sequence[FileEntry], on_progress: OnProgress | None = None) -> list[FileEntry]:
        """Decode every picture that never was, and return the entries as they are then, in the order given.

        Args:
            entries: of `lookup`.
            on_progress: called in the phase `decoding`.
        """
        unsure = {p.sha: p for p in entries if p.sha and not p.decoded}
        with ThreadPoolExecutor(cores()) as pool:
            done = 0
            for chunk in in_chunks(unsure.values(), _CHUNK):
                found = dict(pool.map(_decode, chunk))
                self.record_decoded({sha: reason for sha, reason in found.items() if sha})
                done += len(chunk)
                if on_progress:
                    on_progress(Progress("decoding", done, len(unsure)))
        contents = self._contents([p.sha for p in entries if p.sha])
        # Another process, which reads other formats, may have forgotten a refusal meanwhile.
        return [_at(p.path, contents[p.sha]) if p.sha in contents else p for p in entries]

    def content(self, sha: str) -> bytes | None:
        """Read a content from a file that is indexed with it and still holds it, or return None.

        Args:
            sha: sha256 of the content.
        """
        for (path,) in self._rows("SELECT path FROM files WHERE sha = ? ORDER BY path", (sha,)):
            if (content := read_content(Path(path), sha)) is not None:
                return content
        return None

    def places(self, sha: str) -> list[FileEntry]:
        """Return the files that are indexed with a content and still hold it, in the order of their paths.

        Args:
            sha: sha256 of the content.
        """
        paths = [
            Path(path) for (path,) in self._rows("SELECT path FROM files WHERE sha = ? ORDER BY path", (sha,))
        ]
        return [entry for entry in self.lookup(paths) if entry.sha == sha]

    def knows(self, folder: Path) -> bool:
        """Return whether a file of a folder, or the file of that name, is indexed; the disk is not asked."""
        below = str(folder).rstrip(os.sep) + os.sep
        bounds = (str(folder), below, f"{below}\U0010ffff")
        return bool(self._rows("SELECT 1 FROM files WHERE path = ? OR path BETWEEN ? AND ? LIMIT 1", bounds))

    def record_decoded(self, reasons: dict[str, str | None]) -> None:
        """Record of contents that they were decoded.

        Args:
            reasons: sha -> why that failed, or None.
        """
        self._write(
            (
                f"INSERT OR REPLACE INTO main.contents SELECT {', '.join(_DECODED)},"
                f" {_CONTENTS.checksum_of(_DECODED)} FROM contents WHERE sha = ?2 AND {_CONTENTS.sound}",
                [(reason, sha) for sha, reason in reasons.items()],
            )
        )

    def _lookup(self, paths: Sequence[Path], pool: Executor) -> list[FileEntry]:
        nameable = [path for path in paths if is_unicode(path)]
        known = self._files(nameable)
        stamps = {path: _stamp(path) for path in nameable}
        contents = self._contents([sha for *_, sha in known.values()])
        fresh = [
            path
            for path in nameable
            if stamps[path] is None
            or known.get(path, ())[:2] != stamps[path]
            or known[path][2] not in contents  # what was known of it is damaged
        ]
        read = dict(zip(fresh, pool.map(_read, fresh), strict=True))
        self._store(read, stamps)
        shas = {path: read[path].sha if path in read else known[path][2] for path in nameable}
        contents |= self._contents([found.sha for found in read.values() if found.sha])
        return [
            FileEntry(path, reason="has a name that is not valid Unicode: rename it")
            if path not in shas
            else _at(path, contents[shas[path]])
            if shas[path] in contents
            else read[path]  # no picture, or a damaged database has lost again what was just stored
            for path in paths
        ]

    def _files(self, paths: Sequence[Path]) -> dict[Path, tuple[int, int, str]]:
        named = {str(path): path for path in paths}
        rows = self._rows_in(
            f"SELECT path, bytes, mtime_ns, sha FROM files WHERE {_FILES.sound} AND path IN", named
        )
        return {named[path]: (size, mtime, sha) for path, size, mtime, sha in rows}

    def _contents(self, shas: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        columns = "sha, bytes, width, height, format, reason, decoded"
        query = f"SELECT {columns} FROM contents WHERE {_CONTENTS.sound} AND sha IN"
        return {row[0]: row for row in self._rows_in(query, shas)}

    def _store(self, read: dict[Path, FileEntry], stamps: dict[Path, tuple[int, int] | None]) -> None:
        if not read:
            return
        latest = time.time_ns() - _SETTLED_NS
        files = [
            # A stamp that may not last is not kept, so that the file is read again next time.
            (str(path), stamp[0], stamp[1] if stamp[1] < latest else -1, found.sha)
            for path, found in read.items()
            if found.sha and (stamp := stamps[path])
        ]
        contents = [
            (f.sha, f.bytes, f.width, f.height, f.format, f.reason, f.decoded) for f in read.values() if f.sha
        ]
        # What is known of a content stays: a header cannot tell that the rest is truncated.
        self._write((_FILES.put(replace=True), files), (_CONTENTS.put(), contents))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _read(path: Path) -> FileEntry:
    """Read a file whole, hash it, decode its header."""
    try:
        content = images.read(path)
    except PictureError as error:
        return FileEntry(path, reason=str(error))
    sha = sha_of(content)
    try:
        info = images.identify(content)
    except PictureError as error:
        return FileEntry(path, sha, len(content), reason=str(error), decoded=True)
    return FileEntry(path, sha, len(content), info.width, info.height, info.format)


def _decode(known: FileEntry) -> tuple[str, str | None]:
    """Return a content's hash, and why it cannot be decoded or None; no hash where the file is gone."""
    try:
        content = images.read(known.path)
    except PictureError:
        return "", None
    try:
        images.to_square(content, 64)
    except PictureError as error:
        return sha_of(content), str(error)
    return sha_of(content), None


def _at(path: Path, row: tuple[Any, ...]) -> FileEntry:
    sha, size, width, height, form, reason, decoded = row
    return FileEntry(path, sha, size, width, height, form, reason, bool(decoded))
