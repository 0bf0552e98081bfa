"""The prepare page in a real browser: a preview before anything is written, then the set."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from poetcore.workspace.workspace import Workspace
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard
from tests.conftest import encoded, picture

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace with a folder of pictures, one of them torn and one under two labels."""
    place = Workspace(tmp_path / "tf_files")
    folder = place.datasets / "garden"
    for number, (label, count) in enumerate((("rose", 12), ("tulip", 7))):
        (folder / label).mkdir(parents=True)
        for i in range(count):
            content = encoded(picture(100 * number + i, (320, 240)), quality=95)
            (folder / label / f"{label}_{i:02d}.jpg").write_bytes(content)
    shutil.copy(folder / "rose" / "rose_00.jpg", folder / "tulip" / "both.jpg")
    (folder / "tulip" / "torn.jpg").write_bytes((folder / "tulip" / "tulip_00.jpg").read_bytes()[:3000])
    return place


@pytest.fixture
def dashboard(page: Page, serve: Serve, place: Workspace) -> Dashboard:
    dashboard = Dashboard(page, serve(ROOT / "app.py", {"TFP_WORKSPACE": str(place.root)})).open()
    dashboard.menu("Prepare")
    for name, number in (("Training pictures per label", "6"), ("Demo pictures per label", "2")):
        field = page.get_by_label(name)
        field.fill(number)
        field.press("Enter")
    expect(page.get_by_test_id("stMetricValue")).to_have_text(["11", "4", "3", "3"])
    return dashboard


def test_the_preview_says_what_would_be_done_and_writes_nothing(dashboard, page, place):
    dashboard.says("how many are missing: tulip (1)")
    expect(page.locator(".poet-grid figure")).to_have_count(8)
    page.get_by_role("radio", name="Excluded").click()
    expect(page.locator(".poet-grid figure .title")).to_have_text(["Conflicting labels"] * 2)
    dashboard.says("Files that cannot be read")
    screenshot(page, "prepare-excluded")
    assert [folder.name for folder in place.datasets.iterdir()] == ["garden"]


def test_the_set_is_made_and_chosen(dashboard, page, place):
    dashboard.button("Split into training and demo pictures").click()
    dashboard.says("is ready and chosen: 15 pictures")
    made = place.datasets / "garden_set"
    assert len(list(made.glob("*/*/*.jpg"))) == 15
    dashboard.has_chosen("Dataset", "garden_set/train")
    dashboard.has_chosen("Demo pictures", "garden_set/demo")
    dashboard.says("All 15 pictures are in")
    screenshot(page, "prepare-made")
    page.get_by_test_id("stMain").get_by_role("link", name="Train on it").click()
    dashboard.says("garden_set/train")


def test_two_clicks_put_nothing_there_twice(dashboard, place):
    dashboard.button("Split into training and demo pictures").click()
    dashboard.says("15 pictures were put there now")
    before = {path: path.stat().st_mtime_ns for path in (place.datasets / "garden_set").rglob("*")}
    dashboard.button("Split into training and demo pictures").click()
    dashboard.says("0 pictures were put there now, 15 were there already")
    assert {path: path.stat().st_mtime_ns for path in (place.datasets / "garden_set").rglob("*")} == before
