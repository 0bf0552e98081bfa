"""Thresholds of each label on the evaluate page."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import Trained
from tests.ui.pages import opened, texts_of


@pytest.fixture
def page(full: Trained) -> AppTest:
    return opened("evaluate", view="Confidence")


def test_every_label_has_a_threshold_with_what_it_gives(page, full):
    table = next(frame.value for frame in page.dataframe if "threshold" in frame.value)
    assert table["label"].tolist() == sorted(full.run.labels())
    assert list(table.columns) == ["label", "threshold", "precision", "recall"]
    assert "as cross-validated" in texts_of(page)


def test_another_wanted_figure_is_another_sentence(page):
    assert "threshold for a precision of 95 % is" in texts_of(page)
    page.button_group(key="threshold_quantity").set_value("recall")
    page.number_input(key="threshold_wanted").set_value(50).run()
    assert "threshold for a recall of 50 % is" in texts_of(page)


def test_a_recall_that_cannot_be_promised_says_why(page):
    page.button_group(key="threshold_quantity").set_value("recall")
    page.number_input(key="threshold_wanted").set_value(99).run()
    assert "cannot be promised for daisy" in texts_of(page) and not page.exception
