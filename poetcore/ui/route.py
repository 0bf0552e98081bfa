"""The route that serves pictures to the browser; the server has it beside Streamlit's own.

A picture is requested by the hash of its content. So only pictures that Poet itself has scanned, or was
given, are served, and a browser may keep them for ever.
"""

import functools
import re

import anyio
from starlette.requests import Request
from starlette.responses import Response

from poetcore.data import images
from poetcore.errors import PictureError
from poetcore.system.files import cores
from poetcore.ui.contents import content_of

__all__ = ["ROUTE", "address", "answer", "found"]

ROUTE = "/poet/picture/{sha}"

#: Longer side of a picture that is requested without a size, in pixels.
_LARGEST = 2560

#: Up to this size a picture is a thumbnail of some 20 kB.
_SMALL = 400


def address(sha: str, pixels: int = 0) -> str:
    """Return the address of a picture; `pixels` limits its longer side, for a thumbnail."""
    return f"/poet/picture/{sha}" + (f"?pixels={pixels}" if pixels else "")


async def answer(request: Request) -> Response:
    """Serve a picture as a JPEG, or status 404.

    A few threads do so, not the forty that all routes share: as many large pictures at once would take the
    memory, and whoever asks for something else would wait for them.
    """
    return await anyio.to_thread.run_sync(found, request, limiter=_hands())


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
def _hands() -> anyio.CapacityLimiter:
    """Return what limits how many pictures are decoded at once."""
    return anyio.CapacityLimiter(cores() + 1)


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
    return images.thumbnail(content, pixels)
