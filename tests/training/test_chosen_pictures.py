"""A run on some of the labels, and on so many pictures of each."""

import json
import shutil
from pathlib import Path

import pytest

import poetcore as poet
from poetcore.errors import DatasetError, OptionError
from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.freshness import current_files, evaluation_difference, run_difference
from poetcore.evaluation.headline import headline
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import call
from tests.conftest import encoded, fill, picture

FEW_STEPS = TrainingOptions(how_many_training_steps=20, seed=4)


@pytest.fixture(scope="module")
def place(tmp_path_factory, backbone_file) -> Workspace:
    found = Workspace(tmp_path_factory.mktemp("chosen") / "tf_files")
    found.models.mkdir(parents=True)
    shutil.copy(backbone_file, found.models)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return fill(tmp_path_factory.mktemp("pictures") / "trees", {"ash": 9, "birch": 8, "oak": 7})


@pytest.fixture(scope="module")
def chosen(place, folder) -> Run:
    return retrain(
        RunConfig(folder, training=FEW_STEPS, name="few", labels="oak,ash", max_pictures_per_label=6), place
    )


def test_a_run_has_the_chosen_labels_and_so_many_pictures_of_each(chosen):
    counts = chosen.split()["label"].value_counts().to_dict()
    assert (chosen.record().labels, counts) == (["ash", "oak"], {"ash": 6, "oak": 6})


def test_labels_are_a_list_in_python_and_may_hold_commas(place, tmp_path):
    folder = fill(tmp_path / "set", {"ash": 2, "oak, red": 2, "elm": 2})
    options = {"workspace": place.root, "how_many_training_steps": 5, "progress": False}
    run = poet.retrain(folder, labels=["oak, red", "ash"], **options)
    assert (run.classes_.tolist(), run.options["labels"]) == (["ash", "oak, red"], '"oak, red",ash')


def test_labels_and_numbers_are_options_of_the_command(place, folder):
    words = (
        "--labels",
        "OAK, birch",
        "--max_pictures_per_label",
        4,
        "--how_many_training_steps",
        5,
        "--json",
    )
    done = call("retrain", "--image_dir", folder, *words, "--workspace", place.root)
    found = json.loads(done.stdout.splitlines()[-1])
    assert (sum(found["splits"].values()), place.run(found["run"]).record().labels) == (8, ["birch", "oak"])


@pytest.mark.parametrize(
    ("name", "value"), [("labels", "fern"), ("labels", "ash"), ("max_pictures_per_label", 2)]
)
def test_what_cannot_be_chosen_is_one_sentence(place, folder, name, value):
    done = call("retrain", "--image_dir", folder, f"--{name}", value, "--workspace", place.root)
    assert (done.status, done.stderr.count("Error: ")) == (2, 1)


def test_what_was_chosen_stands_in_the_record(chosen):
    options = chosen.record().options
    assert (options["labels"], options["max_pictures_per_label"]) == ("oak,ash", 6)


def test_an_unknown_label_is_refused_with_those_that_there_are(place, folder):
    with pytest.raises(OptionError, match="'elm': choose from ash, birch, oak"):
        retrain(RunConfig(folder, training=FEW_STEPS, labels="ash,elm"), place)


def test_a_picture_that_cannot_be_used_is_replaced_by_another(place, folder, tmp_path):
    """So that as many are trained on as were asked for, also where all are chosen anew."""
    copy = shutil.copytree(folder, tmp_path / "trees")
    for seed in range(4):
        content = encoded(picture(900 + seed))
        (copy / "ash" / f"cut_{seed}.jpg").write_bytes(content[: len(content) // 2])
    run = retrain(
        RunConfig(copy, training=FEW_STEPS, name="cut", labels="oak,ash", max_pictures_per_label=6), place
    )
    assert run.split()["label"].value_counts().to_dict() == {"ash": 6, "oak": 6}


def changes(run: Run, place: Workspace, folder: Path) -> tuple[int, int, int]:
    found = run_difference(run, current_files(folder, place))
    return found.added, found.removed, found.relabelled


def test_pictures_that_were_not_taken_are_not_added_since(chosen, place, folder):
    assert changes(chosen, place, folder) == (0, 0, 0)


def test_what_is_new_is_added_only_where_there_were_too_few(place, folder, tmp_path):
    copy = fill(tmp_path / "trees", {"ash": 9, "birch": 8, "oak": 4})
    run = retrain(
        RunConfig(copy, training=FEW_STEPS, name="new", labels="oak,ash", max_pictures_per_label=6), place
    )
    for label in ("ash", "birch", "oak"):
        (copy / label / "new.jpg").write_bytes(encoded(picture(5000 + len(label))))
    (copy / "ash" / "again.jpg").write_bytes((copy / "ash" / "ash_000.jpg").read_bytes())
    assert changes(run, place, copy) == (1, 0, 0)


def test_a_taken_picture_that_is_gone_or_under_another_label_is_told(chosen, place, folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "trees"))
    ash = [Path(path).name for path in chosen.split().query("label == 'ash'")["path"]]
    (copy / "ash" / ash[0]).unlink()
    shutil.move(copy / "ash" / ash[1], copy / "birch" / "moved.jpg")
    assert changes(chosen, place, copy) == (0, 1, 1)


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Path:
    return fill(tmp_path_factory.mktemp("demo") / "demo", {"ash": 3, "birch": 2, "oak": 3}, seed=7)


@pytest.fixture(scope="module")
def evaluation(chosen, place, demo) -> Evaluation:
    return evaluate(chosen, demo, place)


def test_pictures_of_labels_that_were_not_chosen_are_not_evaluated(evaluation):
    assert (evaluation.metrics.total, evaluation.metrics.excluded) == (6, {"birch": 2})


def test_what_was_excluded_is_said(evaluation):
    assert (
        "2 pictures are excluded, of a label that was not chosen for the training: birch."
        in headline(evaluation.metrics).remarks
    )


def test_what_was_excluded_is_said_where_a_run_is_evaluated_at_once(place, folder, demo):
    words = ("--labels", "ash,oak", "--demo_dir", demo, "--how_many_training_steps", 5, "--json")
    done = call("retrain", "--image_dir", folder, *words, "--workspace", place.root)
    assert json.loads(done.stdout.splitlines()[-1])["demo_remarks"] == [
        "2 pictures are excluded, of a label that was not chosen for the training: birch."
    ]


def test_excluded_pictures_were_not_added_since(evaluation, chosen, place, demo):
    assert not evaluation_difference(evaluation, chosen, current_files(demo, place)).any


def test_a_run_on_all_labels_changes_nothing_for_one_on_some(place, folder, evaluation, chosen, demo):
    whole = retrain(RunConfig(folder, training=FEW_STEPS, name="whole"), place)
    assert evaluate(whole, demo, place).metrics.total == 8
    again = evaluate(chosen, demo, place).metrics
    assert (again.removed, again.relabelled, again.state) == (0, 0, evaluation.metrics.state)


def test_a_label_that_was_not_known_at_all_is_still_refused(place, demo, folder, tmp_path):
    copy = fill(tmp_path / "trees", {"ash": 4, "oak": 4})
    run = retrain(RunConfig(copy, training=FEW_STEPS, name="two"), place)
    with pytest.raises(DatasetError, match="was not trained on the label 'birch'"):
        evaluate(run, demo, place)


def test_a_demo_folder_of_other_labels_only_is_refused(chosen, place, tmp_path):
    with pytest.raises(DatasetError, match="was not trained on the label"):
        evaluate(chosen, fill(tmp_path / "demo", {"birch": 2, "elm": 2}), place)
