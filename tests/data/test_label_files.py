"""Folders that change while they are scanned, links that lead across labels, paths that are too long."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from poetcore.data import label_files
from poetcore.data.dataset import Dataset, scan
from poetcore.data.file_index import FileIndex
from tests.conftest import fill


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "set", {"ash": 3, "birch": 4, "cedar": 2})


def scanned(folder: Path) -> Dataset:
    with FileIndex(folder.parent / "index.sqlite") as index:
        return scan(folder, index)


def link(place: Path, target: Path) -> None:
    place.symlink_to(target, target_is_directory=True)


LINKS: dict[str, Callable[[Path], None]] = {
    "the dataset": lambda folder: link(folder / "ash" / "up", Path("..")),
    "a folder above it": lambda folder: link(folder / "ash" / "up", folder.parent),
    "another label": lambda folder: link(folder / "ash" / "other", Path("../birch")),
    "a folder of another label": lambda folder: (
        (folder / "birch" / "deep").mkdir(),
        link(folder / "ash" / "other", folder / "birch" / "deep"),
    )[1],
    "elsewhere, from where another label begins": lambda folder: (
        shutil.move(folder / "birch", folder.parent / "away" / "birch"),
        link(folder / "birch", folder.parent / "away" / "birch"),
        link(folder / "ash" / "other", folder.parent / "away"),
    )[2],
}


@pytest.mark.parametrize("where", LINKS)
def test_a_link_counts_no_picture_of_another_label_again(where, folder):
    (folder.parent / "away").mkdir()
    LINKS[where](folder)
    found = scanned(folder)
    assert found.counts() == {"ash": 3, "birch": 4, "cedar": 2}
    (reason,) = found.refused["reason"]
    assert "not followed" in reason and "ash" in found.refused["path"][0]


def test_links_that_cross_no_label_are_followed_once(folder):
    fill(folder.parent / "more", {"more": 2}, seed=1)
    link(folder / "ash" / "more", folder.parent / "more")
    link(folder / "ash" / "again", folder.parent / "more")
    link(folder / "ash" / "loop", Path())
    found = scanned(folder)
    assert found.counts()["ash"] == 5 and found.refused.empty


def change_while_walking(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Change something when the first label has been walked."""
    walk, walked = label_files.walk, []

    def changing(*args, **more):
        if len(walked) == 1:
            change()
        walked.append(args)
        return walk(*args, **more)

    monkeypatch.setattr(label_files, "walk", changing)


@pytest.mark.parametrize("what", ["birch", "birch/deep"])
def test_a_folder_that_is_gone_meanwhile_is_told_and_the_others_go_on(what, folder, monkeypatch):
    (folder / "birch" / "deep").mkdir()
    scandir = os.scandir

    def vanishing(place):
        if str(place) == str(folder / what):
            raise FileNotFoundError(2, "No such file or directory", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", vanishing)
    found = scanned(folder)
    assert found.counts()["ash"] == 3 and found.counts()["birch"] == 4 * (what != "birch")
    assert found.refused[["path", "label"]].values.tolist() == [[str(folder / what), "birch"]]


def test_a_folder_that_is_renamed_meanwhile_is_told_and_the_others_go_on(folder, monkeypatch):
    change_while_walking(monkeypatch, lambda: (folder / "birch").rename(folder / "oak"))
    found = scanned(folder)
    assert found.counts() == {"ash": 3, "birch": 0, "cedar": 2}
    assert found.refused["reason"].tolist() == ["does not exist"]


def test_a_file_that_becomes_a_folder_meanwhile_is_told(folder, monkeypatch):
    def become() -> None:
        (folder / "ash" / "ash_000.jpg").unlink()
        (folder / "ash" / "ash_000.jpg").mkdir()

    change_while_walking(monkeypatch, become)
    found = scanned(folder)
    assert found.counts()["ash"] == 2 and "is a folder" in found.refused["reason"][0]


@pytest.mark.skipif(os.name == "nt", reason="paths end earlier there")
def test_a_path_that_is_too_long_is_told_and_the_others_go_on(folder):
    here = os.getcwd()  # noqa: PTH109
    try:
        os.chdir(folder / "birch")
        for _ in range(30):  # 6,000 bytes
            os.mkdir("x" * 200)  # noqa: PTH102
            os.chdir("x" * 200)
        Path("a.jpg").write_bytes(b"never seen")
    finally:
        os.chdir(here)
    found = scanned(folder)
    assert found.counts() == {"ash": 3, "birch": 4, "cedar": 2}
    assert len(found.refused) == 1 and "too long" in found.refused["reason"][0]
