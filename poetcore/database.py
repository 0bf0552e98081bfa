"""SQLite files that several processes fill at once and that survive being killed."""

import sqlite3
from pathlib import Path

__all__ = ["connect"]


def connect(path: Path, schema: str) -> sqlite3.Connection:
    """Open a cache file, made with `schema` if it is new.

    Everything kept this way can be computed again. So a file that is damaged is set aside as
    `<name>.damaged` and a new one is begun.

    Args:
        path: where the file is or will be; its folder is made.
        schema: `CREATE TABLE IF NOT EXISTS` statements.

    Returns:
        A connection in autocommit mode: use `with connection:` after `BEGIN` for a transaction.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path, schema)
    except sqlite3.OperationalError:
        raise  # locked, or a folder that may not be written: nothing is damaged
    except sqlite3.DatabaseError:
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
        path.replace(path.with_name(path.name + ".damaged"))
        return _open(path, schema)


def _open(path: Path, schema: str) -> sqlite3.Connection:
    # A minute is far longer than any transaction here; past it something is wrong and should be heard of.
    connection = sqlite3.connect(path, timeout=60, isolation_level=None)
    try:
        # Write-ahead logging: readers and one writer at a time, and a killed process leaves a sound file.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.executescript(schema)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
