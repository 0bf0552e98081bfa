"""Decoding: every format and mode, upright, at reduced scale."""

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from poetcore.data import images
from poetcore.data.images import PictureInfo
from tests.conftest import encoded, picture

ORIENTATION = 0x0112
EXIF_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"), int)


def difference(a: Image.Image, b: Image.Image) -> float:
    """The mean difference of two pictures of one size, in levels of 0..255."""
    assert a.size == b.size
    return float(np.abs(pixels(a) - pixels(b)).mean())


def oriented(orientation: int, form: str = "JPEG", size: tuple[int, int] = (90, 60)) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return encoded(picture(3, size), form, exif=exif)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO", "AVIF"])
def test_format_is_known_by_content_under_a_lying_ending(form, tmp_path):
    path = tmp_path / "picture.txt"
    more = {"save_all": True, "append_images": [picture(9)]} if form == "MPO" else {}
    path.write_bytes(encoded(picture(1, (70, 40)), form, **more))
    assert images.identify(images.read(path)) == PictureInfo(70, 40, form)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO", "AVIF"])
def test_every_format_shows_what_was_encoded(form):
    original = picture(1, (70, 40))
    decoded = images.decode(encoded(original, form))
    assert decoded.mode == "RGB" and difference(decoded, original) < 9


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
def test_an_animation_shows_its_first_frame(form):
    first = Image.new("RGB", (40, 30), (200, 20, 20))
    second = Image.new("RGB", (40, 30), (20, 20, 200))
    content = encoded(first, form, save_all=True, append_images=[second], duration=50)
    assert difference(images.decode(content), first) < 3


def test_palette_gives_its_colours():
    indexed = picture(2).quantize(16)
    assert difference(images.decode(encoded(indexed, "PNG")), indexed.convert("RGB")) == 0


def test_transparent_palette_colour_lies_over_white():
    indexed = Image.new("P", (4, 2), 1)
    indexed.putpalette([10, 20, 30, 40, 50, 60])
    indexed.putpixel((3, 0), 0)
    decoded = images.decode(encoded(indexed, "PNG", transparency=0))
    assert decoded.getpixel((3, 0)) == (255, 255, 255) and decoded.getpixel((0, 0)) == (40, 50, 60)


def test_half_transparent_colour_is_mixed_with_white():
    decoded = images.decode(encoded(Image.new("RGBA", (3, 2), (200, 100, 0, 51)), "PNG"))
    assert np.allclose(decoded.getpixel((1, 1)), (244, 224, 204), atol=1)


def test_grey_with_alpha_lies_over_white():
    decoded = images.decode(encoded(Image.new("LA", (3, 2), (100, 0)), "PNG"))
    assert decoded.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF"])
def test_grey_stays_grey(form):
    decoded = images.decode(encoded(Image.new("L", (9, 5), 77), form))
    assert decoded.getpixel((4, 2)) == (77, 77, 77)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled_to_8_bit(form):
    values = np.array([[0, 257, 257 * 100], [65535, 257 * 200, 257 * 3]], np.uint16)
    decoded = images.decode(encoded(Image.fromarray(values), form))
    assert np.asarray(decoded)[..., 1].tolist() == [[0, 1, 100], [255, 200, 3]]


@pytest.mark.parametrize("scale", [1.0, 255.0])
def test_floating_point_grey_counts_to_1_or_to_255(scale):
    values = np.array([[0, 0.5], [1, 0.25]], np.float32) * scale
    decoded = images.decode(encoded(Image.fromarray(values), "TIFF"))
    assert np.allclose(np.asarray(decoded)[..., 0], [[0, 127], [255, 63]], atol=1)


def test_cmyk_jpeg_shows_the_same_colours():
    original = picture(5)
    assert difference(images.decode(encoded(original.convert("CMYK"), quality=95)), original) < 6


@pytest.mark.parametrize("form", EXIF_FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_decoded_picture_is_upright(orientation, form):
    content = oriented(orientation, form)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    assert difference(images.decode(content), upright) == 0


@pytest.mark.parametrize("form", EXIF_FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_inspected_size_is_upright(orientation, form):
    info = images.identify(oriented(orientation, form))
    assert (info.width, info.height) == ((90, 60) if orientation < 5 else (60, 90))


@pytest.mark.parametrize("size", [(90, 60), (400, 300)])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_resized_picture_is_upright(orientation, size):
    content = oriented(orientation, "PNG", size)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    ours, wanted = images.to_square(content, 50), images.to_square(encoded(upright, "PNG"), 50)
    assert np.abs(ours.astype(int) - wanted).mean() < 1


def test_nonsense_orientation_changes_nothing():
    assert images.identify(oriented(77)) == PictureInfo(90, 60, "JPEG")


def test_resizing_takes_the_four_nearest_pixels():
    original = picture(4, (64, 48))
    source, size = np.asarray(original, float), 30

    def weights(length: int) -> np.ndarray:
        place = np.clip((np.arange(size) + 0.5) * length / size - 0.5, 0, length - 1)
        return np.maximum(0, 1 - np.abs(place[:, None] - np.arange(length)))

    wanted = np.einsum("iy,jx,yxc->ijc", weights(48), weights(64), source)
    resized = images.to_square(encoded(original, "PNG"), size)
    assert resized.dtype == np.uint8 and np.abs(resized - wanted).max() < 1.01


def test_reduced_scale_shows_nearly_the_same():
    content = encoded(picture(6, (1600, 1200)), quality=92)
    reduced = images.decode(content, at_least=200)
    assert reduced.size == (400, 300)
    assert difference(reduced, images.decode(content).resize(reduced.size, Image.Resampling.BOX)) < 2


def test_reduced_scale_never_falls_below_what_is_needed():
    assert min(images.decode(encoded(picture(6, (1000, 450))), at_least=224).size) >= 224


@pytest.mark.parametrize(
    ("size", "small"), [((400, 100), (80, 20)), ((60, 300), (16, 80)), ((30, 20), (30, 20))]
)
def test_thumbnail_keeps_the_aspect_ratio(size, small):
    assert images.identify(images.thumbnail(encoded(picture(1, size), "PNG"), 80)) == PictureInfo(
        *small, "JPEG"
    )
