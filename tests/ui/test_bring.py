"""Bringing pictures in: photos get their label, what looks odd is mended by a button, folders are browsed."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from poetcore.data.layout import folders_in
from poetcore.ui import own_machine
from poetcore.ui.data import bring, browsing
from tests.conftest import PATIENCE, encoded, fill, picture
from tests.ui.pages import opened, texts_of, uploaded


def found(folder: Path) -> AppTest:
    """Draw what was found in a folder."""

    def script(folder: str) -> None:
        from pathlib import Path

        from poetcore.ui.data.found import draw_found
        from poetcore.ui.scans import scanned

        draw_found(scanned(Path(folder)))

    return AppTest.from_function(script, args=(str(folder),), default_timeout=PATIENCE).run()


def button(app: AppTest, words: str) -> None:
    next(one for one in app.button if words in one.label).click().run()


def test_labels_and_counts_are_told(empty, tmp_path):
    app = found(fill(tmp_path / "set", {"rose": 3, "tulip": 2}))
    assert "**5 pictures** of **2 labels**" in texts_of(app)


def test_labels_that_look_alike_are_merged_by_a_button(empty, tmp_path):
    folder = fill(tmp_path / "set", {"rose": 3, "Rose": 1, "tulip": 2})
    app = found(folder)
    assert "upper and lower case" in texts_of(app)
    button(app, "Merge into")
    assert [label.name for label in folders_in(folder)] == ["rose", "tulip"]
    assert "look alike" not in texts_of(app)


def test_an_empty_label_is_removed_by_a_button(empty, tmp_path):
    folder = fill(tmp_path / "set", {"rose": 3, "tulip": 2, "fern": 0})
    app = found(folder)
    assert "“fern” has no pictures" in texts_of(app)
    button(app, "Remove the empty folder")
    assert not (folder / "fern").exists()


def test_one_label_only_is_told_with_what_to_do(empty, tmp_path):
    assert "bring the pictures of another" in texts_of(found(fill(tmp_path / "set", {"rose": 3})))


TWO = {"1.jpg": encoded(picture(1)), "2.jpg": encoded(picture(2))}


def test_photos_of_one_folder_are_offered_its_name_as_their_label(empty, monkeypatch):
    uploaded(empty, {f"daisy/{name}": content for name, content in TWO.items()}, monkeypatch)
    app = opened("overview")
    assert "Which label do these 2 photos have?" in texts_of(app)
    button(app, "Add them")
    assert len(list((empty.datasets / "photos" / "daisy").iterdir())) == 2
    assert app.session_state["choice"].dataset == empty.datasets / "photos"


def test_loose_photos_that_nobody_wants_are_discarded(empty, monkeypatch):
    uploaded(empty, TWO, monkeypatch)
    button(opened("overview"), "Discard")
    assert list(empty.datasets.iterdir()) == []


def test_every_page_tells_that_an_upload_waits(empty, monkeypatch):
    uploaded(empty, TWO, monkeypatch)
    assert "1 upload is not finished" in texts_of(opened("predict"))


def browse(monkeypatch: pytest.MonkeyPatch, start: Path) -> AppTest:
    """Open the browser of folders, which begins at a folder."""
    monkeypatch.setattr(bring, "is_own_machine", lambda: True)
    monkeypatch.setattr(browsing, "starting_places", lambda: [start])
    app = opened("overview")
    button(app, "Browse this computer")
    return app


def test_a_folder_is_chosen_without_typing(empty, tmp_path, monkeypatch):
    folder = fill(tmp_path / "photos" / "set", {"rose": 3, "tulip": 2})
    app = browse(monkeypatch, tmp_path / "photos")
    app.button(key=f"browse_at_page_start_{tmp_path / 'photos'}").click().run()
    assert "2 labels · 5 pictures" in texts_of(app)
    next(one for one in app.button if one.label == "Use").click().run()
    assert app.session_state["choice"].dataset == folder


def test_a_folder_is_chosen_as_demo_pictures(empty, tmp_path, monkeypatch):
    folder = fill(tmp_path / "set", {"rose": 3, "tulip": 2})
    app = browse(monkeypatch, folder)
    app.button(key=f"browse_at_page_start_{folder}").click().run()
    button(app, "Use as demo pictures")
    assert app.session_state["choice"].demo == folder


class Context:
    """What Streamlit tells of a browser."""

    def __init__(self, address: str | None, headers: dict[str, str]) -> None:
        self.ip_address, self.headers = address, headers


@pytest.mark.parametrize(
    ("address", "headers", "own"),
    [
        (None, {"Host": "localhost:8501"}, True),
        ("127.0.0.1", {"Host": "127.0.0.1:8501"}, True),
        ("::1", {"Host": "[::1]:8501"}, True),
        ("192.168.1.7", {"Host": "192.168.1.2:8501"}, False),
        ("127.0.0.1", {"Host": "poet.example.org"}, False),
        ("127.0.0.1", {"Host": "localhost:8501", "X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"Host": "localhost:8501", "Origin": "http://localhost:8501"}, True),
        ("127.0.0.1", {"Host": "localhost:8501", "Origin": "https://poet.example.org"}, False),
        ("::1", {"Host": "[::1]"}, True),
    ],
)
def test_folders_are_shown_on_the_same_machine_only(monkeypatch, address, headers, own):
    monkeypatch.setattr(st, "context", Context(address, headers))
    assert own_machine.is_own_machine() == own


def test_another_machine_is_offered_no_browser_of_folders(empty, monkeypatch):
    monkeypatch.setattr(bring, "is_own_machine", lambda: False)
    assert not [one for one in opened("overview").button if "Browse" in one.label]
