"""The section Where it fails of the evaluate page."""

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.analysis.slices import SlicedPictures
from poetcore.evaluation.evaluation import Evaluation
from poetcore.ui.text import plain
from tests.conftest import Trained
from tests.ui.pages import opened, texts_of


@pytest.fixture
def page(full: Trained) -> AppTest:
    return opened("evaluate", view="Where it fails")


def test_it_says_where_it_fails_or_that_too_few_pictures_are_there_to_know(page):
    assert "Too few pictures to compare slices of them" in texts_of(page) and not page.exception


def test_the_pictures_of_the_worst_slice_are_there_at_once_and_another_can_be_chosen(page, full):
    evaluation = Evaluation.load(full.run.evaluation("demo"))
    slices = SlicedPictures.of(evaluation, full.workspace).slices()
    attribute = slices.attributes[0]
    found = [one for one in slices.accuracies if one.attribute == attribute]
    worst = min(found, key=lambda one: one.accuracy.value or 0)
    heading = page.header[1].value
    assert plain(f"“{attribute}: {worst.name.split(' (')[0]}") in heading
    assert heading.endswith(f": {worst.wrong}")
    key = f"{full.run.name}_{full.sample / 'demo'}_{attribute}"
    other = next(one for one in found if one.name != worst.name)
    page.session_state[f"slice_{key}"] = other.name
    page.run()
    assert other.name.split(" (")[0] in page.header[1].value


def test_the_chart_has_a_text_alternative_and_a_table(page):
    assert [chart.proto.alt for chart in page.get("vega_lite_chart")] == [
        "The accuracy of each slice with its interval, as in the table below."
    ]
    assert list(page.table[0].value.columns)[:3] == ["slice", "pictures", "wrong"]


def test_where_no_picture_has_the_chosen_label_it_says_so(page, full):
    evaluation = Evaluation.load(full.run.evaluation("demo"))
    key = f"{full.run.name}_{full.sample / 'demo'}"
    first, second = evaluation.metrics.labels[:2]
    rows = evaluation.predictions
    assert not ((rows["label"] == first) & (rows["predicted"] == second)).any(), "another pair is needed"
    page.session_state[f"slices_true_{key}"], page.session_state[f"slices_predicted_{key}"] = first, second
    page.run()
    assert "No picture has these labels" in texts_of(page) and not page.exception
