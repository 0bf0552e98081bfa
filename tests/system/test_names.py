"""Names of files and folders that every system accepts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poetcore.errors import OptionError
from poetcore.system.names import MAX_BYTES, check_name, is_name, to_name


@pytest.mark.parametrize(
    "name",
    [
        "rose",
        "7",
        "花",
        "roses 2.1_b+c-d",
        "a,b (c)",
        "x" * MAX_BYTES,
        "console",
        "com10",
        "l'œillet",
        "👩\u200d🌾",
    ],
)
def test_a_usual_name_is_accepted(name):
    check_name(name, "A label")


@pytest.mark.parametrize("name", ["a/b", "a\\b", "..", "../up", "/", "C:"])
def test_a_name_that_leads_elsewhere_is_refused(name):
    assert not is_name(name)


@pytest.mark.parametrize("name", ["a<b", "a>b", "a:b", 'a"b', "a|b", "a?b", "a*b"])
def test_a_character_that_windows_forbids_is_refused(name):
    assert not is_name(name)


@pytest.mark.parametrize(
    "name", ["con", "NUL", "aux.txt", "Com1", "lpt9.tar.gz", "com¹", "con .txt", "conin$", "CONOUT$"]
)
def test_a_device_of_windows_is_refused(name):
    assert not is_name(name)


@pytest.mark.parametrize("name", ["Thumbs.db", "desktop.ini", "__MACOSX", ".hidden", ".DS_Store"])
def test_a_name_that_is_ignored_in_folders_is_refused(name):
    assert not is_name(name)


@pytest.mark.parametrize("name", ["end.", "end ", " start", "\u3000wide"])
def test_a_dot_or_a_blank_at_an_end_is_refused(name):
    assert not is_name(name)


@pytest.mark.parametrize("name", ["a\nb", "a\0b", "a\x7fb", "a\u202eb", "a\udcffb", "\u200d"])
def test_a_character_that_cannot_be_shown_is_refused(name):
    assert not is_name(name)


@pytest.mark.parametrize("name", ["", "x" * (MAX_BYTES + 1), "花" * 34])
def test_nothing_and_too_many_bytes_are_refused(name):
    assert not is_name(name)


def test_the_message_names_the_subject_what_is_allowed_and_what_was_received():
    with pytest.raises(OptionError, match=r"^A label becomes .* 100 bytes .* Received: 'a/b'\.$"):
        check_name("a/b", "A label")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My photos (1)", "My_photos_1"),
        ("../../etc", "etc"),
        ("...", "upload"),
        ("con", "upload_con"),
        ("desktop.ini", "upload_desktop.ini"),
        ("花" * 60, "花" * 33),
    ],
)
def test_a_text_is_turned_into_a_name(text, name):
    assert to_name(text, default="upload") == name


@given(st.text())
def test_whatever_is_turned_into_a_name_is_one(text):
    assert is_name(to_name(text, default="upload"))
