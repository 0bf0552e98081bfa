"""Walking folders, writing whole files, names that are no text."""

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poetcore.system import files
from tests.unprivileged import as_nobody, needs_permissions, open_folder


def plant(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def walked(folder: Path) -> list[str]:
    return [Path(entry.path).relative_to(folder).as_posix() for entry in files.walk(folder)]


def test_walk_goes_through_sub_folders_in_the_order_of_names(tmp_path):
    plant(tmp_path, "b.jpg", "a/z.jpg", "a/deep/er/y.jpg", "c/x.jpg")
    assert walked(tmp_path) == ["a/deep/er/y.jpg", "a/z.jpg", "b.jpg", "c/x.jpg"]


def test_walk_counts_as_people_do(tmp_path):
    assert walked(plant(tmp_path, "10.jpg", "2.jpg", "1.jpg", "B.jpg", "a.jpg")) == [
        "1.jpg",
        "2.jpg",
        "10.jpg",
        "a.jpg",
        "B.jpg",
    ]


def test_walk_passes_hidden_files_and_folders_by(tmp_path):
    assert walked(plant(tmp_path, ".hidden.jpg", ".git/x.jpg", "seen.jpg")) == ["seen.jpg"]


@pytest.mark.parametrize(
    "name", ["Thumbs.db", "desktop.ini", "ehthumbs.db", "__MACOSX/x.jpg", ".DS_Store", "Icon\r"]
)
def test_walk_passes_litter_by(name, tmp_path):
    assert walked(plant(tmp_path, name, "seen.jpg")) == ["seen.jpg"]


def test_walk_yields_a_broken_link(tmp_path):
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    assert walked(tmp_path) == ["link.jpg"]


def test_walk_yields_a_link_to_itself(tmp_path):
    (tmp_path / "link.jpg").symlink_to("link.jpg")
    assert walked(tmp_path) == ["link.jpg"]


def test_walk_follows_a_link_to_a_folder_elsewhere(tmp_path):
    plant(tmp_path / "elsewhere", "x.jpg")
    plant(tmp_path / "here", "y.jpg")
    (tmp_path / "here/link").symlink_to(tmp_path / "elsewhere")
    assert walked(tmp_path / "here") == ["link/x.jpg", "y.jpg"]


def test_walk_follows_two_links_to_one_folder_once(tmp_path):
    plant(tmp_path / "elsewhere", "x.jpg")
    (tmp_path / "here").mkdir()
    for name in ("first", "second"):
        (tmp_path / "here" / name).symlink_to(tmp_path / "elsewhere")
    assert walked(tmp_path / "here") == ["first/x.jpg"]


def test_walk_ends_where_a_link_leads_back_to_the_start(tmp_path):
    plant(tmp_path, "sub/x.jpg")
    (tmp_path / "sub/again").symlink_to(tmp_path)
    assert walked(tmp_path) == ["sub/x.jpg"]


def test_walk_yields_no_file_twice_where_a_link_leads_back_to_a_sub_folder(tmp_path):
    plant(tmp_path, "sub/x.jpg")
    (tmp_path / "sub/again").symlink_to(tmp_path / "sub")
    assert walked(tmp_path) == ["sub/x.jpg"]


def test_walk_yields_an_empty_folder_named_like_a_picture(tmp_path):
    (tmp_path / "x.JPG").mkdir()
    (tmp_path / "empty").mkdir()
    assert walked(tmp_path) == ["x.JPG"]


def test_walk_goes_into_a_full_folder_named_like_a_picture(tmp_path):
    assert walked(plant(tmp_path, "x.jpg/y.png")) == ["x.jpg/y.png"]


@needs_permissions
def test_walk_yields_a_folder_that_may_not_be_entered():
    with open_folder() as folder:
        plant(folder, "open/x.jpg", "shut/y.jpg")
        (folder / "shut").chmod(0)
        with as_nobody():
            assert walked(folder) == ["open/x.jpg", "shut"]


def test_written_file_has_the_content_and_no_companion(tmp_path):
    files.write_whole(tmp_path / "new" / "a.json", "{'é': 1}")
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["a.json"]
    assert (tmp_path / "new/a.json").read_bytes() == "{'é': 1}".encode()


def test_a_reader_sees_the_old_or_the_new_file_and_never_a_part(tmp_path):
    path, contents = tmp_path / "a.bin", (b"a" * 300_000, b"b" * 200_000)
    files.write_whole(path, contents[0])

    def write() -> None:
        for i in range(40):
            files.write_whole(path, contents[i % 2])

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while writer.is_alive():
        seen.add(path.read_bytes())
    writer.join()
    assert seen <= set(contents)


def test_two_threads_that_write_one_file_do_not_disturb_each_other(tmp_path, monkeypatch):
    both_written, replace = threading.Barrier(2, timeout=60), files.replace_patiently
    monkeypatch.setattr(files, "replace_patiently", lambda *paths: (both_written.wait(), replace(*paths)))
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda content: files.write_whole(tmp_path / "a.json", content), ("one", "two")))
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert (tmp_path / "a.json").read_text() in ("one", "two")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows any bytes in a name")
def test_a_name_that_is_no_text_is_told_and_can_be_shown():
    path = Path(os.fsdecode(b"caf\xe9.jpg"))
    assert not files.is_unicode(path) and files.printable(path) == "caf\\xe9.jpg"


def test_a_name_in_any_script_is_text():
    path = Path("café_花_🌷.jpg")
    assert files.is_unicode(path) and files.printable(path) == "café_花_🌷.jpg"


@given(st.lists(st.integers()), st.integers(1, 7))
def test_chunks_are_full_but_the_last_and_lose_nothing(items, size):
    chunks = list(files.in_chunks(iter(items), size))
    assert list(chain.from_iterable(chunks)) == items
    assert all(len(chunk) == size for chunk in chunks[:-1]) and all(chunks)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("two\nlines", r"two\nlines"), ("\x1b[31m", r"\x1b[31m"), ("👩\u200d🌾 ä", "👩\u200d🌾 ä")],
)
def test_a_name_is_shown_on_one_line(name, shown):
    assert files.one_line(name) == shown


def test_two_ways_to_one_place_are_the_same(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    assert files.is_same_place(tmp_path / "photos", tmp_path / "link")
    assert files.is_same_place(tmp_path / "photos" / "gone", tmp_path / "link" / "gone")
    assert not files.is_same_place(tmp_path / "photos", tmp_path)
