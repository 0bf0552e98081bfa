"""The server of the public view: its routes, what confines it, and how it starts.

Everything that visitors can ask for is listed here. A route that the owner's dashboard has too is guarded: it
is reached for published runs and for pictures that may be shown alone, and what it says of a failure, which
may name files, stays here.
"""

import logging
from collections.abc import AsyncIterator, Iterable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import streamlit as st
from anyio import CapacityLimiter
from starlette.formparsers import MultiPartParser
from starlette.middleware import Middleware
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.metrics_util import Installation

from poetcore.system.files import cores
from poetcore.system.unkept import read_only
from poetcore.system.wording import counted
from poetcore.ui.access import access, is_public, readable, served_workspace
from poetcore.ui.contents import is_shown
from poetcore.ui.gallery.facts import FACT_ROUTES
from poetcore.ui.live.frame_routes import FRAME_ROUTES
from poetcore.ui.page_start import PAGE_ROUTES
from poetcore.ui.public.confinement import Confinement, python_folders
from poetcore.ui.public.gate import Gate, Limits
from poetcore.ui.route import ROUTE, answer
from poetcore.ui.use.look_routes import LOOK_ROUTES
from poetcore.workspace.published import published_file

__all__ = ["PUBLIC_ROUTES", "gates", "lifespan", "on_script_error"]

#: Requests that may wait for a heat map or for similar pictures; those beyond are refused.
_WAITING = 32

_log = logging.getLogger("poetcore.public")


class _Guarded:
    """A route of the owner's dashboard as visitors may use it.

    Args:
        route: which one.
        at_once: how many of its answers are computed at once; None for as many as come.
    """

    def __init__(self, route: Route, at_once: CapacityLimiter | None) -> None:
        self._answer, self._at_once = route.app, at_once

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not await anyio.to_thread.run_sync(_may_ask, scope["path_params"]):
            await JSONResponse({"error": "There is no such picture or model here."}, 404)(
                scope, receive, send
            )
        elif self._at_once is None:
            await self._answer(scope, receive, _without_reason(send))
        elif self._at_once.statistics().tasks_waiting >= _WAITING:
            await JSONResponse({"error": "Too much to do: try again."}, 503)(scope, receive, send)
        else:
            async with self._at_once:
                await self._answer(scope, receive, _without_reason(send))


def _may_ask(asked: MutableMapping[str, Any]) -> bool:
    """Return whether what an address names may be shown."""
    run, sha = asked.get("run"), asked.get("sha")
    return (run is None or run in access().published.runs) and (sha is None or is_shown(sha))


def _without_reason(send: Send) -> Send:
    """Return what sends an answer, with one sentence in place of what a failed one says."""
    refused = False

    async def without(message: Message) -> None:
        nonlocal refused
        if message["type"] == "http.response.start":
            refused = message["status"] >= 400
            if refused:
                headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
                message = {**message, "headers": headers}
        elif refused:
            last = not message.get("more_body")
            body = b'{"error": "This cannot be told of this picture."}' if last else b""
            message = {**message, "body": body}
        await send(message)

    return without


def _guarded(routes: Iterable[Route], at_once: CapacityLimiter | None = None) -> list[Route]:
    return [Route(one.path, _Guarded(one, at_once), methods=list(one.methods or [])) for one in routes]


#: All that visitors can ask for beside Streamlit's own (see `gate.py`).
PUBLIC_ROUTES = [
    *PAGE_ROUTES,
    *_guarded([Route(ROUTE, answer), *FACT_ROUTES, *FRAME_ROUTES]),
    *_guarded(LOOK_ROUTES, CapacityLimiter(cores())),
]


def gates() -> list[Middleware]:
    """Return the middleware of the public view, none for the owner's dashboard; Streamlit is set up for it.

    Raises:
        OptionError: a limit in the environment is none.
    """
    if not is_public():
        return []
    limits = Limits.from_environment()
    settings = {
        "client.showErrorDetails": "none",  # a traceback names files
        "client.toolbarMode": "minimal",
        "secrets.files": [],
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.enableStaticServing": False,
        "server.enableXsrfProtection": True,
        "server.enableAgentApi": False,
        "server.maxUploadSize": limits.upload_mb,
        "server.maxWidgetStateSize": 1,
        "server.disconnectedSessionTTL": 30,  # until then the pictures of a page that was left are held
    }
    for name, value in settings.items():
        config.set_option(name, value)
    # An upload beyond this size would lie in a temporary file.
    MultiPartParser.spool_max_size = 1_000_000 * limits.upload_mb + 1_000_000
    return [Middleware(Gate, limits=limits)]


def on_script_error(error: Exception) -> bool:
    """Show that a page went wrong, as by a value that no widget offers; why is told on the server alone."""
    _log.warning("A page of the public view went wrong: %s: %s", type(error).__name__, error)
    st.info("This cannot be shown just now.", icon=":material/info:")
    return True


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Confine the process before the first visitor comes."""
    place = served_workspace()
    read_only()
    folders = [*python_folders(), place.models, place.bottlenecks, place.root / "published"]
    Installation.instance().installation_id_v3 = ""  # which Streamlit makes of the machine's and tells pages
    Confinement(folders, [published_file(place)], readable).enter()
    listed = access().published
    print(
        f"A public view of {place.root}: published are {counted(len(listed.runs), 'run')} and"
        f" {counted(len(listed.datasets), 'dataset')}. Nothing is written here."
    )
    yield
