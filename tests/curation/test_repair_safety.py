"""Whatever is done to a dataset, whatever is killed on the way: no picture is lost, no content changes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import poetcore.curation.repair
from poetcore.curation.journal import Journal
from poetcore.curation.repair import ACTIONS, Change, Repairs
from tests.conftest import ROOT
from tests.curation.test_repair import put, tree

LABELS = ["ash", "birch", "cherry", "new"]

#: Applies everything; killed when it has moved a file and before it says so.
KILLED = """
import os, signal
from pathlib import Path
import poetcore.curation.repair
from poetcore.curation.repair import Repairs
real, moved = poetcore.curation.repair.move, []
def deadly(source, target, sha):
    if {when!r} == "before" and len(moved) == 2:
        os._exit(9)
    real(source, target, sha)
    moved.append(source)
    if {when!r} == "after" and len(moved) == 2:
        os._exit(9)
poetcore.curation.repair.move = deadly
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


@pytest.fixture(autouse=True, scope="module")
def no_waiting_for_the_disk() -> Iterator[None]:
    """Power failures are beyond these tests, and thousands of waits for the disk take minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


class Cut(BaseException):
    """Stands for a process that ends in the middle."""


def pictures_in(folder: Path) -> Counter[bytes]:
    """The contents of all pictures under a folder, wherever they are."""
    return Counter(path.read_bytes() for path in folder.rglob("*.jpg") if path.is_file())


def every_file(folder: Path) -> dict[str, bytes]:
    """The journal too, but not the lock, which is empty."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def pictures(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jpg"))


class Repairing(RuleBasedStateMachine):
    """People who propose, withdraw, apply, undo, restart and pull the plug in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="poet-repair-"))
        self.repairs = Repairs(self.folder)

    def teardown(self) -> None:
        self.undo_all()
        assert tree(self.folder) == self.before
        shutil.rmtree(self.folder)

    @initialize(contents=st.lists(st.sampled_from(["", "one", "two", "three"]), min_size=6, max_size=6))
    def begin(self, contents):
        # Names that meet wherever they are moved to, and contents that may be equal.
        places = ["ash/a.jpg", "birch/a.jpg", "cherry/a.jpg", "ash/in/a.jpg", "ash/b.jpg", "birch/b.jpg"]
        for place, content in zip(places, contents, strict=True):
            put(self.folder, place, content)
        self.before = tree(self.folder)
        self.contents = pictures_in(self.folder)

    @rule(data=st.data(), label=st.sampled_from(LABELS))
    def relabel_one_at_once(self, data, label):
        path = data.draw(st.sampled_from(pictures(self.folder)))
        self.repairs.propose([Change(path, "relabel", "", "why", label)])
        self.repairs.apply()

    @rule(data=st.data())
    def propose_some(self, data):
        self.propose(data)

    def propose(self, data):
        chosen = data.draw(st.lists(st.sampled_from(pictures(self.folder)), min_size=1, max_size=5))
        action = data.draw(st.sampled_from(ACTIONS))
        label = data.draw(st.sampled_from(LABELS)) if action == "relabel" else ""
        self.repairs.propose([Change(path, action, "", "why", label) for path in chosen])

    @rule(data=st.data())
    def withdraw(self, data):
        ids = [pending.id for pending in self.repairs.pending()]
        self.repairs.withdraw(data.draw(st.lists(st.sampled_from(ids))) if ids else [])

    @rule()
    def apply(self):
        step = self.repairs.apply()
        assert step is None or not step.of("refused")

    @rule(data=st.data())
    def apply_some(self, data):
        ids = [pending.id for pending in self.repairs.pending()]
        self.repairs.apply(data.draw(st.lists(st.sampled_from(ids))) if ids else [])

    @rule(data=st.data())
    def undo(self, data):
        self.repairs.recover()
        applied = [step.id for step in self.repairs.steps() if step.of("applied")]
        if applied:
            self.repairs.undo(data.draw(st.sampled_from(applied)))

    @rule()
    def recover(self):
        self.repairs.recover()

    @rule()
    def restart(self):
        self.repairs = Repairs(self.folder)

    @rule(data=st.data(), undoing=st.booleans(), after=st.integers(0, 2), before_the_move=st.booleans())
    def pull_the_plug(self, data, undoing, after, before_the_move):
        real, count = poetcore.curation.repair.move, 0

        def cut(source, target, sha):
            nonlocal count
            count += 1
            if count > after and before_the_move:
                raise Cut
            real(source, target, sha)
            if count > after:
                raise Cut

        self.repairs.recover()
        applied = [step.id for step in self.repairs.steps() if step.of("applied")]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(poetcore.curation.repair, "move", cut)
            try:
                if undoing and applied:
                    self.repairs.undo(applied[0])
                else:
                    self.propose(data)
                    self.repairs.apply()
            except Cut:
                pass
        self.repairs = Repairs(self.folder)

    @invariant()
    def nothing_is_lost(self):
        if hasattr(self, "contents"):
            assert pictures_in(self.folder) == self.contents

    @invariant()
    def everyone_reads_the_same(self):
        other = Repairs(self.folder)
        assert (other.pending(), other.steps()) == (self.repairs.pending(), self.repairs.steps())

    def undo_all(self):
        self.repairs.recover()
        while applied := [step.id for step in self.repairs.steps() if step.of("applied")]:
            undone = self.repairs.undo(applied[0])
            assert not undone.of("applied"), "the newest step can always be undone"


TestRepairing = Repairing.TestCase
TestRepairing.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)


@settings(max_examples=80, deadline=None)
@given(
    moves=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(LABELS[:3])), min_size=3, max_size=6),
    dice=st.randoms(use_true_random=False),
)
def test_steps_can_be_undone_in_any_order(moves, dice):
    with tempfile.TemporaryDirectory(prefix="poet-repair-") as name:
        folder = Path(name)
        for place in ("ash/a.jpg", "birch/a.jpg", "cherry/a.jpg", "ash/b.jpg"):
            put(folder, place, "the same" if place.endswith("b.jpg") else place)
        before, repairs = tree(folder), Repairs(folder)
        for number, label in moves:
            repairs.propose([Change(pictures(folder)[number], "relabel", "", "why", label)])
            repairs.apply()
        while applied := [step.id for step in repairs.steps() if step.of("applied")]:
            for step in dice.sample(applied, len(applied)):
                repairs.undo(step)
        assert tree(folder) == before


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
    told = [process.communicate("go\n", timeout=120)[0] for process in processes]
    assert sorted(map(int, told)) == [0, 0, 6]
    assert pictures_in(folder) == expected


def test_tabs_that_propose_at_once_lose_nothing(folder):
    from concurrent.futures import ThreadPoolExecutor

    def propose(path: Path) -> int:
        return Repairs(folder).propose([Change(path, "quarantine", "", "why")])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(propose, pictures(folder)))
    assert sorted(pending.change.path for pending in Repairs(folder).pending()) == pictures(folder)
