"""How a placeholder looks, and what only looks a little like one."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from poetcore.data import images
from poetcore.data.placeholders import changes_in_lines, looks_like_page
from tests.conftest import encoded, picture


def page(size, paper, ink, words, pixels, *, icon=False, frame=False) -> Image.Image:
    drawn = Image.new("RGB", size, paper)
    draw = ImageDraw.Draw(drawn)
    width, height = size
    centre = (width / 2, height * (0.7 if icon else 0.5))
    draw.multiline_text(centre, words, ink, ImageFont.load_default(pixels), "mm", align="center")
    if icon:  # a camera that is struck out
        x, y, w = width // 2, height // 3, width // 8
        draw.rounded_rectangle((x - w, y - w // 2, x + w, y + w // 2), 8, fill=ink)
        draw.line((x - w, y - w, x + w, y + w), fill=(200, 40, 40), width=4)
    if frame:
        draw.rectangle((0, 0, width - 1, height - 1), outline=ink, width=3)
    return drawn


PAGES = {
    "flickr": page((500, 374), (243, 245, 246), (130, 135, 140), "This photo is no longer available", 26),
    "lines": page((500, 374), "white", "black", "The photo you were looking for\nno longer exists", 22),
    "imgur": page(
        (161, 81), (34, 34, 34), (230, 230, 230), "The image you are requesting\nis no longer available", 7
    ),
    "icon": page((300, 300), (238, 238, 238), (150, 150, 150), "No image available", 24, icon=True),
    "frame": page((240, 180), (220, 220, 220), (90, 90, 90), "Photo unavailable", 18, frame=True),
    "dark": page((640, 480), (20, 30, 60), "white", "404\nImage not found", 60),
    "thumbnail": page((100, 75), (243, 245, 246), (130, 135, 140), "photo not\navailable", 12),
    "red": page((800, 600), "white", (200, 0, 0), "IMAGE REMOVED", 80, icon=True),
    "faint": page((1024, 768), (230, 230, 230), (170, 170, 170), "Image not available", 40, icon=True),
}


def flagged(content: bytes) -> bool:
    info = images.identify(content)
    small = images.decode(content, at_least=256)
    small.thumbnail((256, 256), Image.Resampling.BILINEAR)
    return looks_like_page(changes_in_lines(small), (info.width, info.height))


@pytest.mark.parametrize("how", [("PNG", {}), ("JPEG", {"quality": 90}), ("JPEG", {"quality": 50})], ids=str)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_says_that_a_photo_is_gone_is_recognised(name, how):
    assert flagged(encoded(PAGES[name], how[0], **how[1]))


def cut_out() -> Image.Image:
    """A shaded ball on white, as shops show their goods."""
    y, x = np.mgrid[-1:1:300j, -1:1:400j]
    inside = x * x + y * y < 0.1
    grey = np.where(inside, 200 - 600 * (x * x + y * y) - 120 * x, 255).clip(0, 255).astype(np.uint8)
    return Image.fromarray(np.stack([grey] * 3, axis=-1))


def sky() -> Image.Image:
    """A clear sky with a line of birds."""
    shades = np.linspace(150, 215, 300)[:, None] + np.random.default_rng(0).normal(0, 2, (300, 400))
    drawn = Image.fromarray(shades.astype(np.uint8)).convert("RGB")
    for i in range(20):
        ImageDraw.Draw(drawn).line((20 * i, 100, 20 * i + 6, 104), "black", 2)
    return drawn


@pytest.mark.parametrize(
    "drawn",
    [
        picture(1, (320, 240)),
        cut_out(),
        sky(),
        Image.new("RGB", (300, 200), "white"),
        Image.new("RGB", (500, 374), "grey"),
        page((300, 300), "white", "black", "stop", 90),
        page((300, 400), "white", "black", "\n".join(["a page of a book, line by line"] * 20), 15),
        Image.new("RGB", (2, 300)),
    ],
    ids=["photo", "cut out", "sky", "white", "grey", "a word", "a book", "a thread"],
)
def test_what_is_no_such_page_is_not(drawn):
    assert not flagged(encoded(drawn, "PNG"))


def test_at_a_size_that_sites_use_fewer_letters_are_enough():
    assert (looks_like_page(12, (500, 374)), looks_like_page(12, (500, 375))) == (True, False)


def test_real_photos_are_no_placeholders():
    skimage = pytest.importorskip("skimage.data")
    for name in ("astronaut", "camera", "chelsea", "coffee", "coins", "page", "hubble_deep_field"):
        out = io.BytesIO()
        Image.fromarray(getattr(skimage, name)()).save(out, "PNG")
        assert not flagged(out.getvalue()), name
