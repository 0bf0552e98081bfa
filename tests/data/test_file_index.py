"""The index of files: each read once, known by content, read again when in doubt."""

import hashlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.data import file_index, images
from poetcore.data.decoding.formats import decoders
from poetcore.data.decoding.refusals import NOT_A_PICTURE
from poetcore.data.file_index import FileEntry, FileIndex, sha_of
from poetcore.system.progress import Progress
from poetcore.system.unkept import read_only
from tests.conftest import PATIENCE, ROOT, encoded, fill, picture

LONG_AGO = time.time_ns() - 60_000_000_000

LOOKUP = """
import sys
from pathlib import Path
from poetcore.data.file_index import FileIndex

index = FileIndex(Path(sys.argv[1]))
for path in sorted(Path(sys.argv[2]).rglob("*.jpg")):
    index.lookup([path])
"""


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[FileIndex]:
    with FileIndex(tmp_path / "fingerprints.sqlite") as opened:
        yield opened


def jpeg(seed: int, length: int = 6000) -> bytes:
    """A JPEG of an exact length: what follows its end is ignored."""
    return encoded(picture(seed, (80, 50))).ljust(length, b"\0")


def write(path: Path, content: bytes, mtime_ns: int = LONG_AGO) -> Path:
    path.write_bytes(content)
    os.utime(path, ns=(mtime_ns, mtime_ns))
    return path


def test_a_picture_has_size_format_and_hash(memory, tmp_path):
    content = encoded(picture(1, (80, 50)))
    path = write(tmp_path / "a.txt", content)
    sha = hashlib.sha256(content).hexdigest()
    assert memory.lookup([path]) == [FileEntry(path, sha, len(content), 80, 50, "JPEG")]


def test_entries_come_in_the_order_of_the_paths(memory, tmp_path):
    paths = [write(tmp_path / f"{seed}.jpg", jpeg(seed)) for seed in (3, 1, 2)]
    memory.lookup(paths[1:2])
    assert [p.path for p in memory.lookup(paths)] == paths


