"""Runs from Python: what they say is what the command line and the pages say."""

import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import poetcore as poet
from poetcore.curation.repair import Change, Repairs
from poetcore.errors import DatasetError, OptionError, PictureError, RunError
from tests.conftest import fill, run_poet


def said_by(folder: Path, command: str, *arguments: object) -> dict[str, Any]:
    """Run a command on the workspace of a folder; gives its JSON."""
    done = run_poet(command, *arguments, "--workspace", folder / "tf_files", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def run(here) -> poet.TrainedRun:
    return poet.load_run("first")


def test_the_newest_finished_run_is_loaded_by_default(here):
    assert poet.load_run().name == poet.list_runs().query("state == 'done'")["name"].iloc[0]


def test_evaluating_says_what_the_command_says(run, here):
    report = run.evaluate("sample/demo")
    said = said_by(here, "evaluate", here / "sample/demo", "--run", "first")
    assert (report.accuracy, report.total, list(report.interval)) == (
        said["accuracy"],
        said["total"],
        said["interval"],
    )
    assert report.confusion_matrix.to_numpy().tolist() == said["confusion_matrix"]


def test_rows_of_the_confusion_matrix_are_the_true_labels(run):
    matrix = run.evaluate("sample/demo").confusion_matrix
    assert (matrix.index.name, matrix.columns.name) == ("true label", "predicted label")
    assert list(matrix.sum(axis=1)) == [4] * 5


def test_predicting_says_what_the_command_says(run, here):
    picture = here / "sample/demo/tulip/tulip_001.jpg"
    said = said_by(here, "label_image", picture, "--run", "first")
    top = said["predictions"][0]["scores"]
    assert run.predict(picture).top(5) == [(one["label"], one["score"]) for one in top]


def test_a_file_that_is_no_picture_is_told_in_a_sentence(run, here):
    (here / "bad.jpg").write_text("no picture")
    with pytest.raises(PictureError, match=r"bad\.jpg is"):
        run.predict("bad.jpg")


def test_one_bad_file_is_one_row_without_probabilities(run, here):
    (here / "bad.jpg").write_text("no picture")
    table = run.predict_proba(["bad.jpg", "sample/demo/rose/rose_001.jpg"])
    assert np.isnan(table.iloc[0]).all() and table.iloc[1].sum() == pytest.approx(1, abs=1e-5)
    assert list(table.columns) == list(run.classes_)


def test_a_list_of_no_labels_does_not_mean_all(here):
    with pytest.raises(OptionError, match="labels is an empty list: name at least two"):
        poet.retrain("sample/train", labels=[])


def test_an_unknown_option_is_told_with_the_choices(here):
    with pytest.raises(OptionError, match="Unknown option 'steps': choose from .*how_many_training_steps"):
        poet.retrain("sample/train", steps=5)


def test_an_impossible_option_is_told_as_on_the_command_line(here):
    with pytest.raises(OptionError, match="seed must be 0 or more. Received: -1."):
        poet.retrain("sample/train", seed=-1)


@pytest.mark.parametrize(
    ("option", "value"),
    [("how_many_training_steps", "100"), ("learning_rate", None), ("name", 5), ("final_tensor_name", "a b")],
)
def test_a_value_of_the_wrong_kind_begins_no_run(here, option, value):
    before = list(poet.list_runs()["name"])
    with pytest.raises(OptionError, match=f"{option} must be"):
        poet.retrain("sample/train", **{option: value})
    assert list(poet.list_runs()["name"]) == before


def test_a_mistyped_demo_folder_begins_no_run(here):
    before = list(poet.list_runs()["name"])
    with pytest.raises(DatasetError, match="No such folder: nowhere"):
        poet.retrain("sample/train", demo_dir="nowhere")
    assert list(poet.list_runs()["name"]) == before


def test_a_demo_folder_one_too_high_begins_no_run(here):
    before = list(poet.list_runs()["name"])
    with pytest.raises(DatasetError, match="give sample/train, and sample/demo to evaluate on"):
        poet.retrain("sample/train", demo_dir="sample")
    assert list(poet.list_runs()["name"]) == before


def test_a_demo_folder_that_cannot_be_evaluated_is_a_warning(here, tmp_path):
    demo = fill(tmp_path / "others", {"daisy": 1, "cactus": 1})
    with pytest.warns(UserWarning, match="The evaluation on others failed: .*not trained on"):
        run = poet.retrain("sample/train", how_many_training_steps=20, demo_dir=demo, name="warned")
    assert run.name == "warned"


def test_numbers_of_numpy_are_options_too(here):
    steps = np.int64(20)
    run = poet.retrain("sample/train", how_many_training_steps=steps, learning_rate=np.float32(0.5))
    assert (run.options["how_many_training_steps"], run.options["learning_rate"]) == (20, 0.5)


@pytest.mark.parametrize("path", ["", None, 3, b"a", ["sample"]])
@pytest.mark.parametrize(
    "call",
    [
        lambda run, path: poet.load_dataset(path),
        lambda run, path: poet.retrain(path),
        lambda run, path: poet.load_run("first", workspace="" if path is None else path),
        lambda run, path: poet.make_sample(path),
        lambda run, path: run.evaluate("" if path is None else path),
        lambda run, path: run.predict(path),
        lambda run, path: run.predict_proba([path]),
        lambda run, path: poet.extract_features([path]),
    ],
)
def test_what_is_no_path_is_told_in_a_sentence(run, call, path):
    with pytest.raises(OptionError, match="must be a path.* Received: "):
        call(run, path)


def test_the_environment_names_the_workspace(here, monkeypatch, tmp_path):
    monkeypatch.setenv("TFP_WORKSPACE", " 'tf_files/' ")
    monkeypatch.chdir(here)
    assert poet.load_run("first").folder.is_relative_to(here)
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path))
    assert poet.list_runs().empty and not poet.list_runs(workspace="tf_files").empty


