"""Reading what a server sends: never more than a limit, also unpacked, and never longer than allowed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from poetcore.errors import DownloadError
from poetcore.system.processes import ended_after

if TYPE_CHECKING:
    from requests import Response

__all__ = ["BodyError", "SteadyReader", "TooSlowError", "pieces_of"]

#: What one piece of a body has at the most, unpacked: urllib3 gives no more of a compressed one at once.
_CHUNK_BYTES = 65_536

#: None of them is asked for. Those that are unpacked piece by piece are read all the same, since some stores
#: send pictures as they were put there; of others a few bytes may become gigabytes at once.
_ENCODINGS = ("", "identity", "gzip", "x-gzip", "deflate")

#: A body of any size has to come at least as fast as this, in as many seconds as one picture may take.
_LEAST_BYTES = 65_536


class BodyError(DownloadError):
    """A body cannot be used; the message is to be read after the URL."""


class TooSlowError(BodyError):
    """A body did not come in time."""


def pieces_of(
    response: Response, max_bytes: int, deadline: float, stopped: Callable[[], bool] = lambda: False
) -> Iterator[bytes]:
    """Yield a body piece by piece.

    Args:
        response: a streamed answer.
        max_bytes: of the body, unpacked.
        deadline: on the monotonic clock.
        stopped: called now and then; True ends the reading.

    Raises:
        TooSlowError: it is not there by the deadline.
        BodyError: it is too large, packed in a way that was not asked for, or the reading was stopped.
        HTTPError: of urllib3, where the connection breaks or is silent.
    """
    too_large = f"is larger than {max_bytes / 1e6:g} megabytes"
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise BodyError(f"is compressed as {encoding[:40]!r}, which was not asked for")
    announced = response.headers.get("Content-Length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 18 or int(announced) > max_bytes):
        raise BodyError(too_large)
    size = 0
    with ended_after(deadline - time.monotonic(), response.raw.shutdown) as late:
        # One receive at a time: read() would wait until its buffer is full, however slowly bytes drip.
        while piece := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            size += len(piece)
            if size > max_bytes:
                raise BodyError(too_large)
            if stopped():
                raise BodyError("was not finished")
            yield piece
        if late.is_set():
            raise TooSlowError("took too long")


class SteadyReader:
    """A body as a file that is read once from its beginning, however large, as long as it keeps coming.

    Args:
        response: a streamed answer.
        seconds: in which some of it has to come, again and again.
    """

    def __init__(self, response: Response, seconds: float) -> None:
        self._raw, self._seconds = response.raw, seconds
        self._held = b""
        self._came, self._ends = 0, time.monotonic() + seconds

    def peek(self, size: int) -> bytes:
        """Return the next bytes, which stay to be read; fewer at the end."""
        self._held = self.read(size)
        return self._held

    def read(self, size: int) -> bytes:
        """Read so many bytes; fewer at the end.

        Raises:
            TooSlowError: hardly anything comes.
            HTTPError: of urllib3, where the connection breaks or is silent.
        """
        found, self._held = self._held[:size], self._held[size:]
        while len(found) < size and (piece := self._receive(size - len(found))):
            found += piece
        return found

    def _receive(self, most: int) -> bytes:
        with ended_after(self._seconds, self._raw.shutdown) as late:
            piece: bytes = self._raw.read1(most, decode_content=False)
        self._came += len(piece)
        if time.monotonic() > self._ends:
            if late.is_set() or self._came < _LEAST_BYTES:
                raise TooSlowError(f"sent hardly anything for {self._seconds:g} seconds")
            self._came, self._ends = 0, time.monotonic() + self._seconds
        return piece
