"""The choice in the sidebar and the browser's history."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve, until_true
from tests.browser.dashboard import NOT_FOUND, Dashboard, server_of, until
from tests.browser.reruns import waits
from tests.conftest import Trained, fill

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture(scope="module")
def address(serve: Serve, trained: Trained) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(trained.workspace.root)})


def test_a_page_is_one_entry_of_the_browsers_history(page: Page, address: str, trained: Trained) -> None:
    dashboard = Dashboard(page, address).open().is_at("/", trained.run.name)
    until_true(page, "window.poetAddress")
    before = page.evaluate("history.length")
    for name in ("Overview", "Train"):
        dashboard.menu(name).is_at(f"/{name.lower()}", trained.run.name)
        expect(page).to_have_title(f"{name} · Poet")
    assert page.evaluate("history.length") == before + 2
    for path in ("/overview", "/"):
        page.go_back()
        dashboard.is_at(path, trained.run.name)
    expect(page).to_have_title("Poet")
    expect(page.get_by_role("heading", level=1)).to_have_text("Poet")


def test_a_path_is_pasted_as_a_file_manager_copies_it(
    page: Page, address: str, trained: Trained, tmp_path: Path
) -> None:
    folder = fill(tmp_path / "my insects", {"ant": 2, "bee": 2})
    dashboard = Dashboard(page, address).open("/overview")
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Dataset", exact=True)
    for text, shown in ((f' "{folder}" ', "my insects"), ("/no/such/folder", "/no/such/folder")):
        box.click()
        box.fill(text)
        box.press("Enter")
        dashboard.is_settled()
        expect(box).to_have_value(re.compile(shown))
    dashboard.says("Dataset not found: /no/such/folder")
    dashboard.has_chosen("Demo pictures", "")
    dashboard.has_chosen("Run", "")


def test_what_a_server_has_not_heard_of_yet_is_waited_for(page: Page, address: str) -> None:
    dashboard = Dashboard(page, address).open("/overview")
    dashboard.is_settled()
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name="Dataset", exact=True)
    box.click()
    dashboard.is_settled()
    server = server_of(address)
    server.suspend()
    try:
        box.fill("/no/such/folder")
        box.press("Enter")
        until(lambda: waits(page))
        expect(dashboard.part("App")).to_have_attribute("data-test-script-state", "notRunning")
    finally:
        server.resume()
    dashboard.is_settled()
    assert page.get_by_text("Dataset not found: /no/such/folder").count()
