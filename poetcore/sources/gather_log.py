"""What became of each address that was asked for: the memory of `gather`, and its log for people.

The memory is `DEST/.poet/gather.sqlite`, shared by every process that gathers there; `DEST/.poet/gather.csv`
says the same for a spreadsheet, and `DEST/ATTRIBUTION.csv` whose pictures these are, where that is known.
"""

import csv
import io
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from poetcore.system.database import Database
from poetcore.system.files import write_whole

__all__ = ["DUPLICATE", "KEPT", "Entry", "GatherLog"]

#: Outcomes beside those of `fetch.Outcome`: the picture is in its label folder, or another address gave it.
KEPT = "kept"
DUPLICATE = "duplicate"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    label TEXT NOT NULL, address TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL,
    file TEXT NOT NULL, sha TEXT NOT NULL, look TEXT NOT NULL, host TEXT NOT NULL, bytes INTEGER NOT NULL,
    asked REAL NOT NULL, licence TEXT NOT NULL, attribution TEXT NOT NULL, page TEXT NOT NULL,
    PRIMARY KEY (label, address)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS kept_once ON entries (sha) WHERE outcome = 'kept';
CREATE INDEX IF NOT EXISTS by_look ON entries (look);
"""


@dataclass(frozen=True)
class Entry:
    """What became of one address for one label.

    Attributes:
        label: for which it was asked.
        address: what was asked for.
        outcome: KEPT, DUPLICATE or one of `fetch.Outcome`.
        reason: why there is no file of it; empty where it was kept.
        file: relative to DEST, with slashes; empty where it was not kept.
        sha: sha256 of the content; empty where there was none.
        look: a hash of the decoded pixels, the same for a picture that was stored anew; or empty.
        host: where the content came from in the end.
        bytes: size of the content.
        asked: seconds since 1970.
        licence: under which licence it is published, "" where that is not known.
        attribution: whom to name.
        page: the page on which it is shown to people.
    """

    label: str
    address: str
    outcome: str
    reason: str = ""
    file: str = ""
    sha: str = ""
    look: str = ""
    host: str = ""
    bytes: int = 0
    asked: float = 0.0
    licence: str = ""
    attribution: str = ""
    page: str = ""


_COLUMNS = tuple(field.name for field in fields(Entry))
_PUT = (
    f"INSERT INTO entries ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
    " ON CONFLICT (label, address) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
)
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM entries"


class GatherLog:
    """The memory of one destination; an object belongs to the thread that made it.

    Args:
        dest: the folder of label folders.

    Attributes:
        file: the log for people.
        attribution_file: the list of licences.
    """

    def __init__(self, dest: Path) -> None:
        self.file = dest / ".poet" / "gather.csv"
        self.attribution_file = dest / "ATTRIBUTION.csv"
        self._database = Database(dest / ".poet" / "gather.sqlite", _SCHEMA)

    def close(self) -> None:
        self._database.close()

    def put(self, entry: Entry) -> bool:
        """Remember an entry, in place of an earlier one of the same label and address.

        Returns:
            False, with nothing changed, if it says KEPT of a content that another address has put there.
        """
        try:
            self._database.write((_PUT, [astuple(entry)]))
        except sqlite3.IntegrityError:
            return False
        return True

    def get(self, label: str, address: str) -> Entry | None:
        """Give what is known of an address, or None."""
        return self._first("WHERE label = ? AND address = ?", (label, address))

    def kept(self, sha: str) -> Entry | None:
        """Give the entry under which a content was kept, or None."""
        return self._first("WHERE outcome = 'kept' AND sha = ?", (sha,))

    def alike(self, look: str) -> list[Entry]:
        """List the entries of the pictures that look exactly the same."""
        return self._all("WHERE look = ? ORDER BY asked", (look,))

    def of(self, label: str) -> list[Entry]:
        """List the entries of a label, in the order in which they were asked for."""
        return self._all("WHERE label = ? ORDER BY asked, address", (label,))

    def forget(self, entries: Iterable[Entry]) -> None:
        """Forget entries, so that their addresses are asked again."""
        pairs = [(entry.label, entry.address) for entry in entries]
        self._database.write(("DELETE FROM entries WHERE label = ? AND address = ?", pairs))

    def write(self) -> None:
        """Write the log for people and the list of licences anew."""
        entries = self._all("ORDER BY label, asked, address")
        shown = [name for name in _COLUMNS if name not in ("look", "host")]
        rows = [[_shown(entry, name) for name in shown] for entry in entries]
        write_whole(self.file, _csv(shown, rows))
        owned = [entry for entry in entries if entry.outcome == KEPT and (entry.licence or entry.attribution)]
        owned.sort(key=lambda entry: entry.file)
        if owned:
            names = ["file", "licence", "attribution", "page", "address"]
            rows = [[_shown(entry, name) for name in names] for entry in owned]
            write_whole(self.attribution_file, _csv(names, rows))

    def _first(self, where: str, values: tuple[str, ...]) -> Entry | None:
        found = self._all(f"{where} LIMIT 1", values)
        return found[0] if found else None

    def _all(self, where: str, values: tuple[str, ...] = ()) -> list[Entry]:
        return [Entry(*row) for row in self._database.rows(f"{_SELECT} {where}", values)]


def _shown(entry: Entry, name: str) -> str:
    if name == "asked":
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.asked))
    text = str(getattr(entry, name))
    # A spreadsheet takes these for formulas, and attributions are written by strangers.
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _csv(names: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue()
