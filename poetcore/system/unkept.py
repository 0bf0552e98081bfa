"""What cannot be kept: on a disk that is full or may only be read, what is there is read, and no more.

Each SQLite file that cannot be written gets a database in memory beside it, which all its users in this
process share: they see what the file holds and what was added since. A process may also decide that it keeps
nothing whatever the disk allows.
"""

import hashlib
import math
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poetcore.system.failures import is_refusal, why_refused
from poetcore.system.row_checksums import register

__all__ = [
    "beside",
    "empty",
    "forget_memory",
    "is_read_only",
    "kept_if_possible",
    "lately_unkept",
    "read_only",
    "stays_unkept",
    "tell_unkept",
    "told_unkept",
]

#: Seconds after which it is tried again whether a file can be written.
_AGAIN = 60

#: Bytes that one database in memory takes at the most: the feature vectors of 200,000 pictures.
_MOST_MEMORY = 2**30


@dataclass(frozen=True)
class _Memory:
    """A database in memory: a connection that is never used keeps it; `since` is when a write last failed."""

    anchor: sqlite3.Connection
    since: float


@dataclass
class _Process:
    """What this process keeps nothing of, and what is to be said of it."""

    read_only: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    memories: dict[Path, _Memory] = field(default_factory=dict)
    told: dict[str, tuple[str, float]] = field(default_factory=dict)


_STATE = _Process()


def read_only(nothing_is_kept: bool = True) -> None:
    """Decide that this process keeps nothing: every database is only read, as if its disk were read-only."""
    _STATE.read_only = nothing_is_kept


def is_read_only() -> bool:
    """Return whether this process keeps nothing, whatever the disk allows."""
    return _STATE.read_only


def tell_unkept(about: str, sentence: str) -> None:
    """Note a sentence for the user on what was not kept.

    Args:
        about: what it is of, such as a folder; a later sentence on the same replaces it.
        sentence: what is not kept, and why.
    """
    if not _STATE.read_only:
        _STATE.told[about] = (sentence, time.monotonic())


def told_unkept() -> list[str]:
    """List what was not kept in this process, a sentence each, and begin anew."""
    found = [sentence for sentence, _ in list(_STATE.told.values())]
    _STATE.told.clear()
    return found


def lately_unkept() -> list[str]:
    """List what was not kept just now, for a page that every window draws again; nothing is forgotten.

    As long as a disk stays full, each is noted again whenever it is tried again.
    """
    since = time.monotonic() - 2 * _AGAIN
    return [sentence for sentence, told in list(_STATE.told.values()) if told > since]


@contextmanager
def kept_if_possible(place: Path, loss: str) -> Iterator[None]:
    """Write what people can do without; where the disk refuses, that is told and no error.

    Args:
        place: the folder that is written to.
        loss: what is told then, as the beginning of a sentence.
    """
    try:
        yield
    except OSError as error:
        if not is_refusal(error):
            raise
        tell_unkept(str(place), f"{loss}, because {place} cannot be written: {why_refused(error, place)}.")


def stays_unkept(file: Path) -> bool:
    """Return whether a file could not be written a moment ago, or nothing is kept at all."""
    memory = _STATE.memories.get(file)
    return _STATE.read_only or (memory is not None and time.monotonic() - memory.since < _AGAIN)


def forget_memory(file: Path) -> None:
    """Forget what was kept in memory beside a file, which can be written again."""
    with _STATE.lock:
        memory = _STATE.memories.pop(file, None)
    if memory:
        memory.anchor.close()


def beside(file: Path, schema: str, *, refused: bool, damaged: bool) -> sqlite3.Connection:
    """Open a database in memory that shows what is in a file too.

    The tables in memory are those of the schema `main`; without it a name means what the file and memory hold
    together, memory first.

    Args:
        file: the SQLite file; it may be missing.
        schema: `CREATE ... IF NOT EXISTS` statements.
        refused: the file could not be written just now.
        damaged: nothing of the file is shown.
    """
    with _STATE.lock:
        memory = _STATE.memories.get(file)
        if memory is None or refused:
            anchor = memory.anchor if memory else _memory(file)
            _STATE.memories[file] = _Memory(anchor, time.monotonic() if refused else -math.inf)
    connection = _memory(file)
    register(connection)
    connection.executescript(schema)
    page = connection.execute("PRAGMA page_size").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {_MOST_MEMORY // page}")
    if not damaged and _is_file(file):
        # Without the log of a writer nothing is made beside the file; with it, as long as that can be shared.
        shared = ["mode=ro"] if os.path.lexists(f"{file}-wal") and not _STATE.read_only else []
        for how in (*shared, "immutable=1"):
            try:
                _attach(connection, file, how)
                return connection
            except sqlite3.DatabaseError:
                _detach(connection)
    return connection


def empty(connection: sqlite3.Connection) -> None:
    """Forget all that was added in memory, which takes no more.

    Args:
        connection: what `beside` returned.
    """
    for (table,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        connection.execute(f"DELETE FROM main.{table}")


def _memory(file: Path) -> sqlite3.Connection:
    name = hashlib.sha256(os.fsencode(file)).hexdigest()[:16]
    memory = {"uri": True, "isolation_level": None, "check_same_thread": False, "timeout": _AGAIN}
    with suppress(sqlite3.OperationalError):
        return sqlite3.connect(f"file:/{name}?vfs=memdb", **memory)  # type: ignore[call-overload, no-any-return]
    return sqlite3.connect(":memory:", **memory)  # type: ignore[call-overload, no-any-return]  # SQLite before 3.36


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except OSError:  # no permission
        return False


def _attach(connection: sqlite3.Connection, file: Path, how: str) -> None:
    """Show a file's rows with those in memory."""
    system = "win32" if os.name == "nt" else "unix"
    connection.execute("ATTACH ? AS kept", (f"{file.as_uri()}?{how}&vfs={system}",))
    for table, keys in _tables(connection).items():
        there = " AND ".join(f"inner_.{key} = outer_.{key}" for key in keys) or "0"
        named = {name for _, name, *_ in _columns(connection, "kept", table)}
        columns = ", ".join(
            f"outer_.{name}" if name in named or name != "checksum" else "NULL"  # of an earlier version
            for _, name, *_ in _columns(connection, "main", table)
        )
        connection.execute(
            f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} UNION ALL"
            f" SELECT {columns} FROM kept.{table} AS outer_"
            f" WHERE NOT EXISTS (SELECT 1 FROM main.{table} AS inner_ WHERE {there})"
        )
        connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchall()


def _detach(connection: sqlite3.Connection) -> None:
    for (view,) in connection.execute("SELECT name FROM temp.sqlite_master WHERE type = 'view'").fetchall():
        connection.execute(f"DROP VIEW temp.{view}")
    with suppress(sqlite3.OperationalError):  # it was not attached
        connection.execute("DETACH kept")


def _tables(connection: sqlite3.Connection) -> Mapping[str, list[str]]:
    """Return the tables that both have, each with its key."""
    names = "SELECT name FROM {}.sqlite_master WHERE type = 'table'"
    kept = {name for (name,) in connection.execute(names.format("kept"))}
    own = [name for (name,) in connection.execute(names.format("main")) if name in kept]
    return {
        table: [name for _, name, _, _, _, key in _columns(connection, "main", table) if key] for table in own
    }


def _columns(connection: sqlite3.Connection, schema: str, table: str) -> list[tuple[Any, ...]]:
    """Return a row a column: its place, name, type, ..., and last its place in the key or 0."""
    return connection.execute(f"PRAGMA {schema}.table_info({table})").fetchall()
