"""The lines of Python in a note: run as they are printed, they see pictures as the app does."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from poetcore.data import images
from poetcore.export.export_options import INPUT_RANGES
from poetcore.export.formats import FORMATS
from poetcore.export.notes import code_of
from tests.conftest import encoded, picture

SIZE = 64


@pytest.fixture(scope="module")
def read():
    """The function `read` of a note."""
    fed = INPUT_RANGES["0..255"]
    code = code_of(FORMATS["tflite"], size=SIZE, file="m", labels="l", output_layer="", input_range=fed)
    names: dict[str, object] = {}
    exec(code[: code.index("\nfrom ai_edge")], names)
    return names["read"]


def profile(name: str) -> bytes:
    """A colour profile that Pillow has, or one whose first two primaries are swapped: wrong on purpose."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    if name == "swapped":
        red, green = made.index(b"rXYZ"), made.index(b"gXYZ")
        made[red : red + 4], made[green : green + 4] = made[green : green + 4], made[red : red + 4]
    return bytes(made)


def turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def transparent() -> Image.Image:
    made = picture(1, (300, 200)).convert("RGBA")
    made.putalpha(Image.linear_gradient("L").resize((300, 200)))
    return made


LARGE = picture(2, (1501, 1203))

KINDS = {
    "a small jpeg": encoded(picture(0)),
    "a jpeg decoded at a quarter": encoded(picture(0, (301, 283))),
    "a jpeg beyond an eighth": encoded(LARGE),
    "a large png": encoded(LARGE, "PNG"),
    "on its side": encoded(picture(0, (301, 203)), exif=turned(6)),
    "mirrored png": encoded(picture(0, (301, 203)), "PNG", exif=turned(5)),
    "turned tiff": encoded(picture(0, (301, 203)), "TIFF", exif=turned(8)),
    "turned webp": encoded(picture(0, (301, 203)), "WEBP", exif=turned(3)),
    "grey": encoded(picture(0, (301, 203), "L")),
    "cmyk": encoded(picture(0, (301, 203), "CMYK")),
    "palette": encoded(picture(0, (301, 203), "P"), "GIF"),
    "transparent": encoded(transparent(), "PNG"),
    "another profile": encoded(picture(0, (301, 203)), icc_profile=profile("swapped")),
    "sRGB said": encoded(picture(0, (301, 203)), icc_profile=profile("sRGB")),
    "a damaged profile": encoded(picture(0, (301, 203)), icc_profile=b"damaged"),
    "profile and transparency": encoded(transparent(), "PNG", icc_profile=profile("swapped")),
    "profile, on its side": encoded(picture(0, (301, 203)), icc_profile=profile("swapped"), exif=turned(6)),
}


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_every_kind_are_read_as_the_app_reads_them(kind, read):
    wanted = images.to_square(KINDS[kind], SIZE)
    found = read(io.BytesIO(KINDS[kind]))
    assert (found.shape, found.dtype) == ((1, SIZE, SIZE, 3), np.float32)
    assert np.array_equal(found[0], wanted)


def test_heic_is_read_where_its_package_is_installed(read):
    heif = pytest.importorskip("pillow_heif")
    out = io.BytesIO()
    heif.from_pillow(picture(0, (301, 203))).save(out)
    assert np.array_equal(read(io.BytesIO(out.getvalue()))[0], images.to_square(out.getvalue(), SIZE))
