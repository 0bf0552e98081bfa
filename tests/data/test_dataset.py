"""A folder of folders as a table, and what makes it unusable."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.data.dataset import scan
from poetcore.data.decoding.refusals import NOT_A_PICTURE
from poetcore.data.file_index import FileIndex, sha_of
from poetcore.data.layout import QUARANTINE, QUARANTINE_MARK, LevelError
from poetcore.errors import DatasetError
from tests.conftest import encoded, fill, picture
from tests.unprivileged import as_nobody, needs_permissions, open_folder


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[FileIndex]:
    with FileIndex(tmp_path / "fingerprints.sqlite") as opened:
        yield opened


def test_counts_are_by_label_in_the_order_of_names(memory, tmp_path):
    found = scan(fill(tmp_path / "set", {"tulip": 2, "daisy": 3, "rose": 1}), memory)
    assert found.labels == ("daisy", "rose", "tulip")
    assert found.counts() == {"daisy": 3, "rose": 1, "tulip": 2}


def test_a_picture_has_size_format_and_hash(memory, tmp_path):
    path = fill(tmp_path / "set", {"rose": 1}) / "rose" / "rose_000.jpg"
    content = path.read_bytes()
    (row,) = scan(tmp_path / "set", memory).pictures.to_dict("records")
    wanted = {"path": str(path), "label": "rose", "width": 64, "height": 48, "format": "JPEG"}
    assert row == {**wanted, "bytes": len(content), "sha": sha_of(content)}


def test_sub_folders_belong_to_their_label(memory, tmp_path):
    fill(tmp_path / "set", {"rose": 2})
    fill(tmp_path / "set/rose/garden", {"red": 3}, seed=1)
    assert scan(tmp_path / "set", memory).counts() == {"rose": 5}


def test_unusable_files_are_listed_with_reasons(memory, tmp_path):
    fill(tmp_path / "set", {"rose": 1})
    (tmp_path / "set/rose/notes").write_text("water daily")
    (tmp_path / "set/rose/empty.jpg").touch()
    refused = scan(tmp_path / "set", memory).refused
    assert [(Path(path).name, label, reason) for path, label, reason in refused.to_numpy()] == [
        ("empty.jpg", "rose", "is empty (0 bytes)"),
        ("notes", "rose", NOT_A_PICTURE),
    ]


def test_a_label_without_usable_pictures_counts_zero(memory, tmp_path):
    fill(tmp_path / "set", {"rose": 1, "weeds": 0})
    (tmp_path / "set/weeds/a.jpg").write_text("no picture")
    assert scan(tmp_path / "set", memory).counts() == {"rose": 1, "weeds": 0}


def test_hidden_and_empty_folders_are_no_labels(memory, tmp_path):
    fill(tmp_path / "set", {"rose": 1, ".cache": 1, "empty": 0})
    assert scan(tmp_path / "set", memory).labels == ("rose",)


@pytest.mark.parametrize(("marked", "labels"), [(True, ("rose",)), (False, ("quarantine", "rose"))])
def test_a_quarantine_is_no_label_where_it_is_marked(marked, labels, memory, tmp_path):
    folder = fill(tmp_path / "set", {"rose": 1, "quarantine": 1})
    if marked:
        (folder / QUARANTINE / QUARANTINE_MARK).touch()
    assert scan(folder, memory).labels == labels


@pytest.mark.parametrize(("verify", "count"), [(False, 1), (True, 0)])
def test_a_truncated_picture_is_refused_by_verify_only(verify, count, memory, tmp_path):
    (tmp_path / "set/rose").mkdir(parents=True)
    content = encoded(picture(1, (300, 200)))
    (tmp_path / "set/rose/cut.jpg").write_bytes(content[: len(content) // 2])
    assert scan(tmp_path / "set", memory, verify=verify).counts() == {"rose": count}


def test_contents_found_bad_later_are_moved_to_the_refused(memory, tmp_path):
    found = scan(fill(tmp_path / "set", {"rose": 2, "tulip": 1}), memory)
    bad = found.pictures.iloc[1]
    left = found.without({bad["sha"]: "is damaged"})
    assert left.counts() == {"rose": 1, "tulip": 1}
    assert left.skipped() == [{"path": bad["path"], "reason": "is damaged"}]


def test_no_such_folder_is_named(memory, tmp_path):
    with pytest.raises(DatasetError, match="No such folder: .*flwoers"):
        scan(tmp_path / "flwoers", memory)


def test_a_file_is_no_folder(memory, tmp_path):
    (tmp_path / "a.jpg").touch()
    with pytest.raises(DatasetError, match=r"a\.jpg is a file"):
        scan(tmp_path / "a.jpg", memory)


def test_a_folder_without_label_folders_is_refused(memory, tmp_path):
    (tmp_path / "set").mkdir()
    with pytest.raises(DatasetError, match=r"No label folders in .*set\. Make one folder per category"):
        scan(tmp_path / "set", memory)


def test_loose_files_are_named_in_the_error(memory, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set/a.jpg").write_bytes(encoded(picture()))
    with pytest.raises(DatasetError, match="Its files lie loose: make one folder per category"):
        scan(tmp_path / "set", memory)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("set.zip", "is a file: unpack it and give a folder that holds one folder per label"),
        ("set.tar.gz", "is a file: unpack it and give"),
        ("gone.csv", "No such CSV file: .*gone.csv. Give one of paths and labels"),
    ],
)
def test_what_is_no_folder_is_told_by_its_name(name, sentence, memory, tmp_path):
    for archive in ("set.zip", "set.tar.gz"):
        (tmp_path / archive).write_bytes(b"packed")
    with pytest.raises(DatasetError, match=sentence):
        scan(tmp_path / name, memory)


@pytest.mark.parametrize(("head", "named"), [("path,label", True), ("a,b", False)])
def test_a_csv_file_of_labels_beside_loose_pictures_is_named(head, named, memory, tmp_path):
    (tmp_path / "a.jpg").write_bytes(encoded(picture()))
    (tmp_path / "labels.csv").write_text(f"{head}\na.jpg,rose\n")
    with pytest.raises(DatasetError) as raised:
        scan(tmp_path, memory)
    assert (f"give {tmp_path / 'labels.csv'}." in str(raised.value)) is named


def test_only_empty_label_folders_are_refused(memory, tmp_path):
    with pytest.raises(DatasetError, match="No files in the label folders"):
        scan(fill(tmp_path / "set", {"rose": 0, "tulip": 0}), memory)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows any bytes in a name")
def test_a_label_that_is_no_text_is_refused_and_the_rest_is_used(memory, tmp_path):
    folder = fill(tmp_path / "set", {"rose": 2})
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).mkdir()
    found = scan(folder, memory)
    assert found.counts() == {"rose": 2}
    assert found.refused.to_numpy().tolist() == [
        [
            str(folder / "caf\\xe9"),
            "",
            "has a name that is not valid Unicode: rename it, its pictures are not used",
        ]
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows any bytes in a name")
def test_a_folder_of_labels_that_are_no_text_only_is_refused(memory, tmp_path):
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")).mkdir()
    with pytest.raises(DatasetError, match="No label folder in .* can be used: .*caf.*rename it"):
        scan(tmp_path, memory)


def test_empty_label_folders_are_named(memory, tmp_path):
    found = scan(fill(tmp_path / "set", {"rose": 1, "daisy 10": 0, "daisy 2": 0}), memory)
    assert (found.labels, found.empty) == (("rose",), ("daisy 2", "daisy 10"))


def test_loose_pictures_are_named_and_other_loose_files_are_not(memory, tmp_path):
    folder = fill(tmp_path / "set", {"rose": 1, "tulip": 1})
    for name in ("10.jpg", "2.jpg"):
        (folder / name).write_bytes(encoded(picture()))
    (folder / "LICENSE.txt").write_text("free")
    assert scan(folder, memory).loose == ("2.jpg", "10.jpg")


def test_a_large_archive_beside_the_label_folders_is_not_read(memory, tmp_path, monkeypatch):
    monkeypatch.setattr("poetcore.data.label_files._LARGEST_LOOSE", 100)
    folder = fill(tmp_path / "set", {"rose": 1, "tulip": 1})
    (folder / "large.jpg").write_bytes(encoded(picture()))
    assert scan(folder, memory).loose == ()


def test_hidden_folders_with_pictures_are_named(memory, tmp_path):
    folder = fill(tmp_path / "set", {"rose": 1, ".git": 0})
    fill(folder / "tulip", {"1": 1}).rename(folder / ".tulip")
    (folder / ".tulip" / "1" / "1_000.jpg").rename(folder / ".tulip" / "1.jpg")
    assert scan(folder, memory).hidden == (".tulip",)


def test_labels_are_in_natural_order(memory, tmp_path):
    found = scan(fill(tmp_path / "set", {"10": 1, "2": 1, "1": 1, "11": 1}), memory)
    assert found.labels == ("1", "2", "10", "11")


def test_a_folder_one_too_high_is_questioned(memory, tmp_path):
    fill(tmp_path / "photos/train", {"rose": 1, "tulip": 1})
    fill(tmp_path / "photos/test", {"rose": 1, "tulip": 1}, seed=1)
    with pytest.raises(LevelError, match=r"give .*photos/train, and .*photos/test to evaluate on\.$"):
        scan(tmp_path / "photos", memory)


@pytest.mark.parametrize("known", [("test", "train"), None])
def test_the_level_is_not_questioned_where_the_labels_are_known(known, memory, tmp_path):
    fill(tmp_path / "photos/train", {"rose": 1, "tulip": 1})
    fill(tmp_path / "photos/test", {"rose": 1, "tulip": 1}, seed=1)
    assert scan(tmp_path / "photos", memory, known_labels=known).labels == ("test", "train")


@needs_permissions
def test_a_label_folder_without_permission_is_refused_with_the_reason(memory):
    with open_folder() as folder:
        fill(folder, {"rose": 1, "tulip": 1})
        (folder / "tulip").chmod(0)
        with as_nobody():
            refused = scan(folder, memory).refused
    assert refused["label"].tolist() == ["tulip"]
