"""The codelab's commands by their own options: nobody has to change their notes."""

import json
from dataclasses import MISSING

import pytest
import typer

from poetcore.cli.app import app
from poetcore.evaluation.frozen import GraphOptions
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from tests.conftest import ROOT, Trained, run_poet

pytestmark = pytest.mark.slow

#: Every option of the original retrain script, except those that name folders, which tests give themselves.
TRAINING = {
    "--how_many_training_steps": "20",
    "--learning_rate": "0.02",
    "--testing_percentage": "20",
    "--validation_percentage": "15",
    "--eval_step_interval": "5",
    "--train_batch_size": "16",
    "--test_batch_size": "3",
    "--validation_batch_size": "-1",
    "--final_tensor_name": "verse",
    "--random_crop": "5",
    "--random_scale": "6",
    "--random_brightness": "7",
    "--architecture": "efficientnet_lite0",
    "--intermediate_store_frequency": "10",
}


@pytest.mark.parametrize(
    ("command", "kind", "name"),
    [
        (command, kind, name)
        for command, kind in (
            ("retrain", RunConfig),
            ("evaluate", GraphOptions),
            ("label_image", GraphOptions),
        )
        for name in options_of(kind)
    ],
)
def test_every_declared_option_is_one_of_the_command_with_the_same_default(command, kind, name, monkeypatch):
    for variable in ("TFP_ARCHITECTURE", "TFP_RELATIVE_SIZE", "TFP_IMAGE_SIZE"):
        monkeypatch.delenv(variable, raising=False)
    declared = options_of(kind)[name]
    command = typer.main.get_command(app).commands[command]
    (found,) = [one for one in command.params if f"--{declared.flag}" in one.opts]
    default = found.get_default(typer.Context(command))
    assert (default, found.required) == (
        (None, True) if declared.default is MISSING else (declared.default, False)
    )


