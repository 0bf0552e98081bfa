"""Feature vectors in a memory-mapped table: found again by key, and gone from the disk afterwards."""

import os
from collections.abc import Iterator

import numpy as np
import pytest

from poetcore.features import memmap
from poetcore.features.memmap import FeatureTable, StoredRows


@pytest.fixture
def table(tmp_path) -> Iterator[FeatureTable]:
    with FeatureTable(tmp_path, 3) as opened:
        yield opened


def numbered(i: int) -> np.ndarray:
    return np.full(3, i, np.float32)


def test_vectors_are_found_by_their_keys(table):
    for i in range(4):
        table.add(f"sha{i}", numbered(i))
    rows = table.rows(["sha2", "sha0", "sha2"])
    assert table.array[rows].tolist() == [[2, 2, 2], [0, 0, 0], [2, 2, 2]]
    assert rows.dtype == np.int64 and len(table) == 4


def test_a_key_that_comes_again_takes_no_second_row(table):
    table.add("one", numbered(1))
    table.add("one", numbered(2))
    assert len(table) == 1 and table.array[table.rows(["one"])].tolist() == [[1, 1, 1]]


def test_an_unknown_key_is_an_error_and_not_a_wrong_vector(table):
    with pytest.raises(KeyError):
        table.rows(["nobody"])


def test_nothing_is_left_on_the_disk(tmp_path):
    with FeatureTable(tmp_path / "new", 3) as table:
        table.add("one", numbered(1))
    assert list((tmp_path / "new").iterdir()) == []


def test_what_was_read_stays_when_the_table_is_closed(tmp_path):
    with FeatureTable(tmp_path, 3) as table:
        table.add("one", numbered(1))
        array = table.array
    assert array.tolist() == [[1, 1, 1]]


def test_what_was_read_stays_when_more_is_added(table):
    table.add("one", numbered(1))
    before = table.array
    table.add("two", numbered(2))
    assert before.tolist() == [[1, 1, 1]] and table.array.tolist() == [[1, 1, 1], [2, 2, 2]]


def test_all_readers_share_one_map(table):
    table.add("one", numbered(1))
    assert table.array is table.array


def test_an_empty_table_can_be_made(table):
    assert len(table) == 0 and len(table.rows([])) == 0 and table.array.shape == (0, 3)


@pytest.mark.skipif(not hasattr(os, "preadv"), reason="this system reads no file at a place")
def test_the_rows_of_a_large_table_are_read_when_they_are_asked_for_and_never_mapped(tmp_path, monkeypatch):
    monkeypatch.setattr(memmap, "_MAPPED_BYTES", 40)
    with FeatureTable(tmp_path, 3) as table:
        for i in range(9):
            table.add(i, numbered(i))
        array = table.array
    assert isinstance(array, StoredRows) and array.shape == (9, 3)
    for rows in ([], [8], [0, 1, 2, 7, 8, 2, 2, 3, 0]):
        assert array.take(np.array(rows, np.int64))[:, 0].tolist() == rows
    monkeypatch.setattr(memmap, "_READ_BYTES", 20)  # more than that takes several readings
    assert array.take(np.arange(9))[:, 0].tolist() == list(range(9))
