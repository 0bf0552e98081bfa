"""What is answered at the address of a page."""

import base64
import hashlib
import re

import pytest

from poetcore.ui.page_start import PAGE_ROUTES
from poetcore.ui.protection import headers
from tests.ui.routes import ask


def test_the_policy_allows_every_script_inside_of_the_page_and_no_other():
    answer = ask(PAGE_ROUTES, "GET", "/evaluate")
    scripts = re.findall(r"<script>(.*?)</script>", answer.body.decode(), re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    assert any("BACKEND_BASE_URL" in one for one in scripts)
    assert re.findall(r"'sha256-(.*?)'", headers()["Content-Security-Policy"]) == hashes


def test_our_script_stands_before_streamlits():
    page = ask(PAGE_ROUTES, "GET", "/evaluate").body.decode()
    assert page.index("BACKEND_BASE_URL") < page.index("/static/js/")


@pytest.mark.parametrize("path", ("/", "/evaluate", "/no_such_page"))
def test_every_page_has_the_style_before_any_script(path: str):
    page = ask(PAGE_ROUTES, "GET", path).body.decode()
    assert "min-height: 44px" in page[page.index("<style>") : page.index("</head>")]


def test_nobody_is_offered_to_install_what_streamlit_has_for_agents():
    page = ask(PAGE_ROUTES, "GET", "/").body.decode()
    assert re.search(r'\[data-testid="stSkillsNudge"\] \{\s*display: none', page)


@pytest.mark.parametrize("path", ("/favicon.png", "/manifest.json", "/_stcore/health", "/static/js/index.js"))
def test_what_is_no_page_is_left_to_streamlit(path: str):
    assert ask(PAGE_ROUTES, "GET", path).status == 404
