"""The command `tune`."""

import shutil

import pytest

from poetcore.training.tuning.studies import find_study
from poetcore.training.tuning.tune import run_study
from poetcore.workspace.run_record import Status
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import Terminal, call

FEW = ["--head", "gradient_descent", "--learning_rate", "0.01,0.1", "--how_many_training_steps", 50]


@pytest.fixture(scope="module")
def terminal(trained, tmp_path_factory):
    """A terminal on a workspace that has the features already."""
    root = tmp_path_factory.mktemp("tune") / "tf_files"
    for name in ("models", "bottlenecks"):
        shutil.copytree(trained.workspace.root / name, root / name)
    return Terminal(root)


@pytest.fixture(scope="module")
def image_dir(trained):
    return trained.sample / "train"


@pytest.fixture(scope="module")
def answer(terminal, image_dir):
    return terminal.answer("tune", "--image_dir", image_dir, *FEW, "--tuning_name", "rates")


def test_the_answer_has_the_documented_keys(answer):
    assert {"trials", "best", "simplest_as_good"} <= set(answer)
    for number, trial in enumerate(answer["trials"]):
        assert {"settings", "accuracy", "interval", "seconds"} <= set(trial)
        assert trial["number"] == number
        low, high = trial["interval"]
        assert low <= trial["accuracy"] <= high


def test_what_was_chosen_are_numbers_of_trials(answer):
    best = max(trial["accuracy"] for trial in answer["trials"])
    assert answer["trials"][answer["best"]]["accuracy"] == best
    assert 0 <= answer["simplest_as_good"] < 2
    assert {one["number"] for one in answer["comparisons"]} == {0, 1}


def test_the_accuracy_is_told_again_from_pictures_that_took_no_part(answer):
    assert answer["separate"]["n"] == 60
    assert "took no part" in answer["sentence"]


def test_a_person_reads_a_table_the_choice_and_how_to_train_it(terminal, image_dir):
    said = terminal.say("tune", "--image_dir", image_dir, *FEW)
    assert "rate 0.01" in said and "to the best" in said and "as good" in said
    (line, *_) = [line for line in said.splitlines() if line.startswith("Next: ")]
    done = call(*line.split(" -m poetcore ")[1].split(), "--workspace", terminal.workspace)
    assert done.status == 0, done.stderr


def test_a_tuning_that_was_stopped_goes_on(terminal, image_dir, answer):
    study = find_study("rates", Workspace(terminal.workspace))
    study.write_status(Status("cancelled", pid=0))
    lines = (study.folder / "trials.jsonl").read_text().splitlines(keepends=True)
    (study.folder / "trials.jsonl").write_text(lines[0])
    again = terminal.answer("tune", "--resume", "rates")
    assert again["comparisons"] == answer["comparisons"]
    assert again["separate"] == answer["separate"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "image_dir is missing"),
        (["--resume", "none"], "No tuning named 'none'"),
        (["--image_dir", "missing"], "missing"),
        (["--learning_rate", "fast"], "learning_rate must list numbers"),
        (["--trials", "2"], "more than trials = 2"),
        (["--architecture", "lite0"], "Unknown architecture 'lite0'"),
        (["--tuning_name", "a/b"], "name"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(arguments, said, terminal, image_dir, monkeypatch):
    monkeypatch.delenv("TFP_IMAGES_DIR", raising=False)
    folder = (
        [] if not arguments or arguments[0] in ("--resume", "--image_dir") else ["--image_dir", image_dir]
    )
    done = call("tune", *folder, *arguments, "--workspace", terminal.workspace)
    assert (done.status, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_tuning_that_is_interrupted_says_how_to_go_on(terminal, image_dir, monkeypatch):
    def stop(study, place, show):
        def interrupt(progress):
            raise KeyboardInterrupt

        return run_study(study, place, interrupt)

    monkeypatch.setattr("poetcore.training.tuning.tune.run_study", stop)
    done = call("tune", "--image_dir", image_dir, *FEW, "--workspace", terminal.workspace)
    assert done.status == 1
    assert "Stopped after 0 of 2 trials" in done.stderr and "tune --resume" in done.stderr
