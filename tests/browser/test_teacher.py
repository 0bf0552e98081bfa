"""A teacher with one folder of photos: from the opened dashboard to a running slideshow in a few clicks."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from poetcore.workspace.workspace import Workspace
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard
from tests.conftest import fill

pytestmark = pytest.mark.complains(NOT_FOUND)

#: Counts clicks and typed characters of the whole visit, wherever they are made.
_COUNTING = """
    sessionStorage.clicks ??= 0; sessionStorage.keys ??= 0;
    addEventListener('click', event => event.isTrusted && sessionStorage.clicks++, true);
    addEventListener('keydown', () => sessionStorage.keys++, true);
"""


def test_a_teacher_drops_a_folder_and_presents_in_six_clicks_without_typing(
    page: Page, serve: Serve, workspace: Workspace, tmp_path: Path
) -> None:
    photos = fill(tmp_path / "leaves", {"ash": 20, "beech": 20, "oak": 20})
    page.add_init_script(_COUNTING)
    dashboard = Dashboard(page, serve(ROOT / "app.py", {"TFP_WORKSPACE": str(workspace.root)})).open()
    screenshot(page, "teacher-begin")
    with page.expect_file_chooser() as chooser:
        dashboard.button("Choose a folder").click()
    chooser.value.set_files(photos)
    dashboard.says("60 pictures")
    screenshot(page, "teacher-found")
    dashboard.button("Train and evaluate").click()
    show = dashboard.button("Start the slideshow")
    expect(show).to_be_visible()
    dashboard.is_settled()
    screenshot(page, "teacher-result")
    show.click()
    place = page.locator(".show .place")
    expect(place).to_contain_text("1 of ")
    page.locator(".show .controls").get_by_role("button", name="Play", exact=True).click()
    expect(place).to_contain_text("2 of ")
    screenshot(page, "teacher-slideshow")
    assert int(page.evaluate("sessionStorage.clicks")) <= 6
    assert page.evaluate("sessionStorage.keys") == "0"
