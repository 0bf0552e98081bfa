"""Locks of folders: who is refused, what is told, and that a killed process holds nothing."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from poetcore.errors import OptionError
from poetcore.system.locks import check_free, holder_of, in_use, locked, users_of
from tests.conftest import ROOT

#: Takes a lock, or uses a folder, says so, and holds it until it is killed.
HOLDING = """
import sys, time
from pathlib import Path
from poetcore.system.locks import in_use, locked
with {kind}(Path(sys.argv[1]), "is being prepared"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holding() -> Iterator[Callable[[str, Path], "subprocess.Popen[bytes]"]]:
    begun: list[subprocess.Popen[bytes]] = []

    def start(kind: str, folder: Path) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-c", HOLDING.format(kind=kind), str(folder)]
        begun.append(subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE))
        assert begun[-1].stdout is not None and begun[-1].stdout.readline()
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def test_another_process_is_told_who_holds_a_folder_and_a_killed_one_holds_nothing(holding, tmp_path):
    folder = tmp_path / "set"
    process = holding("locked", folder)
    said = rf"is being prepared \(process {process.pid}, since ..:..\): wait until that is done"
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    for one in (folder, link):
        with pytest.raises(OptionError, match=said), locked(one):
            pass
    with pytest.raises(OptionError, match=said):
        check_free(folder / "train")
    assert holder_of(tmp_path) is None
    process.kill()
    process.wait()
    check_free(folder / "train")
    with locked(folder, "is being repaired"):
        assert holder_of(folder).doing == "is being repaired"
    assert {one.name for one in tmp_path.iterdir()} <= {"link"}


def test_a_folder_beside_no_other_or_with_a_name_of_any_length_can_be_asked_about(tmp_path):
    check_free(Path("/photos"), levels=1)  # in the root of a disk, as in containers
    long = tmp_path / ("é" * 127)
    with locked(long), pytest.raises(OptionError, match="is being changed"):
        check_free(long / "train")


def test_two_windows_of_one_process_exclude_each_other(tmp_path):
    refused: list[OptionError] = []

    def other() -> None:
        try:
            with locked(tmp_path / "set"):
                pass
        except OptionError as error:
            refused.append(error)

    with locked(tmp_path / "set"):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert len(refused) == 1


def test_any_number_use_a_folder_and_what_killed_ones_left_is_cleared(holding, tmp_path):
    process = holding("in_use", tmp_path)
    with in_use(tmp_path, "is being evaluated"):
        assert sorted(one.doing for one in users_of(tmp_path)) == ["is being evaluated", "is being prepared"]
    process.kill()
    process.wait()
    assert users_of(tmp_path) == [] == list(tmp_path.iterdir())


def test_where_no_lock_can_be_made_work_goes_on(monkeypatch, tmp_path):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with locked(tmp_path / "set"), in_use(tmp_path, "is being evaluated"):
        assert holder_of(tmp_path / "set") is None
