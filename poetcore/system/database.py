"""SQLite files that several processes fill at once and that survive being killed."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["Database"]

#: Seconds to wait for another process; far longer than any transaction here takes.
_PATIENCE = 60

Result = TypeVar("Result")


class Database:
    """A cache file; an object belongs to the thread that made it.

    Everything kept this way can be computed again. So a file that turns out to be damaged is set aside as
    `<name>.damaged` and a new one is begun.

    Args:
        path: where the file is or will be; its folder is made.
        schema: `CREATE ... IF NOT EXISTS` statements.

    Raises:
        sqlite3.OperationalError: the file may not be opened or written, or stays locked.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._path = path
        self._schema = schema
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Give what a query finds."""
        return self._healing(lambda connection: connection.execute(query, values).fetchall())

    def write(self, *changes: tuple[str, Iterable[Sequence[Any]]]) -> None:
        """Make changes in one transaction: each a statement and the rows of values to run it with."""
        listed = [(statement, list(rows)) for statement, rows in changes]

        def act(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                for statement, rows in listed:
                    connection.executemany(statement, rows)

        self._healing(act)

    def close(self) -> None:
        self._connection.close()

    def _healing(self, act: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do something; if the file turns out to be damaged, do it with a new one."""
        try:
            return act(self._connection)
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)
            return act(self._connection)

    def _begin_anew(self, error: sqlite3.DatabaseError) -> None:
        # Damage is the plain class; its children stand for locks, permissions and our own mistakes.
        if type(error) is not sqlite3.DatabaseError:
            raise error
        if hasattr(self, "_connection"):
            self._connection.close()
        for leftover in ("-wal", "-shm"):
            self._path.with_name(self._path.name + leftover).unlink(missing_ok=True)
        self._path.replace(self._path.with_name(self._path.name + ".damaged"))
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                # Write-ahead logging: readers beside a writer, and a killed process leaves a sound file.
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.executescript(self._schema)
                return connection
            except sqlite3.DatabaseError as error:
                # Switching the mode of a new file does not wait for others as everything else does.
                busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    connection.close()
                    raise
                time.sleep(0.02)
