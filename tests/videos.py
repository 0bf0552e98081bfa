"""Video files made by code, of pictures that are shown for so many seconds each."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from PIL import Image

__all__ = ["plain", "sample_video", "write_video"]


#: What makes a slow encoder a quick one.
_FAST = {"libvpx": {"deadline": "realtime", "cpu-used": "8"}}


def write_video(
    file: Path,
    shown: Sequence[tuple[Image.Image, float]],
    *,
    rate: int = 10,
    codec: str = "libx264",
    size: tuple[int, int] = (320, 240),
    matrix: tuple[int, int, int, int] | None = None,
    steady: bool = True,
) -> Path:
    """Write a video.

    Args:
        file: its extension says which container.
        shown: pictures, each with its seconds.
        rate: frames a second.
        codec: of FFmpeg.
        size: of the frames.
        matrix: (a, b, c, d) by which a player has to turn an .mp4 or .mov: x' = a x + c y, y' = b x + d y.
        steady: whether a picture has a frame at each time, or one only that stands.
    """
    import av

    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, options=_FAST.get(codec))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, rate)
        place = 0
        for image, seconds in shown:
            count = round(seconds * rate)
            frame = av.VideoFrame.from_image(image.convert("RGB").resize(size))
            for number in range(count if steady else 1):
                frame.pts, frame.time_base = place + number, Fraction(1, rate)
                container.mux(stream.encode(frame))
            place += count
        container.mux(stream.encode())
    if matrix:
        # ISO/IEC 14496-12, 8.3.2: a, b, u, c, d, v ... in 16.16 bits, 40 bytes behind the name of the box.
        a, b, c, d = (65536 * one for one in matrix)
        content = bytearray(file.read_bytes())
        begin = content.index(b"tkhd") + 44
        content[begin : begin + 24] = struct.pack(">6i", a, b, 0, c, d, 0)
        file.write_bytes(content)
    return file


def plain(colour: str, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture of one colour."""
    return Image.new("RGB", size, colour)


def sample_video(file: Path, sample: Path) -> Path:
    """Write a video of two drawn flowers: a rose for two seconds, then a sunflower for three."""
    shown = []
    for label, seconds in (("rose", 2.0), ("sunflower", 3.0)):
        with Image.open(sample / "demo" / label / f"{label}_001.jpg") as flower:
            shown.append((flower.convert("RGB"), seconds))
    return write_video(file, shown, codec="libvpx" if file.suffix == ".webm" else "libx264")
