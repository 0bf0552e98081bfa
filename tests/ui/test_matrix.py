"""The confusion matrix of the evaluate page: what of hundreds of labels is drawn, and how one is found."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import PATIENCE

pytestmark = pytest.mark.slow


def matrix_page(count: int) -> None:
    """Run as a page: as many labels, of which the last but one is taken for the last."""
    from types import SimpleNamespace

    from poetcore.ui.results.confusion import draw_matrix

    matrix = [[3 * (i == j) for j in range(count)] for i in range(count)]
    matrix[count - 2][count - 1] = 2
    metrics = SimpleNamespace(labels=[f"label {i}" for i in range(count)], confusion_matrix=matrix)
    draw_matrix(metrics, "one")


def shown(count: int) -> AppTest:
    app = AppTest.from_function(matrix_page, default_timeout=PATIENCE, kwargs={"count": count}).run()
    assert not app.exception
    return app


def test_few_labels_are_drawn_whole_without_anything_to_choose():
    app = shown(5)
    assert not app.selectbox and not app.number_input and "labels are shown" not in app.caption[0].value


def test_dozens_of_labels_are_drawn_whole_and_can_be_sorted_and_searched():
    app = shown(60)
    assert app.segmented_control(key="matrix_order").value == "most confused first"
    assert app.selectbox[0].options[:3] == ["label 0", "label 1", "label 2"]
    assert not app.number_input and "labels are shown" not in app.caption[0].value


def test_of_hundreds_of_labels_the_most_confused_are_drawn():
    app = shown(400)
    assert "60 of 400 labels are shown" in app.caption[0].value
    assert "100 of 400" in app.number_input[0].set_value(100).run().caption[0].value


def test_a_label_is_found_with_those_that_it_is_confused_with():
    app = shown(400)
    assert "2 of 400 labels are shown" in app.selectbox[0].set_value("label 399").run().caption[0].value
