"""Reports from Python: what may stand as the accuracy, and what is said beside it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import poetcore as poet
from poetcore.data.file_index import sha_of
from poetcore.evaluation.headline import Headline


@pytest.fixture
def run(here) -> poet.TrainedRun:
    return poet.load_run("first")


@pytest.fixture
def demo(here, tmp_path) -> Path:
    """Demo pictures of four labels, among them a training picture."""
    folder = Path(shutil.copytree(here / "sample" / "demo", tmp_path / "demo"))
    shutil.rmtree(folder / "tulip")
    shutil.copy(here / "sample" / "train" / "rose" / "rose_004.jpg", folder / "rose" / "seen.jpg")
    return folder


@pytest.fixture
def seen(here, tmp_path) -> Path:
    """Training pictures only."""
    for path in sorted((here / "sample" / "train" / "rose").iterdir()):
        (tmp_path / "seen" / "rose").mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "seen" / "rose")
    return tmp_path / "seen"


def test_the_headline_leaves_out_what_was_seen(run, demo):
    told = run.evaluate(demo).headline
    assert isinstance(told, Headline) and told.accuracy is not None
    assert told.accuracy.total == 16 and "1 of these 17 pictures was seen in training" in told.remarks[0]


def test_leaks_are_a_table(run, demo):
    report = run.evaluate(demo)
    assert (report.leaked, report.leaked_near) == (1, 0)
    (row,) = report.leaks.to_dict("records")
    twin = Path(row["twin"])
    assert (Path(row["path"]).name, row["kind"]) == ("seen.jpg", "same")
    assert sha_of(twin.read_bytes()) == sha_of(Path(row["path"]).read_bytes())


def test_what_is_undefined_is_missing(run, demo):
    row = run.evaluate(demo).per_class.loc["tulip"]
    assert np.isnan(row[["precision", "recall", "f1"]].astype(float)).all() and row["support"] == 0


def test_where_most_pictures_were_seen_a_report_names_no_accuracy(run, seen):
    report = run.evaluate(seen)
    assert repr(report) == "Report(no accuracy, seen in training, 12 pictures)"
    assert "so there is no accuracy to tell" in report._repr_html_()


def test_a_report_of_other_files_than_those_there_now_says_so(run, demo, tmp_path):
    report = run.evaluate(demo)
    assert report.headline.mark == ""
    (demo / "rose" / "rose_001.jpg").unlink()
    assert report.headline.mark == "out of date"
    assert "1 removed" in report.to_html(tmp_path / "report.html").read_text(encoding="utf-8")


def test_runs_are_listed_with_the_mark_of_their_newest_evaluation(run, seen):
    run.evaluate(seen)
    row = poet.list_runs().set_index("name").loc["first"]
    assert (row["demo_folder"], row["demo_mark"]) == (str(seen), "seen in training")
    assert np.isnan(row["demo_accuracy"])


def test_an_unknown_option_of_slides_is_refused(here, tmp_path):
    report = poet.load_run("first").evaluate("sample/demo")
    with pytest.raises(poet.PoetError, match="batches"):
        report.to_slides(tmp_path / "slides", batches=4)
    assert not any(tmp_path.iterdir())
