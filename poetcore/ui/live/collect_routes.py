"""The routes through which the section Collect takes pictures, shows them and deletes them, without a rerun.

    GET    /poet/collect                              {"labels": [{"label", "pictures", "holds"}]}
    POST   /poet/collect/labels     {"label"}         another label
    DELETE /poet/collect/labels     ?label=           an empty one goes
    POST   /poet/collect/pictures   ?label=&hold=&number=   a JPEG as body: a picture that was just taken
    DELETE /poet/collect/pictures   ?label= [names]   pictures are set aside; the answer has the step to undo
    POST   /poet/collect/undo       ?step=            they come back

Each with `?dataset=`, a place below the workspace's datasets. What changes something answers pages of this
server only. What is refused is answered with one sentence, `{"error": ...}`.
"""

import json
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from poetcore.curation.repair import Change, Repairs
from poetcore.errors import OptionError, PictureError, PoetError
from poetcore.system.failures import as_poet_error
from poetcore.ui.origin import from_own_page
from poetcore.workspace.collecting import (
    LARGEST,
    Collected,
    add_label,
    collected,
    dataset_at,
    pictures_at,
    remove_label,
    take_picture,
)
from poetcore.workspace.workspace import default_workspace

__all__ = ["COLLECT_ROUTES"]

#: Pictures of a label that the strip shows at the most, the newest.
_SHOWN = 240

_Act = Callable[[Path, Mapping[str, str], bytes], dict[str, Any]]


def _state(folder: Path, query: Mapping[str, str] | None = None, content: bytes = b"") -> dict[str, Any]:
    return {"labels": [_shown(one) for one in collected(folder)]}


def _shown(one: Collected) -> dict[str, Any]:
    """Return a label as the page shows it: its holds with the newest pictures, each with its hash."""
    newest = list(islice(((hold, file) for hold, files in one.holds for file in reversed(files)), _SHOWN))
    with default_workspace().file_index() as index:
        entries = index.lookup([file for _, file in newest])
    pictures: dict[str, list[dict[str, str]]] = {}
    for (hold, file), entry in zip(newest, entries, strict=True):
        pictures.setdefault(hold, []).insert(0, {"name": file.name, "sha": entry.sha})
    holds = [
        {"hold": hold, "count": len(files), "pictures": pictures.get(hold, [])} for hold, files in one.holds
    ]
    return {"label": one.label, "pictures": one.pictures, "holds": holds}


def _add_label(folder: Path, query: Mapping[str, str], content: bytes) -> dict[str, Any]:
    added = add_label(folder, str(_json(content, dict).get("label", "")))
    return {"added": added} | _state(folder)


def _remove_label(folder: Path, query: Mapping[str, str], content: bytes) -> dict[str, Any]:
    remove_label(folder, query.get("label", ""))
    return _state(folder)


def _take(folder: Path, query: Mapping[str, str], content: bytes) -> dict[str, Any]:
    number = query.get("number", "")
    place = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
    file = take_picture(folder, query.get("label", ""), query.get("hold", ""), place, content)
    with default_workspace().file_index() as index:
        (entry,) = index.lookup([file])
    return {"name": file.name, "sha": entry.sha}


def _delete(folder: Path, query: Mapping[str, str], content: bytes) -> dict[str, Any]:
    names = [str(name) for name in _json(content, list)]
    repairs = Repairs(folder)
    changes = [
        Change(file, "quarantine", "", "deleted as it was collected")
        for file in pictures_at(folder, query.get("label", ""), names)
    ]
    repairs.propose(changes)
    wanted = {change.path for change in changes}
    # Only these: what was proposed on another page still waits there.
    step = repairs.apply([one.id for one in repairs.pending() if one.change.path in wanted])
    return {"step": step.id if step else ""}


def _undo(folder: Path, query: Mapping[str, str], content: bytes) -> dict[str, Any]:
    Repairs(folder).undo(query.get("step", ""))
    return _state(folder)


def _json(content: bytes, kind: type) -> Any:
    try:
        given = json.loads(content)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, kind):
        raise OptionError("What the page sent cannot be read: reload it and try again.")
    return given


_ACTS: dict[tuple[str, str], _Act] = {
    ("GET", "/poet/collect"): _state,
    ("POST", "/poet/collect/labels"): _add_label,
    ("DELETE", "/poet/collect/labels"): _remove_label,
    ("POST", "/poet/collect/pictures"): _take,
    ("DELETE", "/poet/collect/pictures"): _delete,
    ("POST", "/poet/collect/undo"): _undo,
}


async def _answer(request: Request) -> Response:
    """Refuse what no page of ours sent and what is too large; answer what cannot be done with a sentence."""
    if request.method not in ("GET", "HEAD") and not from_own_page(request):
        return JSONResponse({"error": "Only pages of this server may send pictures."}, 403)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST:
                return JSONResponse({"error": f"This is more than {LARGEST / 1e6:.0f} MB."}, 413)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    act = _ACTS["GET" if request.method == "HEAD" else request.method, request.url.path]

    def acted() -> dict[str, Any]:
        folder = dataset_at(default_workspace(), request.query_params.get("dataset", ""))
        return act(folder, request.query_params, bytes(body))

    try:
        found = await run_in_threadpool(acted)
    except PictureError as error:
        return JSONResponse({"error": f"What the camera sent {error}."}, 400)
    except PoetError as error:
        return JSONResponse({"error": str(error)}, 400)
    except OSError as error:
        return JSONResponse({"error": str(as_poet_error(error) or error)}, 507)
    return JSONResponse(found, headers={"Cache-Control": "no-store"})


COLLECT_ROUTES = tuple(
    Route(path, _answer, methods=[method for method, other in _ACTS if other == path])
    for path in dict.fromkeys(path for _, path in _ACTS)
)
