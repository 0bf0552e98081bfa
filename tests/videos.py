"""Video files made by code, of pictures that are shown for so many seconds each."""

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
    turned: int = 0,
    steady: bool = True,
) -> Path:
    """Write a video.

    Args:
        file: its extension says which container.
        shown: pictures, each with its seconds.
        rate: frames a second.
        codec: of FFmpeg.
        size: of the frames.
        turned: degrees, counterclockwise, by which a player has to turn it.
        steady: whether a picture has a frame at each time, or one only that stands.
    """
    import av

    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, options=_FAST.get(codec))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, rate)
        if turned:
            stream.set_display_rotation(turned)
        place = 0
        for image, seconds in shown:
            count = round(seconds * rate)
            frame = av.VideoFrame.from_image(image.convert("RGB").resize(size))
            for number in range(count if steady else 1):
                frame.pts, frame.time_base = place + number, Fraction(1, rate)
                container.mux(stream.encode(frame))
            place += count
        container.mux(stream.encode())
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
