"""Processes that are killed while they repair, and several that repair at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from poetcore.curation.journal import Journal
from poetcore.curation.prepared import scan_source
from poetcore.curation.repair import Change, Repairs
from poetcore.workspace.workspace import Workspace
from tests.conftest import PATIENCE, ROOT, fill
from tests.curation.repairing import pictures, pictures_in, put, tree

pytestmark = pytest.mark.slow

#: Applies everything; killed when it has moved a file and before it says so.
KILLED = """
import os, signal
from pathlib import Path
import poetcore.curation.mover
from poetcore.curation.repair import Repairs
real, moved = poetcore.curation.mover.move, []
def deadly(source, target, sha):
    if {when!r} == "before" and len(moved) == 2:
        os._exit(9)
    real(source, target, sha)
    moved.append(source)
    if {when!r} == "after" and len(moved) == 2:
        os._exit(9)
poetcore.curation.mover.move = deadly
repairs = Repairs(Path({folder!r}))
{act}
"""

#: Applies or undoes beside others, and says how many files it has moved.
BESIDE = """
import sys
from pathlib import Path
from poetcore.curation.repair import Repairs
repairs = Repairs(Path({folder!r}))
print("ready", flush=True)
sys.stdin.readline()
step = repairs.apply()
print(len(step.of("applied")) if step else 0)
"""


def every_file(folder: Path) -> dict[str, bytes]:
    """The journal too, but not the lock, which is empty."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(6):
        put(tmp_path / "set", f"ash/{number}.jpg", f"picture {number}")
    put(tmp_path / "set", "birch/0.jpg", "a birch")
    return tmp_path / "set"


def propose_all(folder: Path) -> Repairs:
    repairs = Repairs(folder)
    repairs.propose([Change(path, "relabel", "", "why", "birch") for path in pictures(folder / "ash")])
    return repairs


def kill(folder: Path, act: str, when: str) -> None:
    code = KILLED.format(folder=str(folder), act=act, when=when)
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 9


def test_a_source_is_scanned_after_what_a_killed_process_left_is_finished(folder, tmp_path):
    fill(folder, {"ash": 2, "birch": 1})
    propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    dataset, _ = scan_source(folder, Workspace(tmp_path / "tf_files"))
    assert dataset.folder == folder and Repairs(folder).steps()[0].of("applied")


@pytest.mark.parametrize("when, moved", [("before", 2), ("after", 2)])
def test_what_a_killed_process_had_moved_counts(folder, when, moved):
    repairs = propose_all(folder)
    kill(folder, "repairs.apply()", when)
    repairs.recover()
    (step,) = repairs.steps()
    assert len(step.of("applied")) == moved


def test_what_a_killed_process_had_not_moved_waits(folder):
    repairs = propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    repairs.recover()
    assert len(repairs.pending()) == 4


def test_reading_after_a_kill_writes_nothing(folder):
    repairs = propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    before = every_file(folder)
    repairs.pending(), repairs.steps(), repairs.verified()
    assert every_file(folder) == before


def test_recovering_twice_writes_nothing_the_second_time(folder):
    repairs = propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    repairs.recover()
    before = every_file(folder)
    repairs.recover()
    assert every_file(folder) == before


def test_recovering_leaves_alone_what_another_process_is_moving(folder):
    repairs = propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    before = every_file(folder)
    with Journal(folder / ".poet" / "repairs.jsonl").locked():
        repairs.recover()
    assert every_file(folder) == before


def test_a_folder_without_a_journal_has_nothing_to_recover(folder):
    before = every_file(folder)
    Repairs(folder).recover()
    assert every_file(folder) == before


def test_what_a_killed_process_began_can_be_finished(folder):
    propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    Repairs(folder).apply()
    assert list((folder / "ash").iterdir()) == []


def test_what_a_killed_process_applied_can_be_undone(folder):
    before = tree(folder)
    propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    Repairs(folder).undo("1")
    assert tree(folder) == before


def test_an_undo_that_was_killed_can_be_finished(folder):
    before = tree(folder)
    propose_all(folder).apply()
    kill(folder, "repairs.undo('1')", "after")
    Repairs(folder).undo("1")
    assert tree(folder) == before


def test_processes_that_apply_at_once_do_each_change_once(folder):
    expected = pictures_in(folder)
    propose_all(folder)
    code = BESIDE.format(folder=str(folder))
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    told = [process.communicate("go\n", timeout=PATIENCE)[0] for process in processes]
    assert sorted(map(int, told)) == [0, 0, 6]
    assert pictures_in(folder) == expected


def test_tabs_that_propose_at_once_lose_nothing(folder):
    def propose(path: Path) -> int:
        return Repairs(folder).propose([Change(path, "quarantine", "", "why")])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(propose, pictures(folder)))
    assert sorted(pending.change.path for pending in Repairs(folder).pending()) == pictures(folder)


def test_a_move_that_a_power_cut_undid_is_made_again(folder):
    before = tree(folder)
    propose_all(folder)
    kill(folder, "repairs.apply()", "after")
    moved, origin = folder / "birch" / "0_2.jpg", folder / "ash" / "0.jpg"
    moved.rename(origin)  # though the journal says that it was moved
    moved.touch()  # its name was claimed
    Repairs(folder).recover()
    assert moved.read_bytes() == b"picture 0" and not origin.exists()
    Repairs(folder).undo("1")
    assert tree(folder) == before
