"""Merging labels and undoing repairs on the terminal."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from poetcore.cli.app import app
from poetcore.curation.repair import Change, Repairs
from poetcore.errors import DatasetError, OptionError
from tests.conftest import fill
from tests.curation.repairing import tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "my set", {"rose": 2, "roses": 3, "tulip": 1})


def said(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def answer(*arguments: object) -> dict[str, Any]:
    return json.loads(said(*arguments, "--json").splitlines()[-1])


def test_a_label_is_merged_and_the_answer_tells_of_it(folder):
    assert answer("merge", folder, "roses", "rose") == {
        "label": "roses",
        "into": "rose",
        "moved": 3,
        "skipped": [],
        "step": "1",
    }
    assert sorted(path.name for path in folder.iterdir() if path.name != ".poet") == ["rose", "tulip"]


def test_the_command_that_undoes_a_merge_is_told_and_works(folder, monkeypatch):
    before = tree(folder)
    told = said("merge", folder, "roses", "rose")
    assert told.splitlines()[-1] == f"Undo it with: python -m poetcore undo '{folder}' 1"
    assert answer("undo", folder, "1") == {"step": "1", "undone": 3, "skipped": []}
    assert tree(folder) == before


def test_without_a_number_the_last_repair_is_undone(folder):
    said("merge", folder, "roses", "rose")
    said("merge", folder, "tulip", "rose")
    assert answer("undo", folder)["step"] == "2"
    assert answer("undo", folder)["step"] == "1"


def test_where_there_is_nothing_to_undo_that_is_told(folder):
    with pytest.raises(OptionError, match="There is no repair of .*my set to undo"):
        said("undo", folder)


def test_a_step_that_a_later_one_blocks_is_told(folder):
    said("merge", folder, "roses", "rose")
    said("merge", folder, "rose", "tulip")
    with pytest.raises(DatasetError, match="Step 1 cannot be undone: .*step 2 moved it on: undo that first"):
        said("undo", folder, "1")


def test_a_repair_of_the_dashboard_is_undone_too(folder):
    repairs, path = Repairs(folder), folder / "rose" / "rose_000.jpg"
    repairs.propose([Change(path, "quarantine", "", "blurry")])
    repairs.apply()
    said("undo", folder)
    assert path.is_file()
