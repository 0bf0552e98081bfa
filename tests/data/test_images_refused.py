"""What is no usable picture, and the reason that is given for it."""

import os
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.data import images
from poetcore.data.images import PictureInfo
from poetcore.errors import PictureError
from tests.conftest import ROOT, encoded, picture
from tests.unprivileged import as_nobody, needs_permissions, open_folder


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


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_truncated_picture_is_refused(form):
    content = encoded(picture(1, (300, 200)), form)
    assert "truncated" in refusal(content[: len(content) // 2])


def test_a_picture_with_a_hole_is_refused():
    content = encoded(picture(1, (300, 200)), "AVIF")
    middle = len(content) // 2
    assert "is damaged" in refusal(content[:middle] + bytes(50) + content[middle + 50 :])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty (0 bytes)"),
        (b"Milk, eggs, butter\n", "is not a picture (JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC, "),
        (b"<!DOCTYPE html>\n<html><p>404</p></html>", "is a web page, not a picture"),
        (b"\n  <html><p>404</p></html>", "is a web page, not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is a drawing (SVG), not a photo"),
        (b'<?xml version="1.0"?><svg/>', "is a drawing (SVG), not a photo"),
        (b'<?xml version="1.0"?><plist/>', "is not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), "is damaged, or of a kind"),
        (b"\x89PNG is a format", "is damaged: it begins like a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is a drawing (PostScript)"),
    ],
    ids=["empty", "text", "html", "html_after_space", "svg", "xml", "plist", "heic", "png_start", "eps"],
)
def test_refusal_says_what_the_file_is(content, reason):
    assert refusal(content).startswith(reason)


def gif_header(width: int, height: int) -> bytes:
    """A GIF file of 1 x 1 pixels whose only frame promises so many."""
    return struct.pack("<6s2H3B", b"GIF89a", 1, 1, 0, 0, 0) + struct.pack(
        "<B4HB", 0x2C, 0, 0, width, height, 0
    )


@pytest.mark.parametrize("size", [(30_000, 30_000), (10_100, 10_000)])
def test_more_than_100_megapixels_are_refused(size):
    assert "more than 100 megapixels" in refusal(png_header(*size))


def test_a_frame_of_more_than_100_megapixels_is_refused():
    assert "more than 100 megapixels" in refusal(gif_header(30_000, 30_000))


def test_pillow_keeps_its_settings():
    code = """
import importlib, pkgutil
from PIL import Image, ImageFile

def settings():
    modules = (Image, ImageFile)
    return [(name, repr(value)) for m in modules for name, value in vars(m).items() if name.isupper()
            and isinstance(value, int | str | bool | None)]

Image.init()
before = settings()
import poetcore
for package in ("system", "data", "features", "sources", "workspace", "evaluation", "analysis", "training",
                "curation", "export"):
    for module in pkgutil.walk_packages([f"poetcore/{package}"], f"poetcore.{package}."):
        importlib.import_module(module.name)
print(before == settings(), ("MAX_IMAGE_PIXELS", "89478485") in before)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


def test_a_picture_just_below_the_limit_is_taken_without_a_warning():
    assert images.identify(png_header(9_700, 10_000)) == PictureInfo(9_700, 10_000, "PNG")


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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_cannot_be_read_and_nobody_waits_for_it(tmp_path):
    pipe, reasons = tmp_path / "pipe.jpg", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: reasons.append(reading(pipe)), daemon=True)
    reader.start()
    reader.join(20)
    waited = reader.is_alive()
    if waited:
        pipe.write_bytes(b"")  # lets the reader go
        reader.join()
    assert reasons and not waited


@needs_permissions
def test_a_file_without_permission_cannot_be_read():
    with open_folder() as folder:
        (folder / "secret.jpg").write_bytes(encoded(picture()))
        (folder / "secret.jpg").chmod(0)
        with as_nobody():
            assert reading(folder / "secret.jpg") == "may not be read (no permission)"


def only_picture_errors(content: bytes) -> None:
    for use in (
        images.identify,
        images.decode,
        lambda c: images.to_square(c, 32),
        lambda c: images.thumbnail(c, 32),
    ):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Pillow may warn of damage; it must not raise it
                use(content)
        except PictureError:
            pass


@settings(max_examples=30)
@given(
    start=st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"GIF89a", b"RIFF"]),
    rest=st.binary(),
)
def test_garbage_raises_nothing_but_picture_errors(start, rest):
    only_picture_errors(start + rest)


@settings(max_examples=80)
@given(form=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF"]), data=st.data())
def test_damage_raises_nothing_but_picture_errors(form, data):
    content = bytearray(encoded(picture(3, (40, 30)), form))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    only_picture_errors(bytes(content[: data.draw(st.integers(1, len(content)))]))


def test_a_file_larger_than_any_picture_is_not_read(tmp_path):
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(40 * 10**9)  # takes no room on the disk
    with pytest.raises(PictureError, match=r"has 40,000\.0 MB, more than 1,000\.0 MB"):
        images.read(tmp_path / "huge.jpg")
