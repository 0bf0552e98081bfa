"""The choice in the sidebar and the browser's history."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ROOT, Serve
from tests.browser.dashboard import NOT_FOUND, Dashboard
from tests.conftest import Trained

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture(scope="module")
def address(serve: Serve, trained: Trained) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(trained.workspace.root)})


def test_the_choice_is_one_entry_of_the_browsers_history(page: Page, address: str, trained: Trained) -> None:
    Dashboard(page, address).open().is_at("/", trained.run.name)
    # The empty page at first, the address that was opened, and the same with the choice.
    assert page.evaluate("history.length") == 3
