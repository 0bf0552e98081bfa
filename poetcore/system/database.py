"""SQLite files that several processes fill at once and that survive being killed.

Where the disk is full or may only be read, the work goes on without: what a file holds is read, and what is
new stays in memory (see `unkept`).
"""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from poetcore.system.disks import is_folder
from poetcore.system.failures import as_poet_error, is_refusal, why_refused
from poetcore.system.files import in_chunks
from poetcore.system.row_checksums import Table, add_checksums, register
from poetcore.system.unkept import beside, empty, forget_memory, stays_unkept, tell_unkept

__all__ = ["Database"]

#: Seconds to wait for another process; far longer than any transaction here takes.
_PATIENCE = 60

#: Keys in one query: SQLite before 3.32 takes 999 values (sqlite.org/limits.html).
_KEYS = 500

Result = TypeVar("Result")


class Database:
    """The base of every cache: one SQLite file, opened at once and closed by `with`.

    An object belongs to the thread that made it. Everything kept this way can be computed again, or done
    without. So a file that turns out to be damaged is renamed to `<name>.damaged` and a new one is begun; one
    that cannot be written is read, and nothing is added to it. In statements that write, tables are called
    `main.NAME`.

    Args:
        file: the SQLite file; made where it is missing, and so is its folder.

    Attributes:
        schema: `CREATE ... IF NOT EXISTS` statements; each kind of cache has its own.
        tables: those whose rows carry a checksum.
        lost: what follows where nothing can be kept, for the end of a sentence.
        needs_keeping: whether it is an error that nothing can be kept.
        synchronous: when SQLite waits for the disk: FULL at each transaction, for what cannot be computed
            again; NORMAL loses the newest ones in a power cut, and no more.

    Raises:
        PoetError: the file stays locked, is of another version, or cannot be written and needs to be.
    """

    schema: ClassVar[str]
    tables: ClassVar[tuple[Table, ...]] = ()
    lost: ClassVar[str] = "what is new is computed again next time"
    needs_keeping: ClassVar[bool] = False
    synchronous: ClassVar[str] = "NORMAL"

    def __init__(self, file: Path) -> None:
        self._database_file = Path(os.path.abspath(file))
        self._keeps = True
        if stays_unkept(self._database_file) and not self.needs_keeping:
            self._go_without(refused=False)
            return
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._open()
        except (OSError, sqlite3.DatabaseError) as error:
            self._mend(error)
        if self._keeps:
            forget_memory(self._database_file)

    @property
    def keeps(self) -> bool:
        """Whether what is written is there next time: not on a disk that is full or may only be read."""
        return self._keeps

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
        """Do something; if the file is damaged or cannot be written, do it with a new one or in memory."""
        try:
            return act(self._connection)
        except sqlite3.DatabaseError as error:
            self._mend(error)
            return act(self._connection)

    def _mend(self, error: OSError | sqlite3.DatabaseError) -> None:
        """Go on after an error, which is raised where that cannot be."""
        file = self._database_file
        if is_refusal(error) and self._keeps and not self.needs_keeping and not is_folder(file):
            tell_unkept(
                f"{file.parent} {self.lost}",
                f"Nothing new is kept in {file.parent}, because {why_refused(error, file)}: {self.lost}.",
            )
            self._go_without(refused=True)
            return
        if not self._keeps and getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            empty(self._connection)
            return
        # Damage is the plain class; its children stand for locks, permissions and our own mistakes.
        if isinstance(error, OSError | sqlite3.OperationalError):
            raise as_poet_error(error, file) or error from error
        if type(error) is not sqlite3.DatabaseError:
            raise error
        if not self._keeps:  # another process writes the file that is only read here
            self._go_without(refused=False, damaged=True)
            return
        if hasattr(self, "_connection"):
            self._connection.close()
        try:
            for leftover in ("-wal", "-shm"):
                file.with_name(file.name + leftover).unlink(missing_ok=True)
            file.replace(file.with_name(file.name + ".damaged"))
            self._connection = self._open()
        except (OSError, sqlite3.OperationalError) as refused:
            self._mend(refused)

    def _go_without(self, *, refused: bool, damaged: bool = False) -> None:
        if hasattr(self, "_connection"):
            self._connection.close()
        self._keeps = False
        self._connection = beside(self._database_file, self.schema, refused=refused, damaged=damaged)

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._database_file, timeout=_PATIENCE, isolation_level=None)
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                # Write-ahead logging: readers beside a writer, and a killed process leaves a sound file.
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute(f"PRAGMA synchronous={self.synchronous}")
                register(connection)
                connection.executescript(self.schema)
                add_checksums(connection, self.tables)
                return connection
            except sqlite3.DatabaseError as error:
                # Switching the mode of a new file does not wait for others as everything else does.
                busy = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    connection.close()
                    raise
                time.sleep(0.02)
