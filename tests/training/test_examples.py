"""From a folder to examples: what the split keeps together, and what is remembered of it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from poetcore.data import images
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import DEFAULT, find
from poetcore.training.config import RunConfig
from poetcore.training.examples import Prepared, prepare_examples
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture

FRAMES = 5
LABELS = {"cup": 3, "pen": 3}


def frames(folder: Path, seed: int) -> None:
    """Write a burst: frames of one scene, each shifted a little and saved anew."""
    folder.mkdir(parents=True, exist_ok=True)
    scene, chance = picture(seed, (260, 200)), np.random.default_rng(seed)
    for number in range(FRAMES):
        x, y = (int(one) for one in chance.integers(8, 14, 2))
        frame = scene.crop((x, y, x + 236, y + 176))
        content = encoded(frame, quality=int(chance.integers(60, 95)))
        (folder / f"{seed}_{number}.jpg").write_bytes(content)


@pytest.fixture(scope="module")
def bursts(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bursts")
    for number, (label, scenes) in enumerate(LABELS.items()):
        for scene in range(scenes):
            frames(folder / label, 10 * number + scene)
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory, backbone_file) -> Workspace:
    """A workspace that has the backbone, shared by tests that change nothing in it."""
    found = Workspace(tmp_path_factory.mktemp("examples") / "tf_files")
    found.models.mkdir(parents=True)
    shutil.copy(backbone_file, found.models)
    return found


def prepare(folder: Path, place: Workspace, **options: object) -> Prepared:
    more = {"augmentation": options.pop("augmentation")} if "augmentation" in options else {}
    config = RunConfig(folder, training=TrainingOptions(**options), **more)
    return prepare_examples(config, find(DEFAULT), place, lambda progress: None)


def scene_of(prepared: Prepared) -> list[str]:
    return [Path(path).stem.split("_")[0] for path in prepared.split["path"]]


def test_a_burst_stands_on_one_side(bursts, place):
    prepared = prepare(bursts, place)
    assert prepared.split.groupby(scene_of(prepared))["split"].nunique().max() == 1


def test_the_groups_are_the_bursts(bursts, place):
    prepared = prepare(bursts, place)
    assert prepared.split.groupby(scene_of(prepared))["group"].nunique().tolist() == [1] * 6
    assert prepared.group_record("near") == {"by": "near", "count": 6, "largest": FRAMES, "undivided": {}}


def test_exact_groups_divide_a_burst(bursts, place):
    prepared = prepare(bursts, place, group_by="exact")
    assert prepared.group_record("exact") == {"by": "exact", "count": 30, "largest": 1, "undivided": {}}


def test_a_sub_folder_is_a_subject(bursts, place, tmp_path):
    folder = tmp_path / "subjects"
    for label, subject, seed in [
        ("cup", "ann", 0),
        ("cup", "bob", 1),
        ("pen", "ann", 10),
        ("pen", "eve", 11),
    ]:
        frames(folder / label / subject, seed)
    prepared = prepare(folder, place, group_by="folder")
    subjects = [Path(path).parent.name for path in prepared.split["path"]]
    assert prepared.split.groupby(subjects)["group"].nunique().tolist() == [1, 1, 1]


def test_everything_is_the_split_in_its_order_and_then_the_copies(bursts, place):
    prepared = prepare(bursts, place, augmentation=Augmentation(flip_left_right=True, distortion_variants=2))
    trained = prepared.split["split"] == "training"
    labels = prepared.dataset.labels
    named = [labels[target] for target in prepared.everything.targets]
    assert named[: prepared.originals] == prepared.split["label"].tolist()
    assert named[prepared.originals :] == 2 * prepared.split["label"][trained].tolist()
    assert prepared.groups.tolist() == [
        *prepared.split["group"],
        *(2 * prepared.split["group"][trained].tolist()),
    ]


def test_everything_has_the_features_of_its_pictures(bursts, place):
    prepared = prepare(bursts, place)
    chosen = np.flatnonzero(prepared.split["split"] == "training")
    vectors, targets = prepared.everything.take(chosen)
    theirs = prepared.training.take(np.arange(len(chosen)))
    assert np.array_equal(vectors, theirs[0]) and np.array_equal(targets, theirs[1])


def test_pictures_of_an_older_workspace_are_hashed(bursts, workspace):
    prepare(bursts, workspace, group_by="exact")
    for leftover in workspace.bottlenecks.glob("perceptual_hashes.sqlite*"):
        leftover.unlink()
    prepared = prepare(bursts, workspace)
    assert prepared.extraction.computed == 0 and prepared.group_record("near")["count"] == 6


def test_nothing_is_decoded_a_second_time(bursts, place, monkeypatch):
    prepare(bursts, place)
    monkeypatch.setattr(images, "decode", None)
    assert prepare(bursts, place).group_record("near")["count"] == 6


def test_an_added_frame_moves_no_burst(bursts, workspace, tmp_path):
    folder = shutil.copytree(bursts, tmp_path / "grown")
    first = prepare(folder, workspace).split.set_index("sha")["split"]
    for label in LABELS:
        frames(folder / label, 20 + len(label))
        for old in sorted((folder / label).glob("*_0.jpg")):
            pixels = images.decode(old.read_bytes())
            old.with_name(f"{old.stem}_again.jpg").write_bytes(encoded(pixels, quality=50))
    again = prepare(folder, workspace).split.set_index("sha")["split"]
    assert again[first.index].tolist() == first.tolist()


def test_a_label_that_is_one_burst_is_trained_on_wholly(bursts, place, tmp_path):
    folder = tmp_path / "one"
    shutil.copytree(bursts / "cup", folder / "cup")
    frames(folder / "pen", 10)
    prepared = prepare(folder, place)
    assert prepared.group_record("near")["undivided"] == {"pen": FRAMES}
    assert set(prepared.split.loc[prepared.split["label"] == "pen", "split"]) == {"training"}


def test_the_record_of_a_run_counts_its_groups(bursts, place):
    run = retrain(RunConfig(bursts, training=TrainingOptions(how_many_training_steps=20)), place)
    assert run.record().groups == {"by": "near", "count": 6, "largest": FRAMES, "undivided": {}}
    assert run.split().groupby("group").size().tolist() == [FRAMES] * 6


def test_different_pictures_are_groups_of_their_own(place, tmp_path):
    prepared = prepare(fill(tmp_path / "set", {"ash": 8, "oak": 8}), place)
    assert prepared.group_record("near") == {"by": "near", "count": 16, "largest": 1, "undivided": {}}


@pytest.mark.parametrize(
    "option",
    [
        {"flip_left_right": True},
        {"random_crop": 10},
        {"random_scale": 10},
        {"random_brightness": 10},
    ],
    ids=lambda option: next(iter(option)),
)
def test_each_augmentation_by_itself_changes_what_the_network_sees(bursts, place, option):
    prepared = prepare(bursts, place, augmentation=Augmentation(**option, distortion_variants=1))
    count = len(prepared.parts["training"])
    vectors, _ = prepared.training.take(np.arange(2 * count))
    changed = np.abs(vectors[:count] - vectors[count:]).max(axis=1)
    assert (changed > 1e-3).all()
    assert prepared.augmentation_record() == {"copies": count, "change": prepared.change}
    assert 0 < prepared.change < 1


def test_without_augmentation_there_is_no_record_of_it(bursts, place):
    assert prepare(bursts, place).augmentation_record() == {}
