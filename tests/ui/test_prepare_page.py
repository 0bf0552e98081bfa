"""The prepare page: it goes with the dataset of the sidebar, and small sets are nothing to be warned of."""

import pytest

from tests.conftest import fill
from tests.ui.pages import opened, texts_of


@pytest.fixture
def two(empty):
    """A workspace with a dataset of 10 and 5 pictures, and another."""
    fill(empty.datasets / "first", {"rose": 10, "tulip": 5})
    fill(empty.datasets / "second", {"ant": 3, "bee": 3})
    return empty


def numbers(app):
    return [field.value for field in app.number_input][:2]


def test_what_there_is_is_divided_80_to_20(two):
    assert numbers(opened("prepare")) == [8, 2]


def test_a_small_set_is_no_reason_to_warn(two):
    app = opened("prepare")
    assert not app.main.warning and "divided in the same proportion" in texts_of(app)


def test_numbers_that_a_label_does_not_have_are_warned_of(two):
    app = opened("prepare")
    app.number_input[0].set_value(9).run()
    assert "how many are missing" in texts_of(app)


def test_another_dataset_in_the_sidebar_is_the_source_with_numbers_of_its_own(two):
    app = opened("prepare")
    app.number_input[0].set_value(9).run()
    app.selectbox(key="pick_dataset").set_value(str(two.datasets / "second")).run()
    assert app.selectbox(key="prepare_source").value == str(two.datasets / "second")
    assert numbers(app) == [2, 1]


def test_gathering_is_a_view_of_its_own_that_an_address_leads_to(two):
    app = opened("prepare", view="Gather pictures")
    assert any(button.label == "Gather" for button in app.button)
