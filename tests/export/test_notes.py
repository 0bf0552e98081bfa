"""The lines of Python in a note: run as they are printed, they see pictures as the app does."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from poetcore.data import images
from poetcore.export.about import About
from poetcore.export.formats import FORMATS
from poetcore.export.notes import code_of, note
from poetcore.export.parity import Parity
from tests.conftest import encoded, picture

SIZE = 64


@pytest.fixture(scope="module")
def read():
    """The function `read` of a note."""
    code = code_of(FORMATS["tflite"], About("r", "b", SIZE, file="m", labels="l"))
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


def test_a_model_of_several_labels_a_picture_prints_those_over_their_threshold(tmp_path, monkeypatch, capsys):
    least = {"fire": 0.5, "smoke": 0.2, "steam": 0.9}
    about = About("r", "b", SIZE, file="m", labels="labels.txt", thresholds=least)
    text = note(FORMATS["tflite"], about, Parity(0, None, None))
    assert "fire 0.50, smoke 0.20, steam 0.90" in " ".join(text.split())
    code = code_of(FORMATS["tflite"], about)
    (tmp_path / "labels.txt").write_text("fire\nsmoke\nsteam\n")
    monkeypatch.chdir(tmp_path)
    last = code[code.index("\nlabels = ") :]
    names = {"Path": Path, "np": np, "read": str, "predict": lambda _: np.array([0.6, 0.3, 0.8])}
    exec(last, names)
    assert capsys.readouterr().out.splitlines() == ["fire 0.6", "smoke 0.3"]


@pytest.mark.parametrize(("first", "printed"), [(0.48, ["unknown", "ant 0.48"]), (0.5, ["ant 0.5"])])
def test_below_the_least_probability_unknown_is_printed_before_the_labels(
    first, printed, tmp_path, monkeypatch, capsys
):
    about = About("r", "b", SIZE, file="m", labels="labels.txt", least_probability=0.49)
    (tmp_path / "labels.txt").write_text("ant\n")
    monkeypatch.chdir(tmp_path)
    code = code_of(FORMATS["tflite"], about)
    names = {"Path": Path, "np": np, "read": str, "predict": lambda _: np.array([first])}
    exec(code[code.index("\nlabels = ") :], names)
    assert capsys.readouterr().out.splitlines() == printed


def test_a_note_says_from_which_probability_on_a_picture_is_known():
    about = About("r", "b", SIZE, file="m", labels="l", least_probability=0.4873)
    text = note(FORMATS["tflite"], about, Parity(0, None, None))
    assert "95 % get a largest probability of 0.487 or more" in " ".join(text.split())


def test_a_note_says_that_some_pictures_are_read_otherwise():
    text = note(FORMATS["keras"], About("r", "b", SIZE, file="m", labels="l"), Parity(50, 0.2, 0.98, 3))
    assert "reads 3 of them otherwise than the app" in " ".join(text.split())
    assert "save them as 8-bit PNG files first" in text
