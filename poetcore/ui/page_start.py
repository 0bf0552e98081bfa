"""What is answered where a page is opened by its address: Streamlit's own page, told where its server is.

Opened at /overview, Streamlit's client does not know whether the server's addresses begin there: it asks
/overview/_stcore/health, is refused, waits for a tenth of a second, and asks one level up. The script says so
at once. Should another Streamlit not know what it sets, the client asks as before.
"""

import functools
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from poetcore.ui.menu import MENU

__all__ = ["PAGE_ROUTES", "page", "start_page"]

#: The addresses begin where the page lies, also behind a server that puts a folder before them.
_SCRIPT = 'window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }'


@functools.cache
def page() -> str:
    """Return Streamlit's page as it stands at the address of a page of the menu."""
    own = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    return own.replace("<script", f"<script>{_SCRIPT}</script>\n    <script", 1)


async def start_page(_: Request) -> Response:
    """Answer a browser that opens a page of the menu; like Streamlit's, it asks again each time."""
    return HTMLResponse(page(), headers={"Cache-Control": "no-cache"})


PAGE_ROUTES = [Route(f"/{one.name}", start_page) for one in MENU]
