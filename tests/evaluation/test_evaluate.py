"""Evaluating a run on real folders: what is written, what is leaked, and what a demo folder may hold."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.data.layout import LevelError
from poetcore.errors import DatasetError, RunError
from poetcore.evaluation.evaluate import (
    Evaluation,
    evaluate,
)
from poetcore.evaluation.freshness import current_files, evaluation_difference
from poetcore.sources.samples import SAMPLE_LABELS
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.run import Run
from tests.conftest import fill


@pytest.fixture(scope="module")
def demo(trained, tmp_path_factory) -> Path:
    """20 drawn flowers, two of which stand under a wrong label; two training pictures; two bad files."""
    made = tmp_path_factory.mktemp("evaluation") / "show"
    shutil.copytree(trained.sample / "demo", made)
    shutil.move(made / "tulip" / "tulip_001.jpg", made / "daisy" / "not a daisy.jpg")
    shutil.move(made / "rose" / "rose_002.jpg", made / "daisy" / "nor this.jpg")
    for label, name in (("daisy", "daisy_003.jpg"), ("sunflower", "sunflower_005.jpg")):
        shutil.copy(trained.sample / "train" / label / name, made / label / "seen before.jpg")
    (made / "rose" / "empty.jpg").touch()
    whole = (trained.sample / "demo" / "rose" / "rose_003.jpg").read_bytes()
    (made / "rose" / "torn.jpg").write_bytes(whole[: len(whole) // 2])
    return made


@pytest.fixture(scope="module")
def evaluation(trained, demo) -> Evaluation:
    return evaluate(trained.run, demo, trained.workspace)


@pytest.fixture(scope="module")
def rows(trained, evaluation) -> list[dict[str, str]]:
    """predictions.csv, read without Poet."""
    file = trained.run.folder / "evaluations" / "show" / "predictions.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_predictions_file_has_the_agreed_columns(rows):
    agreed = ["path", "label", "predicted", "correct", "confidence", "leaked"]
    added = ["sha", "leaked_near", "twin", "novelty", "unknown"]
    assert list(rows[0]) == agreed + [f"p_{label}" for label in SAMPLE_LABELS] + added


def test_predictions_file_has_a_row_for_each_usable_picture_in_order(rows, demo):
    wanted = sorted(path for path in demo.rglob("*.jpg") if path.stem not in ("empty", "torn"))
    assert [row["path"] for row in rows] == [str(path) for path in wanted]


def test_true_label_is_the_folder_of_a_picture(rows):
    assert [row["label"] for row in rows] == [Path(row["path"]).parent.name for row in rows]


def test_predicted_label_is_the_most_probable_label(rows):
    best = [max(SAMPLE_LABELS, key=lambda label, row=row: float(row[f"p_{label}"])) for row in rows]
    assert [row["predicted"] for row in rows] == best


def test_confidence_is_the_probability_of_the_predicted_label(rows):
    given = [float(row[f"p_{row['predicted']}"]) for row in rows]
    assert [float(row["confidence"]) for row in rows] == pytest.approx(given)


def test_correct_means_that_true_and_predicted_label_agree(rows):
    assert [row["correct"] for row in rows] == [str(row["label"] == row["predicted"]) for row in rows]


def test_metrics_are_those_of_the_predictions_file(rows, evaluation):
    matrix = np.zeros((5, 5), int)
    for row in rows:
        matrix[SAMPLE_LABELS.index(row["label"]), SAMPLE_LABELS.index(row["predicted"])] += 1
    assert evaluation.metrics.confusion_matrix == matrix.tolist()
    assert (evaluation.metrics.correct, evaluation.metrics.total) == (matrix.trace(), 22)


def test_training_pictures_are_found_by_content(rows):
    leaked = [Path(row["path"]).parent.name for row in rows if row["leaked"] == "True"]
    assert leaked == ["daisy", "sunflower"]


def test_a_leaked_picture_does_not_count_in_the_fair_accuracy(rows, evaluation):
    unseen = [row["correct"] == "True" for row in rows if row["leaked"] == "False"]
    assert evaluation.metrics.accuracy_without_leaked == pytest.approx(sum(unseen) / 20)


def test_bad_files_are_skipped_with_their_reasons(evaluation):
    reasons = {Path(skipped["path"]).name: skipped["reason"] for skipped in evaluation.metrics.skipped}
    assert sorted(reasons) == ["empty.jpg", "torn.jpg"]
    assert reasons["empty.jpg"] == "is empty (0 bytes)"
    assert "truncated" in reasons["torn.jpg"]


def test_a_picture_under_a_wrong_label_is_misclassified(evaluation):
    assert "not a daisy.jpg" in {Path(path).name for path in evaluation.misclassified()["path"]}


def test_what_was_written_is_what_was_returned(trained, evaluation):
    loaded = Evaluation.load(trained.run.evaluation("show"))
    assert loaded.metrics == evaluation.metrics
    pd.testing.assert_frame_equal(loaded.predictions, evaluation.predictions)


def test_metrics_file_is_plain_json(trained, evaluation):
    content = (trained.run.folder / "evaluations" / "show" / "metrics.json").read_text()
    found = json.loads(content, parse_constant=pytest.fail)
    assert found["folder"] == evaluation.metrics.folder


def test_a_demo_folder_may_lack_labels(trained, tmp_path):
    shutil.copytree(trained.sample / "demo" / "rose", tmp_path / "roses only" / "rose")
    metrics = evaluate(trained.run, tmp_path / "roses only", trained.workspace).metrics
    assert (metrics.total, metrics.per_label["rose"]["support"], len(metrics.labels)) == (4, 4, 5)


def test_an_unknown_label_is_named_with_those_of_the_run(trained, tmp_path):
    fill(tmp_path / "wrong", {"rose": 1, "orchid": 1})
    with pytest.raises(DatasetError, match="was not trained on the label 'orchid' of .*'daisy'.*'tulip'"):
        evaluate(trained.run, tmp_path / "wrong", trained.workspace)


def test_the_level_of_a_folder_is_questioned_unless_the_run_knows_its_labels(trained, tmp_path):
    fill(tmp_path / "wrapped" / "rose", {"garden": 1, "park": 1})
    assert evaluate(trained.run, tmp_path / "wrapped", trained.workspace).metrics.total == 2
    with pytest.raises(LevelError, match="give .*sample/train, and .*sample/demo to evaluate on"):
        evaluate(trained.run, trained.sample, trained.workspace)


def test_folders_that_look_like_a_label_of_the_run_count_together_as_it(trained, tmp_path):
    demo = Path(shutil.copytree(trained.sample / "demo", tmp_path / "otherwise"))
    other = demo / "r\u043ese"  # with a Cyrillic o
    other.mkdir()
    for path in sorted((demo / "rose").iterdir())[:2]:
        path.rename(other / path.name)
    (demo / "tulip").rename(demo / "T")
    (demo / "T").rename(demo / "TULIP")
    found = evaluate(trained.run, demo, trained.workspace)
    assert found.metrics.per_label["rose"]["support"] == 4
    assert set(found.predictions["label"]) == set(SAMPLE_LABELS)
    files = current_files(demo, trained.workspace)
    assert not evaluation_difference(found, trained.run, files).any


def test_a_label_folder_that_is_written_otherwise_later_is_no_other_label(trained, tmp_path):
    demo = Path(shutil.copytree(trained.sample / "demo", tmp_path / "renamed"))
    evaluate(trained.run, demo, trained.workspace)
    (demo / "tulip").rename(demo / "T")
    (demo / "T").rename(demo / "Tulip")
    found = evaluate(trained.run, demo, trained.workspace).metrics
    assert (found.relabelled, found.removed, found.accuracy_before) == (0, 0, None)


def test_a_folder_without_a_usable_picture_is_told_with_a_reason(trained, tmp_path):
    (tmp_path / "bad" / "rose").mkdir(parents=True)
    (tmp_path / "bad" / "rose" / "a.jpg").touch()
    with pytest.raises(DatasetError, match="No usable picture .*is empty"):
        evaluate(trained.run, tmp_path / "bad", trained.workspace)


def test_two_folders_of_the_same_name_have_evaluations_of_their_own(trained, tmp_path):
    one = evaluate(trained.run, fill(tmp_path / "a" / "same", {"rose": 2}), trained.workspace)
    two = evaluate(trained.run, fill(tmp_path / "b" / "same", {"tulip": 3}), trained.workspace)
    kept = {
        e.name: Evaluation.load(e).metrics for e in trained.run.evaluations() if e.name.startswith("same")
    }
    assert sorted(kept.values(), key=lambda metrics: metrics.total) == [one.metrics, two.metrics]


def test_evaluating_a_folder_again_replaces_its_evaluation(trained, tmp_path):
    folder = fill(tmp_path / "again", {"rose": 2})
    evaluate(trained.run, folder, trained.workspace)
    fill(folder, {"tulip": 1}, seed=9)
    evaluate(trained.run, folder, trained.workspace)
    kept = [Evaluation.load(e) for e in trained.run.evaluations() if e.name.startswith("again")]
    assert [evaluation.metrics.total for evaluation in kept] == [3]


def test_a_damaged_evaluation_is_replaced_by_evaluating_again(trained, evaluation, demo, tmp_path):
    copy = Run(shutil.copytree(trained.run.folder, tmp_path / "copy"))
    copy.evaluation("show").metrics_file.write_text("{")
    assert evaluate(copy, demo, trained.workspace).metrics.total == evaluation.metrics.total


@pytest.mark.parametrize("content", [None, b"", b"path,label\n"], ids=["missing", "empty", "other columns"])
def test_predictions_that_cannot_be_read_are_told_in_a_sentence(trained, evaluation, tmp_path, content):
    folder = EvaluationFolder(shutil.copytree(trained.run.evaluation("show").folder, tmp_path / "show"))
    folder.predictions_file.unlink()
    if content is not None:
        folder.predictions_file.write_bytes(content)
    with pytest.raises(RunError, match=r"predictions\.csv"):
        Evaluation.load(folder)
