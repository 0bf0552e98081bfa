"""What is kept aside, and what was held out for testing, is never trained on, and its figures are honest."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from poetcore.analysis.issues import find_issues
from poetcore.curation.repair import Change, Repairs
from poetcore.data.dataset import Dataset, scan
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.freshness import current_files, evaluation_difference, run_difference
from poetcore.evaluation.headline import headline
from poetcore.training.config import RunConfig
from poetcore.training.learning_curve import learning_curve
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.demo_sets import kept_aside, release
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import fill

FEW_STEPS = TrainingOptions(how_many_training_steps=20, testing_percentage=20)


@pytest.fixture(scope="module")
def made(tmp_path_factory, backbone_file) -> SimpleNamespace:
    """A run before a fifth was kept aside, and one with which that was done."""
    root = tmp_path_factory.mktemp("aside")
    place = Workspace(root / "tf_files")
    place.models.mkdir(parents=True)
    shutil.copy(backbone_file, place.models)
    folder = fill(root / "trees", {"ash": 30, "elm": 20, "oak": 20})
    before = retrain(RunConfig(folder, training=FEW_STEPS, name="before"), place)
    config = RunConfig(folder, training=FEW_STEPS, name="after", keep_aside="20%", evaluate_after=True)
    after = retrain(config, place)
    return SimpleNamespace(place=place, folder=folder, before=before, after=after)


@pytest.fixture
def own(made, tmp_path) -> SimpleNamespace:
    """A copy that may be changed, its folder in the same place."""
    shutil.copytree(made.folder, tmp_path / "trees")
    yield made
    shutil.rmtree(made.folder)
    shutil.copytree(tmp_path / "trees", made.folder)


def scanned(made: SimpleNamespace, folder: Path) -> Dataset:
    with made.place.file_index() as index:
        return scan(folder, index)


def demo(made: SimpleNamespace) -> Path:
    found = kept_aside(made.folder, made.place)
    assert found
    return found


def shas(table) -> set[str]:
    return set(table["sha"])


def paths(run: Run) -> set[str]:
    return set(run.cross_validation()["path"])


def test_no_part_of_the_split_has_what_is_kept_aside(made):
    kept = scanned(made, demo(made)).pictures
    assert (len(kept), shas(kept) & shas(made.after.split())) == (14, set())
    assert made.after.record().kept_aside == 14


def test_every_other_picture_is_used(made):
    assert sum(made.after.record().splits.values()) == 70 - 14


def test_the_cross_validation_has_none_of_it(made):
    assert not paths(made.after) & set(scanned(made, demo(made)).pictures["path"])


def test_the_learning_curve_has_none_of_it(made):
    curve = learning_curve(made.after, made.place)
    assert max(point.pictures for point in curve.points) <= (70 - 14) * 4 / 5 + 3


def test_the_run_is_evaluated_on_it_at_once_and_no_picture_was_seen(made):
    (found,) = made.after.evaluations()
    metrics = evaluate(made.after, demo(made), made.place).metrics
    assert found.name == "trees"
    assert (metrics.total, metrics.leaked, metrics.leaked_near) == (14, 0, 0)


def test_of_a_run_that_was_trained_before_no_accuracy_is_told(made):
    metrics = evaluate(made.before, demo(made), made.place).metrics
    assert headline(metrics).accuracy is None


def test_neither_run_is_out_of_date_while_the_folder_is_as_it_was(made):
    now = scanned(made, made.folder)
    assert [run_difference(run, now).any for run in (made.before, made.after)] == [False, False]


def test_pictures_that_are_released_make_no_run_out_of_date(made):
    file = demo(made)
    content = file.read_bytes()
    release(made.folder, made.place)
    difference = run_difference(made.after, scanned(made, made.folder))
    file.write_bytes(content)
    assert (difference.known, difference.any) == (True, False)


def test_a_new_picture_makes_a_run_out_of_date(own):
    fill(own.folder, {"ash": 1}, seed=5)
    difference = run_difference(own.after, scanned(own, own.folder))
    assert (difference.added, difference.removed) == (1, 1)  # it has the name of another


def test_a_repair_of_a_kept_picture_acts_in_its_folder_and_the_list_follows(own):
    kept = scanned(own, demo(own)).pictures
    (one,) = kept.query("label == 'elm'").head(1).itertuples()
    repairs = Repairs(demo(own))
    repairs.propose([Change(Path(one.path), "relabel", one.sha, "mistyped", "oak")])
    repairs.apply()
    assert repairs.folder == own.folder
    assert scanned(own, demo(own)).counts() == {"ash": 6, "elm": 3, "oak": 5}


def test_an_evaluation_before_a_repair_is_out_of_date(own):
    evaluation = evaluate(own.after, demo(own), own.place)
    one = scanned(own, demo(own)).pictures.iloc[0]
    repairs = Repairs(own.folder)
    repairs.propose([Change(Path(one["path"]), "quarantine", one["sha"], "blurry")])
    repairs.apply()
    difference = evaluation_difference(evaluation, own.after, current_files(demo(own), own.place))
    assert (difference.removed, difference.added) == (1, 0)
    # It was none of the pictures that the run was trained, validated or tested on.
    assert not run_difference(own.after, scanned(own, own.folder)).any


def test_the_testing_pictures_give_the_accuracy_of_the_final_test(made):
    metrics = evaluate(made.before, made.before.testing_file, made.place).metrics
    record = made.before.record()
    assert (metrics.total, metrics.accuracy) == (
        record.metrics["final_test_count"],
        record.metrics["final_test_accuracy"],
    )
    assert (metrics.leaked, metrics.leaked_near) == (0, 0)


def test_the_testing_pictures_of_another_run_are_flagged_where_they_were_trained_on(made):
    other = retrain(
        RunConfig(made.folder, training=TrainingOptions(20, testing_percentage=0), name="all"), made.place
    )
    assert not other.testing_file.exists() and "Final test" not in other.status().message
    metrics = evaluate(other, made.before.testing_file, made.place).metrics
    assert metrics.leaked > 0
    made.place.delete_run(other)


def test_what_is_kept_aside_is_no_leak_of_its_own_folder(made):
    dataset, kept = scanned(made, made.folder), scanned(made, demo(made))
    found = {issue.issue for issue in find_issues(dataset, made.place, kept)}
    assert not found & {"leaked", "near_leaked", "duplicate", "near_duplicate"}


def test_a_near_duplicate_of_a_kept_picture_is_found_in_its_folder(own):
    from PIL import Image

    one = Path(scanned(own, demo(own)).pictures["path"].iloc[0])
    Image.open(one).resize((60, 45)).save(one.with_name("smaller.jpg"), quality=85)
    dataset, kept = scanned(own, own.folder), scanned(own, demo(own))
    found = find_issues(dataset, own.place, kept)
    assert [Path(issue.path).name for issue in found if issue.issue == "near_leaked"] == ["smaller.jpg"]
