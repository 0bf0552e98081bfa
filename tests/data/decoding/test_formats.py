"""Formats beyond the usual ones, and files at which Pillow's own limits or ours are reached."""

import io
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from poetcore.data import images
from poetcore.data.decoding.formats import FORMATS, decoders
from poetcore.data.decoding.jpeg_xl import size_of
from poetcore.data.images import PictureInfo
from poetcore.errors import PictureError
from poetcore.system.file_kinds import PICTURE_ENDINGS
from tests.conftest import ROOT, encoded, picture


def difference(a: Image.Image, b: Image.Image) -> float:
    assert a.size == b.size
    return float(np.abs(np.asarray(a, int) - np.asarray(b, int)).mean())


def refusal(content: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        images.identify(content)
    return str(caught.value)


def heic(image: Image.Image, exif: bytes | None = None) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    made, out = pillow_heif.from_pillow(image), io.BytesIO()
    made.info["exif"] = exif
    made.save(out, quality=90)
    return out.getvalue()


def jxl(image: Image.Image, **options: object) -> bytes:
    pytest.importorskip("pillow_jxl")
    return encoded(image, "JXL", **options)


def test_every_format_has_endings():
    assert set(FORMATS) | {"MPO"} == set(PICTURE_ENDINGS)


@pytest.mark.parametrize("form", ["JPEG2000", "PPM"])
def test_other_formats_show_what_was_encoded(form):
    content = encoded(picture(1, (70, 40)), form)
    assert images.identify(content) == PictureInfo(70, 40, form)
    assert difference(images.decode(content), picture(1, (70, 40))) < 1


@pytest.mark.parametrize("kind", [b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"])
def test_every_kind_of_portable_map_is_read(kind):
    pixels = {
        b"P1": b"0 1",
        b"P2": b"9 9",
        b"P3": b"9 9 9 9 9 9",
        b"P4": b"\x40",
        b"P5": b"99",
        b"P6": b"9" * 6,
    }
    depth = b"" if kind in (b"P1", b"P4") else b" 255"
    assert images.identify(kind + b"\n# a comment\n2 1" + depth + b"\n" + pixels[kind]).format == "PPM"


def test_a_photo_of_an_iphone_is_read():
    content = heic(picture(1, (320, 240)))
    assert images.identify(content) == PictureInfo(320, 240, "HEIF")
    assert difference(images.decode(content), picture(1, (320, 240))) < 4


def test_the_colours_of_an_iphone_become_srgb():
    from tests.data.decoding.test_colours import DISPLAY_P3, converted

    wide = picture(1, (320, 240))
    wide.info["icc_profile"] = DISPLAY_P3
    plain, shown = (images.decode(heic(one)) for one in (picture(1, (320, 240)), wide))
    assert np.abs(np.asarray(shown, int) - converted(plain, DISPLAY_P3)).max() <= 1


def test_a_photo_of_an_iphone_is_turned_upright_once():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = heic(picture(1, (320, 240)), exif.tobytes())
    wanted = picture(1, (320, 240)).transpose(Image.Transpose.ROTATE_270)
    assert images.identify(content) == PictureInfo(240, 320, "HEIF")
    assert difference(images.decode(content), wanted) < 4


def test_jpeg_xl_is_read():
    content = jxl(picture(1, (320, 240)))
    assert images.identify(content) == PictureInfo(320, 240, "JXL")
    assert difference(images.decode(content), picture(1, (320, 240))) < 4


@pytest.mark.filterwarnings("ignore:Using JPEG reconstruction")
def test_a_jpeg_inside_jpeg_xl_is_turned_upright(tmp_path):
    pytest.importorskip("pillow_jxl")
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "a.jpg").write_bytes(encoded(picture(1, (320, 240)), exif=exif))
    with Image.open(tmp_path / "a.jpg") as opened:
        content = encoded(opened, "JXL", lossless_jpeg=True)
    assert images.identify(content) == PictureInfo(240, 320, "JXL")
    assert difference(images.decode(content), images.decode((tmp_path / "a.jpg").read_bytes())) == 0


def test_what_the_exif_block_of_jpeg_xl_says_of_the_orientation_is_ignored():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert images.decode(jxl(picture(1, (320, 240)), exif=exif.tobytes())).size == (320, 240)


@pytest.mark.parametrize(
    "size", [(8, 8), (256, 256), (257, 200), (640, 480), (1920, 1080), (3, 5000), (600, 500)]
)
@pytest.mark.parametrize("boxes", [False, True])
def test_the_size_of_jpeg_xl_is_read_from_its_header(size, boxes):
    assert size_of(jxl(Image.new("RGB", size), use_container=boxes)) == size


def test_jpeg_xl_of_more_pixels_than_fit_is_not_decoded():
    pytest.importorskip("pillow_jxl")
    # Not small, 30 bits of height, ratio 1: a square of 60,000 pixels a side.
    header = (0 | 3 << 1 | (60_000 - 1) << 3 | 1 << 33).to_bytes(12, "little")
    assert "60000 x 60000 pixels, more than 100 megapixels" in refusal(b"\xff\x0a" + header + bytes(50))


@pytest.mark.parametrize(
    ("package", "start", "reason"),
    [
        ("pillow_heif", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "is a HEIC photo, which needs pillow-heif"),
        ("pillow_jxl", b"\xff\x0a", "is a JPEG XL picture, which needs pillow-jxl-plugin"),
    ],
)
def test_a_missing_package_is_named(package, start, reason):
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from poetcore.data import images\n"
        f"try: images.identify({start + bytes(60)!r})\n"
        "except images.PictureError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(reason) and "pip install" in done.stdout


def test_which_formats_can_be_read_is_one_number_that_stays():
    assert decoders() == decoders() > 7


# ---------------------------------------------------------------------------------------- limits of Pillow


def png_with(kind: bytes, data: bytes, after: bool = False) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add(kind, data, after)
    return encoded(picture(1), "PNG", pnginfo=info)


MEGABYTES = zlib.compress(b"notes " * 700_000)  # 4.2 MB


@pytest.mark.parametrize(
    "content",
    [
        png_with(b"zTXt", b"Comment\0\0" + MEGABYTES),
        png_with(b"zTXt", b"Comment\0\0" + MEGABYTES, after=True),
        png_with(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + MEGABYTES),
        png_with(b"tEXt", b"Comment\0" + b"x" * 70_000_000),
        encoded(picture(1), "PNG", icc_profile=b"profile " * 300_000),
    ],
    ids=["text", "text behind the pixels", "xmp", "70 MB of text", "profile of 2.4 MB"],
)
def test_a_png_with_large_texts_is_no_damage(content):
    assert difference(images.decode(content), picture(1)) == 0


def test_a_large_profile_of_a_png_is_applied():
    from tests.data.decoding.test_colours import DISPLAY_P3

    large = bytearray(DISPLAY_P3 + np.random.default_rng(1).bytes(2_000_000))
    large[0:4] = len(large).to_bytes(4, "big")
    wide, plain = (
        images.decode(encoded(picture(1), "PNG", icc_profile=profile))
        for profile in (bytes(large), DISPLAY_P3)
    )
    assert difference(wide, plain) == 0 and difference(wide, picture(1)) > 1


# ------------------------------------------------------------------------------------------------------ size


def jpeg_of(width: int, height: int, progressive: bool = False) -> bytes:
    """A JPEG whose header says that it is so large."""
    content = bytearray(encoded(picture(1, (64, 48)), progressive=progressive))
    place = content.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    content[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(content)


@pytest.mark.parametrize("size", [(12_000, 9_000), (16_320, 12_240)])
def test_photos_of_108_and_200_megapixels_are_taken(size):
    assert images.identify(jpeg_of(*size)) == PictureInfo(*size, "JPEG")


def test_a_large_photo_is_decoded_at_reduced_scale():
    content = encoded(Image.new("RGB", (12_000, 9_000), (10, 200, 30)), quality=30)
    assert images.decode(content, at_least=224).size == (375, 282)


def test_a_large_photo_is_not_decoded_whole():
    with pytest.raises(PictureError, match="more than 100 megapixels"):
        images.decode(jpeg_of(12_000, 9_000))


@pytest.mark.parametrize(
    "content",
    [jpeg_of(12_000, 9_000, progressive=True), jpeg_of(30_000, 20_000)],
    ids=["progressive", "600 MP"],
)
def test_a_photo_that_would_not_fit_into_memory_is_refused(content):
    assert "megapixels: save it smaller" in refusal(content)