def test_a_pasted_path_is_understood(run, here):
    assert run.evaluate(f" '{here}/sample/demo/' ").total == 20
    assert len(poet.load_dataset((here / "sample/train").as_uri())) == 60


def test_a_report_is_not_written_over_a_folder(run, here):
    report = run.evaluate("sample/demo")
    with pytest.raises(OptionError, match="sample is a folder"):
        report.to_html("sample")


def test_a_count_that_is_no_number_is_told_in_a_sentence(run):
    report = run.evaluate("sample/demo")
    with pytest.raises(OptionError, match="count must be a whole number. Received: '3'"):
        report.top_losses("3")
    with pytest.raises(OptionError, match="minimum must be a whole number. Received: 1.5"):
        report.most_confused(1.5)


def test_progress_is_told_to_a_function(here):
    told: list[poet.Progress] = []
    poet.retrain("sample/train", how_many_training_steps=20, name="told", progress=told.append)
    assert {one.phase for one in told} >= {"scanning", "bottlenecks", "training", "testing"}


def test_without_a_terminal_nothing_is_printed(here, capfd):
    poet.retrain("sample/train", how_many_training_steps=20, name="quiet")
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_a_training_from_python_is_one_on_the_command_line(here):
    run = poet.retrain("sample/train", how_many_training_steps=30, seed=3, name="from_python")
    options = ("--how_many_training_steps", 30, "--seed", 3)
    said = said_by(here, "retrain", "--image_dir", here / "sample/train", *options)
    assert {name: said[name] for name in run.metrics} == run.metrics


def test_verified_pictures_have_no_issues(here, tmp_path):
    folder = fill(tmp_path / "set", {"ash": 2, "oak": 1})
    repairs = Repairs(folder)
    repairs.propose([Change(folder / "ash" / "ash_000.jpg", "fine", "", "tiny pictures")])
    repairs.apply()
    found = poet.load_dataset(folder).find_issues()
    tiny = set(found.loc[found["issue"] == "tiny", "path"])
    assert tiny == {str(folder / "ash" / "ash_001.jpg"), str(folder / "oak" / "oak_000.jpg")}


def test_history_has_a_row_a_report(run):
    assert list(run.history["step"]) == list(range(10, 301, 10))
    assert run.history["train_accuracy"].between(0, 1).all()


def test_history_without_validation_pictures_has_numbers_still(here):
    options = {"how_many_training_steps": 20, "validation_percentage": 0}
    history = poet.retrain("sample/train", **options).history
    assert history["validation_accuracy"].isna().all()
    assert (history.drop(columns="step").dtypes == "float64").all()


def test_history_that_is_lost_is_told_in_a_sentence(here):
    run = poet.retrain("sample/train", how_many_training_steps=20)
    (run.folder / "events.jsonl").write_bytes(b"\xff damaged\n")
    with pytest.raises(RunError, match="has no history"):
        _ = run.history


def test_predictions_are_told_apart_and_shown_in_a_line(run):
    path = "sample/demo/rose/rose_001.jpg"
    first, second = run.predict(path), run.predict(path)
    assert first != second and len({first, second}) == 2
    assert repr(first).startswith(f"Prediction('{path}': rose 0.")


@pytest.mark.parametrize("what", ["run", "report", "data"])
def test_results_survive_pickling_and_a_change_of_folder(what, run, here, monkeypatch):
    result = {"run": run, "report": run.evaluate("sample/demo"), "data": poet.load_dataset("sample/train")}[
        what
    ]
    monkeypatch.chdir("/")
    copy = pickle.loads(pickle.dumps(result))
    assert repr(copy) == repr(result)
    if what == "run":
        assert copy.predict(here / "sample/demo/rose/rose_001.jpg").label == "rose"


@pytest.mark.parametrize("what", ["run", "report", "data"])
def test_a_notebook_shows_a_table_and_no_markup_of_names(what, run, here):
    shown = {"run": run, "report": run.evaluate("sample/demo"), "data": poet.load_dataset("sample/train")}[
        what
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        html = shown._repr_html_()
    assert "<table" in html and "rose" in html


def test_a_label_is_shown_as_it_is_written(here, tmp_path):
    folder = tmp_path / "set"
    for label in ("<b>bold", "plain"):
        (folder / label).mkdir(parents=True)
        for picture in (here / "sample" / "demo" / "rose").iterdir():
            (folder / label / picture.name).write_bytes(picture.read_bytes())
    assert "&lt;b&gt;bold" in poet.load_dataset(folder)._repr_html_()


def test_lists_are_those_of_the_command_line(here):
    assert list(poet.list_backbones()["name"]) == [
        one["name"] for one in said_by(here, "backbones")["backbones"]
    ]
    assert list(poet.list_runs()["name"]) == [one["run"] for one in said_by(here, "runs")["runs"]]
