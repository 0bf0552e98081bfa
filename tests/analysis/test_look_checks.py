"""What is wrong with how a picture looks."""

import pytest
from PIL import Image, ImageFilter

from tests.analysis.drawn import photo, put

BAD = {
    "dark": (photo(52).point([value // 4 for value in range(256)] * 3), {"quality": 90}),
    "bright": (photo(53).point([240 + value // 17 for value in range(256)] * 3), {"quality": 95}),
    "blurry": (photo(54).filter(ImageFilter.GaussianBlur(5)), {"quality": 98}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_picture_with_one_thing_wrong_has_this_issue(name, folder, found):
    image, options = BAD[name]
    put(folder / "rose" / "x.jpg", image, **options)
    assert ("rose/x.jpg", name) in found()


@pytest.mark.parametrize("name", ["dark", "blurry"])
def test_a_picture_with_one_thing_wrong_has_no_other_issue(name, folder, found):
    image, options = BAD[name]
    put(folder / "rose" / "x.jpg", image, **options)
    assert found() == [("rose/x.jpg", name)]


def test_an_empty_wall_shows_little_and_is_not_called_blurry(folder, found):
    put(folder / "rose" / "x.png", Image.new("RGB", (160, 120), (90, 120, 60)).copy(), "BMP")
    assert [name for _, name in found()] == ["low_information", "wrong_extension"]


def test_a_photo_that_lies_on_its_side_is_no_issue(folder, found):
    exif = Image.Exif()
    exif[0x0112] = 6
    put(folder / "rose" / "x.jpg", photo(61), quality=90, exif=exif)
    assert found() == []
