"""The map and the suspect labels on the overview page, with pictures of which one is in the wrong folder."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of, steady_box
from tests.conftest import Trained

MISPLACED = "in_the_wrong_folder.jpg"

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture(scope="module")
def address(trained: Trained, serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    own = copy_of(trained, tmp_path_factory.mktemp("map"))
    train = own.sample / "train"
    first, second = sorted(folder for folder in train.iterdir() if folder.is_dir())[:2]
    moved = sorted(first.iterdir())[0]
    shutil.move(moved, second / MISPLACED)
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(own.workspace.root)})


@pytest.fixture
def overview(page: Page, address: str) -> Dashboard:
    return Dashboard(page, address).open("/overview")


def section(overview: Dashboard, name: str) -> None:
    overview.page.get_by_role("radio", name=name).or_(
        overview.page.get_by_role("button", name=name, exact=True)
    ).first.click()
    # What another section drew stays to be seen until this one is drawn.
    expect(overview.page.get_by_role("heading", name="Sample pictures")).to_have_count(0)


def look(overview: Dashboard) -> None:
    """Have the features extracted, if the page asks for it."""
    button = overview.page.get_by_role("button", name=re.compile("^Extract features"))
    ready = overview.page.get_by_test_id("stVegaLiteChart").or_(
        overview.page.get_by_role("heading", name=re.compile("to look at"))
    )
    expect(button.or_(ready).first).to_be_visible()
    if button.count():
        button.click()
    expect(ready.first).to_be_visible()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag a rectangle on the map; places are shares of its width and height."""
    box = steady_box(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first)
    for move, (across, down) in ((page.mouse.down, start), (page.mouse.up, end)):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=8)
        move()


def test_a_region_marked_on_the_map_fills_the_gallery(overview: Dashboard) -> None:
    section(overview, "Map")
    look(overview)
    overview.says("Nothing is selected yet")
    drag(overview.page, (0.05, 0.25), (0.97, 0.97))
    heading = overview.page.get_by_role("heading", name=re.compile(r"^\d+ of \d+ pictures$"))
    expect(heading).to_be_visible()
    marked = int(heading.inner_text().split()[0])
    assert marked > 1
    expect(overview.page.locator("img[src*='/poet/picture/']").first).to_be_visible()
    screenshot(overview.page, "map")


def test_pointing_at_a_point_shows_its_picture(overview: Dashboard) -> None:
    page = overview.page
    section(overview, "Map")
    look(overview)
    box = steady_box(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first)
    shown = page.locator("#vg-tooltip-element img[src*='/poet/picture/']")
    for step in range(40 * 40):
        across, down = divmod(step * 7 % 1600, 40)
        page.mouse.move(
            box["x"] + (across + 0.5) / 40 * box["width"], box["y"] + (down + 0.5) / 40 * box["height"]
        )
        if shown.count() and shown.is_visible():
            break
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("picture => picture.naturalWidth") > 0


def test_a_picture_in_the_wrong_folder_is_the_first_suspect(overview: Dashboard) -> None:
    section(overview, "Suspect labels")
    look(overview)
    overview.says(MISPLACED)
    screenshot(overview.page, "suspects")
