"""What is scanned and computed once for all sessions, and when it is done again."""

import os
from pathlib import Path

import pytest

from poetcore.ui import scans
from poetcore.ui.computed import computed, last_write
from poetcore.ui.data import health, pictures_section
from poetcore.ui.data.features import DatasetFeatures
from poetcore.ui.scans import now_of, scanned
from tests.conftest import fill
from tests.ui.pages import opened

#: Long ago, so that the files' times have settled.
_THEN = 1_600_000_000


@pytest.fixture
def folder(empty, tmp_path: Path) -> Path:
    return settled(fill(tmp_path / "set", {"rose": 3, "tulip": 2}))


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which folders are scanned, each time."""
    found: list[str] = []
    scan = scans._scan
    monkeypatch.setattr(scans, "_scan", lambda place, *more: found.append(place) or scan(place, *more))
    return found


def settled(folder: Path) -> Path:
    for path in folder.rglob("*"):
        os.utime(path, (_THEN, _THEN))
    return folder


def later() -> None:
    """Let the disk be asked again, as after 15 seconds."""
    scans._on_disk.clear()


def test_an_unchanged_folder_is_not_scanned_again(folder, times):
    scanned(folder)
    later()  # the first scan told the index what is in the files
    scanned(folder)
    times.clear()
    for _ in range(3):
        later()
        assert len(scanned(folder).pictures) == 5
        assert len(now_of(folder).dataset.pictures) == 5
    assert times == []


def test_a_picture_that_came_is_found(folder, times):
    assert len(scanned(folder).pictures) == 5
    (folder / "rose" / "rose_000.jpg").rename(folder / "tulip" / "moved.jpg")
    later()
    assert scanned(folder).counts() == {"rose": 2, "tulip": 3}


def test_a_result_is_computed_once_for_a_stamp():
    done = []
    for stamp in ("one", "one", "other", "one"):
        computed("test", (stamp,), lambda stamp=stamp: done.append(stamp))
    assert done == ["one", "other"]


def test_what_a_section_computes_of_an_earlier_scan_is_not_shown_of_the_next(folder):
    before = scanned(folder)
    pictures_section._counts(before)
    (folder / "rose" / "rose_000.jpg").rename(folder / "tulip" / "moved.jpg")
    later()
    pictures_section._counts(before)  # a part of a page that is drawn anew has what the page had
    counts = pictures_section._counts(scanned(folder))
    assert counts.groupby("label")["pictures"].sum().to_dict() == {"rose": 2, "tulip": 3}


def test_what_another_process_writes_is_noticed_while_it_has_the_file_open(empty):
    with empty.group_names(), empty.group_names() as names:
        before = last_write(empty.bottlenecks / "group_names.sqlite")
        names.put("near", {"a" * 64: "name"})
        assert last_write(empty.bottlenecks / "group_names.sqlite") != before


def test_another_session_does_not_look_for_issues_again(folder, monkeypatch):
    done = []
    find = health.find_issues
    monkeypatch.setattr(health, "find_issues", lambda *a, **k: done.append(1) or find(*a, **k))
    for _ in range(2):
        app = opened("overview", dataset=str(folder))
        app.segmented_control(key="overview_section").set_value("Health").run()
        assert not app.exception
    assert len(done) == 1


def test_a_map_of_very_many_pictures_has_some_of_them():
    shas = tuple(f"{number:064x}" for number in range(40))
    features = DatasetFeatures(None, shas, "key")
    assert features.first(40) is features
    assert (features.first(30).shas, features.first(30).key) == (shas[:30], "key first 30")
