"""SQLite files: damage is set aside, processes that write at once lose nothing."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from poetcore.errors import PoetError
from poetcore.system.database import Database
from tests.conftest import PATIENCE, ROOT

WRITER = """
import sys
from pathlib import Path
from tests.system.test_database import Numbers

start = int(sys.argv[2])
with Numbers(Path(sys.argv[1])) as numbers:
    for value in range(start, start + 200):
        numbers.add(value)
"""


class Numbers(Database):
    """The least that a cache can be."""

    schema = "CREATE TABLE IF NOT EXISTS numbers (value INTEGER PRIMARY KEY, filling TEXT)"

    def add(self, *values: int, filling: str = "") -> None:
        self._write(("INSERT INTO main.numbers VALUES (?,?)", ((value, filling) for value in values)))

    def all(self) -> list[int]:
        return [value for (value,) in self._rows("SELECT value FROM numbers ORDER BY value")]

    def known(self, *keys: int, filling: str = "") -> set[int]:
        query = "SELECT value FROM numbers WHERE filling = ? AND value IN"
        return {value for (value,) in self._rows_in(query, map(str, keys), (filling,))}


def values(file: Path) -> list[int]:
    with Numbers(file) as numbers:
        return numbers.all()


def filled(file: Path, count: int = 2000) -> Path:
    with Numbers(file) as numbers:
        numbers.add(*range(count), filling="x" * 200)
    return file


def test_more_keys_than_sqlite_takes_in_a_query_are_looked_up(tmp_path):
    with Numbers(filled(tmp_path / "a.sqlite", 2000)) as numbers:
        assert numbers.known(*range(500, 3000), filling="x" * 200) == set(range(500, 2000))


def test_no_keys_find_nothing(tmp_path):
    with Numbers(filled(tmp_path / "a.sqlite", 5)) as numbers:
        assert numbers.known() == set()


def test_the_file_is_closed_after_an_exception(tmp_path):
    with pytest.raises(ValueError), Numbers(tmp_path / "a.sqlite") as numbers:
        raise ValueError
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        numbers.all()


def test_what_was_written_is_there_again_later(tmp_path):
    assert values(filled(tmp_path / "deep" / "a.sqlite", 5)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"no database at all" * 500,
        lambda content: content[: len(content) // 2],
        lambda content: content[:60],
        lambda content: content[:8192] + b"\xff" * (len(content) - 8192),
    ],
    ids=["garbage", "half", "start_only", "pages_overwritten"],
)
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(spoil, tmp_path):
    file = filled(tmp_path / "a.sqlite")
    damaged = spoil(file.read_bytes())
    file.write_bytes(damaged)
    assert values(file) == []
    assert (tmp_path / "a.sqlite.damaged").read_bytes() == damaged


def test_a_folder_in_the_place_of_the_file_stays(tmp_path):
    (tmp_path / "a.sqlite").mkdir()
    with pytest.raises(PoetError, match="cannot be used"):
        Numbers(tmp_path / "a.sqlite")
    assert [p.name for p in tmp_path.iterdir()] == ["a.sqlite"]


def test_an_empty_file_becomes_a_database(tmp_path):
    (tmp_path / "a.sqlite").touch()
    assert values(tmp_path / "a.sqlite") == []
    assert not (tmp_path / "a.sqlite.damaged").exists()


def test_two_processes_that_write_at_once_lose_nothing(tmp_path):
    file = tmp_path / "a.sqlite"
    values(file)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(file), str(start)], cwd=ROOT)
        for start in (0, 200)
    ]
    assert [writer.wait(PATIENCE) for writer in writers] == [0, 0]
    assert values(file) == list(range(400))


def test_opening_waits_for_another_process_that_is_just_beginning_the_file(tmp_path):
    file = tmp_path / "a.sqlite"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute(Numbers.schema)
    end = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    end.start()
    try:
        assert values(file) == []
    finally:
        end.join()
        other.close()


def test_a_killed_writer_leaves_what_it_committed(tmp_path):
    file = tmp_path / "a.sqlite"
    killed = "import os\n" + WRITER + "        if value == 50:\n            os.kill(os.getpid(), 9)\n"
    subprocess.run([sys.executable, "-c", killed, str(file), "0"], cwd=ROOT)
    assert values(file) == list(range(51))