def test_an_unchanged_file_is_not_opened_again(memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    memory.lookup([path])
    write(path, jpeg(2))  # same size, same time: only a look inside would tell
    assert memory.lookup([path])[0].sha == sha_of(jpeg(1))


def test_a_file_of_another_size_is_read_again(memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    memory.lookup([path])
    write(path, jpeg(2, 6001))
    assert memory.lookup([path])[0].sha == sha_of(jpeg(2, 6001))


@pytest.mark.parametrize("shift", [-1000, 1000])
def test_a_file_of_another_time_is_read_again(shift, memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    memory.lookup([path])
    write(path, jpeg(2), LONG_AGO + shift)
    assert memory.lookup([path])[0].sha == sha_of(jpeg(2))


def test_a_young_file_is_read_again(memory, tmp_path):
    now = time.time_ns()
    path = write(tmp_path / "a.jpg", jpeg(1), now)
    memory.lookup([path])
    write(path, jpeg(2), now)
    assert memory.lookup([path])[0].sha == sha_of(jpeg(2))


def test_a_moved_file_is_known_by_its_content(memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    memory.verify(memory.lookup([path]))
    assert memory.lookup([path.rename(tmp_path / "b.jpg")])[0].decoded


def test_a_file_that_is_gone_has_a_reason(memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    memory.lookup([path])
    path.unlink()
    assert memory.lookup([path]) == [FileEntry(path, reason="does not exist")]


def test_text_is_refused_with_a_reason(memory, tmp_path):
    (found,) = memory.lookup([write(tmp_path / "a.jpg", b"shopping list")])
    assert found.reason == NOT_A_PICTURE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux allows any bytes in a name")
def test_a_name_that_is_not_unicode_is_refused_with_a_reason(memory, tmp_path):
    foreign = write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg")), jpeg(1))
    other = write(tmp_path / "b.jpg", jpeg(2))
    reasons = [p.reason for p in memory.lookup([foreign, other])]
    assert reasons == ["has a name that is not valid Unicode: rename it", None]


def test_verify_finds_a_truncated_picture(memory, tmp_path):
    content = encoded(picture(1, (300, 200)), quality=95)
    path = write(tmp_path / "a.jpg", content[: len(content) // 2])
    taken = memory.lookup([path])
    assert taken[0].reason is None
    assert "truncated" in (memory.verify(taken)[0].reason or "")


def test_a_reason_once_found_is_kept(tmp_path):
    content = encoded(picture(1, (300, 200)), quality=95)
    path = write(tmp_path / "a.jpg", content[: len(content) // 2])
    with FileIndex(tmp_path / "memory.sqlite") as first:
        (wanted,) = first.verify(first.lookup([path]))
    with FileIndex(tmp_path / "memory.sqlite") as second:
        assert second.lookup([path]) == [wanted]


def test_verify_keeps_the_order_and_the_good_ones(memory, tmp_path):
    paths = [write(tmp_path / f"{seed}.jpg", jpeg(seed)) for seed in (3, 1, 2)]
    verified = memory.verify(memory.lookup(paths))
    assert [(p.path, p.reason, p.decoded) for p in verified] == [(path, None, True) for path in paths]


def test_a_file_that_goes_away_before_verify_is_welcome_again(memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    taken = memory.lookup([path])
    path.unlink()
    memory.verify(taken)
    write(path, jpeg(1))
    assert memory.lookup([path])[0].reason is None


def test_a_file_that_changes_before_verify_spoils_no_other_content(memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    taken = memory.lookup([path])
    path.write_bytes(b"overwritten by something else")
    memory.verify(taken)
    assert memory.lookup([write(tmp_path / "copy.jpg", jpeg(1))])[0].reason is None


def test_a_content_is_found_where_it_was_seen(memory, tmp_path):
    path = write(tmp_path / "b.jpg", jpeg(1))
    memory.lookup([path, write(tmp_path / "a.jpg", jpeg(2))])
    assert memory.content(sha_of(jpeg(1))) == path.read_bytes()


def test_a_content_is_found_in_its_other_copy(memory, tmp_path):
    paths = [write(tmp_path / name, jpeg(1)) for name in ("a.jpg", "b.jpg")]
    memory.lookup(paths)
    paths[0].unlink()
    assert memory.content(sha_of(jpeg(1))) == jpeg(1)


def test_a_content_that_was_overwritten_is_not_found(memory, tmp_path):
    path = write(tmp_path / "a.jpg", jpeg(1))
    memory.lookup([path])
    write(path, jpeg(2, 6500))
    assert memory.content(sha_of(jpeg(1))) is None


def test_progress_reaches_the_number_of_files(memory, tmp_path):
    paths = sorted(fill(tmp_path / "set", {"a": 3}).rglob("*.jpg"))
    reported: list[Progress] = []
    memory.lookup(paths, reported.append)
    assert reported[-1] == Progress("scanning", 3, 3)


def test_a_damaged_memory_is_set_aside(tmp_path):
    file = tmp_path / "memory.sqlite"
    file.write_bytes(b"no database" * 1000)
    with FileIndex(file) as memory:
        assert memory.lookup([write(tmp_path / "a.jpg", jpeg(1))])[0].reason is None
    assert (tmp_path / "memory.sqlite.damaged").exists()


def test_two_processes_that_look_up_at_once_lose_nothing(tmp_path):
    folders = [fill(tmp_path / name, {name: 60}, seed) for seed, name in enumerate(("left", "right"))]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.jpg"))]
    for path in paths:
        os.utime(path, ns=(LONG_AGO, LONG_AGO))
    file = tmp_path / "memory.sqlite"
    with FileIndex(file):
        pass
    processes = [
        subprocess.Popen([sys.executable, "-c", LOOKUP, str(file), str(folder)], cwd=ROOT)
        for folder in folders
    ]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    shas = [sha_of(path.read_bytes()) for path in paths]
    for path in paths:  # what is remembered shows where the files cannot tell any more
        write(path, bytes(path.stat().st_size))
    with FileIndex(file) as memory:
        assert [p.sha for p in memory.lookup(paths)] == shas


@pytest.mark.parametrize(("after", "reason"), [(0, NOT_A_PICTURE), (1, None)])
def test_a_reason_lasts_until_other_formats_can_be_read(after, reason, tmp_path, monkeypatch):
    path = write(tmp_path / "a.jpg", jpeg(1))
    with monkeypatch.context() as patch, FileIndex(tmp_path / "memory.sqlite") as first:
        patch.setattr(images, "recognise", lambda content: None)
        patch.setattr(images, "not_a_picture", lambda content: NOT_A_PICTURE)
        first.lookup([path])
    monkeypatch.setattr(file_index, "decoders", lambda: decoders() + after)
    with FileIndex(tmp_path / "memory.sqlite") as second:
        assert second.lookup([path])[0].reason == reason


@pytest.mark.parametrize("after", [0, 1])
def test_an_index_that_may_only_be_read_tells_what_it_holds_and_what_is_new(after, tmp_path, monkeypatch):
    known, new = (
        write(tmp_path / "a.jpg", jpeg(1)),
        write(tmp_path / "b.jpg", encoded(picture(1, (300, 200)), quality=95)[:9000]),
    )
    with FileIndex(tmp_path / "memory.sqlite") as first:
        wanted = first.lookup([known])
        first.record_decoded({wanted[0].sha: NOT_A_PICTURE})
    monkeypatch.setattr(file_index, "decoders", lambda: decoders() + after)
    read_only()
    try:
        with FileIndex(tmp_path / "memory.sqlite") as second:
            entries = second.lookup([known, new])
            assert [entry.reason for entry in entries] == [NOT_A_PICTURE, None]
            assert second.verify(entries)[1].reason and second.places(entries[1].sha)
    finally:
        read_only(False)
    with FileIndex(tmp_path / "memory.sqlite") as third:
        assert not third.places(entries[1].sha)


def test_a_database_that_loses_what_is_stored_still_tells_what_is_in_files(tmp_path):
    fill(tmp_path / "set", {"rose": 2})
    files = sorted((tmp_path / "set" / "rose").iterdir())
    with FileIndex(tmp_path / "sound.sqlite") as index:
        wanted = index.lookup(files)
    with FileIndex(tmp_path / "index.sqlite"):
        pass
    connection = sqlite3.connect(tmp_path / "index.sqlite")
    connection.execute("CREATE TRIGGER lose AFTER INSERT ON contents BEGIN DELETE FROM contents; END")
    connection.close()
    with FileIndex(tmp_path / "index.sqlite") as index:
        found = index.lookup(files)
    assert [(one.sha, one.width) for one in found] == [(one.sha, one.width) for one in wanted]
