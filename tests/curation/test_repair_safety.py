"""Whatever is done to a dataset, whatever is killed on the way: no picture is lost, no content changes."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import poetcore.curation.mover
from poetcore.curation.repair import ACTIONS, Change, Repairs
from tests.curation.repairing import pictures, pictures_in, put, tree

pytestmark = pytest.mark.slow

LABELS = ["ash", "birch", "cherry", "new"]


@pytest.fixture(autouse=True, scope="module")
def no_waiting_for_the_disk() -> Iterator[None]:
    """Power failures are beyond these tests, and thousands of waits for the disk take minutes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


class Cut(BaseException):
    """Stands for a process that ends in the middle."""


class Repairing(RuleBasedStateMachine):
    """People who propose, discard, apply, undo, restart and pull the plug in any order."""

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
    def discard(self, data):
        ids = [pending.id for pending in self.repairs.pending()]
        self.repairs.discard(data.draw(st.lists(st.sampled_from(ids))) if ids else [])

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
        real, count = poetcore.curation.mover.move, 0

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
            patch.setattr(poetcore.curation.mover, "move", cut)
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


@settings(max_examples=80)
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
