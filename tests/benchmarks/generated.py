"""Pictures for measuring: very many small ones, and a few as large as a phone's."""

import io
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["LABELS", "enlarge", "many", "varied"]

LABELS = ("daisy", "dandelion", "rose", "sunflower", "tulip")

#: Seconds until Poet believes that a file keeps the time of its last change.
SETTLING = 2.1

#: Different pictures a label; more files than that repeat their pixels, though never their content.
_DRAWN = 200

_MEGAPIXELS_12 = (4000, 3000)


def many(folder: Path, count: int) -> Path:
    """Make a folder of five label folders with so many small JPEGs, no two of the same content.

    Their sides have 64 to 128 pixels. Thousands a second: a label has 200 different pictures, and the files
    that show the same one differ in a comment. Reading, hashing, decoding and extracting features cost the
    same as with any other file; do not look for near duplicates among them.
    """
    drawn = [[_drawn(label, number) for number in range(_DRAWN)] for label in range(len(LABELS))]
    for label, name in enumerate(LABELS):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(label, count, len(LABELS)):
            content = varied(drawn[label][number // len(LABELS) % _DRAWN], number)
            (folder / name / f"{number:06d}.jpg").write_bytes(content)
    time.sleep(SETTLING)
    return folder


def varied(jpeg: bytes, number: int) -> bytes:
    """Give a JPEG another content and the same pixels, by a comment (ISO/IEC 10918-1, B.2.4.5)."""
    return jpeg[:2] + b"\xff\xfe\x00\x0a" + number.to_bytes(8, "big") + jpeg[2:]


def _drawn(label: int, number: int) -> bytes:
    """Draw coarse noise in a label's colour."""
    import numpy as np
    from PIL import Image

    draw = np.random.default_rng([label, number])
    noise = draw.integers(0, 200, (6, 8, 3), np.uint8)
    noise[:, :, label % 3] //= 1 + label // 3 * 2
    size = (int(draw.integers(64, 129)), int(draw.integers(64, 129)))
    out = io.BytesIO()
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def enlarge(photos: Sequence[Path], folder: Path) -> Iterator[Path]:
    """Make a 12-megapixel JPEG of each photo, with the noise of a sensor, of 3 to 6 MB; yields the files."""
    import numpy as np
    from PIL import Image, ImageOps

    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(0)
    for number, photo in enumerate(photos):
        with Image.open(photo) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
        size = _MEGAPIXELS_12 if upright.width >= upright.height else _MEGAPIXELS_12[::-1]
        pixels = np.asarray(upright.resize(size, Image.Resampling.BICUBIC), np.int16)
        # A sensor's noise is the same for many pixels here: drawing it anew for each takes ten times as long.
        noise = np.resize(draw.normal(0, 10, 1_000_003).round().astype(np.int16), pixels.shape)
        file = folder / f"{number:03d}.jpg"
        Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=88)
        yield file
