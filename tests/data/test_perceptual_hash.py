"""The perceptual hash, and that it is taken once per content."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.data.perceptual_hash import HashIndex, PerceptualHash, hash_all, hash_picture
from poetcore.system.progress import Progress
from tests.conftest import encoded, fill, picture


@pytest.fixture
def index(tmp_path: Path) -> Iterator[HashIndex]:
    with HashIndex(tmp_path / "hashes.sqlite") as opened:
        yield opened


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    folder = fill(tmp_path / "set", {"rose": 4})
    return {sha_of(path.read_bytes()): path for path in sorted(folder.rglob("*.jpg"))}


def pixels(hashed: PerceptualHash) -> np.ndarray:
    return np.frombuffer(hashed.thumbnail, np.uint8).reshape(16, 16, 3)


def test_a_thumbnail_is_the_picture_in_small():
    found = pixels(hash_picture(Image.new("RGB", (90, 40), (1, 2, 3))))
    assert found.tolist() == [[[1, 2, 3]] * 16] * 16


def test_a_thumbnail_averages_over_the_pixels_below_it():
    checks = np.indices((320, 320)).sum(axis=0) % 2 * 200
    found = pixels(hash_picture(Image.fromarray(checks.astype(np.uint8)).convert("RGB")))
    assert abs(found.astype(int) - 100).max() <= 2


@pytest.mark.parametrize("size", [(1, 1), (2, 50), (16, 16), (5000, 2)])
def test_a_picture_of_any_shape_can_be_hashed(size):
    assert pixels(hash_picture(picture(1, size))).shape == (16, 16, 3)


@pytest.mark.parametrize("scale", [128, 224, 299])
def test_the_hash_hardly_hangs_on_the_scale_of_the_decoding(scale):
    content = encoded(picture(2, (1200, 900)))
    one, other = (pixels(hash_picture(images.decode(content, at_least=at))) for at in (None, scale))
    assert abs(one.astype(int) - other).max() <= 4


def test_what_is_put_is_given_back(index):
    index.put({"a": PerceptualHash(bytes(768)), "b": PerceptualHash(b"\1" * 768)})
    assert index.get(["b", "c"]).as_bytes() == {"b": b"\1" * 768}


def test_the_first_hash_of_a_content_stays(index):
    index.put({"a": PerceptualHash(bytes(768))})
    index.put({"a": PerceptualHash(b"\1" * 768)})
    assert index.get(["a"]).as_bytes() == {"a": bytes(768)}


def test_missing_ones_are_listed_once_in_order(index):
    index.put({"b": PerceptualHash(bytes(768))})
    assert index.missing(["c", "b", "a", "c"]) == ["c", "a"]


def test_only_missing_pictures_are_decoded(files, index, monkeypatch):
    hash_all(files, index)
    monkeypatch.setattr(images, "decode", None)
    assert hash_all(files, index) == {} and len(index.get(files)) == 4


def test_damaged_pictures_are_returned_with_the_reason(files, index, tmp_path):
    content = encoded(picture(9, (300, 200)))[:2500]
    (tmp_path / "cut.jpg").write_bytes(content)
    damaged = hash_all({**files, sha_of(content): tmp_path / "cut.jpg"}, index)
    assert list(damaged) == [sha_of(content)] and "damaged" in damaged[sha_of(content)]


def test_a_file_that_is_gone_or_changed_has_no_hash(files, index):
    gone, changed = list(files)[:2]
    files[gone].unlink()
    files[changed].write_bytes(encoded(picture(99)))
    assert hash_all(files, index) == {} and index.missing(files) == [gone, changed]


def test_progress_counts_what_is_new(files, index):
    told: list[Progress] = []
    hash_all(dict(list(files.items())[:1]), index)
    hash_all(files, index, told.append)
    assert told == [Progress("hashing", 3, 3)]
