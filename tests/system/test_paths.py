"""What people type and paste where a path is asked for."""

import ntpath
import os
import posixpath
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poetcore.errors import OptionError
from poetcore.system.paths import meant_path, to_path

posix_only = pytest.mark.skipif(os.name == "nt", reason="names that Windows does not have")


@pytest.fixture
def photos(tmp_path):
    """A folder with a blank, an apostrophe and a letter beyond ASCII in its path."""
    folder = tmp_path / "My l'œil 50%" / "train"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "  {}\r\n",
        "\t{}/",
        "{}//",
        '"{}"',
        "'{}'",
        "“{}”",
        "‘{}’",
        "„{}“",
        "«{}»",
        "& '{}'",
        ' "{}" ',
        "\u202a{}",
    ],
)
def test_what_stands_around_a_path_is_taken_off(photos, around):
    assert to_path(around.format(photos)) == photos


def test_an_address_of_a_file_is_decoded(photos):
    assert to_path(photos.as_uri()) == photos
    assert to_path(photos.as_uri().replace("file:///", "FILE://localhost/")) == photos


def test_an_address_that_was_not_encoded_is_taken_as_it_is(photos):
    assert to_path(f"file://{photos}") == photos


def test_the_home_folder_and_variables_are_replaced(photos, monkeypatch):
    monkeypatch.setenv("HOME", str(photos.parent))
    monkeypatch.setenv("USERPROFILE", str(photos.parent))
    assert to_path("~/train") == to_path("$HOME/train") == to_path("'${HOME}/train'") == photos


def test_a_path_that_is_there_as_it_was_given_is_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ["$HOME", "'quoted'", "~nobody", " blank", "%20", "file:"]:
        Path(name).mkdir()
        assert to_path(name) == Path(name)


def test_a_variable_that_is_not_set_stays(monkeypatch):
    monkeypatch.delenv("TFP_NOTHING", raising=False)
    assert to_path("$TFP_NOTHING/x") == Path("$TFP_NOTHING/x")


@posix_only
def test_backslashes_are_separators_where_that_is_there(photos):
    assert to_path(f"{photos.parent}\\train\\") == photos
    assert to_path(f"{photos.parent}\\demo") == Path(f"{photos.parent}\\demo")


@posix_only
def test_what_a_terminal_escaped_is_read(photos):
    assert to_path(str(photos).replace(" ", "\\ ").replace("'", "\\'")) == photos
    quoted = "'" + str(photos).replace("'", "'\\''") + "'"
    assert to_path(quoted) == photos


@posix_only
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("~nobody-at-all/x", "No home folder of ~nobody-at-all is known"),
        ("C:\\Users\\me\\photos", "C: is a drive of Windows"),
        ("file:///C:/photos", "C: is a drive of Windows"),
        ("file://server/share", "file://server is another computer"),
        ("a\0b", "NUL"),
        ("file:///a%00b", "NUL"),
        ("", "empty"),
        (" \r\n", "empty"),
        ('""', "empty"),
        ("x" * 256, "255 bytes at the most, here 256"),
        ("ä" * 128, "here 256"),
        ("x/" * 5000, "A path has less than"),
        ("\ud800", "half a character"),
    ],
)
def test_what_can_be_no_path_is_refused_in_one_sentence(text, words):
    with pytest.raises(OptionError, match=words) as told:
        to_path(text)
    assert len(str(told.value)) < 250 and "\n" not in str(told.value)


@posix_only
def test_bytes_that_are_no_text_are_kept():
    assert os.fsencode(to_path("file:///tmp/%ff")) == b"/tmp/\xff"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("file:///C:/My%20Photos", r"C:\My Photos"),
        ("file://C:/photos", r"C:\photos"),
        ("file://server/share/x", r"\\server\share\x"),
        ("& 'C:\\My Photos'", r"C:\My Photos"),
        ('C:\\photos"', r"C:\photos"),
        ("\u202aC:\\photos", r"C:\photos"),
        ("%TFP_PLACE%\\photos", r"D:\data\photos"),
        ("$TFP_PLACE/photos", r"D:\data/photos"),
        (r"photos\train", r"photos\train"),
    ],
)
def test_paths_of_windows(text, path, monkeypatch):
    monkeypatch.setenv("TFP_PLACE", r"D:\data")
    assert meant_path(text, ntpath, lambda _: False) == path


def test_drives_are_found_by_linux_inside_windows():
    there = "/mnt/c/photos"
    assert meant_path(r"C:\photos", posixpath, lambda path: path == there) == there


@given(st.text(max_size=300) | st.text("~$%{}\\/'\"& \n:fileC", max_size=40))
def test_any_text_is_a_path_or_refused(text):
    try:
        path = to_path(text)
    except OptionError:
        return
    assert str(path)
