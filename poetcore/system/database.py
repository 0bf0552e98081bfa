"""SQLite files that several processes fill at once and that survive being killed."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from poetcore.system.failures import as_poet_error
from poetcore.system.files import in_chunks

__all__ = ["Database"]

#: Seconds to wait for another process; far longer than any transaction here takes.
_PATIENCE = 60

#: Keys in one query: SQLite before 3.32 takes 999 values (sqlite.org/limits.html).
_KEYS = 500

Result = TypeVar("Result")


class Database:
    """The base of every cache: one SQLite file, opened at once and closed by `with`.

    An object belongs to the thread that made it. Everything kept this way can be computed again. So a file
    that turns out to be damaged is renamed to `<name>.damaged` and a new one is begun.

    Args:
        file: the SQLite file; made where it is missing, and so is its folder.

    Attributes:
        schema: `CREATE ... IF NOT EXISTS` statements; each kind of cache has its own.

    Raises:
        PoetError: the file may not be opened or written, stays locked, or is of another version.
    """

    schema: ClassVar[str]

    def __init__(self, file: Path) -> None:
        self._database_file = file
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._open()
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows that a query finds."""
        return self._repairing(lambda connection: connection.execute(query, values).fetchall())

    def _rows_in(
        self, query: str, keys: Iterable[str], values: Sequence[Any] = ()
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows that a query finds for any number of keys.

        Args:
            query: ends in `IN`, without the list.
            keys: the list.
            values: of the query's placeholders before it.
        """
        for chunk in in_chunks(keys, _KEYS):
            yield from self._rows(f"{query} ({','.join('?' * len(chunk))})", (*values, *chunk))

    def _write(self, *changes: tuple[str, Iterable[Sequence[Any]]]) -> None:
        """Write in one transaction: each change is a statement and the rows of values to run it with."""
        listed = [(statement, list(rows)) for statement, rows in changes]

        def act(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                for statement, rows in listed:
                    connection.executemany(statement, rows)

        self._repairing(act)

    def _repairing(self, act: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do something; if the file turns out to be damaged, do it with a new one."""
        try:
            return act(self._connection)
        except sqlite3.DatabaseError as error:
            self._begin_anew(error)
            return act(self._connection)

    def _begin_anew(self, error: sqlite3.DatabaseError) -> None:
        # Damage is the plain class; its children stand for locks, permissions and our own mistakes.
        if isinstance(error, sqlite3.OperationalError):
            raise as_poet_error(error, self._database_file) or error from error
        if type(error) is not sqlite3.DatabaseError:
            raise error
        if hasattr(self, "_connection"):
            self._connection.close()
        file = self._database_file
        for leftover in ("-wal", "-shm"):
            file.with_name(file.name + leftover).unlink(missing_ok=True)
        file.replace(file.with_name(file.name + ".damaged"))
        self._connection = self._open()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._database_file, timeout=_PATIENCE, isolation_level=None)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                # Write-ahead logging: readers beside a writer, and a killed process leaves a sound file.
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.executescript(self.schema)
                return connection
            except sqlite3.DatabaseError as error:
                # Switching the mode of a new file does not wait for others as everything else does.
                busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    connection.close()
                    raise
                time.sleep(0.02)
