"""The route that tells the light-box what is known of a picture: pixels, bytes, dates, and where it lies."""

import re
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.data.file_index import FileEntry
from poetcore.data.images import PictureInfo, date_taken, identify
from poetcore.errors import PictureError
from poetcore.system.figures import file_size
from poetcore.ui.access import access
from poetcore.ui.contents import content_of
from poetcore.ui.own_machine import asked_on_own_machine
from poetcore.workspace.workspace import default_workspace

__all__ = ["FACT_ROUTES"]

#: Places that are told of one content; nobody reads more.
_PLACES = 20


def answer(request: Request) -> Response:
    """Tell what is known of a picture, in words; status 404 where it is not known or its files are gone."""
    sha = request.path_params["sha"]
    if not re.fullmatch(r"[0-9a-f]{64}", sha):
        return JSONResponse({"error": "No such picture."}, 404)
    content = content_of(sha)
    if content is None:
        return JSONResponse({"error": "The picture is not known, or was moved or changed."}, 404)
    places = _places(sha, request)
    when = date_taken(content)
    try:
        info = identify(content)
    except PictureError:  # a file that is shown because it is no picture
        info = PictureInfo(0, 0, "")
    told = {
        "pixels": f"{info.width} x {info.height}" if info.width else "",
        "format": info.format,
        "bytes": file_size(len(content)),
        "taken": _words(when) if when else "",
        "files": [{"path": str(place.path), "changed": _changed(place)} for place in places[:_PLACES]],
    }
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _places(sha: str, request: Request) -> list[FileEntry]:
    """Return the files of a content; where they lie is told on this machine only."""
    if access().public or not asked_on_own_machine(request):
        return []
    with default_workspace().file_index() as index:
        return index.places(sha)


def _changed(place: FileEntry) -> str:
    try:
        return _words(datetime.fromtimestamp(Path(place.path).stat().st_mtime))
    except (OSError, ValueError, OverflowError):  # it is gone by now, or has an impossible time
        return ""


def _words(when: datetime) -> str:
    return f"{when:%d %b %Y, %H:%M}"


FACT_ROUTES = [Route("/poet/facts/{sha}", answer)]
