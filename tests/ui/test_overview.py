"""The sections of the overview, without a browser."""

from pathlib import Path

import pytest

from poetcore.data.dataset import scan
from poetcore.data.held_out import write_held_out
from tests.conftest import Trained
from tests.ui.pages import opened, texts_of


@pytest.fixture
def held_out(full: Trained, tmp_path: Path) -> str:
    """A list by which all training pictures of the sample are held out."""
    with full.workspace.file_index() as index:
        dataset = scan(full.sample / "train", index)
    file = tmp_path / "all.json"
    write_held_out(file, dataset.folder, dataset.pictures["sha"], "50")
    return str(file)


def test_the_section_of_an_address_is_shown(full):
    app = opened("overview", dataset=str(full.sample / "train"), view="Health")
    assert "were scanned" in texts_of(app)


@pytest.mark.slow
def test_pictures_that_are_held_out_of_a_folder_are_no_leaks_into_it(full, held_out):
    app = opened("overview", dataset=str(full.sample / "train"), demo=held_out, view="Health")
    assert "compared with" not in texts_of(app)


@pytest.mark.slow
def test_no_button_takes_the_suggested_labels_of_held_out_pictures(full, held_out):
    app = opened("overview", dataset=str(full.sample / "train"), demo=held_out, view="Suspect labels")
    assert "no button takes their suggested labels" in texts_of(app)
