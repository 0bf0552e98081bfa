"""The sections of a page: which one is shown, and that it stays."""

from streamlit.testing.v1 import AppTest

from tests.conftest import PATIENCE


def page() -> None:
    import streamlit as st

    from poetcore.ui.views import pick_view

    st.button("To the second", on_click=lambda: st.session_state.update(section="Second"))
    st.write(pick_view(["First", "Second"], "section"))


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=PATIENCE)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def shown(app: AppTest) -> str:
    assert not app.exception
    return app.markdown[0].value


def test_a_page_begins_with_its_first_section_and_a_plain_address():
    app = opened()
    assert shown(app) == "First" and "view" not in app.query_params


def test_the_chosen_section_stands_in_the_address():
    app = opened()
    app.get("button_group")[0].set_value("Second").run()
    assert (shown(app), app.query_params["view"]) == ("Second", "Second")


def test_the_section_of_an_address_is_shown_and_other_parameters_stay():
    app = opened(view="Second", run="first")
    assert (shown(app), app.query_params["run"]) == ("Second", "first")


def test_going_back_to_an_address_without_a_section_shows_the_first():
    app = opened(view="Second")
    del app.query_params["view"]
    assert shown(app.run()) == "First"


def test_an_unknown_section_is_the_first():
    assert shown(opened(view="Third")) == "First"


def test_a_button_may_choose_the_section():
    app = opened()
    app.button[0].click().run()
    assert (shown(app), app.query_params["view"]) == ("Second", "Second")
