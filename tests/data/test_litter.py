"""What phones and desktops leave beside pictures: counted, and neither a picture nor an error."""

from pathlib import Path

import pytest

from poetcore.data.dataset import Dataset, scan
from poetcore.data.file_index import FileIndex
from poetcore.errors import DatasetError
from tests.conftest import encoded, fill, picture

VIDEO = b"\0\0\0\x14ftypqt  " + bytes(40)
PLIST = b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE plist><plist version="1.0"/>'
LITTER = {
    "IMG_1.AAE": PLIST,
    "IMG_1.jpg.json": b'{"title": "IMG_1.jpg"}',
    "IMG_1.xmp": b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>',
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    "desktop.ini": b"[.ShellClassInfo]",
    "._IMG_1.jpg": b"\0\5\x16\7\0\2\0\0Mac OS X",
    ".DS_Store": b"\0\0\0\1Bud1",
    "Icon\r": b"",
    ".picasa.ini": b"[Picasa]",
    "notes.txt": b"bought in May",
    "rose_000.MOV": VIDEO,
    "ROSE_001.jpg.mp4": VIDEO,
}


def scanned(folder: Path) -> Dataset:
    with FileIndex(folder.parent / "index.sqlite") as index:
        return scan(folder, index)


@pytest.fixture
def roses(tmp_path: Path) -> Path:
    return fill(tmp_path / "set", {"rose": 2}) / "rose"


@pytest.mark.parametrize("name", LITTER)
def test_litter_is_counted_and_neither_used_nor_refused(name, roses):
    (roses / name).write_bytes(LITTER[name])
    found = scanned(roses.parent)
    assert (len(found.pictures), len(found.refused), found.litter) == (2, 0, 1)


def test_a_folder_of_a_nas_counts_once(roses):
    (roses / "@eaDir" / "rose_000.jpg").mkdir(parents=True)
    (roses / "@eaDir" / "rose_000.jpg" / "SYNOPHOTO_THUMB_M.jpg").write_bytes(encoded(picture(7)))
    found = scanned(roses.parent)
    assert (len(found.pictures), found.litter) == (2, 1)


@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.mov", "rose_000.THM", "rose_000.xmp"])
def test_a_picture_under_the_name_of_litter_is_used(name, roses):
    (roses / name).write_bytes(encoded(picture(7)))
    assert len(scanned(roses.parent).pictures) == 3


def test_a_video_of_its_own_is_refused_with_its_reason(roses):
    (roses / "holiday.mov").write_bytes(VIDEO)
    found = scanned(roses.parent)
    assert (len(found.refused), found.litter) == (1, 0)


def test_a_file_without_an_ending_is_refused_with_its_reason(roses):
    (roses / "notes").write_bytes(b"bought in May")
    assert scanned(roses.parent).skipped()[0]["reason"].startswith("is not a picture")


def test_a_folder_of_nothing_but_litter_is_no_label(roses):
    (roses.parent / "tulip").mkdir()
    (roses.parent / "tulip" / "notes.txt").write_bytes(b"none yet")
    found = scanned(roses.parent)
    assert (found.labels, found.litter) == (("rose",), 1)


def test_nothing_but_litter_is_no_dataset(tmp_path):
    (tmp_path / "set" / "rose").mkdir(parents=True)
    (tmp_path / "set" / "rose" / "notes.txt").write_bytes(b"none yet")
    with pytest.raises(DatasetError, match="No files in the label folders"):
        scanned(tmp_path / "set")


def test_files_that_someone_hid_are_not_counted(roses):
    (roses / ".backup.jpg").write_bytes(encoded(picture(7)))
    assert scanned(roses.parent).litter == 0
