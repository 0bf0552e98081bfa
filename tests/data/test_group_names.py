"""What is remembered of groups: names by content and mode."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.data.group_names import GroupNames


@pytest.fixture
def names(tmp_path: Path) -> Iterator[GroupNames]:
    with GroupNames(tmp_path / "names.sqlite") as opened:
        yield opened


def test_names_are_kept_apart_by_mode(names):
    names.put("near", {"a": "first"})
    assert (names.get("near", ["a"]), names.get("exact", ["a"])) == ({"a": "first"}, {})


def test_a_later_name_replaces_an_earlier_one(names):
    names.put("near", {"a": "first", "b": "first"})
    names.put("near", {"a": "second"})
    assert names.get("near", ["a", "b", "c"]) == {"a": "second", "b": "first"}
