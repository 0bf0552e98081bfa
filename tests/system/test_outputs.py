"""Files that are written where someone says."""

import os
import socket

import pytest

from poetcore.errors import OptionError
from poetcore.system.outputs import NOTE, check_ending, check_output, check_source_stays, write_output
from poetcore.system.reading import read_limited


@pytest.mark.parametrize("dataset", ["labels.csv", "labels.csv/test", "sub/../labels.csv"])
def test_the_list_of_a_dataset_is_not_written_over(tmp_path, dataset):
    (tmp_path / "sub").mkdir()
    (tmp_path / "labels.csv").write_text("path,label\n")
    with pytest.raises(OptionError, match="is the list of pictures itself"):
        check_source_stays(tmp_path / "labels.csv", tmp_path / dataset)


@pytest.mark.parametrize("dataset", ["photos", "photos/labels.csv"])
def test_a_file_beside_the_pictures_may_be_written(tmp_path, dataset):
    check_source_stays(tmp_path / "photos" / "features.csv", tmp_path / dataset)


def test_a_folder_in_the_place_of_a_file_is_one_sentence(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OptionError, match="give the name of a file"):
        check_ending(tmp_path / "a.csv", [".csv"], "A table is")


def test_a_file_where_none_can_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="cannot be written"):
        write_output(tmp_path / "file" / "a.csv", "a")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_file_is_checked_before_its_work_and_nothing_is_left_behind(tmp_path):
    check_output(tmp_path / "new" / "graph.pb")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_place_where_nothing_can_be_written_is_known_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="cannot be written"):
        check_output(tmp_path / "file" / "graph.pb")


def _fifo(place):
    os.mkfifo(place)


def _socket(place):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(place))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("make", [_fifo, _socket, lambda place: place.symlink_to("/dev/null")])
def test_what_is_no_usual_file_is_neither_read_nor_replaced(tmp_path, make):
    place = tmp_path / "a.csv"
    make(place)
    before = place.lstat()
    with pytest.raises(OptionError, match="pipe or a device"):
        write_output(place, "a", force=True)
    with pytest.raises(OSError, match="pipe or a device"):
        read_limited(place, 10)
    assert place.lstat().st_ino == before.st_ino


def test_only_what_was_written_here_is_replaced_and_under_any_name(tmp_path):
    ours, theirs = tmp_path / "a.csv", tmp_path / "photo.jpg"
    theirs.write_bytes(b"a photo")
    write_output(ours, "first")
    write_output(ours.rename(tmp_path / "b.csv"), "second")
    with pytest.raises(OptionError, match="--force"):
        write_output(theirs, "labels")
    (tmp_path / "b.csv").write_text("edited")
    with pytest.raises(OptionError, match="--force"):
        check_output(tmp_path / "b.csv")
    assert (theirs.read_bytes(), (tmp_path / "b.csv").read_text()) == (b"a photo", "edited")
    write_output(theirs, "labels", force=True)
    assert theirs.read_bytes() == b"labels"


def test_a_link_is_judged_by_what_it_leads_to_and_stays(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"a photo")
    link = tmp_path / "labels.txt"
    link.symlink_to("photo.jpg")
    with pytest.raises(OptionError, match="--force"):
        write_output(link, "a")
    (tmp_path / "photo.jpg").write_bytes(b"")  # nothing to lose
    write_output(link, "a")
    assert (link.is_symlink(), (tmp_path / "photo.jpg").read_text()) == (True, "a")


def test_a_note_that_is_something_else_is_not_written_to(tmp_path):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / NOTE).symlink_to("mine")
    write_output(tmp_path / "a.csv", "a")
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_file_larger_than_it_may_be_is_not_read(tmp_path):
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.truncate(40 * 10**9)  # takes no room on the disk
    with pytest.raises(OSError, match=r"has 40,000\.0 MB, more than 5\.0 MB"):
        read_limited(tmp_path / "huge.jpg", 5 * 10**6)
    (tmp_path / "small").write_bytes(b"12345")
    assert read_limited(tmp_path / "small", 5) == b"12345"
