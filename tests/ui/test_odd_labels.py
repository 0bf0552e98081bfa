"""The pages of a dataset whose labels mean something to Markdown, Vega, HTML or a spreadsheet."""

from pathlib import Path

import pytest

from tests.conftest import Trained
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
    app.segmented_control(key="overview_section").set_value(section).run(timeout=60)
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
