"""What the page says of an audience before it is opened, and how it is opened and ended."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from poetcore.ui.audience import panel
from poetcore.ui.audience.addresses import LanAddress
from poetcore.ui.audience.invitation import invitations
from tests.conftest import Trained
from tests.ui.pages import opened

LAN = LanAddress("198.51.100.7", "wlan0")


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    invitations().end()


@pytest.fixture
def slides(full: Trained, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(panel, "lan_addresses", lambda: [LAN])
    monkeypatch.setattr(panel, "is_own_machine", lambda: True)
    return opened("slideshow")


def words(page: AppTest) -> str:
    return "\n".join(one.value for one in page.markdown)


def test_nothing_is_open_unless_it_is_started(slides: AppTest):
    assert invitations().current() is None


def test_what_would_be_open_is_said_before(slides: AppTest):
    assert "of 198.51.100.7 to **everyone in this network**, without a password" in words(slides)
    assert "No picture, no file and no page of the dashboard" in words(slides)


def test_an_audience_is_opened_with_labels_hidden_and_ended(slides: AppTest):
    next(one for one in slides.selectbox if one.label == "Address").set_value(panel.HERE_ONLY).run()
    next(one for one in slides.button if one.label == "Open the vote page").click().run()
    one = invitations().current()
    assert one and f"this computer alone at `{one.address}`" in words(slides)
    assert slides.session_state["slides_guess"] is True
    next(button for button in slides.button if button.label == "End the audience").click().run()
    assert invitations().current() is None


def test_the_address_that_was_chosen_last_is_opened_also_by_who_is_quick(slides: AppTest):
    next(one for one in slides.selectbox if one.label == "Address").set_value(panel.HERE_ONLY)
    next(one for one in slides.button if one.label == "Open the vote page").click().run()
    one = invitations().current()
    assert one and one.host == "127.0.0.1"


def test_an_address_that_cannot_be_opened_is_told(slides: AppTest):
    next(one for one in slides.button if one.label == "Open the vote page").click().run()
    assert "cannot be opened at 198" in slides.error[0].value


def test_a_computer_without_a_network_is_told(full: Trained, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(panel, "lan_addresses", list)
    monkeypatch.setattr(panel, "is_own_machine", lambda: True)
    assert "in no network" in opened("slideshow").warning[0].value


def test_from_another_computer_nothing_can_be_opened(full: Trained, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(panel, "is_own_machine", lambda: False)
    page = opened("slideshow")
    assert "the computer that runs the dashboard only" in words(page)
    assert not [one for one in page.button if one.label == "Open the vote page"]
