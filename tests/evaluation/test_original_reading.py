"""Pictures for graphs made elsewhere: seen as the scripts of 2017 see them, whatever the file."""

import io

import numpy as np
import pytest
from PIL import Image

from poetcore.data import images
from poetcore.errors import PictureError
from poetcore.evaluation.original_reading import read_encoded, read_pixels
from tests.conftest import encoded, picture
from tests.evaluation.old_graphs import resized

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("height", "width"), [(16, 16), (100, 90), (6, 10)])
def test_pixels_lie_where_the_scripts_have_them(height, width):
    found = read_pixels(encoded(picture(1, (640, 480)), "PNG"), height, width)
    assert (found.shape, found.dtype) == ((height, width, 3), np.float32)
    np.testing.assert_allclose(found, resized(np.asarray(picture(1, (640, 480))), height, width), atol=1e-3)


def test_a_photo_is_decoded_whole_by_tensorflow():
    import tensorflow as tf

    content = encoded(picture(2, (1200, 900)), quality=90)
    whole = tf.io.decode_jpeg(content, channels=3)
    wanted = tf.compat.v1.image.resize_bilinear(tf.cast(whole, tf.float32)[None], [224, 224])[0]
    np.testing.assert_array_equal(read_pixels(content, 224, 224), wanted.numpy())


def test_orientation_is_not_applied():
    turned = picture(3)
    exif = turned.getexif()
    exif[0x0112] = 6
    content = encoded(turned, "PNG", exif=exif)
    np.testing.assert_allclose(read_pixels(content, 48, 64), np.asarray(turned), atol=1e-3)


def test_of_an_animation_the_first_frame_counts():
    frames = [picture(i).quantize() for i in (4, 5)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    first = np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))
    np.testing.assert_allclose(read_pixels(content, 48, 64), first, atol=1e-3)


@pytest.mark.parametrize("form", ["TIFF", "WEBP"])
def test_what_tensorflow_did_not_decode_is_decoded_as_everywhere(form):
    content = encoded(picture(6), form)
    np.testing.assert_allclose(read_pixels(content, 48, 64), np.asarray(images.decode(content)), atol=1e-3)


@pytest.mark.parametrize("read", [lambda content: read_pixels(content, 8, 8), read_encoded])
def test_a_picture_too_large_to_be_held_is_halved_first(read, monkeypatch):
    content = encoded(picture(7, (3000, 2400)))
    asked: list[int | None] = []
    decode = images.decode
    monkeypatch.setattr(images, "MAX_MEGAPIXELS", 2)
    monkeypatch.setattr(
        images, "decode", lambda content, at_least: asked.append(at_least) or decode(content, at_least)
    )
    read(content)
    assert asked == [1024]


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_jpeg_and_png_are_fed_as_they_are(form):
    content = encoded(picture(8), form)
    assert read_encoded(content) == content


@pytest.mark.parametrize("content", [b"no picture", b"", encoded(picture(9), "PNG")[:200]])
def test_what_cannot_be_decoded_has_its_reason(content):
    with pytest.raises(PictureError):
        read_pixels(content, 8, 8)


def test_a_damaged_picture_is_told_by_its_reason_alone(capfd):
    with pytest.raises(PictureError, match="damaged or truncated"):
        read_pixels(encoded(picture(10, (640, 480)))[:-500], 8, 8)
    assert capfd.readouterr().err == ""
