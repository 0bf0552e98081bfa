"""The settings of the page Slideshow."""

import pytest

from tests.conftest import Trained
from tests.ui.pages import opened, texts_of


def test_a_slideshow_begins_shuffled(full: Trained) -> None:
    assert opened("slideshow").selectbox(key="slides_order").value == "shuffled"


def test_the_address_holds_what_differs_from_the_usual(full: Trained) -> None:
    app = opened("slideshow", order="folder", teams="true", confidence="false")
    assert app.toggle(key="slides_teams").value
    assert not app.toggle(key="slides_confidence").value
    app.toggle(key="slides_teams").set_value(False).run()
    assert (app.query_params["order"], app.query_params["confidence"]) == ("folder", "false")
    assert "teams" not in app.query_params


@pytest.mark.parametrize("asked", [{"order": "sideways"}, {"label": "dog"}, {"seed_of_shuffle": "x"}])
def test_an_unknown_setting_in_the_address_is_the_usual_one(full: Trained, asked: dict[str, str]) -> None:
    app = opened("slideshow", **asked)
    assert not app.exception
    assert app.selectbox(key="slides_order").value == "shuffled"
    assert app.selectbox(key="slides_label").value == "any"


def test_settings_are_kept_while_another_page_is_shown(full: Trained) -> None:
    app = opened("slideshow")
    app.selectbox(key="slides_order").set_value("surest").run()
    app.switch_page("predict.py").run()
    app.query_params.clear()
    app.switch_page("slideshow.py").run()
    assert app.selectbox(key="slides_order").value == "surest"
    assert app.query_params["order"] == "surest"


def test_pictures_at_once_stand_in_the_address(full: Trained) -> None:
    app = opened("slideshow", batch="6")
    assert app.segmented_control(key="slides_batch").value == 6
    app.segmented_control(key="slides_batch").set_value(9).run()
    assert app.query_params["batch"] == "9"


def test_a_number_at_once_that_is_not_offered_is_one(full: Trained) -> None:
    assert opened("slideshow", batch="5").segmented_control(key="slides_batch").value == 1


def test_a_picture_that_was_renamed_since_the_evaluation_is_excluded(own: Trained) -> None:
    picture = next((own.sample / "demo" / "rose").iterdir())
    picture.rename(picture.with_name("renamed.jpg"))
    app = opened("slideshow", show="all")
    assert "19 of 20 pictures" in texts_of(app) and not app.exception


def test_the_file_is_made_once_and_kept_until_the_show_is_another(own: Trained) -> None:
    app = opened("slideshow", show="all")
    app.session_state["slide_file"] = True  # what is behind the button is open
    app.run()
    assert "20 pictures: about" in texts_of(app)
    app.button(key="slide_file_make").click().run()
    (file,) = (own.run.exports / "slideshow").glob("*.html")
    assert "Download (" in app.get("download_button")[0].proto.label
    app.segmented_control(key="slide_file_pixels").set_value(640).run()
    app.button(key="slide_file_make").click().run()
    (other,) = (own.run.exports / "slideshow").glob("*.html")
    assert other != file and f"On this computer it is {other}" in texts_of(app).replace("\\", "")
