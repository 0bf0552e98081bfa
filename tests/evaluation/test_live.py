"""What a run makes of a frame."""

import weakref
from pathlib import Path

import pytest

from poetcore.errors import PictureError
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.label_groups.recall import set_label_groups
from poetcore.evaluation.live import LiveModel
from poetcore.workspace.label_groups import LabelGroups
from tests.browser.dashboard import copy_run
from tests.conftest import Trained


@pytest.fixture(scope="module")
def frame(trained: Trained) -> bytes:
    return sorted((trained.sample / "demo").rglob("*.jpg"))[0].read_bytes()


def test_a_frame_is_told_what_a_picture_of_the_same_pixels_is(trained, frame):
    told = LiveModel(trained.run, trained.workspace).see(frame).values()
    wanted = Classifier(trained.run, trained.workspace).classify_bytes("a.jpg", frame)
    assert told["probabilities"] == pytest.approx(wanted.probabilities.tolist(), abs=1e-5)
    assert (told["unknown"], told["groups"], told["least_cost"]) == (wanted.unknown, [], None)


def test_groups_hold_from_the_frame_after_they_were_changed_on(trained, frame, tmp_path):
    run = copy_run(trained.run, tmp_path / "grouped")
    model = LiveModel(run, trained.workspace)
    assert model.see(frame).values()["groups"] == []
    labels = run.labels()
    set_label_groups(run, LabelGroups({"pair": tuple(labels[:2])}))
    shares = model.see(frame).values()
    (name, share, predicted), *_ = shares["groups"]
    assert (name, predicted) == ("pair", max(shares["probabilities"]) in shares["probabilities"][:2])
    assert share == pytest.approx(sum(shares["probabilities"][:2]), abs=1e-4)


def test_a_run_of_several_labels_is_never_unsure(pairs_trained):
    photo = sorted((pairs_trained.sample / "demo").rglob("*.jpg"))[0]
    told = LiveModel(pairs_trained.run, pairs_trained.workspace).see(photo.read_bytes()).values()
    assert told["unsure"] is None and len(told["probabilities"]) == len(pairs_trained.run.labels())


def test_what_is_no_picture_is_refused_in_a_sentence(trained):
    with pytest.raises(PictureError, match=r"^The frame .+\.$"):
        LiveModel(trained.run, trained.workspace).see(b"hello")


def test_a_model_that_is_let_go_is_out_of_memory_at_once(trained, frame):
    model = LiveModel(trained.run, trained.workspace)
    model.see(frame)
    classifier = weakref.ref(model._classifier)
    del model
    assert classifier() is None, "it would stay, with its networks, until something is collected"


def test_a_live_model_writes_nothing(trained, frame, tmp_path):
    run = copy_run(trained.run, tmp_path / "still")
    before = _files(run.folder)
    LiveModel(run, trained.workspace).see(frame)
    assert _files(run.folder) == before


def _files(folder: Path) -> dict[str, float]:
    return {path.name: path.stat().st_mtime for path in folder.rglob("*")}
