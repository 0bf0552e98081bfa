"""Commands used wrongly: exit status 2, one sentence that names the fault, no traceback."""

import pytest

from tests.conftest import fill, run_poet

pytestmark = pytest.mark.slow


def refused(*arguments: object) -> str:
    """Return the last line on standard error of a command that was used wrongly."""
    done = run_poet(*arguments)
    assert done.returncode == 2, done
    assert "Traceback" not in done.stdout + done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("Error: ")
    return last


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["overview", "."], "--colour"),
        (["retrain", "--image_dir", "."], "--colour"),
        (["label_image", "x.jpg"], "--colour"),
    ],
)
def test_an_unknown_option_is_wrong_use(arguments, named):
    assert named in refused(*arguments, named, "red")


def test_a_demo_folder_that_is_packed_is_there_and_is_a_file(tmp_path):
    (tmp_path / "demo.zip").write_bytes(b"packed")
    folder = fill(tmp_path / "set", {"rose": 1, "tulip": 1})
    told = refused("retrain", "--image_dir", folder, "--demo_dir", tmp_path / "demo.zip")
    assert "demo.zip is a file. --demo_dir holds one folder" in told


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["predict"], "predict"),
        (["overview"], "dir"),
        (["overview", "no_such_folder"], "no_such_folder"),
        (["overview", "README.md"], "README.md"),
        (["retrain"], "--image_dir"),
        (["retrain", "--image_dir", "no_such_folder"], "no_such_folder"),
        (["retrain", "--image_dir", "tests", "--testing_percentage", "100"], "testing_percentage"),
        (
            ["retrain", "--image_dir", "tests", "--head", "ridge", "--intermediate_store_frequency", "10"],
            "has no steps",
        ),
        (["retrain", "--image_dir", "tests", "--validation_percentage", "-1"], "validation_percentage"),
        (
            [
                "retrain",
                "--image_dir",
                "tests",
                "--testing_percentage",
                "60",
                "--validation_percentage",
                "40",
            ],
            "100",
        ),
        (["retrain", "--image_dir", "tests", "--how_many_training_steps", "many"], "many"),
        (["retrain", "--image_dir", "tests", "--learning_rate", "0"], "learning_rate"),
        (["retrain", "--image_dir", "tests", "--architecture", "resnet_50"], "resnet_50"),
        (["evaluate", "tests", "--run", "never"], "never"),
        (["evaluate", "tests", "--graph", "never.pb"], "No such graph: never.pb"),
        (["label_image", "x.jpg", "--run", "latest"], "retrain"),
        (["download", "trees"], "trees"),
    ],
)
def test_wrong_use_is_named_in_one_sentence(tmp_path, monkeypatch, arguments, named):
    monkeypatch.setenv("TFP_WORKSPACE", str(tmp_path / "tf_files"))
    assert named in refused(*arguments)


def test_a_name_that_leads_out_of_the_workspace_is_wrong_use(tmp_path):
    folder = fill(tmp_path / "pictures", {"ash": 4, "oak": 3})
    workspace = ["--workspace", tmp_path / "tf_files"]
    assert "'../up'" in refused("retrain", "--image_dir", folder, "--run_name", "../up", *workspace)


def test_image_dir_is_taken_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TFP_IMAGES_DIR", str(tmp_path / "my_photos"))
    assert "my_photos" in refused("retrain", "--workspace", tmp_path)


def test_image_dir_of_the_environment_may_be_a_folder_of_the_workspace(tmp_path, monkeypatch):
    fill(tmp_path / "flower_photos", {"ash": 4})
    monkeypatch.setenv("TFP_IMAGES_DIR", "flower_photos")
    assert f"Only one label in {tmp_path / 'flower_photos'}" in refused("retrain", "--workspace", tmp_path)


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"TFP_ARCHITECTURE": "resnet_50"}, "resnet_50"),
        ({"TFP_ARCHITECTURE": "mobilenet", "TFP_RELATIVE_SIZE": "0.33"}, "mobilenet_0.33_224"),
        ({"TFP_IMAGE_SIZE": "100"}, "mobilenet_1.0_100"),
    ],
)
def test_architecture_is_taken_from_the_environment(tmp_path, monkeypatch, variables, named):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert named in refused("retrain", "--image_dir", "tests", "--workspace", tmp_path)


def test_empty_architecture_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("TFP_ARCHITECTURE", "resnet_50")
    options = ("--image_dir", "tests", "--workspace", tmp_path)
    assert "resnet_50" in refused("retrain", "--architecture", "", *options)
