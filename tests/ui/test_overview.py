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


def selected(app, folder: Path, *shas: str) -> str:
    """Select pictures as the map does, and return the heading above them, "" for none."""
    app.session_state[f"map_selected_{folder}"] = frozenset(shas)
    app.run()
    return next((one.value for one in app.header if one.value.endswith("pictures")), "")


def test_what_is_selected_on_the_map_is_counted_below(full):
    train = full.sample / "train"
    with full.workspace.file_index() as index:
        shas = list(scan(train, index).pictures["sha"])
    app = opened("overview", dataset=str(train), view="Map")
    assert selected(app, train) == ""
    assert selected(app, train, shas[0], shas[-1]) == f"2 of {len(shas)} pictures"


@pytest.mark.slow
def test_pictures_that_are_held_out_of_a_folder_are_no_leaks_into_it(full, held_out):
    app = opened("overview", dataset=str(full.sample / "train"), demo=held_out, view="Health")
    assert "compared with" not in texts_of(app)


@pytest.mark.slow
def test_no_button_takes_the_suggested_labels_of_held_out_pictures(full, held_out):
    app = opened("overview", dataset=str(full.sample / "train"), demo=held_out, view="Suspect labels")
    assert "no button takes their suggested labels" in texts_of(app)
