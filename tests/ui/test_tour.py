"""The tour: four clicks from the sample to the slideshow."""

import pytest

from tests.ui.pages import opened, texts_of

pytestmark = pytest.mark.slow


def test_the_tour_leads_from_page_to_page(full):
    app = opened("home")
    app.session_state["tour"] = 2
    assert "Click 3 of 4" in texts_of(app.run())
    assert "Click 4 of 4" in texts_of(app.switch_page("evaluate.py").run())
    assert "That was the tour" in texts_of(app.switch_page("slideshow.py").run())


def test_the_tour_can_be_ended(full):
    app = opened("home")
    app.session_state["tour"] = 2
    app.run().button(key="tour_end").click().run()
    assert "of 4" not in texts_of(app)
