"""A server with nothing but a gallery to repair and its list; the address says which folder."""

import streamlit as st
from starlette.routing import Route

from poetcore.ui.gallery.facts import FACT_ROUTES
from poetcore.ui.route import ROUTE, answer

app = st.App("repairs_page.py", routes=[Route(ROUTE, answer), *FACT_ROUTES])
