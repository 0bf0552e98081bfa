"""The pages of a dataset whose labels mean something to Markdown, Vega, HTML or a spreadsheet."""

import csv
import re
from pathlib import Path

import pytest

from poetcore.data.dataset import scan
from tests.cli.inside import call
from tests.conftest import PATIENCE, Trained
from tests.odd_labels import ODD_LABELS, odd_set
from tests.ui.pages import PAGES, opened, training_page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, backbone_file: Path) -> Trained:
    return odd_set(tmp_path_factory.mktemp("odd"), backbone_file)


@pytest.fixture(autouse=True)
def here(odd, monkeypatch):
    monkeypatch.setenv("TFP_WORKSPACE", str(odd.workspace.root))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_raises_nothing(page):
    app = opened(page)
    assert not app.exception and not app.error


@pytest.mark.parametrize("section", ["Health", "Suspect labels", "Map"])
def test_a_section_of_the_overview_raises_nothing(section):
    app = opened("overview")
    app.segmented_control(key="overview_section").set_value(section).run(timeout=PATIENCE)
    assert not app.exception and not app.error


def test_the_pictures_of_every_label_can_be_chosen(odd):
    app = opened("overview")
    (label,) = (box for box in app.main.selectbox if box.label == "Label")
    for name in ODD_LABELS:
        assert not label.set_value(name).run().exception


def test_a_training_may_take_some_of_these_labels():
    app = training_page("New training")
    (labels,) = app.multiselect
    assert set(labels.options) == set(ODD_LABELS)
    assert not labels.set_value(list(ODD_LABELS[:3])).run().exception


def test_no_cell_of_any_csv_file_begins_like_a_formula(odd, tmp_path):
    demo = odd.sample / "demo"
    place = ("--workspace", odd.workspace.root)
    for command in (
        ("overview", demo, "--output_csv", demo / "demo.csv"),
        ("label_image", *sorted(demo.rglob("*.jpg")), "--output_csv", tmp_path / "labels.csv"),
        ("features", demo, "--out", tmp_path / "features.csv"),
        ("prepare", odd.sample / "train", tmp_path / "set", "--keep", "tiny"),
    ):
        assert call(*command, *place).status == 0
    files = [*odd.workspace.root.rglob("*.csv"), *tmp_path.rglob("*.csv")]
    names = {"split", "cross_validation", "predictions", "demo", "labels", "features", "manifest"}
    assert {file.stem for file in files} == names
    for file in files:
        for separator in ",;\t":
            with file.open(encoding="utf-8", newline="") as lines:
                cells = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
            begun = [cell for cell in cells if cell.startswith(tuple("=+-@"))]
            assert not [cell for cell in begun if not re.match(r"-?\d+(\.\d+)?(e-?\d+)?(,|$)", cell)], file
    with odd.workspace.file_index() as index:
        assert scan(demo / "demo.csv", index).pictures["label"].isin(ODD_LABELS).all()
    (demo / "demo.csv").unlink()
