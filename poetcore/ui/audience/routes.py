"""The route through which a slideshow tells its audience what is on the screen, and hears how it votes.

    POST /poet/audience/{invitation}   {"seen": VERSION, "show": [MESSAGE, ...]}

The messages are those of `VoteServer.show`; `show` may be missing. Answered at once where something is newer
than `seen`, else as soon as it is: {"version", "slide", "votes", "phones", "score"}; or 204 after two
seconds, so that a server that is ended does not wait for us. As long as a page asks, the audience stays open.
Where it has ended the answer is {"ended": SENTENCE}.
"""

import asyncio
import json
import time
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.ui.audience.invitation import invitations
from poetcore.ui.origin import from_own_page

__all__ = ["AUDIENCE_ROUTES"]

#: Bytes of what a slideshow says at the most: the labels of a run, twice.
_LONGEST = 500_000

#: Labels that phones are offered at the most, and characters of one.
_LABELS, _CHARACTERS = 2000, 300

#: Seconds that a page waits for news, and between two looks for them.
_WAIT, _PULSE = 2.0, 0.1


def _read(body: bytes) -> tuple[int, list[dict[str, Any]]]:
    """Return what a slideshow has seen, and its messages.

    Raises:
        ValueError: it is no such thing.
    """
    try:
        told = json.loads(body)
        return int(told.get("seen", -1)), [_message(**one) for one in told.get("show", [])]
    except (TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _message(
    do: str, slide: str = "", labels: list[str] | None = None, truth: str = "", predicted: str = ""
) -> dict[str, Any]:
    texts = [do, slide, truth, predicted, *(labels or [])]
    if not all(isinstance(text, str) for text in texts) or len(texts) > _LABELS + 4:
        raise ValueError("not a message of a slideshow")
    # What is half a character in JSON cannot be written to a phone.
    cut = [text[:_CHARACTERS].encode("utf-8", "replace").decode() for text in texts]
    return dict(zip(("do", "slide", "truth", "predicted"), cut[:4], strict=True)) | {"labels": cut[4:]}


async def _answer(request: Request) -> Response:
    """Pass on what a page of this server says, and answer with what is new."""
    if not from_own_page(request):
        return JSONResponse({"error": "Only pages of this server may present."}, 403)
    one = invitations().current()
    if one is None or one.id != request.path_params["invitation"]:
        return JSONResponse({"ended": "The vote page is closed: invite the audience again."})
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST:
                return JSONResponse({"error": "There are too many labels to vote for."}, 413)
        seen, messages = _read(bytes(body))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except ValueError:
        return JSONResponse({"error": "What the slideshow says cannot be read."}, 400)
    for message in messages or [{}]:
        await run_in_threadpool(one.say, message)
    until = time.monotonic() + _WAIT
    while one.version == seen and one.is_open and time.monotonic() < until:
        await asyncio.sleep(_PULSE)
    if one.version == seen:
        return Response(status_code=204)
    return JSONResponse({"version": one.version, **one.news}, headers={"Cache-Control": "no-store"})


AUDIENCE_ROUTES = (Route("/poet/audience/{invitation}", _answer, methods=["POST"]),)
