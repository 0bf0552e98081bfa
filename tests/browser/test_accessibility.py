"""Every page by axe-core, in both themes: nothing of ours is in the way of anybody."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from poetcore.ui.menu import HOME, MENU, MenuPage
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, Serve, watched
from tests.browser.dashboard import Dashboard, copy_of
from tests.conftest import Trained


@pytest.fixture(scope="module")
def address(serve: Serve, trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> str:
    known = copy_of(trained, tmp_path_factory.mktemp("accessibility"))
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(known.workspace.root)})


@pytest.fixture(scope="module", params=["light", "dark"])
def dashboard(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Dashboard]:
    """One tab for all pages, in one of the themes."""
    with watched(browser) as watch:
        watch.page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
        yield Dashboard(watch.page, address).open()


@pytest.mark.parametrize("one", (HOME, *MENU), ids=lambda one: one.name)
def test_a_page_has_no_fault(dashboard: Dashboard, one: MenuPage) -> None:
    if one != HOME:  # it is open already
        dashboard.menu(one.title)
    dashboard.is_settled()
    found = faults(dashboard.page)
    assert not found, "\n".join(found)
