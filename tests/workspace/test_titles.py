"""What people call a run; its name is for the command line."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from poetcore.errors import OptionError
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status

BEGAN = datetime(2026, 11, 25, 22, 53).timestamp()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run that nobody named, on `flowers/train`."""
    found = Run(tmp_path / "2026-11-25_22-53-07_2")
    found.folder.mkdir()
    found.write_status(Status("done", started=BEGAN))
    record = {"image_dir": "/photos/flowers/train", "backbone": "efficientnet_lite0"}
    (found.folder / "run.json").write_text(json.dumps(record))
    return found


def test_a_run_is_called_after_dataset_backbone_and_start(run):
    assert run.title == "flowers · lite0 · 25 Nov 22:53"


def test_while_it_is_trained_too(run):
    (run.folder / "run.json").unlink()
    config = {"image_dir": "/photos/birds.csv", "architecture": "mobilenet_0.50_128"}
    (run.folder / "config.json").write_text(json.dumps(config))
    assert run.title == "birds · mobilenet 0.50 128 · 25 Nov 22:53"


def test_a_run_of_which_nothing_is_known_is_called_by_its_name(run):
    (run.folder / "run.json").write_text("{")
    assert run.title == run.name


def test_the_name_that_somebody_chose_is_the_title(run):
    assert Run(run.folder.rename(run.folder.with_name("first"))).title == "first"


def test_a_title_of_its_own_comes_first_and_changes_no_name(run):
    run.rename_title("  The best\nso far: 90 % ")
    assert (run.title, run.folder.name) == ("The best so far: 90 %", run.name)


def test_an_empty_title_brings_back_the_automatic_one(run):
    run.rename_title("mine")
    run.rename_title(" ")
    assert run.title.startswith("flowers")


@pytest.mark.parametrize("text", ["x" * 81, "a\0b"])
def test_what_is_no_title_is_refused(run, text):
    with pytest.raises(OptionError, match="A title has 1 to 80 characters"):
        run.rename_title(text)
