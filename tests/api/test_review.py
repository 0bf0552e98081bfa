"""A review from Python: verdicts and the corrected accuracy, and the report that carries them."""

import shutil
from pathlib import Path

import pytest

import poetcore as poet
from poetcore.evaluation.results import evaluation_of
from poetcore.evaluation.review.review import record_verdicts
from poetcore.evaluation.review.verdicts import Verdict


@pytest.fixture
def report(home, tmp_path, monkeypatch) -> poet.Report:
    """A report on demo pictures of the test's own, in a workspace of its own; one picture is misfiled."""
    shutil.copytree(home / "tf_files", tmp_path / "tf_files")
    shutil.copytree(home / "sample" / "demo", tmp_path / "demo")
    (tmp_path / "demo" / "rose" / "rose_001.jpg").rename(tmp_path / "demo" / "tulip" / "misfiled.jpg")
    monkeypatch.chdir(tmp_path)
    return poet.load_run("first").evaluate("demo")


def say(report: poet.Report, name: str, *verdict: str) -> None:
    run = report._run
    rows = report.predictions
    sha = rows["sha"][rows["path"].map(lambda path: Path(path).name) == name].iloc[0]
    folder = evaluation_of(run, Path(report.evaluation.metrics.folder))
    record_verdicts(folder, report.evaluation, [Verdict(sha, *verdict)])


def test_a_report_has_the_verdicts_and_the_corrected_accuracy(report):
    say(report, "misfiled.jpg", "label_wrong", "rose")
    assert report.review["right_label"].tolist() == ["rose"]
    assert report.corrected.reviewed.correct == round(report.accuracy * report.total) + 1


def test_the_report_as_html_carries_them(report):
    say(report, "misfiled.jpg", "label_wrong", "rose", "a <b>rose</b>")
    text = report.to_html("report.html").read_text(encoding="utf-8")
    assert "Corrected accuracy <b>" in text and "Review: label wrong: rose" in text
    assert "“a &lt;b&gt;rose&lt;/b&gt;”" in text


def test_a_report_without_verdicts_says_nothing_of_a_review(report):
    assert "Review" not in report.to_html("report.html").read_text(encoding="utf-8")
