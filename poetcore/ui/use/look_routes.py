"""The routes that say of a picture where a run sees a label in it, and which training pictures it resembles.

    GET /poet/looks/{run}/{sha}/map?label=NAME   a PNG with transparency, to be laid over the whole picture
    GET /poet/looks/{run}/{sha}/similar          {"similar": [{sha, name, label, similarity}, ...]}

What cannot be told is answered with one sentence, `{"error": ...}`. A picture is requested by the hash of its
content, as in `ui/route.py`, and a run by its name; the runs that were asked about last stay in memory.
"""

import functools
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.errors import PictureError, PoetError
from poetcore.evaluation.looks.kept import KeptLookers
from poetcore.evaluation.looks.looker import Looker
from poetcore.evaluation.looks.overlay import overlay_png
from poetcore.evaluation.looks.similar import SIMILAR
from poetcore.system.figures import score
from poetcore.ui.access import access, served_workspace
from poetcore.ui.contents import content_of

__all__ = ["LOOK_ROUTES", "looker_of"]

#: Similar pictures among which visitors are shown those that were published.
_AMONG = 200

#: Seconds for which a browser need not ask again; another run may get the same name.
_AGE = 60


def looker_of(run: str) -> Looker:
    """Return what can be asked about a run's pictures; it is kept between requests.

    Args:
        run: its name.

    Raises:
        RunError: there is no finished run of that name, or it is damaged.
    """
    return _kept(served_workspace().root).of(run)


@functools.lru_cache(maxsize=1)
def _kept(_root: Path) -> KeptLookers:
    return KeptLookers(served_workspace())


def _map(looker: Looker, content: bytes, request: Request) -> Response:
    png = overlay_png(looker.heat_map(content, request.query_params.get("label", "")))
    return Response(png, media_type="image/png")


def _similar(looker: Looker, content: bytes, _: Request) -> Response:
    allowed = access()
    nearest = looker.similar(content, _AMONG) if allowed.public else looker.similar(content)
    if allowed.public:  # training pictures are for visitors where their dataset was published too
        nearest = [one for one in nearest if one.sha in allowed.paths][:SIMILAR]
        if not nearest:
            raise PictureError("None of the training pictures that it resembles was published.")
    found = [
        {
            "sha": one.sha,
            "name": Path(one.path).name,
            "label": one.label,
            "similarity": one.similarity,
            "words": score(one.similarity),
        }
        for one in nearest
    ]
    return JSONResponse({"similar": found})


def _route(path: str, tell: Callable[[Looker, bytes, Request], Response]) -> Route:
    """Return a route that answers about a run and a picture; Starlette runs it in a thread of its own."""

    def answer(request: Request) -> Response:
        try:
            looker = looker_of(request.path_params["run"])
            content = content_of(request.path_params["sha"])
            if content is None:
                raise PictureError("The picture is not known, or was moved or changed: reload the page.")
            response = tell(looker, content, request)
        except PictureError as error:
            return JSONResponse({"error": str(error)}, 404)
        except PoetError as error:
            return JSONResponse({"error": str(error)}, 422)
        response.headers["Cache-Control"] = f"private, max-age={_AGE}"
        return response

    return Route(path, answer, methods=["GET"])


LOOK_ROUTES = (
    _route("/poet/looks/{run}/{sha}/map", _map),
    _route("/poet/looks/{run}/{sha}/similar", _similar),
)
