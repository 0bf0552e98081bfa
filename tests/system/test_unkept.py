"""Databases on a disk that is full or may only be read: what is there is read, the rest stays in memory."""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from poetcore.errors import PoetError
from poetcore.system import unkept
from poetcore.system.unkept import forget_memory, lately_unkept, read_only, told_unkept
from tests.system.test_database import Numbers, filled, values
from tests.unprivileged import as_nobody, open_folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    folder.chmod(0o555)
    try:
        with as_nobody():
            yield
    finally:
        folder.chmod(0o755)


@contextmanager
def decided(folder: Path) -> Iterator[None]:
    read_only()
    try:
        yield
    finally:
        read_only(False)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    connect = sqlite3.connect

    def small(place, *args, **more):
        connection = connect(place, *args, **more)
        if "memdb" not in str(place):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {max(pages, 2)}")
        return connection

    sqlite3.connect = small
    try:
        yield
    finally:
        sqlite3.connect = connect


@pytest.fixture
def folder() -> Iterator[Path]:
    told_unkept()
    with open_folder() as place:
        yield place
        forget_memory(place / "a.sqlite")
        told_unkept()


@pytest.mark.parametrize("there", [0, 40])
@pytest.mark.parametrize(("disk", "word"), [(locked, "may only be read"), (full, "is full"), (decided, "")])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_what_cannot_be_kept_is_there_until_the_process_ends(disk, word, there, folder):
    file = filled(folder / "a.sqlite", there) if there else folder / "a.sqlite"
    before = sorted(path.name for path in folder.iterdir())
    with disk(folder):
        with Numbers(file) as numbers:
            numbers.add(*range(there, there + 2000), filling="x" * 200)
            assert not numbers.keeps and numbers.all() == list(range(there + 2000))
        with Numbers(file) as again:
            assert again.all() == list(range(there + 2000))
            assert again.known(3, there + 1, there + 5000, filling="x" * 200) >= {there + 1}
        lately, told = lately_unkept(), told_unkept()
        assert lately == told and not lately_unkept()
        assert len(told) == bool(word) and all(word in one and str(folder) in one for one in told)
    if disk is not full:
        assert sorted(path.name for path in folder.iterdir()) == before
    forget_memory(file)
    with Numbers(file) as later:
        assert later.keeps and later.all() == list(range(there))


def test_what_must_be_kept_is_an_error(folder, monkeypatch):
    monkeypatch.setattr(Numbers, "needs_keeping", True)
    with full(folder), Numbers(folder / "a.sqlite") as numbers:
        with pytest.raises(PoetError, match="is full: make room"):
            numbers.add(*range(2000), filling="x" * 200)
        assert numbers.keeps


def test_memory_that_takes_no_more_is_emptied(folder, monkeypatch):
    monkeypatch.setattr(unkept, "_MOST_MEMORY", 400_000)
    filled(folder / "a.sqlite", 5)
    with decided(folder), Numbers(folder / "a.sqlite") as numbers:
        for start in range(5, 3005, 500):
            numbers.add(*range(start, start + 500), filling="x" * 200)
        assert numbers.all()[:5] == [0, 1, 2, 3, 4] and 3004 in numbers.all() and 5 not in numbers.all()


def test_threads_share_what_is_in_memory(folder):
    with decided(folder):
        Numbers(folder / "a.sqlite").add(-1)

        def add(start: int) -> None:
            with Numbers(folder / "a.sqlite") as numbers:
                for value in range(start, start + 50):
                    numbers.add(value)
                    numbers.all()

        threads = [threading.Thread(target=add, args=(start,)) for start in (0, 50, 100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert values(folder / "a.sqlite") == list(range(-1, 150))


def test_a_disk_that_takes_more_again_is_written(folder, monkeypatch):
    with full(folder), Numbers(folder / "a.sqlite") as numbers:
        numbers.add(*range(2000), filling="x" * 200)
    monkeypatch.setattr(unkept, "_AGAIN", 0)
    with Numbers(folder / "a.sqlite") as numbers:
        numbers.add(1)
        assert numbers.keeps and numbers.all() == [1]


def test_a_folder_that_cannot_be_made_is_gone_without(folder, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with Numbers(folder / "deep" / "a.sqlite") as numbers:
        numbers.add(1)
        assert numbers.all() == [1] and not numbers.keeps
    forget_memory(folder / "deep" / "a.sqlite")