@pytest.fixture(scope="module")
def everything(trained: Trained, tmp_path_factory: pytest.TempPathFactory):
    """A training with every option of the original script at once, and the folder that it filled."""
    folder = tmp_path_factory.mktemp("everything")
    options = [part for pair in TRAINING.items() for part in pair]
    done = run_poet(
        "retrain",
        "--image_dir", trained.sample / "train",
        *options,
        "--flip_left_right",
        "--distortion_variants", 1,
        "--print_misclassified_test_images",
        "--output_graph", folder / "graph.pb",
        "--output_labels", folder / "labels.txt",
        "--intermediate_output_graphs_dir", folder / "on_the_way",
        "--summaries_dir", folder / "summaries" / "LR_0.5",
        "--model_dir", trained.workspace.models,
        "--bottleneck_dir", folder / "vectors",
        "--workspace", folder / "tf_files",
        "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout.splitlines()[-1]) | {"errors": done.stderr}


def test_the_options_are_kept_with_the_run(everything):
    folder, answer = everything
    record = json.loads((folder / "tf_files" / "runs" / answer["run"] / "run.json").read_text())
    kept = {f"--{name}": str(value) for name, value in record["options"].items()}
    kept["--architecture"] = record["backbone"]
    given = {name: value for name, value in TRAINING.items() if name != "--intermediate_store_frequency"}
    assert {name: kept[name] for name in given} == given


def test_the_labels_are_written_where_they_were_asked_for(everything, trained):
    folder, _ = everything
    assert (folder / "labels.txt").read_text().splitlines() == trained.run.labels()


def test_intermediate_graphs_are_written(everything):
    folder, _ = everything
    names = sorted(file.name for file in (folder / "on_the_way").glob("*.pb"))
    assert names == ["intermediate_10.pb", "intermediate_20.pb"]


def test_vectors_go_where_they_were_asked_for(everything):
    folder, _ = everything
    assert (folder / "vectors" / "vectors.sqlite").is_file()


def test_tensorboard_calls_the_training_as_the_folder_of_its_summaries(everything):
    folder, _ = everything
    parts = {file.parent.relative_to(folder / "summaries").as_posix() for file in folder.rglob("*tfevents*")}
    assert (
        {"LR_0.5/train", "LR_0.5/validation"}
        <= parts
        <= {"LR_0.5"} | {f"LR_0.5/{part}" for part in ("train", "validation", "test")}
    )


def test_a_training_with_json_prints_its_reports_on_standard_error(everything):
    _, answer = everything
    assert [line.split(":")[0] for line in answer["errors"].splitlines() if line.startswith("Step")] == [
        "Step  5",
        "Step 10",
        "Step 15",
        "Step 20",
    ]


def test_the_final_test_has_as_many_pictures_as_asked(everything):
    assert everything[1]["final_test_count"] == 3


def test_misclassified_pictures_have_true_and_predicted_label(everything):
    for one in everything[1]["misclassified"]:
        assert set(one) == {"path", "label", "predicted"} and one["label"] != one["predicted"]


@pytest.fixture(scope="module")
def labelled(everything, trained: Trained):
    """The prediction of label_image with the original's options and the graph written above."""
    folder, _ = everything
    picture = next((trained.sample / "demo" / "rose").iterdir())
    done = run_poet(
        "label_image",
        "--image", picture,
        "--graph", folder / "graph.pb",
        "--labels", folder / "labels.txt",
        "--input_height", 224,
        "--input_width", 224,
        "--input_mean", 128,
        "--input_std", 128,
        "--input_layer", "input",
        "--output_layer", "verse",
        "--workspace", folder / "tf_files",
        "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return picture, json.loads(done.stdout.splitlines()[-1])


def test_label_image_takes_the_options_of_the_original(labelled, trained):
    picture, answer = labelled
    (prediction,) = answer["predictions"]
    assert prediction["path"] == str(picture)
    assert {score["label"] for score in prediction["scores"]} == set(trained.run.labels())


def test_the_graph_of_a_single_picture_is_timed(labelled):
    assert labelled[1]["evaluation_seconds"] > 0


def test_the_graph_predicts_what_the_run_predicts(labelled, everything):
    folder, trained_answer = everything
    picture, answer = labelled
    done = run_poet(
        "label_image", picture, "--run", trained_answer["run"], "--workspace", folder / "tf_files", "--json"
    )
    ours = json.loads(done.stdout.splitlines()[-1])["predictions"][0]["scores"]
    theirs = answer["predictions"][0]["scores"]
    assert [s["label"] for s in ours] == [s["label"] for s in theirs]
    assert [s["score"] for s in ours] == pytest.approx([s["score"] for s in theirs], abs=0.01)


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--how_many_training_steps", "0", "between 1 and 10"),
        ("--learning_rate", "-0.1", "more than 0"),
        ("--testing_percentage", "101", "between 0 and 99"),
        ("--validation_percentage", "-1", "between 0 and 99"),
        ("--eval_step_interval", "0", "1 or more"),
        ("--train_batch_size", "0", "between 1 and 10"),
        ("--test_batch_size", "-2", "-1 for all"),
        ("--validation_batch_size", "0", "-1 for all"),
        ("--random_crop", "-5", "between 0 and 400"),
        ("--random_scale", "500", "between 0 and 400"),
        ("--random_brightness", "101", "between 0 and 100"),
        ("--distortion_variants", "0", "between 1 and 100"),
        ("--intermediate_store_frequency", "-1", "0, for none, or more"),
        ("--final_tensor_name", "my result", "letters, digits"),
        ("--bottleneck_dir", "README.md", "is a folder"),
        ("--summaries_dir", "README.md", "is a folder"),
        ("--output_labels", "tests", "the name of a file"),
        ("--output_labels", "README.md/labels.txt", "cannot be written"),
        ("--output_graph", "README.md/graph.pb", "cannot be written"),
        ("--demo_dir", "no_such_folder", "one folder of pictures per label"),
        ("--architecture", "resnet51", "another name that the command backbones lists"),
    ],
)
def test_an_impossible_value_is_refused_with_what_is_allowed(option, value, allowed, trained, tmp_path):
    done = run_poet(
        "retrain", "--image_dir", trained.sample / "train", option, value, "--workspace", tmp_path
    )
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 2
    assert last.startswith("Error: ") and allowed in last and value in last
    assert str(ROOT) not in last
