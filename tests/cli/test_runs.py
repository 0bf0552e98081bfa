"""The command that lists the runs: their settings and figures, sorted, and the best of them."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import Done, call
from tests.conftest import Trained
from tests.records import change_record

#: A name, learning rate, steps, cross-validated accuracy and demo accuracy of each run, the oldest first.
RUNS = (
    ("b10", 0.01, 4000, 0.90, 0.80),
    ("b2", 0.5, 500, 0.95, 0.85),
    ("other", 0.1, 1000, 0.99, None),
    ("b1", 0.001, 300, 0.70, 0.75),
)

#: What `other` was trained on: a folder that no other run knows.
ELSEWHERE = "elsewhere"


@pytest.fixture(scope="module")
def place(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace of four finished runs and one that failed, `other` on pictures of its own."""
    place = Workspace(tmp_path_factory.mktemp("runs") / "tf_files")
    place.runs.mkdir(parents=True)
    for number, (name, rate, steps, accuracy, demo) in enumerate(RUNS):
        run = Run(Path(shutil.copytree(trained.run.folder, place.runs / name)))
        shutil.rmtree(run.folder / "evaluations", ignore_errors=True)
        run.write_status(replace(run.status(), started=1_000_000.0 + number))
        record = run.record()
        cross = record.cross_validation | {"accuracy": accuracy, "interval": [accuracy - 0.06, 0.99]}
        options = record.options | {"learning_rate": rate, "how_many_training_steps": steps}
        image_dir = str(place.root / ELSEWHERE) if name == "other" else record.image_dir
        created = f"2026-01-0{number + 1}T00:00:00+00:00"
        run.write_record(
            replace(record, options=options, cross_validation=cross, image_dir=image_dir, created=created)
        )
        if demo is not None:
            _evaluated(run, trained, demo)
    failed = place.create_run("wrong")
    failed.write_status(Status("failed", started=2_000_000.0, message="The first line.\nAnd a second one."))
    return place


def _evaluated(run: Run, trained: Trained, accuracy: float) -> None:
    """Give a run an evaluation on 20 pictures."""
    from poetcore.evaluation.evaluate import evaluate

    evaluate(run, trained.sample / "demo", trained.workspace)
    figures = {"accuracy": accuracy, "correct": round(20 * accuracy), "total": 20}
    figures |= {"accuracy_without_leaked": accuracy, "leaked": 0, "leaked_near": 0}
    change_record(run.evaluation("demo").metrics_file, **figures)


@pytest.fixture(scope="module")
def runs(place: Workspace) -> Callable[..., Done]:
    return lambda *words: call("runs", *words, "--workspace", place.root)


def listed(done: Done) -> list[str]:
    assert done.status == 0, done.stderr
    return [row["run"] for row in json.loads(done.stdout)["runs"]]


def best(done: Done) -> Any:
    return json.loads(done.stdout)["best"]


def test_a_run_has_its_settings_and_accuracies(runs):
    (row,) = (one for one in json.loads(runs("--json").stdout)["runs"] if one["run"] == "b2")
    names = ("learning_rate", "steps", "backbone", "cross_validated_accuracy", "demo_accuracy")
    assert [row[name] for name in names] == [0.5, 500, "efficientnet_lite0", 0.95, 0.85]


def test_what_is_not_known_of_a_run_is_null(runs):
    (row,) = (one for one in json.loads(runs("--json").stdout)["runs"] if one["run"] == "other")
    assert row["demo_accuracy"] is None


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("created", ["wrong", "b1", "other", "b2", "b10"]),
        ("accuracy", ["other", "b2", "b10", "b1", "wrong"]),
        ("demo_accuracy", ["b2", "b10", "b1", "wrong", "other"]),
        ("learning_rate", ["b1", "b10", "other", "b2", "wrong"]),
        ("steps", ["b1", "b2", "other", "b10", "wrong"]),
        ("run", ["b1", "b2", "b10", "other", "wrong"]),
    ],
)
def test_runs_are_sorted_and_those_without_the_figure_come_last(runs, order, names):
    assert listed(runs("--sort", order, "--json")) == names


