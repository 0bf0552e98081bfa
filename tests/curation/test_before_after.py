"""Accuracy before and after repairs: which runs are listed, and what came before them."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from poetcore.curation.before_after import before_and_after
from poetcore.curation.changes import Change, Outcome, Step
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord, Status

TRAINED = datetime.fromisoformat("2026-03-01T12:00:00+01:00")
RECORD = RunRecord(
    name="first",
    created=TRAINED.isoformat(),
    image_dir="/pictures/train",
    backbone="efficientnet_lite0",
    input_size=224,
    labels=["rose", "tulip"],
    options={"how_many_training_steps": 100},
    splits={"training": 80, "validation": 9, "testing": 11},
    skipped=[],
    bottlenecks={"computed": 100, "cached": 0},
    timings={"total_s": 1.0},
    metrics={"final_test_accuracy": 0.9, "final_test_count": 11},
    versions={},
)
FOLDER = Path("/pictures/train")


def step(number: int, minutes: int, state: str = "applied") -> Step:
    """A step so many minutes after the training began."""
    done = Outcome(Change(FOLDER / "rose/a.jpg", "quarantine", "sha", "blurry"), state, FOLDER)
    return Step(str(number), (TRAINED + timedelta(minutes=minutes)).isoformat(), (done,))


@pytest.fixture
def make(tmp_path: Path):
    def made(phase: str = "done", **values: object) -> Run:
        folder = tmp_path / f"run{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        run = Run(folder)
        run.write_status(Status(phase))
        if phase == "done":
            run.write_record(replace(RECORD, **values))
        return run

    return made


def evaluate(run: Run, folder: str, accuracy: float, **figures: object) -> None:
    import pandas as pd

    correct = round(50 * accuracy)
    metrics = {"run": run.name, "folder": folder, "accuracy": accuracy, "total": 50, "correct": correct}
    metrics |= {name: [] for name in ("labels", "confusion_matrix", "skipped")}
    metrics |= {"per_label": {}, "interval": [0.0, 1.0]}
    metrics |= dict.fromkeys(("accuracy_without_leaked", "interval_without_leaked"))
    run.evaluation(Path(folder).name).write(
        pd.DataFrame(), metrics | {"leaked": 0, "macro_f1": accuracy} | figures
    )


def test_a_step_that_was_undone_came_before_nothing(make):
    (row,) = before_and_after(FOLDER, [make()], [step(1, -5, "undone")]).itertuples()
    assert row.repairs == "before any"


def test_a_run_from_before_any_repair_says_so(make):
    table = before_and_after(FOLDER, [make()], [step(1, minutes=5)])
    assert list(table["repairs"]) == ["before any"]


def test_a_run_names_the_last_step_before_it(make):
    steps = [step(3, minutes=5), step(2, minutes=-5), step(1, minutes=-10)]
    assert list(before_and_after(FOLDER, [make()], steps)["repairs"]) == ["after step 2"]


def test_a_run_is_listed_with_its_figures(make):
    (row,) = before_and_after(FOLDER, [make()], []).to_dict("records")
    assert (row["run"].startswith("run"), row["pictures"], row["test"], row["tested"]) == (True, 100, 0.9, 11)


def test_a_run_has_a_row_for_each_demo_folder(make):
    run = make()
    evaluate(run, "/pictures/demo", 0.8)
    evaluate(run, "/pictures/other", 0.7)
    table = before_and_after(FOLDER, [run], [])
    assert dict(zip(table["demo folder"], table["demo"], strict=True)) == {
        "/pictures/demo": 0.8,
        "/pictures/other": 0.7,
    }


def test_where_most_demo_pictures_were_seen_there_is_no_demo_accuracy(make):
    run = make()
    evaluate(run, "/pictures/demo", 1.0, leaked=20, leaked_near=6)
    (row,) = before_and_after(FOLDER, [run], []).to_dict("records")
    assert np.isnan(row["demo"]) and row["note"] == "seen in training"


def test_accuracies_on_different_states_of_a_demo_folder_are_noted(make):
    first, second, third = make(), make(), make()
    evaluate(first, "/pictures/demo", 0.8, state="a")
    evaluate(second, "/pictures/demo", 0.9, state="a")
    evaluate(third, "/pictures/demo", 1.0, state="b", relabelled=3, accuracy_before=0.9)
    table = before_and_after(FOLDER, [third, second, first], []).set_index("run")
    assert dict(table["note"]) == {
        third.name: "3 labels changed: 90.0 % before",
        second.name: "other demo pictures",
        first.name: "other demo pictures",
    }


def test_a_damaged_evaluation_costs_its_own_row_only(make):
    run = make()
    evaluate(run, "/pictures/demo", 0.8)
    evaluate(run, "/pictures/other", 0.7)
    run.evaluation("other").metrics_file.write_text("{")
    assert list(before_and_after(FOLDER, [run], [])["demo"]) == [0.8]


def test_runs_on_other_folders_are_passed_over(make):
    assert before_and_after(FOLDER, [make(image_dir="/pictures/other")], []).empty


def test_unfinished_runs_are_passed_over(make):
    assert before_and_after(FOLDER, [make("failed")], []).empty


def test_damaged_runs_are_passed_over(make):
    run = make()
    (run.folder / "run.json").write_text("{")
    assert before_and_after(FOLDER, [run], []).empty
