"""Decoding: every format and mode, upright, at reduced scale, and a reason for whatever is refused."""

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from poetcore import images
from poetcore.errors import PictureError
from poetcore.images import PictureInfo
from tests.conftest import encoded, picture
from tests.unprivileged import as_nobody, needs_permissions, open_folder

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


def png_header(width: int, height: int) -> bytes:
    """A PNG file that promises so many grey pixels and holds none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def refusal(content: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        images.decode(content)
    return str(caught.value)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO", "AVIF"])
def test_format_is_known_by_content_under_a_lying_ending(form, tmp_path):
    path = tmp_path / "picture.txt"
    more = {"save_all": True, "append_images": [picture(9)]} if form == "MPO" else {}
    path.write_bytes(encoded(picture(1, (70, 40)), form, **more))
    assert images.inspect(images.read(path)) == PictureInfo(70, 40, form)


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
    info = images.inspect(oriented(orientation, form))
    assert (info.width, info.height) == ((90, 60) if orientation < 5 else (60, 90))


@pytest.mark.parametrize("size", [(90, 60), (401, 300)])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_squashed_picture_is_upright(orientation, size):
    content = oriented(orientation, "PNG", size)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
    ours, wanted = images.squash(content, 50), images.squash(encoded(upright, "PNG"), 50)
    assert np.abs(ours.astype(int) - wanted).mean() < 1


def test_nonsense_orientation_changes_nothing():
    assert images.inspect(oriented(77)) == PictureInfo(90, 60, "JPEG")


def test_squash_takes_the_four_nearest_pixels():
    original = picture(4, (64, 48))
    source, size = np.asarray(original, float), 30

    def weights(length: int) -> np.ndarray:
        place = np.clip((np.arange(size) + 0.5) * length / size - 0.5, 0, length - 1)
        return np.maximum(0, 1 - np.abs(place[:, None] - np.arange(length)))

    wanted = np.einsum("iy,jx,yxc->ijc", weights(48), weights(64), source)
    squashed = images.squash(encoded(original, "PNG"), size)
    assert squashed.dtype == np.uint8 and np.abs(squashed - wanted).max() <= 1


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
    assert images.inspect(images.thumbnail(encoded(picture(1, size), "PNG"), 80)) == PictureInfo(
        *small, "JPEG"
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_truncated_picture_is_refused(form):
    content = encoded(picture(1, (300, 200)), form)
    assert "truncated" in refusal(content[: len(content) // 2])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty (0 bytes)"),
        (b"Milk, eggs, butter\n", "is not a picture (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)"),
        (b"<!DOCTYPE html>\n<html><p>404</p></html>", "is a web page, not a picture"),
        (b"\n  <html><p>404</p></html>", "is a web page, not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is a drawing (SVG or XML), not a photo: save it as PNG"),
        (b'<?xml version="1.0"?><svg/>', "is a drawing (SVG or XML), not a photo: save it as PNG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "is a HEIC photo, which cannot be read here: save it as JPEG"),
        (b"\xff\xd8\xff\xe0nothing more", "is damaged: it begins like a picture, but its header cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)"),
    ],
    ids=["empty", "text", "html", "html_after_space", "svg", "xml", "heic", "jpeg_start", "eps"],
)  # fmt: skip
def test_refusal_says_what_the_file_is(content, reason):
    assert refusal(content) == reason


@pytest.mark.parametrize("size", [(30_000, 30_000), (10_100, 10_000)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_more_than_100_megapixels_are_refused(size):
    assert "more than 100 megapixels" in refusal(png_header(*size))


def test_a_picture_just_below_the_limit_is_taken_without_a_warning():
    assert images.inspect(png_header(9_700, 10_000)) == PictureInfo(9_700, 10_000, "PNG")


def reading(path: Path) -> str:
    with pytest.raises(PictureError) as caught:
        images.read(path)
    return str(caught.value)


def test_a_folder_cannot_be_read(tmp_path):
    assert reading(tmp_path) == "is a folder, not a picture"


def test_a_missing_file_cannot_be_read(tmp_path):
    assert reading(tmp_path / "gone.jpg") == "does not exist"


def test_an_empty_file_cannot_be_read(tmp_path):
    (tmp_path / "empty.jpg").touch()
    assert reading(tmp_path / "empty.jpg") == "is empty (0 bytes)"


def test_a_broken_link_cannot_be_read(tmp_path):
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    assert reading(tmp_path / "link.jpg") == "is a link to a file that is gone"


@needs_permissions
def test_a_file_without_permission_cannot_be_read():
    with open_folder() as folder:
        (folder / "secret.jpg").write_bytes(encoded(picture()))
        (folder / "secret.jpg").chmod(0)
        with as_nobody():
            assert reading(folder / "secret.jpg") == "may not be read (no permission)"


def only_picture_errors(content: bytes) -> None:
    for use in (
        images.inspect,
        images.decode,
        lambda c: images.squash(c, 32),
        lambda c: images.thumbnail(c, 32),
    ):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow may warn of damage; it must not raise it
                use(content)
        except PictureError:
            pass


@settings(max_examples=30, deadline=None, database=None)
@given(
    start=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"GIF89a", b"RIFF"]),
    rest=st.binary(),
)
def test_garbage_raises_nothing_but_picture_errors(start, rest):
    only_picture_errors(start + rest)


@settings(max_examples=80, deadline=None, database=None)
@given(form=st.sampled_from(EXIF_FORMATS), data=st.data())
def test_damage_raises_nothing_but_picture_errors(form, data):
    content = bytearray(oriented(6, form, (40, 30)))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    only_picture_errors(bytes(content[: data.draw(st.integers(1, len(content)))]))