def test_an_unknown_order_is_wrong_use(runs):
    done = runs("--sort", "colour")
    assert (done.status, done.stderr.splitlines()[-1]) == (
        2,
        "Error: Unknown order 'colour': sort by one of created, accuracy, demo_accuracy, final_test_accuracy,"
        " learning_rate, steps, backbone, run.",
    )


def test_the_best_run_is_that_of_the_pictures_of_the_newest(runs):
    done = runs("--best", "--json")
    assert (listed(done), best(done)) == (["b2"], "b2")


def test_the_best_run_may_be_asked_for_by_its_demo_accuracy(runs):
    assert best(runs("--best", "--sort", "demo_accuracy", "--json")) == "b2"


def test_how_sure_it_is_that_the_best_is_better_is_told(runs, trained):
    said = runs("--best").stdout.splitlines()[-1]
    assert said.startswith("b2 has the best cross-validated accuracy, 95.0 %, of the 3 runs on sample/train.")
    assert said.endswith("lies 1 other run: that it is better may be chance.")


def test_the_best_cannot_be_told_by_a_setting(runs):
    done = runs("--best", "--sort", "steps")
    assert (done.status, "Received: 'steps'" in done.stderr) == (2, True)


def test_a_workspace_without_runs_has_no_best(tmp_path):
    done = call("runs", "--best", "--json", "--workspace", tmp_path)
    assert json.loads(done.stdout) == {"runs": [], "best": None}


def test_without_a_run_to_compare_a_sentence_says_so(tmp_path):
    assert "No finished run in" in call("runs", "--best", "--workspace", tmp_path).stdout


def test_a_failed_run_is_one_line(runs):
    assert "wrong: failed. The first line. And a second one." in runs().stdout.splitlines()


def test_a_run_that_goes_on_is_one_line_with_how_far_it_is(tmp_path):
    run = Workspace(tmp_path).create_run("now")
    run.write_status(Status("training", 30, 4000))
    assert call("runs", "--workspace", tmp_path).stdout == "now: training (30 of 4,000).\n"


def test_the_table_fits_80_columns_with_names_whole(runs, place, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    name = "2026-11-26_18-15-11"
    folder = Path(shutil.copytree(place.runs / "b1", place.runs / name))
    try:
        table = [line for line in runs().stdout.splitlines() if line[:1] in "┏┃┡│└"]
    finally:
        shutil.rmtree(folder)
    assert max(map(len, table)) <= 80 and any(name in line for line in table)


def test_the_table_shows_settings_and_accuracies(runs):
    (row,) = (line for line in runs().stdout.splitlines() if line.startswith("│ b2 "))
    assert [cell.strip() for cell in row.split("│")[2:-1]] == ["95.0 %", "85.0 %", "0.5", "500"]


def test_a_run_of_several_labels_has_its_macro_f1_in_place_of_an_accuracy(pairs_trained):
    said = call("runs", "--workspace", pairs_trained.workspace.root).stdout
    macro_f1 = pairs_trained.run.record().multi_label["macro_f1"]
    assert f" F1 {macro_f1:.2f} │" in said and "F1: macro F1 of several labels" in said


def test_below_the_table_stands_what_its_figures_are_of(runs):
    about = "Accuracy: by cross validation; demo: on sample/demo; rate: learning rate; backbone: efficientnet"
    assert about in runs().stdout


def test_a_demo_evaluation_of_several_labels_has_its_macro_f1_where_an_accuracy_would_be(pairs_trained):
    said = call("runs", "--workspace", pairs_trained.workspace.root).stdout
    assert "macro F1" in said.split("Accuracy:")[0] and "–" not in said
