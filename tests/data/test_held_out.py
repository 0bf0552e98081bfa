"""A list of held-out pictures works like a folder of them."""

import shutil
from pathlib import Path

import pytest

from poetcore.data.dataset import Dataset, check_dataset, dataset_exists, scan
from poetcore.data.file_index import FileIndex
from poetcore.data.held_out import is_held_out, read_held_out, write_held_out
from poetcore.errors import DatasetError
from tests.conftest import fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "trees", {"ash": 4, "elm": 3, "oak": 2})


@pytest.fixture
def held_out(tmp_path: Path, folder: Path) -> Path:
    """A list of two pictures of ash and one of elm."""
    dataset = scanned(tmp_path, folder)
    chosen = dataset.pictures.groupby("label").head(2).query("label != 'oak'").iloc[:3]
    write_held_out(tmp_path / "list.json", folder, chosen["sha"], "50%")
    return tmp_path / "list.json"


def scanned(tmp_path: Path, folder: Path) -> Dataset:
    with FileIndex(tmp_path / "files.sqlite") as index:
        return scan(folder, index)


def test_it_is_scanned_like_a_folder(tmp_path, held_out):
    dataset = scanned(tmp_path, held_out)
    assert (dataset.folder, dataset.counts()) == (held_out, {"ash": 2, "elm": 1})


def test_its_home_is_the_folder_where_repairs_act(tmp_path, folder, held_out):
    dataset = scanned(tmp_path, held_out)
    assert (dataset.home, dataset.read_only) == (folder, False)


def test_the_home_of_a_folder_is_itself(tmp_path, folder):
    assert scanned(tmp_path, folder).home == folder


def test_a_list_of_a_csv_file_is_read_only(tmp_path, folder):
    (tmp_path / "trees.csv").write_text("path,label\ntrees/ash/ash_000.jpg,ash\ntrees/oak/oak_000.jpg,oak\n")
    pictures = scanned(tmp_path, tmp_path / "trees.csv").pictures
    write_held_out(tmp_path / "list.json", tmp_path / "trees.csv", pictures["sha"][:1])
    dataset = scanned(tmp_path, tmp_path / "list.json")
    assert (dataset.read_only, dataset.counts()) == (True, {"ash": 1})


def test_it_follows_a_picture_to_another_label(tmp_path, folder, held_out):
    (moved,) = scanned(tmp_path, held_out).pictures.query("label == 'elm'")["path"]
    shutil.move(moved, folder / "oak" / "renamed.jpg")
    assert scanned(tmp_path, held_out).counts() == {"ash": 2, "oak": 1}


def test_files_of_the_folder_that_cannot_be_used_are_none_of_the_list(tmp_path, folder, held_out):
    (folder / "ash" / "notes.txt").write_text("no picture")
    (folder / "empty").mkdir()
    assert scanned(tmp_path, held_out).skipped() == []


def test_it_exists_as_long_as_its_folder(folder, held_out):
    before = dataset_exists(held_out)
    shutil.rmtree(folder)
    assert (before, dataset_exists(held_out)) == (True, False)


def test_it_is_checked_by_its_folder(folder, held_out):
    check_dataset(held_out)
    shutil.rmtree(folder)
    with pytest.raises(DatasetError, match="No such folder: .*trees"):
        check_dataset(held_out)


def test_pictures_that_are_gone_are_told(tmp_path, folder, held_out):
    for path in scanned(tmp_path, held_out).pictures["path"]:
        Path(path).unlink()
    with pytest.raises(
        DatasetError, match="None of the 3 pictures that were held out is in .*trees any more"
    ):
        scanned(tmp_path, held_out)


def test_a_damaged_list_is_told(tmp_path, held_out):
    held_out.write_text(held_out.read_text()[:40])
    with pytest.raises(DatasetError, match=r"list\.json is damaged: delete it"):
        scanned(tmp_path, held_out)


@pytest.mark.parametrize("content", ["{}", "[]", "", '{"labels": []}', "\0"])
def test_another_json_file_is_no_list(tmp_path, content):
    (tmp_path / "x.json").write_text(content)
    assert not is_held_out(tmp_path / "x.json")


def test_a_list_of_a_list_is_one_of_its_folder(tmp_path, folder, held_out):
    write_held_out(tmp_path / "part.json", held_out, sorted(read_held_out(held_out).contents)[:1])
    assert read_held_out(tmp_path / "part.json").home == folder


def test_a_list_that_names_itself_is_damaged(tmp_path, held_out):
    held_out.write_text(f'{{"held_out_of": "{held_out.as_posix()}", "how": "", "contents": []}}')
    with pytest.raises(DatasetError, match="is damaged"):
        read_held_out(held_out)
