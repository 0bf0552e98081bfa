"""A camera for tests: a browser whose only camera shows pictures that the test has written.

    def test_a_rose_is_recognised(camera, camera_page, serve):
        camera.shows([Image.open(rose)])
        camera_page.goto(serve(ROOT / "app.py", {...}) + "/live")

The pictures are shown one after the other, over and over. A page sees new ones once it opens the camera
again. Fixtures: `tests/browser/conftest.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from playwright.sync_api import Browser

__all__ = ["CAMERA_ARGUMENTS", "FakeCamera", "write_film"]

#: What makes Chromium take a file for its camera, and allow it to every page; the file's path is added.
CAMERA_ARGUMENTS = [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]


@dataclass(frozen=True)
class FakeCamera:
    """A browser with a camera.

    Attributes:
        browser: for contexts and pages.
        film: what its camera shows.
    """

    browser: Browser
    film: Path

    def shows(self, pictures: Sequence[Image.Image], *, frames: int = 10) -> None:
        """Show pictures from the next opening of the camera on, each for so many frames of 30 a second."""
        write_film(self.film, pictures, frames=frames)


def write_film(
    file: Path,
    pictures: Sequence[Image.Image],
    *,
    frames: int = 10,
    size: tuple[int, int] = (640, 480),
    rate: int = 30,
) -> None:
    """Write pictures as an uncompressed video (YUV4MPEG2), which Chromium takes for a camera.

    Args:
        file: NAME.y4m.
        pictures: of any size; the middle of each fills the frame.
        frames: for how many of them each picture is shown.
        size: width and height of a frame, even numbers.
        rate: frames a second.
    """
    width, height = size
    whole = file.with_suffix(".part")
    with whole.open("wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            frame = b"FRAME\n" + _planes(ImageOps.fit(picture.convert("RGB"), size))
            for _ in range(frames):
                out.write(frame)
    whole.replace(file)


def _planes(picture: Image.Image) -> bytes:
    """Return luma, then both colours at half the size, in the range of television (ITU-R BT.601)."""
    full = np.asarray(picture.convert("YCbCr")).astype(np.float32)
    luma = 16 + full[..., 0] * (219 / 255)
    height, width = luma.shape
    halves = full[..., 1:].reshape(height // 2, 2, width // 2, 2, 2).mean(axis=(1, 3))
    colours = 128 + (halves - 128) * (224 / 255)
    parts = (luma, colours[..., 0], colours[..., 1])
    return b"".join(np.rint(part).clip(0, 255).astype(np.uint8).tobytes() for part in parts)
