"""The routes that say what a run makes of one frame of a camera or a video, and where it sees a label in it.

    POST /poet/live/{run}?viewer=ID              {"probabilities", "unknown", "novelty", "unsure", "groups",
                                                  "least_cost", "milliseconds"}, see `LiveFrame.values`
    POST /poet/live/{run}/map?viewer=ID&label=   a PNG with transparency, to be laid over the frame

The body is the frame as a JPEG. Of each viewer one frame is worked on and one waits; a third takes the place
of the one that waits, which is answered with 204: dropped, a newer one has come. What cannot be told is
answered with one sentence, `{"error": ...}`. A frame is kept nowhere.
"""

import functools
import time
from collections.abc import Callable
from pathlib import Path

import anyio
from anyio import CapacityLimiter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.errors import PictureError, PoetError
from poetcore.evaluation.kept_runs import KeptRuns
from poetcore.evaluation.live import LiveModel
from poetcore.evaluation.looks.overlay import overlay_png
from poetcore.system.files import cores
from poetcore.ui.access import served_workspace
from poetcore.ui.live.lanes import Lanes
from poetcore.ui.origin import from_own_page
from poetcore.ui.use.look_routes import looker_of

__all__ = ["FRAME_ROUTES"]

#: Bytes of a frame at the most; one of 1280 x 960 has some 300,000.
_LARGEST = 2_000_000

#: Pixels of the longer side of a map: it lies over a moving picture, and is smooth.
_MAP_PIXELS = 480


@functools.lru_cache(maxsize=1)
def _models(_root: Path) -> KeptRuns[LiveModel]:
    return KeptRuns(served_workspace(), LiveModel)


@functools.lru_cache(maxsize=1)
def _hands() -> CapacityLimiter:
    """Return what lets one frame a core be worked on at once; the others wait without a thread."""
    return CapacityLimiter(cores())


def _see(request: Request, content: bytes) -> Response:
    began = time.perf_counter()
    model = _models(served_workspace().root).of(request.path_params["run"])
    values = model.see(content).values()
    return JSONResponse(values | {"milliseconds": round(1000 * (time.perf_counter() - began), 1)})


def _map(request: Request, content: bytes) -> Response:
    looker = looker_of(request.path_params["run"])
    heat = looker.heat_map(content, request.query_params.get("label", ""))
    return Response(overlay_png(heat, _MAP_PIXELS), media_type="image/png")


def _route(path: str, tell: Callable[[Request, bytes], Response]) -> Route:
    """Return a route that answers about a frame."""
    lanes = Lanes()

    async def answer(request: Request) -> Response:
        if not from_own_page(request):
            return JSONResponse({"error": "Only pages of this server may send frames."}, 403)
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > _LARGEST:
                    return JSONResponse({"error": "The frame is too large: send a smaller one."}, 413)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        async with lanes.turn(request.query_params.get("viewer", ""), request.path_params["run"]) as mine:
            if not mine:
                return Response(status_code=204)
            return await anyio.to_thread.run_sync(_told, tell, request, bytes(body), limiter=_hands())

    return Route(path, answer, methods=["POST"])


def _told(tell: Callable[[Request, bytes], Response], request: Request, content: bytes) -> Response:
    try:
        response = tell(request, content)
    except PictureError as error:
        return JSONResponse({"error": str(error)}, 400)
    except PoetError as error:
        return JSONResponse({"error": str(error)}, 422)
    response.headers["Cache-Control"] = "no-store"
    return response


FRAME_ROUTES = (_route("/poet/live/{run}", _see), _route("/poet/live/{run}/map", _map))
