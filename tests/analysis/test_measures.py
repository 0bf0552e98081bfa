"""What is measured of a picture, and that it is measured once."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from poetcore.analysis.measures import Measure, measure, measure_all, open_measures
from poetcore.data import images, placeholders
from poetcore.data.file_index import sha_of
from poetcore.system.progress import Progress
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture


def measured(image: Image.Image) -> Measure:
    return measure(encoded(image, "PNG"))


def stripes(width: int) -> Image.Image:
    """Black and white stripes."""
    row = (np.arange(256) // width % 2 * 255).astype(np.uint8)
    return Image.fromarray(np.tile(row, (200, 1))).convert("RGB")


def contents(folder: Path) -> dict[str, Path]:
    return {sha_of(path.read_bytes()): path for path in sorted(folder.rglob("*.jpg"))}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def files(tmp_path: Path, place: Workspace) -> dict[str, Path]:
    """Four pictures that the file index has."""
    found = contents(fill(tmp_path / "set", {"rose": 2, "tulip": 2}))
    with place.file_index() as index:
        index.lookup(list(found.values()))
    return found


@pytest.mark.parametrize("level", [0, 64, 255])
def test_a_plain_grey_has_its_level_as_lightest_and_darkest(level):
    found = measured(Image.new("RGB", (80, 80), (level,) * 3))
    assert (found.lightest, found.darkest) == pytest.approx((level / 255, level / 255))


def test_a_pure_red_is_light_though_its_grey_is_dark():
    found = measured(Image.new("RGB", (80, 80), (250, 0, 0)))
    assert found.lightest == pytest.approx(250 / 255) and found.darkest < 0.35


def test_a_plain_picture_has_no_bits_and_is_all_plain():
    found = measured(Image.new("RGB", (80, 80), (9, 120, 33)))
    assert (found.entropy, found.plain) == (0, 1)


def test_two_greys_in_equal_parts_are_one_bit():
    assert measured(stripes(16)).entropy == pytest.approx(1)


@pytest.mark.parametrize("seed", range(5))
def test_the_bits_are_those_that_earlier_versions_kept(seed):
    image = picture(seed, (200, 150))
    shares = np.asarray(image.convert("L").histogram()) / (200 * 150)
    shares = shares[shares > 0]
    assert measured(image).entropy == pytest.approx(-(shares * np.log2(shares)).sum(), abs=1e-12)


def test_a_plain_picture_is_not_said_to_have_minus_no_bits():
    assert str(measured(Image.new("RGB", (80, 80), (9, 120, 33))).entropy) == "0.0"


def test_half_black_and_half_white_is_half_plain():
    assert measured(stripes(16)).plain == pytest.approx(0.5)


def test_blurring_lowers_the_sharpness():
    image = stripes(16)
    values = [measured(image.filter(ImageFilter.GaussianBlur(radius))).sharpness for radius in (0, 1, 2, 4)]
    assert values == sorted(values, reverse=True) and values[0] > 4 * values[-1]


def test_sharpness_does_not_hang_on_contrast():
    image = stripes(16)
    pale = image.point([int(100 + value * 0.2) for value in range(256)] * 3)
    assert measured(pale).sharpness == pytest.approx(measured(image).sharpness, rel=0.05)


def test_a_photo_on_its_side_measures_as_one_that_is_upright():
    upright = picture(8, (120, 90))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it turned back
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    assert measure(encoded(lying, "PNG", exif=exif)) == measured(upright)


@pytest.mark.parametrize("size", [(1, 1), (2, 50), (3, 3), (5000, 2)])
def test_a_picture_of_any_shape_can_be_measured(size):
    assert measured(picture(1, size)).entropy >= 0


def test_a_known_placeholder_is_known_by_its_bytes(monkeypatch):
    content = encoded(picture(1), "PNG")
    monkeypatch.setattr(placeholders, "_KNOWN", {hashlib.md5(content).hexdigest()})
    assert (measure(content).known, measured(picture(2)).known) == (True, False)


def test_what_was_measured_is_given_back_as_it_was(files, place):
    measure_all(files, place)
    with open_measures(place) as cache:
        table = cache.get(files)
    again = {sha: Measure(*row) for sha, row in zip(table.index, table.itertuples(index=False), strict=True)}
    assert again == {sha: measure(path.read_bytes()) for sha, path in files.items()}


def test_nothing_is_decoded_twice(files, place, monkeypatch):
    measure_all(files, place)
    monkeypatch.setattr(images, "decode", None)
    assert measure_all(files, place) == {}


def test_what_was_measured_is_known_to_be_sound(files, place, monkeypatch):
    measure_all(files, place)
    monkeypatch.setattr(images, "to_square", None)
    with place.file_index() as index:
        found = index.verify(index.lookup(list(files.values())))
    assert [(p.decoded, p.reason) for p in found] == [(True, None)] * 4


def test_a_damaged_picture_is_recorded_in_the_file_index(files, place, tmp_path):
    whole = encoded(picture(9, (300, 200)))
    cut = tmp_path / "set" / "rose" / "cut.jpg"
    cut.write_bytes(whole[: len(whole) // 2])
    with place.file_index() as index:
        sha = index.lookup([cut])[0].sha
        reasons = measure_all({**files, sha: cut}, place)
        known = index.lookup([cut])[0]
    assert list(reasons) == [sha] and known.decoded and known.reason == reasons[sha]


def test_a_file_that_is_gone_or_changed_says_nothing_of_its_content(files, place):
    gone, changed = list(files)[:2]
    files[gone].unlink()
    files[changed].write_bytes(encoded(picture(99)))
    assert measure_all(files, place) == {}
    with open_measures(place) as cache:
        missing = cache.missing(files)
    assert missing == [gone, changed]


def test_progress_counts_what_is_new(files, place):
    told: list[Progress] = []
    first = dict(list(files.items())[:1])
    measure_all(first, place, told.append)
    measure_all(files, place, told.append)
    assert told == [Progress("measuring", 1, 1), Progress("measuring", 3, 3)]
