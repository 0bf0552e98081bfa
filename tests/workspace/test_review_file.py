"""The file of a review: nothing that was written whole is lost, whoever writes or is killed."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from poetcore.errors import RunError
from poetcore.workspace.review_file import ReviewEntry, ReviewFile
from tests.conftest import ROOT

ONE = ReviewEntry("2026-11-27T01:00:00.000+00:00", "a" * 64, "/x/ant/1.jpg", "ant", "bee", "label_correct")

WRITER = """
import sys
from pathlib import Path
from poetcore.workspace.review_file import ReviewEntry, ReviewFile
file = ReviewFile(Path(sys.argv[1]))
for number in range(100_000):
    file.append([ReviewEntry("t", f"{number:064x}", "p", "ant", "bee", "label_wrong", "cat", "a comment")])
    print(number, flush=True)
"""


@pytest.fixture
def file(tmp_path):
    return ReviewFile(tmp_path / "review.csv")


def test_what_was_written_is_read(file):
    odd = replace(ONE, sha="b" * 64, comment='=1+1, "two" and\nthree', path="/x/größe, 1.jpg")
    file.append([ONE, odd])
    assert list(file.last().values()) == [ONE, replace(odd, comment='=1+1, "two" and three')]


def test_the_last_line_of_a_content_counts(file):
    for verdict in ("label_correct", "unusable", ""):
        file.append([replace(ONE, verdict=verdict)])
    assert file.last() == {ONE.sha: replace(ONE, verdict="")}


def test_the_file_begins_with_the_names_of_its_columns(file):
    file.append([ONE])
    first = file.file.read_text().splitlines()[0]
    assert first.replace('"', "") == "time,sha,path,label,predicted,verdict,right_label,comment"


@pytest.mark.parametrize("torn", ['"2026-11', '"t","' + "b" * 64 + '","p","ant","bee","unusable","","a comm'])
def test_a_torn_line_costs_nothing_but_itself(file, torn):
    file.append([ONE])
    with file.file.open("a") as out:
        out.write(torn)
    assert list(file.last()) == [ONE.sha]
    file.append([replace(ONE, sha="c" * 64)])
    assert list(file.last()) == [ONE.sha, "c" * 64]


def test_what_a_spreadsheet_saved_is_read(file):
    file.append([ONE])
    text = file.file.read_text().replace('"', "").rstrip("\r\n")
    file.file.write_text("\ufeff" + text, encoding="utf-8")
    assert list(file.last().values()) == [ONE]


def test_two_windows_lose_nothing_to_each_other(file):
    entries = [replace(ONE, sha=f"{number:064x}") for number in range(60)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda entry: ReviewFile(file.file).append([entry]), entries))
    assert set(file.last()) == {entry.sha for entry in entries}


def test_all_that_a_killed_process_had_written_is_there(file):
    command = [sys.executable, "-c", WRITER, str(file.file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        said = [process.stdout.readline() for _ in range(20)]
        process.kill()
        said += process.stdout.readlines()
    assert len(file.last()) >= len(said)
    file.append([ONE])  # the lock of one that was killed holds nobody up
    assert file.last()[ONE.sha] == ONE


def test_a_file_that_another_program_saved_in_its_own_way_is_told_and_not_added_to(file):
    file.append([ONE])
    saved = file.file.read_text().replace('"', "").replace(",", ";")
    file.file.write_text(saved)
    with pytest.raises(RunError, match="commas between the cells"):
        file.last()
    with pytest.raises(RunError, match="commas between the cells"):
        file.append([ONE])
    assert file.file.read_text() == saved


def test_a_review_of_an_evaluation_that_is_gone_is_refused(tmp_path):
    with pytest.raises(RunError, match="not there any more"):
        ReviewFile(tmp_path / "gone" / "review.csv").append([ONE])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows")
def test_a_file_that_cannot_be_written_is_told_in_a_sentence(file):
    file.file.with_suffix(".lock").mkdir()
    with pytest.raises(RunError, match="cannot be written"):
        file.append([ONE])


def test_the_state_changes_with_every_line(file):
    states = [file.state()]
    for _ in range(3):
        file.append([ONE])
        states.append(file.state())
    assert len(set(states)) == 4
