"""Whether something of a dataset has changed on the disk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from poetcore.data.disk_state import disk_state

#: Long ago, so that times have settled.
_THEN = 1_600_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rose/a.jpg", "rose/deep/b.jpg", "tulip/c.jpg"):
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(b"picture")
    return settled(tmp_path / "set")


def settled(folder: Path) -> Path:
    """Set all times to long ago."""
    for path in folder.rglob("*"):
        os.utime(path, (_THEN, _THEN))
    return folder


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "tulip" / "d.jpg").write_bytes(b"picture"),
        lambda folder: (folder / "rose" / "a.jpg").write_bytes(b"another picture"),
        lambda folder: (folder / "rose" / "deep" / "b.jpg").rename(folder / "tulip" / "b.jpg"),
        lambda folder: (folder / "rose" / "a.jpg").unlink(),
        lambda folder: (folder / "lily").mkdir(),
    ],
)
def test_it_is_another_where_a_file_is_new_changed_moved_or_gone(
    folder: Path, change: Callable[[Path], object]
):
    before = disk_state(folder)
    assert before is not None
    assert disk_state(folder) == before
    change(folder)
    assert disk_state(settled(folder)) not in (before, None)


def test_a_file_of_the_same_size_is_told_by_its_time(folder: Path):
    before = disk_state(folder)
    os.utime(folder / "rose" / "a.jpg", (_THEN + 5, _THEN + 5))
    assert disk_state(folder) not in (before, None)


def test_what_was_changed_a_moment_ago_may_change_again(folder: Path):
    (folder / "rose" / "a.jpg").write_bytes(b"PICTURE")
    assert disk_state(folder) is None


def test_folders_that_lead_to_each_other_have_an_end(folder: Path):
    try:
        (folder / "rose" / "around").symlink_to(folder, target_is_directory=True)
    except OSError:
        pytest.skip("this user may make no links")
    os.utime(folder / "rose", (_THEN, _THEN))
    os.utime(folder / "rose" / "around", (_THEN, _THEN), follow_symlinks=False)
    os.utime(folder, (_THEN, _THEN))
    assert disk_state(folder) is not None


def test_nothing_is_known_of_what_is_not_there(tmp_path: Path):
    assert disk_state(tmp_path / "none") is None


def test_a_csv_file_is_told_by_the_files_that_it_lists(folder: Path):
    table = folder / "set.csv"
    table.write_text("path,label\nrose/a.jpg,rose\n", encoding="utf-8")
    before = disk_state(settled(folder) / "set.csv")
    os.utime(folder / "rose" / "a.jpg", (_THEN + 5, _THEN + 5))
    assert None not in (before, disk_state(table))
    assert disk_state(table) != before
