"""Whether figures are true of the files that are there now."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.freshness import (
    Difference,
    current_files,
    evaluation_difference,
    run_difference,
)
from poetcore.evaluation.headline import headline
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.unprivileged import as_nobody, needs_permissions, open_folder


@pytest.fixture
def train(trained, tmp_path) -> Path:
    """A copy of the training pictures."""
    return Path(shutil.copytree(trained.sample / "train", tmp_path / "train"))


def counts(difference: Difference) -> tuple[int, int, int, bool]:
    return difference.added, difference.removed, difference.relabelled, difference.known


def test_a_run_is_true_of_the_files_that_it_was_trained_on(trained, train):
    difference = run_difference(trained.run, current_files(train, trained.workspace))
    assert (counts(difference), difference.any, difference.sentence) == ((0, 0, 0, True), False, "")


def test_what_was_added_removed_and_relabelled_since_is_counted(trained, train):
    shutil.copy(trained.sample / "demo" / "rose" / "rose_001.jpg", train / "rose" / "new.jpg")
    (train / "tulip" / "tulip_001.jpg").unlink()
    (train / "tulip" / "tulip_002.jpg").rename(train / "rose" / "moved.jpg")
    difference = run_difference(trained.run, current_files(train, trained.workspace))
    assert counts(difference) == (1, 1, 1, True)
    assert difference.sentence == (
        f"What is told of the run {trained.run.name} is out of date: the pictures in its folder are others"
        " now (1 added, 1 removed, 1 given another label)."
    )


def test_of_a_folder_that_is_gone_nothing_is_known(trained, tmp_path):
    difference = run_difference(trained.run, current_files(tmp_path / "gone", trained.workspace))
    assert (counts(difference), difference.any) == ((0, 0, 0, False), False)


def test_an_evaluation_is_compared_with_the_demo_folder(trained, tmp_path):
    demo = Path(shutil.copytree(trained.sample / "demo", tmp_path / "fresh"))
    evaluation = evaluate(trained.run, demo, trained.workspace)
    now = current_files(demo, trained.workspace)
    assert not evaluation_difference(evaluation, trained.run, now).any
    (demo / "tulip" / "tulip_002.jpg").rename(demo / "rose" / "moved.jpg")
    now = current_files(demo, trained.workspace)
    assert counts(evaluation_difference(evaluation, trained.run, now)) == (0, 0, 1, True)


def test_figures_from_before_the_run_was_calibrated_are_out_of_date(trained, tmp_path):
    run = Run(Path(shutil.copytree(trained.run.folder, tmp_path / "calibrated")))
    demo = Path(shutil.copytree(trained.sample / "demo", tmp_path / "cold"))
    evaluation = evaluate(run, demo, trained.workspace)
    run.set_temperature(2.0)
    difference = evaluation_difference(evaluation, run, current_files(demo, trained.workspace))
    assert difference.any and "calibrated anew" in difference.sentence
    again = evaluate(run, demo, trained.workspace)
    assert again.metrics.temperature == 2.0
    assert not evaluation_difference(again, run, current_files(demo, trained.workspace)).any


def test_of_an_evaluation_without_contents_nothing_is_known(trained, tmp_path):
    demo = Path(shutil.copytree(trained.sample / "demo", tmp_path / "old"))
    evaluation = evaluate(trained.run, demo, trained.workspace)
    old = Evaluation(evaluation.metrics, evaluation.predictions.drop(columns=["sha"]))
    now = current_files(demo, trained.workspace)
    assert not evaluation_difference(old, trained.run, now).known


def test_without_a_folder_an_evaluation_is_not_compared(trained, tmp_path):
    demo = Path(shutil.copytree(trained.sample / "demo", tmp_path / "lost"))
    evaluation = evaluate(trained.run, demo, trained.workspace)
    assert not evaluation_difference(evaluation, trained.run, None).known


#: What `metrics.json` had in version 0.2.
EARLIER = (
    "run folder labels accuracy correct total interval leaked accuracy_without_leaked interval_without_leaked"
    " macro_f1 per_label confusion_matrix skipped"
)


def test_an_evaluation_of_an_earlier_version_is_read(trained, tmp_path):
    demo = Path(shutil.copytree(trained.sample / "demo", tmp_path / "earlier"))
    shutil.rmtree(demo / "rose")
    evaluate(trained.run, demo, trained.workspace)
    folder = trained.run.evaluation("earlier")
    table = pd.read_csv(folder.predictions_file).drop(columns=["sha", "leaked_near", "twin"])
    folder.predictions_file.write_text(table.to_csv(index=False))
    found = json.loads(folder.metrics_file.read_text())
    found["per_label"]["rose"] = dict.fromkeys(found["per_label"]["rose"], 0)
    folder.metrics_file.write_text(json.dumps({name: found[name] for name in EARLIER.split()}))
    loaded = Evaluation.load(folder)
    assert (len(loaded.predictions), loaded.leaks()) == (16, [])
    assert (loaded.metrics.per_label["rose"]["f1"], loaded.metrics.macro_f1_labels) == (None, 4)
    assert headline(loaded.metrics).remarks[0] == (
        "Whether near duplicates of these pictures were trained on is not known."
    )


@needs_permissions
def test_in_a_workspace_that_may_only_be_read_the_files_are_known_all_the_same(trained):
    with open_folder() as place:
        shutil.copytree(trained.sample / "demo", place / "demo")
        (place / "workspace").mkdir(mode=0o555)
        with as_nobody():
            assert current_files(place / "demo", Workspace(place / "workspace")) is not None
