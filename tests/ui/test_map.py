"""The map's page while a process arranges it, and of datasets that cannot be repaired."""

from pathlib import Path

import pandas as pd
import pytest

from poetcore.analysis.projection.stored import Projection, Projections
from poetcore.data.dataset import scan
from poetcore.data.held_out import write_held_out
from poetcore.ui.data.embedding_map import rarest_first
from poetcore.workspace.run_record import Status
from tests.conftest import Trained
from tests.ui.pages import opened, texts_of


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Projection:
    """A map that is not arranged yet."""
    folder = tmp_path / "tsne-network-pictures"
    folder.mkdir()
    monkeypatch.setattr(Projections, "places", lambda *_: None)
    monkeypatch.setattr(Projections, "of", lambda *_: Projection(folder))
    return Projection(folder)


def map_page(full: Trained, dataset: str | None = None):
    return opened("overview", dataset=dataset or str(full.sample / "train"), view="Map")


def test_until_a_map_is_arranged_pca_is_shown_and_how_far_it_is(full, begun):
    begun.write_status(Status("projecting", done=300, total=1000))
    app = map_page(full)
    (bar,) = app.get("progress")
    assert "step 300 of 1,000" in bar.proto.text and "Until then you see PCA" in bar.proto.text
    assert "PCA shows the two directions" in texts_of(app)


def test_arranging_can_be_stopped_and_begun_again(full, begun, monkeypatch):
    begun.write_status(Status("projecting"))
    stopped = Status("cancelled")
    monkeypatch.setattr(Projections, "cancel", lambda _, one: one.write_status(stopped))
    app = map_page(full)
    app.button(key="stop_map").click().run()
    assert "was stopped: you see PCA" in texts_of(app)
    asked = []
    monkeypatch.setattr(Projections, "start", lambda *given: asked.append(given[-1]))
    app.button(key="arrange_map").click().run()
    assert asked == ["tsne"]


def test_why_arranging_failed_is_told(full, begun):
    begun.write_status(Status("failed", message="The disk is full: make room."))
    assert "failed, so you see PCA: The disk is full" in texts_of(map_page(full))


def selected(app, home: Path, *shas: str):
    app.session_state[f"map_selected_{home}"] = frozenset(shas)
    return app.run()


def test_what_is_selected_of_a_csv_file_is_shown_and_cannot_be_repaired(full, tmp_path):
    with full.workspace.file_index() as index:
        pictures = scan(full.sample / "train", index).pictures
    listing = tmp_path / "labels.csv"
    pictures[["path", "label"]].to_csv(listing, index=False)
    app = selected(map_page(full, str(listing)), listing, *pictures["sha"][:3])
    assert not app.exception
    assert f"3 of {len(pictures)} pictures" in [one.value for one in app.header]


def test_what_is_selected_of_held_out_pictures_is_shown(full, tmp_path):
    with full.workspace.file_index() as index:
        pictures = scan(full.sample / "train", index).pictures
    file = tmp_path / "some.json"
    write_held_out(file, full.sample / "train", pictures["sha"][:20], "50")
    app = selected(map_page(full, str(file)), file, *pictures["sha"][:3], pictures["sha"].iloc[-1])
    assert not app.exception
    assert "3 of 20 pictures" in [one.value for one in app.header]


def test_of_what_is_selected_the_rarest_label_comes_first():
    points = pd.DataFrame({"x": [0, 1, 2, 9.0], "y": [0.0] * 4, "label": ["rose", "tulip", "rose", "rose"]})
    assert list(rarest_first(points).index) == [1, 2, 0, 3]
