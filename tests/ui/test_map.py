"""The map's page while a process arranges it, and of datasets that cannot be repaired."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from poetcore.analysis.projection.stored import Projection, Projections
from poetcore.data.dataset import scan
from poetcore.data.held_out import write_held_out
from poetcore.evaluation.evaluation import Evaluation
from poetcore.ui.data.embedding_map import rarest_first
from poetcore.ui.data.map_looks import Predicted, by_label, by_prediction
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


def map_page(full: Trained, dataset: str | None = None, **asked: str):
    return opened("overview", dataset=dataset or str(full.sample / "train"), view="Map", **asked)


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


def words_of(app, colours: str) -> list[str]:
    """What stands below each point's picture, with a choice of colours."""
    app.session_state["map_colours"] = colours
    (shown,) = [one for one in app.run().main if "point_map" in str(one.proto)[:2000]]
    data = json.loads(shown.proto.json)
    return [data["words"][one] for one in data["said"]]


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


def test_points_are_coloured_by_what_the_evaluation_of_the_demo_pictures_found(full):
    app = map_page(full, str(full.sample / "demo"), run=full.run.name)
    assert not app.exception
    evaluated = Evaluation.load(full.run.evaluation("demo")).predictions
    assert sum("predicted" in one for one in words_of(app, "prediction")) == (~evaluated["correct"]).sum()


def test_training_pictures_are_coloured_by_the_cross_validation(full):
    predicted = full.run.cross_validation()
    wrong = (predicted["label"] != predicted["predicted"]).sum()
    assert sum("predicted" in one for one in words_of(map_page(full), "prediction")) == wrong


def test_pictures_of_another_folder_are_coloured_by_label_only(full, tmp_path):
    shutil.copytree(full.sample / "demo", tmp_path / "others")
    app = map_page(full, str(tmp_path / "others"))
    assert "map_colours" not in app.session_state


def test_of_many_labels_one_has_a_colour():
    labels = [f"label {number}" for number in range(40)]
    points = pd.DataFrame({"label": labels, "sha": labels})
    shown, looks = by_label(points, labels, "label 7")
    assert [one.name for one in looks] == ["label 7", "others"]
    assert list(shown.index[shown["look"] == 0]) == [7]
    assert len(by_label(points, labels, None)[1]) == 1


def test_what_was_not_predicted_says_so():
    points = pd.DataFrame({"label": ["rose", "rose", "tulip"], "sha": ["a", "b", "c"]})
    shown, looks = by_prediction(points, Predicted("first", {"a": "rose", "b": "tulip"}))
    assert [looks[look].name for look in shown["look"]] == ["correct", "misclassified", "not predicted"]
    assert list(shown["words"]) == ["rose", "rose, predicted tulip", "tulip"]


def test_of_what_is_selected_the_rarest_label_comes_first():
    points = pd.DataFrame({"x": [0, 1, 2, 9.0], "y": [0.0] * 4, "label": ["rose", "tulip", "rose", "rose"]})
    assert list(rarest_first(points).index) == [1, 2, 0, 3]
