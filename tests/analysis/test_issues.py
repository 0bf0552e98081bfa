"""Which issues are reported, in which order, and how they are counted."""

import shutil

import pytest
from PIL import ImageFilter

from poetcore.analysis.checks import Pictures
from poetcore.analysis.issues import CHECKS, find_issues, run_checks, summary
from poetcore.data.dataset import scan
from poetcore.sources.samples import make_sample
from poetcore.system.progress import Progress
from tests.analysis.drawn import photo, put
from tests.conftest import fill


def test_different_pictures_have_no_issues(found):
    assert found() == []


def test_the_gravest_issues_come_first(folder, memory):
    shutil.copy(folder / "rose/rose_000.jpg", folder / "rose/z.jpg")
    shutil.copy(folder / "rose/rose_001.jpg", folder / "tulip/x.jpg")
    (folder / "tulip/z.jpg").touch()
    names = [issue.issue for issue in run_checks(Pictures(scan(folder, memory, verify=True)))]
    assert names == ["unreadable", "two_labels", "two_labels", "duplicate"]


def test_severities_never_rise_down_the_list():
    rank = ["error", "warning", "note"]
    ranks = [rank.index(check.severity) for check in CHECKS.values()]
    assert ranks == sorted(ranks)


def test_a_verified_picture_is_not_reported(folder, memory, place):
    put(folder / "rose" / "x.jpg", photo(54).filter(ImageFilter.GaussianBlur(5)), quality=98)
    (issue,) = find_issues(scan(folder, memory), place)
    assert find_issues(scan(folder, memory), place, verified={issue.sha}) == []


def test_an_unreadable_file_is_reported_even_if_it_was_verified(folder, memory):
    (folder / "rose/empty.jpg").touch()
    assert len(run_checks(Pictures(scan(folder, memory)), verified={""})) == 1


def test_progress_counts_the_pictures_of_both_folders(folder, demo, memory, place):
    told: list[Progress] = []
    find_issues(scan(folder, memory), place, scan(demo, memory), told.append)
    assert told == [Progress("measuring", 7, 7)]


def test_a_dataset_without_a_usable_picture_can_be_checked(tmp_path, memory, place):
    (tmp_path / "set/rose").mkdir(parents=True)
    (tmp_path / "set/rose/x.jpg").touch()
    assert [issue.issue for issue in find_issues(scan(tmp_path / "set", memory), place)] == ["unreadable"]


def test_a_summary_counts_by_check_and_label(folder, memory):
    for name in ("x.jpg", "y.jpg"):
        shutil.copy(folder / "rose/rose_001.jpg", folder / "rose" / name)
    (folder / "tulip/z.jpg").touch()
    table = summary(run_checks(Pictures(scan(folder, memory))))
    assert table.to_dict("index") == {
        "unreadable": {"rose": 0, "tulip": 1},
        "duplicate": {"rose": 2, "tulip": 0},
    }


def test_a_summary_of_nothing_is_empty():
    assert summary([]).empty


@pytest.mark.slow
def test_the_drawn_sample_set_is_nearly_clean(tmp_path, memory, place):
    sample = make_sample(tmp_path / "sample", train_per_label=20, demo_per_label=10)
    found = find_issues(scan(sample / "train", memory), place, scan(sample / "demo", memory))
    assert {issue.severity for issue in found} <= {"note"} and len(found) <= 3


def test_many_tiny_pictures_are_reported_once_each(tmp_path, memory, place):
    folder = fill(tmp_path / "icons", {"rose": 20})
    found = find_issues(scan(folder, memory), place)
    assert [issue.issue for issue in found] == ["tiny"] * 20
