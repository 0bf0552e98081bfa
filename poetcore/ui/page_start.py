"""What is answered where a page is opened by its address: Streamlit's own page, with two things in it.

Opened at /overview, Streamlit's client does not know whether the server's addresses begin there: it asks
/overview/_stcore/health, is refused, waits for a tenth of a second, and asks one level up. The script says so
at once. Should another Streamlit not know what it sets, the client asks as before.

The style is in it from the start. Drawn by the script of a page it came with a part of the client that is
loaded on its own, and until then buttons were too small for fingers, and white on a pale blue.
"""

import functools
from pathlib import Path

import streamlit as st
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

__all__ = ["PAGE_ROUTES", "page", "start_page"]

#: The addresses begin where the page lies, also behind a server that puts a folder before them.
_SCRIPT = 'window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href }'


@functools.cache
def page() -> str:
    """Return Streamlit's page as it stands at the address of every page."""
    own = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    style = Path(__file__).with_name("theme.css").read_text(encoding="utf-8")
    own = own.replace("<script", f"<script>{_SCRIPT}</script>\n    <script", 1)
    return own.replace("</head>", f"  <style>\n{style}</style>\n  </head>", 1)


async def start_page(_: Request) -> Response:
    """Answer a browser that opens a page; like Streamlit's, it asks again each time."""
    return HTMLResponse(page(), headers={"Cache-Control": "no-cache"})


class _PageName(StringConvertor):
    """What Streamlit takes for the name of a page, known or not: its files have a dot, all else a folder."""

    regex = "[^/.]+"


register_url_convertor("page", _PageName())

PAGE_ROUTES = [Route("/", start_page), Route("/{name:page}", start_page)]
