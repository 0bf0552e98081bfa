"""The dashboard's server: `python -m streamlit run app.py`.

The pages are in pages/, everything else is in poetcore. This file is the server and not a page because a
folder named `pages` beside a script would switch on Streamlit's old automatic pages.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.routing import Route

from poetcore.jobs import Jobs
from poetcore.ui.route import ROUTE, answer
from poetcore.workspace import default_workspace


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """When the server ends, a training goes on; say so and where to find it."""
    yield
    run = Jobs(default_workspace()).running()
    if run:
        print(f"The training {run.name} goes on; start the dashboard again to see it.")


app = st.App(
    str(Path(__file__).parent / "pages" / "_shell.py"), routes=[Route(ROUTE, answer)], lifespan=lifespan
)
