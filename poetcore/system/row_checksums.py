"""Tables of a cache whose rows carry a checksum each, so that one that was damaged is as good as none.

SQLite finds damage in the order of its pages, not in what they hold: a flipped bit of a stored vector is read
as another vector. The checksum is of a row's key too, since a flipped bit in an index leads to another row.
"""

import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Table", "add_checksums", "damaged_rows", "forget_damaged_rows", "register"]

#: Rows that get a checksum when a file of an earlier version is opened; more would keep others waiting.
_AT_ONCE = 100_000


@dataclass(frozen=True)
class Table:
    """A table whose last column is `checksum`, NULL where an earlier version wrote the row.

    Attributes:
        name: of the table.
        key: the columns of its primary key.
        values: its other columns; a blob comes last.
    """

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column but the checksum, the key's first."""
        return (*self.key, *self.values)

    @property
    def checksum(self) -> str:
        """What the checksum of a row is to be."""
        return self.checksum_of(f"{self.name}.{name}" for name in self.columns)

    def checksum_of(self, columns: Iterable[str]) -> str:
        """Return what the checksum of a row is that has these values: expressions, or places of values."""
        listed = list(columns)
        # As bytes, since damaged text cannot be decoded; with the types, since bytes may become text.
        types, values = (how.join(listed) for how in (") || typeof(", " AS BLOB), CAST("))
        return f"row_checksum(typeof({types}), CAST({values} AS BLOB))"

    @property
    def sound(self) -> str:
        """The condition that a row is as it was written."""
        return f"({self.name}.checksum IS NULL OR {self.name}.checksum = {self.checksum})"

    def put(self, *, replace: bool = False) -> str:
        """Return the statement that adds a row of `columns`.

        Args:
            replace: whether it takes the place of a sound one of the same key; that of a damaged one it does.
        """
        places = [f"?{number + 1}" for number in range(len(self.columns))]
        changes = ", ".join(f"{name} = excluded.{name}" for name in (*self.values, "checksum"))
        key = " AND ".join(f"{self.name}.{name} = ?{number + 1}" for number, name in enumerate(self.key))
        there = "0" if replace else f"EXISTS (SELECT 1 FROM {self.name} WHERE {key} AND {self.sound})"
        return (
            f"INSERT INTO main.{self.name} ({', '.join(self.columns)}, checksum)"
            f" SELECT {', '.join(places)}, {self.checksum_of(places)} WHERE NOT {there}"
            f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changes}"
        )


def register(connection: sqlite3.Connection) -> None:
    """Let the statements of a connection compute the checksum of a row."""
    connection.create_function("row_checksum", -1, _row_checksum, deterministic=True)


def add_checksums(connection: sqlite3.Connection, tables: tuple[Table, ...]) -> None:
    """Add checksums to the tables of an earlier version, once; nothing is computed again for it."""
    for table in tables:
        if _has_checksum(connection, table):
            continue
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            if _has_checksum(connection, table):  # another process was at it
                continue
            connection.execute(f"ALTER TABLE {table.name} ADD COLUMN checksum INTEGER")
            key = ", ".join(table.key)
            connection.execute(
                f"UPDATE {table.name} SET checksum = {table.checksum} WHERE ({key}) IN"
                f" (SELECT {key} FROM {table.name} LIMIT {_AT_ONCE})"
            )


def damaged_rows(connection: sqlite3.Connection) -> int:
    """Count the rows of a database that are not as they were written."""
    register(connection)
    query = "SELECT count(*) FROM {} WHERE NOT {}"
    return sum(
        connection.execute(query.format(table.name, table.sound)).fetchone()[0]
        for table in _tables(connection)
    )


def forget_damaged_rows(connection: sqlite3.Connection) -> None:
    """Delete the rows of a database that are not as they were written."""
    register(connection)
    for table in _tables(connection):
        connection.execute(f"DELETE FROM {table.name} WHERE NOT {table.sound}")


def _tables(connection: sqlite3.Connection) -> list[Table]:
    """List the tables of a database that carry checksums, as they are in it."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found = []
    for (name,) in names:
        rows = connection.execute(f"PRAGMA table_info({name})").fetchall()
        columns = [(column, place) for _, column, _, _, _, place in rows if column != "checksum"]
        if len(columns) < len(rows):
            key = tuple(column for column, place in columns if place)
            found.append(Table(name, key, tuple(column for column, place in columns if not place)))
    return found


def _has_checksum(connection: sqlite3.Connection, table: Table) -> bool:
    return any(name == "checksum" for _, name, *_ in connection.execute(f"PRAGMA table_info({table.name})"))


def _row_checksum(types: str, *values: bytes | None) -> int:
    found = zlib.crc32(types.encode())
    for value in values:
        found = zlib.crc32(b"-" if value is None else value, zlib.crc32(b"|", found))
    return found
