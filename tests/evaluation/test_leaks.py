"""Leaks: which demo pictures a run has seen in training, as they are or nearly, and what is not known."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image, ImageOps

from poetcore.data.file_index import sha_of
from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.evaluate import Evaluation, evaluate, evaluate_graph
from poetcore.evaluation.headline import headline
from poetcore.evaluation.leaks import find_leaks
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded
from tests.conftest import picture as drawn

#: How a copy of a training picture was made that is not the same file any more.
ALTERED: dict[str, Callable[[Image.Image], Image.Image]] = {
    "resized": lambda picture: picture.resize((picture.width * 2 // 3, picture.height * 2 // 3)),
    "encoded again": lambda picture: picture,
    "mirrored": ImageOps.mirror,
    "grey": ImageOps.grayscale,
}


def seen(run: Run) -> pd.DataFrame:
    """The pictures that a run was trained or validated on."""
    split = run.split()
    return split[split["split"] != "testing"]


def copied(picture: pd.Series, folder: Path, name: str) -> Path:
    """Copy a picture of a split into a demo folder, under its label."""
    (folder / picture["label"]).mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(picture["path"], folder / picture["label"] / name))


@pytest.fixture(scope="module")
def demo(trained, tmp_path_factory) -> Path:
    """Drawn flowers, one training picture, a copy of another altered in each way, and a test picture."""
    folder = Path(shutil.copytree(trained.sample / "demo", tmp_path_factory.mktemp("leaks") / "leaky"))
    pictures = seen(trained.run)
    copied(pictures.iloc[0], folder, "same.jpg")
    for number, (name, alter) in enumerate(ALTERED.items(), 1):
        path = copied(pictures.iloc[-number], folder, f"{name}.jpg")
        with Image.open(path) as picture:
            alter(picture).save(path, quality=70)
    copied(trained.run.split().query("split == 'testing'").iloc[0], folder, "tested.jpg")
    return folder


@pytest.fixture(scope="module")
def leaky(trained, demo) -> Evaluation:
    return evaluate(trained.run, demo, trained.workspace)


@pytest.fixture(scope="module")
def rows(leaky) -> pd.DataFrame:
    """The predictions, by the names of the files."""
    return leaky.predictions.set_index(leaky.predictions["path"].map(lambda path: Path(path).stem))


def test_the_same_picture_is_leaked(rows):
    assert list(rows.index[rows["leaked"]]) == ["same"]


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_copy_is_nearly_leaked(rows, name):
    assert rows.loc[name, "leaked_near"] and not rows.loc[name, "leaked"]


def test_each_flag_names_the_training_picture(rows, trained):
    pictures = seen(trained.run)
    twins = [pictures["path"].iloc[0], *(pictures["path"].iloc[-i - 1] for i in range(len(ALTERED)))]
    assert list(rows.loc[["same", *ALTERED], "twin"]) == twins


def test_other_pictures_are_not_flagged(rows):
    flagged = rows.index[rows["leaked"] | rows["leaked_near"] | (rows["twin"] != "")]
    assert set(flagged) == {"same", *ALTERED}


def test_both_kinds_are_counted_apart(leaky):
    assert (leaky.metrics.leaked, leaky.metrics.leaked_near) == (1, len(ALTERED))


def test_the_accuracy_without_leaked_pictures_excludes_both_kinds(leaky, rows):
    unseen = rows[~(rows["leaked"] | rows["leaked_near"])]
    assert leaky.metrics.accuracy_without_leaked == pytest.approx(unseen["correct"].mean())


def test_the_headline_is_the_accuracy_without_them(leaky):
    told = headline(leaky.metrics)
    assert told.accuracy is not None and told.accuracy.total == leaky.metrics.total - 1 - len(ALTERED)
    assert f"{leaky.metrics.accuracy:.1%}".replace("%", " %") in told.remarks[0]


def test_leaks_are_read_again_as_they_were_written(trained, leaky):
    loaded = Evaluation.load(trained.run.evaluation("leaky"))
    pd.testing.assert_frame_equal(loaded.predictions, leaky.predictions)
    assert loaded.leaks() == leaky.leaks()


def test_where_most_pictures_were_seen_there_is_no_accuracy(trained, tmp_path):
    for _, picture in seen(trained.run)[:6].iterrows():
        copied(picture, tmp_path / "all", Path(picture["path"]).name)
    told = headline(evaluate(trained.run, tmp_path / "all", trained.workspace).metrics)
    assert (told.accuracy, told.mark) == (None, "seen in training")
    assert told.remarks[0].startswith("All 6 of these pictures were seen in training (exactly)")


def test_of_a_model_made_elsewhere_no_leak_is_known(trained, few):
    model = Classifier(trained.run, trained.workspace)
    metrics = evaluate_graph(model, "graph.pb", few, trained.workspace).metrics
    assert (metrics.leaked, metrics.leaked_near, metrics.accuracy_without_leaked) == (None, None, None)
    told = headline(metrics)
    assert told.accuracy is not None and told.accuracy.total == 3
    assert "is not known" in told.remarks[0]


# ---------------------------------------------------------------------------- training pictures that are gone


@pytest.fixture
def gone(trained, tmp_path) -> Run:
    """A copy of the run whose pictures are gone."""
    run = Run(Path(shutil.copytree(trained.run.folder, tmp_path / "tf_files" / "runs" / "gone")))
    split = run.split()
    run.write_split(split.assign(path="/gone" + split["path"]))
    run.write_record(replace(run.record(), image_dir="/gone"))
    return run


def test_pictures_that_are_gone_are_known_by_the_hashes_that_were_kept(gone, demo, leaky, trained):
    metrics = evaluate(gone, demo, trained.workspace).metrics
    assert (metrics.leaked, metrics.leaked_near) == (leaky.metrics.leaked, leaky.metrics.leaked_near)


@pytest.fixture
def elsewhere(trained, tmp_path) -> Workspace:
    """A workspace that has no hashes."""
    return Workspace(tmp_path / "tf_files", models=trained.workspace.models)


@pytest.fixture
def few(demo, tmp_path) -> Path:
    """Some of the demo pictures, which are evaluated in a moment."""
    for name in ("same", "resized", "tested"):
        (path,) = demo.rglob(f"{name}.jpg")
        (tmp_path / "few" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "few" / path.parent.name)
    return tmp_path / "few"


def test_without_hashes_near_duplicates_are_not_known(gone, few, elsewhere):
    evaluation = evaluate(gone, few, elsewhere)
    assert (evaluation.metrics.leaked, evaluation.metrics.leaked_near) == (1, None)
    remark = "Whether near duplicates of these pictures were trained on is not known."
    assert remark in headline(evaluation.metrics).remarks
    loaded = Evaluation.load(gone.evaluation("few"))
    pd.testing.assert_frame_equal(loaded.predictions, evaluation.predictions)


def test_pictures_that_were_moved_within_their_folder_are_found(trained, gone, few, elsewhere):
    gone.write_record(replace(gone.record(), image_dir=str(trained.sample / "train")))
    metrics = evaluate(gone, few, elsewhere).metrics
    assert (metrics.leaked, metrics.leaked_near) == (1, 1)


# ---------------------------------------------------------------------------------- bursts among the pictures


def test_near_duplicates_among_demo_pictures_count_as_one(trained, tmp_path):
    for label in ("rose", "tulip"):
        (tmp_path / "burst" / label).mkdir(parents=True)
        with Image.open(trained.sample / "demo" / label / f"{label}_001.jpg") as picture:
            for quality in (60, 70, 80):
                picture.save(tmp_path / "burst" / label / f"{quality}.jpg", quality=quality)
    metrics = evaluate(trained.run, tmp_path / "burst", trained.workspace).metrics
    assert (metrics.total, metrics.independent) == (6, 2)
    low, high = metrics.interval
    assert high - low > 0.6


def test_a_picture_of_a_burst_that_was_trained_on_is_nearly_leaked(tmp_path):
    name = "hold-20270412-101502-3f2a_nohash_{:04d}.jpg"
    names = [name.format(1), name.format(2), name.format(3).replace("3f2a", "0b1c")]
    rows = []
    for number, called in enumerate(names):
        (tmp_path / called).write_bytes(content := encoded(drawn(number, (160, 120))))
        rows.append((str(tmp_path / called), "rose", sha_of(content)))
    pictures = pd.DataFrame(rows, columns=["path", "label", "sha"])
    run = Run(tmp_path / "runs" / "burst")
    run.folder.mkdir(parents=True)
    run.write_split(pictures[:1].assign(split="training", group=0))
    found = find_leaks(pictures[1:].reset_index(drop=True), run, Workspace(tmp_path / "tf_files")).table
    assert found["leaked_near"].tolist() == [True, False] and found["twin"].tolist() == [rows[0][0], ""]
