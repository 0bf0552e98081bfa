"""The route that serves pictures to the browser; the server has it beside Streamlit's own.

A picture is requested by the hash of its content. So only pictures that Poet itself has scanned, or was
given, are served, and a browser may keep them for ever.
"""

import functools
import re
import threading

import anyio
from starlette.requests import Request
from starlette.responses import Response

from poetcore.data import images
from poetcore.errors import PictureError
from poetcore.system.files import cores
from poetcore.ui.contents import content_of

__all__ = ["PATIENCE", "ROUTE", "address", "answer", "found"]

ROUTE = "/poet/picture/{sha}"

#: Seconds that a picture may take; a network disk that is gone keeps whoever reads it for ever.
PATIENCE = 20

#: So many pictures are decoded at once: as many large ones as are read would take the memory.
_HANDS = threading.BoundedSemaphore(cores() + 1)

#: Longer side of a picture that is requested without a size, in pixels.
_LARGEST = 2560

#: Up to this size a picture is a thumbnail of some 20 kB.
_SMALL = 400


def address(sha: str, pixels: int = 0) -> str:
    """Return the address of a picture; `pixels` limits its longer side, for a thumbnail."""
    return f"/poet/picture/{sha}" + (f"?pixels={pixels}" if pixels else "")


async def answer(request: Request) -> Response:
    """Serve a picture as a JPEG, or status 404; 503 where its disk does not answer.

    Threads of their own do so, not the forty that all routes share: whoever asks for something else would
    wait for them. One that a disk keeps is given up, so that pictures on other disks are served.
    """
    async with _readers():
        with anyio.move_on_after(PATIENCE):
            return await anyio.to_thread.run_sync(
                found, request, abandon_on_cancel=True, limiter=anyio.CapacityLimiter(1)
            )
    return Response("The disk of the picture does not answer.", 503, media_type="text/plain")


def found(request: Request) -> Response:
    """Return what `answer` does, in the thread that asks."""
    sha = request.path_params["sha"]
    asked = request.query_params.get("pixels", str(_LARGEST))
    if not re.fullmatch(r"[0-9a-f]{64}", sha) or not re.fullmatch(r"[1-9]\d{0,3}", asked):
        return Response("No such picture.", 404, media_type="text/plain")
    try:
        content = _jpeg(sha, min(int(asked), _LARGEST))
    except PictureError as error:
        return Response(f"The picture {error}.", 404, media_type="text/plain")
    forever = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(content, media_type="image/jpeg", headers=forever)


@functools.cache
def _readers() -> anyio.CapacityLimiter:
    """Return what limits how many pictures are read at once: two browsers ask for twelve."""
    return anyio.CapacityLimiter(16)


def _jpeg(sha: str, pixels: int) -> bytes:
    """Encode a picture as a JPEG; only small ones are remembered, large ones would fill the memory."""
    return _thumbnail(sha, pixels) if pixels <= _SMALL else _encode(sha, pixels)


@functools.lru_cache(maxsize=1500)
def _thumbnail(sha: str, pixels: int) -> bytes:
    return _encode(sha, pixels)


def _encode(sha: str, pixels: int) -> bytes:
    content = content_of(sha)
    if content is None:
        raise PictureError("is not known, or was moved or changed")
    with _HANDS:
        return images.thumbnail(content, pixels)
