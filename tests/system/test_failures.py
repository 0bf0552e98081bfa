"""What the system refuses, as one sentence and an exit status."""

import errno
import os
import sqlite3

import pytest

from poetcore.errors import DatasetError, PoetError
from poetcore.system.database import Database
from poetcore.system.failures import as_poet_error
from poetcore.system.temporary import temporary_path
from tests.unprivileged import as_nobody, needs_permissions, open_folder


def explained(act):
    """Return the status and the sentence of what an action raises."""
    with pytest.raises((OSError, MemoryError, PoetError)) as raised:
        act()
    found = as_poet_error(raised.value)
    assert found is not None and str(found).count(". ") == 0 and str(found).endswith(".")
    return found.exit_status, str(found)


class Notes(Database):
    needs_keeping = True
    schema = "CREATE TABLE IF NOT EXISTS notes (text TEXT)"

    def all(self):
        return self._rows("SELECT text FROM notes")


def test_an_error_of_poets_own_stays_what_it_is():
    error = DatasetError("No pictures.")
    assert as_poet_error(error) is error


def test_a_mistake_of_poets_is_not_explained_away():
    assert as_poet_error(KeyError("x")) is None


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda place: (place / "gone").read_bytes(), "gone is not there"),
        (lambda place: (place / "file" / "x").mkdir(), "a file stands where a folder is meant"),
        (lambda place: place.read_bytes(), "is a folder, where a file is meant"),
        (lambda place: (place / ("x" * 300)).read_bytes(), "is too long a path"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="Windows says it differently")
def test_a_path_that_cannot_be_used_is_wrong_use(tmp_path, act, words):
    (tmp_path / "file").touch()
    status, sentence = explained(lambda: act(tmp_path))
    assert status == 2 and words in sentence


@needs_permissions
def test_a_folder_that_may_not_be_written_is_wrong_use():
    with open_folder() as folder:
        (folder / "locked").mkdir(mode=0o500)
        with as_nobody():
            status, sentence = explained(lambda: (folder / "locked" / "new").mkdir())
            assert (status, "may not be read or written" in sentence) == (2, True)
            status, sentence = explained(lambda: Notes(folder / "locked" / "notes.sqlite"))
            assert (status, "make the file and its folder writable" in sentence) == (2, True)


def test_a_full_disk_is_not_the_users_fault():
    def write():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "model.keras")

    assert explained(write) == (
        1,
        "model.keras cannot be written, because the disk is full: make room, and try again.",
    )


def test_too_little_memory_is_told_with_how_much():
    def allocate():
        raise MemoryError("Unable to allocate 80.0 GiB")

    status, sentence = explained(allocate)
    assert (status, "not enough memory (Unable to allocate 80.0 GiB)" in sentence) == (1, True)


def test_a_database_of_other_tables_is_told_with_its_file(tmp_path):
    with sqlite3.connect(tmp_path / "notes.sqlite") as other:
        other.execute("CREATE TABLE notes (other TEXT)")
    other.close()
    with Notes(tmp_path / "notes.sqlite") as notes:
        status, sentence = explained(notes.all)
    assert status == 2 and "notes.sqlite" in sentence and "delete the file" in sentence


def test_a_temporary_file_is_called_what_it_was_to_become(tmp_path):
    target = tmp_path / "gone" / "model.tflite"
    _, sentence = explained(lambda: temporary_path(target).write_bytes(b""))
    assert sentence.startswith(f"{target} is not there")
