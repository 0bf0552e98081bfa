"""A row of a cache that was damaged is as good as none, and computed again; older files go on as they are."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.data.file_index import FileIndex
from poetcore.data.group_names import GroupNames
from poetcore.data.perceptual_hash import HashIndex, PerceptualHash
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.system.database import Database
from poetcore.system.unkept import read_only
from tests.conftest import fill

SHAS = [f"{number:064x}" for number in range(3)]
BACKBONE = find(DEFAULT)
VECTORS = {sha: np.full(BACKBONE.vector_length, number, np.float32) for number, sha in enumerate(SHAS)}


def _vectors(cache: Any) -> dict[str, Any]:
    assert cache.missing(SHAS, BACKBONE) == [sha for sha in SHAS if sha not in cache.get(SHAS, BACKBONE)]
    return {sha: vector.tolist() for sha, vector in cache.get(SHAS, BACKBONE).items()}


#: Of each kind: its class, how rows are put, how they are read, and the SQL that damages the second row.
KINDS: dict[str, tuple[type[Database], Callable[[Any], object], Callable[[Any], dict[str, Any]], str]] = {
    "vectors": (
        FeatureCache,
        lambda cache: cache.put(VECTORS, BACKBONE),
        _vectors,
        f"UPDATE vectors SET vector = X'00000000' || substr(vector, 5) WHERE sha = '{SHAS[1]}'",
    ),
    "another row's": (
        FeatureCache,
        lambda cache: cache.put(VECTORS, BACKBONE),
        _vectors,
        f"UPDATE vectors SET sha = CASE sha WHEN '{SHAS[1]}' THEN '{'f' * 64}' ELSE sha END",
    ),
    "hashes": (
        HashIndex,
        lambda index: index.put({sha: PerceptualHash(bytes([n]) * 768) for n, sha in enumerate(SHAS)}),
        lambda index: index.get(SHAS).as_bytes(),
        f"UPDATE thumbnails SET thumbnail = zeroblob(768) WHERE sha = '{SHAS[1]}'",
    ),
    "names": (
        GroupNames,
        lambda names: names.put("near", {sha: sha[-1] for sha in SHAS}),
        lambda names: names.get("near", SHAS),
        f"UPDATE names SET name = 'x' WHERE sha = '{SHAS[1]}'",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_row_counts_as_none_and_is_written_again(tmp_path, kind):
    cache, put, read, damage = KINDS[kind]
    with cache(tmp_path / "cache.sqlite") as opened:
        put(opened)
        whole = read(opened)
    assert list(whole) == SHAS
    _execute(tmp_path / "cache.sqlite", damage)
    with cache(tmp_path / "cache.sqlite") as opened:
        assert read(opened) == {sha: whole[sha] for sha in (SHAS[0], SHAS[2])}
        put(opened)
        assert read(opened) == whole


@pytest.mark.parametrize("only_read", [False, True])
def test_what_an_earlier_version_kept_is_read_as_it_is(tmp_path, only_read):
    file = tmp_path / "vectors.sqlite"
    with FeatureCache(file) as cache:
        cache.put(VECTORS, BACKBONE)
    _execute(file, "ALTER TABLE vectors DROP COLUMN checksum")
    read_only(only_read)
    try:
        with FeatureCache(file) as cache:
            assert list(_vectors(cache)) == SHAS
    finally:
        read_only(False)
    if not only_read:
        _execute(file, f"UPDATE vectors SET vector = zeroblob(5120) WHERE sha = '{SHAS[1]}'")
        with FeatureCache(file) as cache:
            assert list(_vectors(cache)) == [SHAS[0], SHAS[2]]


@pytest.mark.parametrize("damage", ["UPDATE files SET sha = 'x'", "UPDATE contents SET width = 9"])
def test_a_file_of_which_a_row_is_damaged_is_read_again(tmp_path, damage):
    paths = sorted(fill(tmp_path / "photos", {"ash": 2}).rglob("*.jpg"))
    with FileIndex(tmp_path / "files.sqlite") as index:
        before = index.lookup(paths)
    _execute(tmp_path / "files.sqlite", damage)
    with FileIndex(tmp_path / "files.sqlite") as index:
        assert index.lookup(paths) == before


def _execute(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()
