"""What is wrong with a file's name, header and size."""

import pytest
from PIL import Image, ImageFilter

from tests.analysis.drawn import photo, put

BAD = {
    "tiny": (photo(50).resize((80, 60)), {}),
    "small_file": (photo(51).filter(ImageFilter.GaussianBlur(1)), {"quality": 3}),
    "odd_aspect": (photo(56).resize((320, 100)), {"quality": 90}),
    "odd_size": (photo(57).resize((1700, 1300), Image.Resampling.NEAREST), {"quality": 90}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_picture_with_one_thing_wrong_has_this_issue(name, folder, found):
    image, options = BAD[name]
    put(folder / "rose" / "x.jpg", image, **options)
    assert ("rose/x.jpg", name) in found()


@pytest.mark.parametrize("name", ["tiny", "odd_aspect", "odd_size"])
def test_a_picture_with_one_thing_wrong_has_no_other_issue(name, folder, found):
    image, options = BAD[name]
    put(folder / "rose" / "x.jpg", image, **options)
    assert found() == [("rose/x.jpg", name)]


@pytest.mark.parametrize(("ending", "form"), [(".jpg", "PNG"), (".png", "JPEG"), (".GIF", "WEBP")])
def test_a_wrong_extension_is_reported(ending, form, folder, found):
    put(folder / "rose" / f"x{ending}", photo(60), form)
    assert found() == [(f"rose/x{ending}", "wrong_extension")]


@pytest.mark.parametrize("name", ["x.JPEG", "x.jfif", "x", "x.photo"])
def test_an_extension_that_is_right_or_says_nothing_is_no_issue(name, folder, found):
    put(folder / "rose" / name, photo(60), quality=90)
    assert found() == []
