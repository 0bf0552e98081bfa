"""The outcome of each URL that was requested, kept in a database so that `gather` can go on where it was.

The database is `DEST/.poet/gather.sqlite`, shared by every process that gathers there.
`DEST/.poet/gather.csv` has the same content for a spreadsheet, and `DEST/ATTRIBUTION.csv` names licences and
authors, where known.
"""

import os
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from poetcore.errors import DatasetError
from poetcore.sources.origin import Origin
from poetcore.system.database import Database
from poetcore.system.files import write_whole
from poetcore.system.outputs import write_output
from poetcore.system.reading import read_text_limited
from poetcore.system.spreadsheets import csv_text

__all__ = ["DUPLICATE", "KEPT", "Entry", "GatherLog", "has_log"]

#: Outcomes beside those of `fetch.Outcome`: the picture is in its label folder, or came from another URL.
KEPT = "kept"
DUPLICATE = "duplicate"

#: Columns of the list of licences.
_OWNED = ["file", "licence", "attribution", "page", "address"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    label TEXT NOT NULL, address TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
    file TEXT NOT NULL, sha TEXT NOT NULL, look TEXT NOT NULL, host TEXT NOT NULL, bytes INTEGER NOT NULL,
    asked REAL NOT NULL, licence TEXT NOT NULL, attribution TEXT NOT NULL, page TEXT NOT NULL,
    PRIMARY KEY (label, address)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS kept_once ON entries (sha) WHERE outcome = 'kept';
CREATE INDEX IF NOT EXISTS by_look ON entries (look);
CREATE TABLE IF NOT EXISTS origins (
    label TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, settings TEXT NOT NULL,
    PRIMARY KEY (label, kind, value)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Entry:
    """The outcome of one URL for one label.

    Attributes:
        label: the label that the picture is for.
        url: the URL that was requested.
        outcome: KEPT, DUPLICATE or one of `fetch.Outcome`.
        reason: why there is no file of it; empty where it was kept.
        file: relative to DEST, with slashes; empty where it was not kept.
        sha: sha256 of the content; empty where there was none.
        pixel_hash: a hash of the decoded pixels, the same for a picture that was encoded again; or empty.
        host: where the content came from, after redirects.
        bytes: size of the content.
        asked: when it was requested, in seconds since 1970.
        licence: under which licence it is published, "" where that is not known.
        attribution: whom to name.
        page: the web page on which it is shown.
    """

    label: str
    url: str
    outcome: str
    reason: str = ""
    file: str = ""
    sha: str = ""
    pixel_hash: str = ""
    host: str = ""
    bytes: int = 0
    asked: float = 0.0
    licence: str = ""
    attribution: str = ""
    page: str = ""


#: The columns of the database and of the log, in the order of the fields of `Entry`.
_COLUMNS = (
    *("label", "address", "outcome", "reason", "file", "sha", "look", "host", "bytes", "asked"),
    *("licence", "attribution", "page"),
)
_PUT = (
    f"INSERT INTO entries ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    " ON CONFLICT (label, address) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM entries"


class GatherLog(Database):
    """The outcomes of one destination; an object belongs to the thread that made it.

    It is closed by `with`.

    Args:
        dest: the folder of label folders.

    Attributes:
        file: the log for a spreadsheet.
        attribution_file: the list of licences.
    """

    schema = _SCHEMA
    needs_keeping = True

    def __init__(self, dest: Path) -> None:
        self.file = dest / ".poet" / "gather.csv"
        self.attribution_file = _attribution_file(dest)
        super().__init__(_database(dest))

    def put(self, entry: Entry) -> bool:
        """Store an entry, in place of an earlier one of the same label and URL.

        Args:
            entry: what to store.

        Returns:
            False, with nothing changed, if it is KEPT and another entry is KEPT with the same content.
        """
        try:
            self._write((_PUT, [astuple(entry)]))
        except sqlite3.IntegrityError:
            return False
        return True

    def get(self, label: str, url: str) -> Entry | None:
        """Return the entry of a URL, or None."""
        return self._first("WHERE label = ? AND address = ?", (label, url))

    def kept(self, sha: str) -> Entry | None:
        """Return the KEPT entry with a content, or None."""
        return self._first("WHERE outcome = 'kept' AND sha = ?", (sha,))

    def with_pixel_hash(self, pixel_hash: str) -> list[Entry]:
        """List the entries of the pictures that look exactly the same."""
        return self._all("WHERE look = ? ORDER BY asked", (pixel_hash,))

    def entries(self) -> list[Entry]:
        """List all entries, by label and time."""
        return self._all("ORDER BY label, asked, address")

    def put_origins(self, origins: Mapping[str, Iterable[Origin]]) -> None:
        """Store where the pictures of labels come from, for a refresh; those of earlier runs stay."""
        rows = [(label, o.kind, o.value, o.to_json()) for label, some in origins.items() for o in some]
        self._write(("INSERT OR REPLACE INTO origins VALUES (?, ?, ?, ?)", rows))

    def origins(self) -> dict[str, list[Origin]]:
        """Return where the pictures of each label come from; nothing of older sets.

        Raises:
            DatasetError: that is damaged.
        """
        found: dict[str, list[Origin]] = defaultdict(list)
        for label, *origin in self._rows("SELECT label, kind, value, settings FROM origins ORDER BY label"):
            try:
                found[label].append(Origin.from_json(*origin))
            except ValueError:
                raise DatasetError(
                    f"Where the pictures of {label} come from is damaged in {self._database_file}: name"
                    " their source again, one of --urls, --table, --wnid and --taxon."
                ) from None
        return dict(found)

    def forget(self, entries: Iterable[Entry]) -> None:
        """Delete entries, so that their URLs are requested again."""
        pairs = [(entry.label, entry.url) for entry in entries]
        self._write(("DELETE FROM entries WHERE label = ? AND address = ?", pairs))

    def write(self) -> None:
        """Write the log for a spreadsheet and the list of licences."""
        entries = self.entries()
        shown = [name for name in _COLUMNS if name not in ("look", "host")]
        rows = [_cells(entry, shown) for entry in entries]
        write_whole(self.file, csv_text([shown, *rows]))
        owned = [entry for entry in entries if entry.outcome == KEPT and (entry.licence or entry.attribution)]
        owned.sort(key=lambda entry: entry.file)
        if owned:
            rows = [_cells(entry, _OWNED) for entry in owned]
            write_output(self.attribution_file, csv_text([_OWNED, *rows]), force=True)

    def _first(self, where: str, values: tuple[str, ...]) -> Entry | None:
        found = self._all(f"{where} LIMIT 1", values)
        return found[0] if found else None

    def _all(self, where: str, values: tuple[str, ...] = ()) -> list[Entry]:
        return [Entry(*row) for row in self._rows(f"{_SELECT} {where}", values)]


def _attribution_file(dest: Path) -> Path:
    """Return where the list of licences is: beside a file of that name that is something else."""
    head = csv_text([_OWNED]).strip()
    names = ("ATTRIBUTION", *(f"ATTRIBUTION_{number}" for number in range(2, 100)))
    for file in (dest / f"{name}.csv" for name in names):
        with suppress(OSError, UnicodeDecodeError):
            if os.path.lexists(file) and not read_text_limited(file).startswith(head):
                continue
            return file
    return dest / ".poet" / "ATTRIBUTION.csv"


def has_log(dest: Path) -> bool:
    """Return whether something was gathered into a folder before."""
    return _database(dest).is_file()


def _database(dest: Path) -> Path:
    return dest / ".poet" / "gather.sqlite"


def _cells(entry: Entry, names: list[str]) -> list[str]:
    """Return the text of an entry in each of some columns."""
    texts = {name: str(value) for name, value in zip(_COLUMNS, astuple(entry), strict=True)}
    texts["asked"] = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.asked))
    return [texts[name] for name in names]
