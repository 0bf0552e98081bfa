"""A CSV file wherever a folder is taken, and what Poet writes read as such a file again."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import poetcore as poet
from poetcore.curation.repair import Change, Repairs
from poetcore.data.dataset import scan
from poetcore.errors import DatasetError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.freshness import current_files, evaluation_difference, run_difference
from poetcore.workspace.datasets import demo_folders, training_folders
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import Done, call
from tests.conftest import Trained, fill


@pytest.fixture(scope="module")
def flowers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures in folders that say nothing, and a CSV file beside them that says what they are."""
    folder = fill(tmp_path_factory.mktemp("listed"), {"one": 9, "two": 9})
    rows = ["image;class;set"]
    for number in range(9):
        split = "test" if number > 6 else "train"
        rows += [f"one\\one_{number:03d}.jpg;a/b;{split}", f"two/two_{number:03d}.jpg;-Rose;{split}"]
    rows += ["one/gone.jpg;a/b;train"]
    (folder / "flowers.csv").write_text("\n".join(rows), encoding="utf-16")
    return folder / "flowers.csv"


@pytest.fixture(scope="module")
def trained(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The trained run in a workspace of its own, so that what is trained here is nobody else's latest run."""
    root = shutil.copytree(trained.workspace.root, tmp_path_factory.mktemp("csv") / "tf_files")
    place = Workspace(root)
    return Trained(place, place.datasets / "sample", place.run(trained.run.name))


@pytest.fixture(scope="module")
def poetry(trained: Trained):
    """Runs a command in the workspace of the trained run; returns how it ended."""
    return lambda *arguments: call(*arguments, "--workspace", trained.workspace.root)


@pytest.fixture(scope="module")
def run(poetry, flowers) -> dict[str, Any]:
    """What `retrain` says of a run on the CSV file, which is evaluated on its test rows."""
    done = poetry(
        *("retrain", "--image_dir", flowers, "--demo_dir", flowers, "--run_name", "listed", "--json"),
        *("--how_many_training_steps", 30),
    )
    return answered(done)


def answered(done: Done) -> dict[str, Any]:
    assert done.status == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_an_overview_counts_its_training_rows(poetry, flowers):
    found = answered(poetry("overview", flowers, "--json"))
    assert (found["labels"], found["demo"]) == ({"-Rose": 7, "a/b": 7}, str(flowers / "test"))
    assert [issue["issue"] for issue in found["issues"]].count("unreadable") == 1


def test_a_run_is_trained_and_evaluated_on_its_rows(run, trained, flowers):
    made = trained.workspace.run("listed")
    (evaluation,) = made.evaluations()
    assert sum(run["splits"].values()) == 14
    assert made.record().image_dir == str(flowers)
    assert len(evaluation.predictions()) == 4


def test_files_that_are_not_there_are_told(run):
    assert [Path(one["path"]).name for one in run["skipped"]] == ["gone.jpg"]


def test_a_run_is_evaluated_on_a_split_or_the_demo_rows(run, poetry, flowers):
    whole, split = (
        answered(poetry("evaluate", path, "--run", "listed", "--json"))
        for path in (flowers, flowers / "train")
    )
    assert (whole["total"], whole["leaked"], split["total"]) == (4, 0, 14)


def test_it_is_offered_as_a_dataset_with_its_demo_rows(run, trained, flowers):
    assert flowers in training_folders(trained.workspace)
    assert flowers / "test" in demo_folders(trained.workspace)


def test_its_run_and_evaluation_are_true_of_its_files(run, trained, flowers):
    made = trained.workspace.run("listed")
    now, demo = (current_files(path, trained.workspace) for path in (flowers, flowers / "test"))
    evaluation = Evaluation.load(made.evaluation("test"))
    difference = evaluation_difference(evaluation, made, demo, run_difference(made, now))
    assert (difference.known, difference.any, difference.training.any) == (True, False, False)


def test_its_labels_are_scored(poetry, flowers):
    found = answered(poetry("overview", flowers, "--suspects", "--json"))
    assert {one["label"] for one in found["suspects"]} <= {"a/b", "-Rose"}


def test_its_learning_curve_is_measured(run, poetry):
    assert poetry("learning_curve", "--run", "listed").status in (0, 2)  # 2: too few pictures to say


@pytest.mark.parametrize("file", ["split.csv", "cross_validation.csv", "evaluations/test/predictions.csv"])
def test_a_table_of_a_run_is_a_dataset(run, trained, file):
    path = trained.workspace.run("listed").folder / file
    with trained.workspace.file_index() as index:
        assert set(scan(path, index).labels) == {"a/b", "-Rose"}


def test_prepared_it_becomes_folders_that_can_be_repaired(poetry, flowers, tmp_path):
    dest = tmp_path / "set"
    found = answered(poetry("prepare", flowers, dest, "--keep", "tiny", "--demo_per_label", 2, "--json"))
    assert found["train"] == {"-Rose": 5, "a/b": 5} or found["train"] == {"-Rose": 6, "a/b": 6}
    assert sorted(path.name for path in (dest / "train").iterdir()) == ["-Rose", "a_b"]


def test_prepared_again_it_stays_as_it_is(poetry, flowers, tmp_path):
    first, again = (
        answered(poetry("prepare", flowers, tmp_path / "set", "--keep", "tiny", "--json")) for _ in range(2)
    )
    assert (again["copied"], again["removed"], again["kept"]) == (0, 0, first["copied"])


def test_its_pictures_cannot_be_repaired(flowers):
    picture = flowers.parent / "one" / "one_000.jpg"
    with pytest.raises(DatasetError, match="cannot be repaired, .* copy them into folders first"):
        Repairs(flowers).propose([Change(picture, "quarantine", "", "blurry")])


def test_nothing_is_written_beside_it(run, flowers):
    assert sorted(path.name for path in flowers.parent.iterdir()) == ["flowers.csv", "one", "two"]


def test_labels_that_were_predicted_are_a_dataset(poetry, trained, tmp_path):
    pictures = sorted((trained.sample / "demo" / "rose").iterdir())
    file = tmp_path / "labels.csv"
    assert poetry("label_image", *pictures, "--output_csv", file).status == 0
    table = pd.read_csv(file)
    assert list(table.columns) == ["path", "label", "confidence", "unknown"]
    assert len(poet.load_dataset(file, workspace=trained.workspace.root)) == len(pictures)


def test_what_an_overview_lists_is_the_same_dataset(poetry, trained, tmp_path):
    folder = trained.sample / "demo"
    assert poetry("overview", folder, "--output_csv", tmp_path / "demo.csv").status == 0
    first, second = (
        poet.load_dataset(path, workspace=trained.workspace.root) for path in (folder, tmp_path / "demo.csv")
    )
    assert dict(first.counts) == dict(second.counts)


def test_paths_below_a_written_file_are_relative_to_it(trained):
    file = trained.sample / "demo.csv"
    poet.load_dataset(trained.sample / "demo", workspace=trained.workspace.root).to_csv(file)
    first = file.read_text(encoding="utf-8").splitlines()[1]
    file.unlink()
    assert first.startswith("demo/")


@pytest.mark.parametrize("name", ["labels.txt", "."])
def test_only_a_csv_file_is_written(poetry, trained, tmp_path, name):
    done = poetry("overview", trained.sample / "demo", "--output_csv", tmp_path / name)
    assert (done.status, "give one that ends in .csv" in done.stderr) == (2, True)


def test_a_file_without_a_header_is_one_sentence(poetry, tmp_path):
    (tmp_path / "a.csv").write_text("a.jpg,rose\n")
    done = poetry("overview", tmp_path / "a.csv")
    assert (done.status, "the first line must name the columns" in done.stderr) == (2, True)


def test_of_many_files_that_are_not_there_only_some_are_shown(run, poetry, flowers, tmp_path):
    rows = "".join(f"{n}.jpg,a/b\n" for n in range(50))
    there = flowers.parent / "one" / "one_000.jpg"
    (tmp_path / "a.csv").write_text(f"path,label\n{there},a/b\n{rows}")
    done = poetry("evaluate", tmp_path / "a.csv", "--run", "listed")
    assert done.stderr.count("Excluded: ") == 21
    assert "Excluded: 30 more; --json lists them all." in done.stderr
