"""The dashboard's server: `python -m streamlit run app.py`.

The pages are in pages/, everything else is in poetcore. This file is the server and not a page because a
folder named `pages` beside a script would switch on Streamlit's old automatic pages.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from poetcore.training.jobs import Jobs
from poetcore.ui.audience.invitation import invitations
from poetcore.ui.audience.routes import AUDIENCE_ROUTES
from poetcore.ui.data.upload_routes import UPLOAD_ROUTES
from poetcore.ui.gallery.facts import FACT_ROUTES
from poetcore.ui.live.collect_routes import COLLECT_ROUTES
from poetcore.ui.live.frame_routes import FRAME_ROUTES
from poetcore.ui.review.routes import REVIEW_ROUTES
from poetcore.ui.route import ROUTE, answer
from poetcore.ui.use.look_routes import LOOK_ROUTES
from poetcore.workspace.workspace import default_workspace

#: Names under which this machine reaches itself.
OWN_NAMES = ("localhost", "127.0.0.1", "::1")


def allowed_hosts() -> list[str]:
    """Return the names under which the server may be opened, as they stand in a request's Host header.

    Streamlit checks `server.allowedHosts` for its own addresses only; this covers every route, the pictures
    too. Otherwise a page of any site whose name is made to lead to this machine could read them.
    """
    names = st.get_option("server.allowedHosts") or OWN_NAMES
    return [f"[{name}]" if ":" in name else name for name in names]


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """Clear what a killed server left behind; print at the end that a training goes on and how to find it."""
    default_workspace().clear_leftovers()
    yield
    invitations().end()
    run = Jobs(default_workspace()).running()
    if run:
        print(f"The training {run.name} goes on; start the dashboard again to see it.")


app = st.App(
    str(Path(__file__).parent / "pages" / "_shell.py"),
    routes=[
        Route(ROUTE, answer),
        *AUDIENCE_ROUTES,
        *COLLECT_ROUTES,
        *FACT_ROUTES,
        *FRAME_ROUTES,
        *LOOK_ROUTES,
        *REVIEW_ROUTES,
        *UPLOAD_ROUTES,
    ],
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=allowed_hosts(), www_redirect=False)],
    lifespan=lifespan,
)
