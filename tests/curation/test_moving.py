"""Moving files: nothing is overwritten, nothing is lost on the way, another disk included."""

import errno
import os
import sys
from pathlib import Path

import pytest

from poetcore.curation.moving import content_of, finish, free_name, move
from poetcore.data.file_index import sha_of

CONTENT = b"a picture"
SHA = sha_of(CONTENT)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "rose" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "tulip" / "a.jpg"


@pytest.fixture
def two_disks(monkeypatch):
    """Make a rename from folder to folder fail as between disks."""
    rename = Path.replace

    def refuse(self, target):
        if self.parent != target.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", refuse)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_a_file_is_where_it_was_moved_to(source, target, tmp_path):
    move(source, target, SHA)
    assert files(tmp_path) == ["tulip/a.jpg"]


def test_a_moved_file_keeps_its_content(source, target):
    move(source, target, SHA)
    assert target.read_bytes() == CONTENT


def test_nothing_is_overwritten(source, target):
    target.parent.mkdir()
    target.write_bytes(b"another")
    with pytest.raises(FileExistsError):
        move(source, target, SHA)
    assert (source.read_bytes(), target.read_bytes()) == (CONTENT, b"another")


def test_a_failed_move_leaves_nothing_behind(source, target, tmp_path):
    source.unlink()
    with pytest.raises(FileNotFoundError):
        move(source, target, SHA)
    assert files(tmp_path) == []


def test_a_file_moves_to_another_disk(source, target, tmp_path, two_disks):
    move(source, target, SHA)
    assert (files(tmp_path), target.read_bytes()) == (["tulip/a.jpg"], CONTENT)


def test_a_file_keeps_its_time_on_another_disk(source, target, two_disks):
    os.utime(source, (1e9, 1e9))
    move(source, target, SHA)
    assert target.stat().st_mtime == 1e9


def test_a_copy_that_differs_is_not_taken(source, target, tmp_path, two_disks):
    with pytest.raises(OSError, match="the copy differs"):
        move(source, target, "0" * 64)
    assert files(tmp_path) == ["rose/a.jpg"]


def test_a_move_that_did_not_begin_has_not_happened(source, target, tmp_path):
    assert not finish(source, target, SHA)
    assert files(tmp_path) == ["rose/a.jpg"]


def test_a_move_that_only_claimed_its_name_has_not_happened(source, target, tmp_path):
    target.parent.mkdir()
    target.touch()
    assert not finish(source, target, SHA)
    assert files(tmp_path) == ["rose/a.jpg"]


def test_a_move_that_copied_is_finished(source, target, tmp_path):
    target.parent.mkdir()
    target.write_bytes(CONTENT)
    assert finish(source, target, SHA)
    assert files(tmp_path) == ["tulip/a.jpg"]


def test_half_a_copy_is_taken_away(source, target, tmp_path):
    target.parent.mkdir()
    (target.parent / f".poet-{SHA[:16]}.part").write_bytes(CONTENT[:3])
    assert not finish(source, target, SHA)
    assert files(tmp_path) == ["rose/a.jpg"]


def test_a_move_that_happened_has_happened(source, target):
    move(source, target, SHA)
    assert finish(source, target, SHA)


def test_another_file_at_the_target_is_left_alone(source, target, tmp_path):
    target.parent.mkdir()
    target.write_bytes(b"another")
    assert not finish(source, target, SHA)
    assert files(tmp_path) == ["rose/a.jpg", "tulip/a.jpg"]


def test_a_free_name_is_kept(tmp_path):
    assert free_name(tmp_path / "a.jpg") == tmp_path / "a.jpg"


def test_a_taken_name_gets_a_number(tmp_path):
    (tmp_path / "a.jpg").touch()
    assert free_name(tmp_path / "a.jpg", {tmp_path / "a_2.jpg"}) == tmp_path / "a_3.jpg"


def test_a_missing_file_has_no_content(tmp_path):
    assert content_of(tmp_path / "a.jpg") is None


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in folders there")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")
    assert content_of(tmp_path / "a.jpg") is None
