"""The choice in the sidebar and the browser's history."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve
from tests.browser.dashboard import NOT_FOUND, Dashboard
from tests.conftest import Trained

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture(scope="module")
def address(serve: Serve, trained: Trained) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(trained.workspace.root)})


def test_back_leads_to_the_page_before(page: Page, address: str, trained: Trained) -> None:
    dashboard = Dashboard(page, address).open()
    dashboard.is_at("/", trained.run.name)
    dashboard.menu("Train").is_at("/train", trained.run.name)
    page.go_back()
    dashboard.is_at("/", trained.run.name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Poet")
