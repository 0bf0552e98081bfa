"""Drawn pictures as files, also where who draws them is killed."""

from pathlib import Path

import pytest

from poetcore.sources.drawn import files
from tests.sources.test_samples import contents, sample

__all__ = ["sample"]


def test_a_helper_that_is_killed_in_the_middle_of_a_picture_leaves_no_half_one(sample, tmp_path, monkeypatch):
    def killed(image, file, *_, **__):
        Path(file).write_bytes(b"half")
        raise SystemExit  # as nothing is cleared after a signal

    name = ("train", "rose", 1)
    (tmp_path / "train" / "rose").mkdir(parents=True)
    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr("PIL.Image.Image.save", killed)
        files._draw_file(tmp_path, name, 7)
    list(files.draw_files(tmp_path, [name], 7))
    drawn = "train/rose/rose_001.jpg"
    assert contents(tmp_path) == {drawn: contents(sample)[drawn]}
