"""The dashboard's server: `python -m streamlit run app.py`.

The pages are in pages/, everything else is in poetcore. This file is the server and not a page because a
folder named `pages` beside a script would switch on Streamlit's old automatic pages.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.routing import Route

from poetcore.errors import OptionError
from poetcore.system.hosts import remote_control
from poetcore.training.jobs import Jobs
from poetcore.ui.access import is_public
from poetcore.ui.audience.invitation import invitations
from poetcore.ui.audience.routes import AUDIENCE_ROUTES
from poetcore.ui.data.upload_routes import UPLOAD_ROUTES
from poetcore.ui.gallery.facts import FACT_ROUTES
from poetcore.ui.live.collect_routes import COLLECT_ROUTES
from poetcore.ui.live.frame_routes import FRAME_ROUTES
from poetcore.ui.page_start import PAGE_ROUTES
from poetcore.ui.protection import listens_on, protections
from poetcore.ui.public.server import PUBLIC_ROUTES, gates, on_script_error
from poetcore.ui.public.server import lifespan as public_lifespan
from poetcore.ui.review.routes import REVIEW_ROUTES
from poetcore.ui.route import ROUTE, answer
from poetcore.ui.use.look_routes import LOOK_ROUTES
from poetcore.workspace.workspace import default_workspace

try:
    if warning := remote_control(listens_on()):
        print(warning, file=sys.stderr)
    limits = gates()
except OptionError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_status)

ROUTES = [
    Route(ROUTE, answer),
    *PAGE_ROUTES,
    *AUDIENCE_ROUTES,
    *COLLECT_ROUTES,
    *FACT_ROUTES,
    *FRAME_ROUTES,
    *LOOK_ROUTES,
    *REVIEW_ROUTES,
    *UPLOAD_ROUTES,
]


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
    str(Path(__file__).parent / "pages" / ("_public.py" if is_public() else "_shell.py")),
    routes=PUBLIC_ROUTES if is_public() else ROUTES,
    middleware=[*protections(), *limits],
    lifespan=public_lifespan if is_public() else lifespan,
    on_script_error=on_script_error if is_public() else None,
)
