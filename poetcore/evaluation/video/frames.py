"""The frames of a video file at equal distances in time, upright, one after the other.

PyAV reads them, an extra package that brings FFmpeg along. At each time it is the frame that a player shows
then. Colours of a video in high dynamic range are taken as they are coded, hence a little pale.
"""

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from poetcore.errors import OptionError, PictureError, VideoError
from poetcore.system.files import printable
from poetcore.system.reading import open_regular

__all__ = ["MISSING", "Frame", "Video", "open_video"]

#: What is said where PyAV is not installed.
MISSING = "A video file is read by PyAV, which is not installed: run pip install av (extra: poetcore[video])."

#: What FFmpeg may take a file for. Lists of files are none of it: no file must have others read.
_FORMATS = (
    "3g2,3gp,apng,asf,av1,avi,dv,flv,gif,h264,hevc,ivf,matroska,mjpeg,mov,mp4,mpeg,mpegts,mpegvideo,mxf,nut,"
    "ogg,rm,swf,webm,webp,yuv4mpegpipe,m4v,obu,wtv"
)

#: Seconds from a frame to the next; a clock that jumps further, or back, is that of another recording.
_JUMP = 3600.0

#: Times that differ by less are the same.
_SAME = 1e-6

#: Frames of this height and more are coded as television in high definition, where the file does not say.
_HD = 720

#: FFmpeg's number of a matrix of colours that the file does not tell, and of BT.709.
_UNTOLD, _BT709 = 2, 1

#: How a picture becomes upright, by the signs (a, b, c, d) of its matrix: x' = a x + c y, y' = b x + d y.
_UPRIGHT = {
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}


@dataclass(frozen=True, eq=False)
class Frame:
    """What a video shows at a time.

    Attributes:
        time: seconds from its beginning.
        picture: RGB, upright; None where it is the same frame as at the time before.
    """

    time: float
    picture: Image.Image | None


class Video:
    """A video file that is open.

    Args:
        container: of PyAV.
        path: of the file.

    Attributes:
        duration: seconds, as the file says; None where it does not.
        end: seconds at which the last frame that was read ends.
        problem: a sentence on frames that could not be read, or "".
    """

    def __init__(self, container: Any, path: Path) -> None:
        self._container, self._path = container, path
        self._stream = _stream_of(container, path)
        self._stream.thread_type = "AUTO"
        self.duration = _duration(container, self._stream)
        self.end, self.problem = 0.0, ""
        self._upright: Image.Transpose | None = None

    def frames(self, every: float) -> Iterator[Frame]:
        """Yield the frame that is shown every so many seconds, from the beginning to the last that is whole.

        Memory does not grow with the video.

        Args:
            every: seconds.

        Raises:
            VideoError: no frame can be read.
        """
        place, shown, told = 0, None, False
        for time, frame in self._timed():
            while shown is not None and place * every < time - _SAME:
                yield Frame(round(place * every, 6), None if told else self._picture(shown))
                place, told = place + 1, True
            shown, told = frame, False
        if shown is None:
            raise VideoError(f"{printable(self._path)} has no frame that can be read: it is damaged.")
        while not place or place * every < self.end - _SAME:
            yield Frame(round(place * every, 6), None if told else self._picture(shown))
            place, told = place + 1, True

    def _timed(self) -> Iterator[tuple[float, Any]]:
        """Yield every frame with its time in seconds, rising from 0."""
        import av

        rate = self._stream.average_rate or self._stream.guessed_rate
        step = 1 / float(rate) if rate else 0.04
        damaged, shift, last = 0, None, 0.0
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    damaged += 1
                    continue
                for frame in frames:
                    if shift is None:  # of the first only: PyAV never lets go of a frame that was asked
                        self._upright = _UPRIGHT.get(_turned(frame))
                    clock = self.end if frame.time is None else float(frame.time)
                    if shift is None:
                        shift = clock
                    elif not last <= clock - shift < last + _JUMP:
                        shift = clock - self.end
                    last = clock - shift
                    own = float(frame.duration * frame.time_base) if frame.duration else 0.0
                    self.end = last + (own if 0 < own < _JUMP else step)
                    yield last, frame
        except (av.error.FFmpegError, OSError) as error:
            self.problem = f"It cannot be read any further ({error.strerror or error})."
        if damaged and not self.problem:
            self.problem = "Parts of it are damaged and were passed over."

    def _picture(self, frame: Any) -> Image.Image:
        """Return a frame of PyAV as RGB, upright."""
        import av

        untold = int(frame.colorspace) == _UNTOLD and frame.height >= _HD
        try:
            # In this thread: one that cannot be started, where memory is short, is no fault of the frame.
            coded = {"src_colorspace": _BT709} if untold else {}
            picture: Image.Image = frame.to_image(threads=1, **coded)
        except (av.error.FFmpegError, OSError, ValueError, MemoryError) as error:
            raise VideoError(f"{printable(self._path)} has a frame that cannot be shown ({error}).") from None
        return picture if self._upright is None else picture.transpose(self._upright)


@contextmanager
def open_video(path: Path) -> Iterator[Video]:
    """Open a video file, to be used in a `with` statement.

    Raises:
        OptionError: PyAV is not installed.
        VideoError: it is no video that can be read; the message says why.
    """
    try:
        import av
    except ImportError:
        raise OptionError(MISSING) from None
    name = printable(path)
    if path.is_dir():
        raise VideoError(f"{name} is a folder: name a video file.")
    with ExitStack() as opened:
        try:
            file = io.BufferedReader(opened.enter_context(open_regular(path)))
            if not file.read(1):
                raise VideoError(f"{name} is empty (0 bytes).")
            file.seek(0)
            # Not by its name, which FFmpeg would take for an address where it has a colon.
            # Titles in an old encoding are no reason to refuse it.
            made = av.open(file, options={"format_whitelist": _FORMATS}, metadata_errors="replace")
            container = opened.enter_context(made)
        except FileNotFoundError:
            raise VideoError(f"{name} does not exist.") from None
        except (av.error.FFmpegError, OSError) as error:
            raise VideoError(_refusal(path, error)) from None
        yield Video(container, path)


def _refusal(path: Path, error: Exception) -> str:
    """Return why a file cannot be opened as a video, in a sentence."""
    from poetcore.data import images

    name = printable(path)
    if isinstance(error, PermissionError):
        return f"{name} may not be read (no permission)."
    try:
        images.identify(images.read(path))
    except PictureError:
        return (
            f"{name} is not a video that can be read: it is of another kind, or its recording was broken off"
            " before its index was written."
        )
    return f"{name} is a picture: its labels are predicted by python -m poetcore label_image."


def _stream_of(container: Any, path: Path) -> Any:
    """Return the stream of pictures of a file; the cover of a song is none."""
    stream = container.streams.best("video")
    if stream is None or "attached_pic" in str(stream.disposition):
        raise VideoError(f"{printable(path)} has sound, and no video.")
    if stream.codec_context is None:
        raise VideoError(f"{printable(path)} is coded in a way that FFmpeg cannot decode.")
    return stream


def _duration(container: Any, stream: Any) -> float | None:
    """Return the length of a video in seconds, as the file has it."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _turned(frame: Any) -> tuple[int, int, int, int]:
    """Return the signs of the display matrix by which a phone says how it was held."""
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return (1, 0, 0, 1)
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32, 9).tolist()
    largest = max(map(abs, (a, b, c, d))) or 1
    return round(a / largest), round(b / largest), round(c / largest), round(d / largest)
