"""Paths on the command line, as people paste them, wherever one is asked for."""

import json
from pathlib import Path

import pytest

from tests.cli.inside import call
from tests.conftest import fill


def labels_of(*arguments: object) -> dict[str, int]:
    done = call("overview", *arguments, "--json")
    assert done.status == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["labels"]


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return fill(tmp_path / "My photos" / "train", {"ash": 2, "oak": 3})


@pytest.mark.parametrize("pasted", [" '{}/'\n", "“{}”", "& '{}'"])
def test_an_argument_is_understood_as_it_was_pasted(photos, pasted):
    assert labels_of(pasted.format(photos)) == {"ash": 2, "oak": 3}


def test_an_option_is_understood_as_it_was_pasted(photos, tmp_path):
    fill(tmp_path / "demo", {"ash": 1, "oak": 1})
    done = call("overview", photos, "--demo_dir", (tmp_path / "demo").as_uri(), "--json")
    assert json.loads(done.stdout)["demo"] == str(tmp_path / "demo")


def test_the_environment_is_understood_as_it_was_pasted(photos, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TFP_WORKSPACE", " ~/place/ ")
    assert labels_of(photos) == {"ash": 2, "oak": 3}
    assert (tmp_path / "place" / "bottlenecks").is_dir()


def test_an_option_of_a_dataclass_is_understood_as_it_was_pasted(photos):
    done = call("retrain", "--image_dir", '"no such folder/"')
    assert (done.status, done.stderr.splitlines()[-1][:40]) == (
        2,
        "Error: No such folder: no such folder. G"[:40],
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("overview", "~nobody-at-all/x"),
        ("runs", "--workspace", "~nobody-at-all/x"),
        ("label_image", "a.jpg", "~nobody-at-all/x"),
        ("retrain", "--image_dir", ".", "--demo_dir", "~nobody-at-all/x"),
    ],
)
def test_an_unknown_user_is_one_sentence(arguments):
    done = call(*arguments)
    assert (done.status, done.stderr.count("No home folder of ~nobody-at-all is known")) == (2, 1)


def test_an_option_is_not_taken_for_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = call("runs", "--workspace", "--json")
    assert (done.status, "'--json' is an option" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_a_page_of_text_is_not_repeated_in_a_sentence():
    done = call("evaluate", ".", "--run", "x" * 5000)
    assert (done.status, len(done.stderr) < 400) == (2, True)
