"""What several tests of features need: an empty cache, and pictures by content."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.features.cache import FeatureCache


def by_content(paths: list[Path]) -> dict[str, Path]:
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in paths}


def no_model() -> Path:
    raise AssertionError("the model was asked for although nothing is missing")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[FeatureCache]:
    with FeatureCache(tmp_path / "vectors.sqlite") as opened:
        yield opened
