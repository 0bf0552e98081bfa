"""The perceptual hash is taken in the decoding that extracts the features; Ray's engine has its own test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from poetcore.data import images
from poetcore.data.perceptual_hash import HashIndex, hash_all, hash_picture
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.extraction import extract
from tests.conftest import encoded, picture
from tests.features.conftest import by_content

BACKBONE = find(DEFAULT)


@pytest.fixture
def hashes(tmp_path: Path) -> Iterator[HashIndex]:
    with HashIndex(tmp_path / "hashes.sqlite") as opened:
        yield opened


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, Path]:
    paths = [tmp_path / f"{seed}.jpg" for seed in range(3)]
    for seed, path in enumerate(paths):
        path.write_bytes(encoded(picture(seed, (500, 400))))
    return by_content(paths)


def wanted(pictures: dict[str, Path]) -> dict[str, bytes]:
    decoded = {sha: images.decode(path.read_bytes(), at_least=224) for sha, path in pictures.items()}
    return {sha: hash_picture(one).thumbnail for sha, one in decoded.items()}


@pytest.mark.parametrize("engine", ["litert", pytest.param("keras", marks=pytest.mark.slow)])
def test_an_engine_hashes_what_it_extracts(engine, pictures, cache, hashes, backbone_file):
    list(extract(pictures, BACKBONE, lambda: backbone_file, cache, engine=engine, hashes=hashes))
    assert hashes.get(pictures).as_bytes() == wanted(pictures)


def test_a_picture_is_decoded_once(pictures, cache, hashes, backbone_file, monkeypatch):
    decode, calls = images.decode, []
    monkeypatch.setattr(images, "decode", lambda *all, **more: calls.append(1) or decode(*all, **more))
    list(extract(pictures, BACKBONE, lambda: backbone_file, cache, hashes=hashes))
    hash_all(pictures, hashes)
    assert len(calls) == len(pictures)


def test_augmented_copies_have_no_hash(pictures, cache, hashes, backbone_file):
    augmentation = Augmentation(flip_left_right=True)
    list(
        extract(
            pictures,
            BACKBONE,
            lambda: backbone_file,
            cache,
            augmentation=augmentation,
            copy=1,
            hashes=hashes,
        )
    )
    assert hashes.missing(pictures) == list(pictures)


def test_what_is_cached_is_not_decoded_for_its_hash(pictures, cache, hashes, backbone_file):
    list(extract(pictures, BACKBONE, lambda: backbone_file, cache))
    found = list(extract(pictures, BACKBONE, lambda: backbone_file, cache, hashes=hashes))
    assert [one.hash for one in found] == [None] * 3 and hashes.missing(pictures) == list(pictures)


def test_hashes_are_committed_with_their_batch(pictures, cache: FeatureCache, hashes, backbone_file):
    stream = extract(pictures, BACKBONE, lambda: backbone_file, cache, hashes=hashes)
    next(stream)
    stream.close()
    assert hashes.missing(pictures) == [] and len(cache.get(pictures, BACKBONE)) == 3
