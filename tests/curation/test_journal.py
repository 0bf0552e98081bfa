"""The journal: what is written stays, torn lines do no harm, writers take turns."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from poetcore.curation.journal import Journal
from poetcore.errors import DatasetError
from tests.conftest import PATIENCE, ROOT
from tests.unprivileged import as_nobody, needs_permissions, open_folder

#: Holds the lock until it is killed.
HOLDING = """
import time
from pathlib import Path
from poetcore.curation.journal import Journal
with Journal(Path({file!r})).locked():
    print("alone", flush=True)
    time.sleep(600)
"""

#: Adds lines, one at a time.
ADDING = """
from pathlib import Path
from poetcore.curation.journal import Journal
for number in range(40):
    journal = Journal(Path({file!r}))
    with journal.locked():
        journal.append({{"who": {who!r}, "count": len(journal.lines())}}, sync=False)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "set" / ".poet" / "journal.jsonl"


@pytest.fixture
def journal(file: Path) -> Journal:
    file.parent.parent.mkdir()
    return Journal(file)


def write(journal: Journal, *lines: dict[str, object]) -> None:
    with journal.locked():
        journal.append(*lines)


def test_a_journal_that_was_never_written_is_empty(journal):
    assert journal.lines() == []


def test_reading_makes_no_files(journal, file):
    journal.lines()
    assert not file.parent.exists()


def test_lines_are_read_in_the_order_of_writing(journal):
    write(journal, {"n": 1}, {"n": 2})
    write(journal, {"n": 3})
    assert [line["n"] for line in journal.lines()] == [1, 2, 3]


def test_a_journal_can_be_read_by_people(journal, file):
    write(journal, {"label": "Fliegenpilz", "reason": "groß"})
    assert file.read_text(encoding="utf-8") == '{"label": "Fliegenpilz", "reason": "groß"}\n'


def test_a_line_separator_in_a_name_does_not_end_a_line(journal):
    write(journal, {"name": "a\u2028b\nc"})
    assert journal.lines() == [{"name": "a\u2028b\nc"}]


def test_a_torn_last_line_does_not_count(journal, file):
    write(journal, {"n": 1})
    with file.open("a") as open_file:
        open_file.write('{"n": 2')
    assert journal.lines() == [{"n": 1}]


def test_what_follows_a_torn_line_counts(journal, file):
    write(journal, {"n": 1})
    with file.open("a") as open_file:
        open_file.write('{"n": 2')
    write(journal, {"n": 3})
    assert journal.lines() == [{"n": 1}, {"n": 3}]


def test_waiting_too_long_is_an_error(journal, file):
    told = pytest.raises(DatasetError, match="Another window or program is changing")
    with journal.locked(), told, Journal(file).locked(patience=0.01):
        pass


def test_a_killed_writer_holds_no_lock(journal, file):
    code = HOLDING.format(file=str(file))
    holder = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout
    assert holder.stdout.readline().strip() == b"alone"
    holder.kill()
    holder.communicate()
    write(journal, {"n": 1})
    assert journal.lines() == [{"n": 1}]


def test_writers_of_several_processes_wait_for_each_other(journal, file):
    codes = [ADDING.format(file=str(file), who=who) for who in "abc"]
    writers = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for code in codes]
    assert [writer.wait(timeout=PATIENCE) for writer in writers] == [0, 0, 0]
    assert [line["count"] for line in journal.lines()] == list(range(120))


def test_a_line_that_is_no_object_is_skipped(journal, file):
    write(journal, {"n": 1})
    with file.open("a") as open_file:
        open_file.write(json.dumps([1]) + "\n")
    assert journal.lines() == [{"n": 1}]


@pytest.mark.parametrize("name", ["a\ud800.jpg", "a\0.jpg"])
def test_a_line_with_a_name_that_no_file_has_is_skipped(journal, file, name):
    write(journal, {"name": "ä \N{SNOWFLAKE}"})
    with file.open("a") as open_file:
        open_file.write(json.dumps({"name": name}) + "\n" + json.dumps({"name": "\xe4"}) + "\n")
    assert journal.lines() == [{"name": "ä \N{SNOWFLAKE}"}, {"name": "ä"}]


def test_a_name_with_a_backslash_before_what_looks_like_a_zero_counts(journal):
    write(journal, {"name": "a\\u0000\\ud800.jpg"})
    assert journal.lines() == [{"name": "a\\u0000\\ud800.jpg"}]


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(DatasetError, match="cannot be written"), Journal(tmp_path / "a/b/c.jsonl").locked():
        pass


@needs_permissions
def test_a_folder_that_may_not_be_written_is_an_error():
    told = pytest.raises(DatasetError, match="cannot be written")
    with open_folder() as folder, as_nobody(), told, Journal(folder / ".poet" / "journal.jsonl").locked():
        pass
