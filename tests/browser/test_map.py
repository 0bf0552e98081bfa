"""The map and the suspect labels on the overview page, with pictures of which one is in the wrong folder."""

import re
import shutil

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of, steady_box, until
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
    ready = overview.page.locator("canvas.over").or_(
        overview.page.get_by_role("heading", name=re.compile("to look at"))
    )
    expect(button.or_(ready).first).to_be_visible()
    if button.count():
        button.click()
    expect(ready.first).to_be_visible()


def map_of(overview: Dashboard) -> Locator:
    """Open the map, and wait until t-SNE has arranged it."""
    section(overview, "Map")
    look(overview)
    overview.says("t-SNE keeps neighbours together")
    return overview.page.locator("canvas.over")


def lasso(page: Page, shape: list[tuple[float, float]], held: str = "") -> None:
    """Drag a line over the map; places are shares of its width and height."""
    box = steady_box(page.locator("canvas.over"))
    places = [(box["x"] + across * box["width"], box["y"] + down * box["height"]) for across, down in shape]
    if held:
        page.keyboard.down(held)
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()
    if held:
        page.keyboard.up(held)


def heading(page: Page, number: str = r"\d+") -> Locator:
    return page.get_by_role("heading", name=re.compile(rf"^{number} of \d+ pictures$"))


def selected(page: Page) -> int:
    expect(heading(page)).to_be_visible()
    return int(heading(page).inner_text().split()[0])


#: The left half of the map, the right half, and all of it.
LEFT = [(0.01, 0.01), (0.5, 0.01), (0.5, 0.99), (0.01, 0.99)]
RIGHT = [(0.5, 0.01), (0.99, 0.01), (0.99, 0.99), (0.5, 0.99)]


def test_a_line_around_points_fills_the_gallery(overview: Dashboard) -> None:
    page = overview.page
    map_of(overview)
    overview.says("Nothing is selected yet")
    lasso(page, LEFT)
    left = selected(page)
    expect(page.locator("img[src*='/poet/picture/']").first).to_be_visible()
    screenshot(page, "map")
    lasso(page, RIGHT, held="Shift")
    expect(heading(page, str(left))).to_have_count(0)
    every = selected(page)
    assert left < every == int(heading(page).inner_text().split()[2])
    lasso(page, LEFT, held="Alt")
    expect(heading(page, str(every - left))).to_be_visible()
    page.get_by_role("button", name="Clear selection").click()
    overview.says("Nothing is selected yet")


def test_the_map_has_no_fault_in_either_theme(overview: Dashboard) -> None:
    map_of(overview)
    overview.is_settled()
    for theme in ("dark", "light"):
        overview.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        expect(overview.part("App")).to_have_css("color-scheme", theme)
        assert faults(overview.page) == []


def test_the_map_is_worked_with_by_keys_alone(overview: Dashboard) -> None:
    page = overview.page
    over = map_of(overview)
    page.get_by_role("button", name="daisy").focus()
    for _ in range(9):
        page.keyboard.press("Tab")
        if over.evaluate("canvas => canvas.matches(':focus')"):
            break
    heard = page.locator(".live")
    expect(heard).to_have_text(re.compile("Nearest: "))
    before = heard.inner_text()
    page.keyboard.press("ArrowRight")
    expect(heard).not_to_have_text(before)
    expect(page.locator(".tip img")).to_have_js_property("complete", True)
    page.keyboard.press("Space")
    assert selected(page) == 1
    page.keyboard.press("n")
    expect(heading(page, "11")).to_be_visible()
    page.keyboard.press("n")
    expect(heading(page, "21")).to_be_visible()
    page.keyboard.press("Escape")
    overview.says("Nothing is selected yet")


def test_only_the_labels_that_are_pressed_are_selected(overview: Dashboard) -> None:
    page = overview.page
    map_of(overview)
    daisies = page.locator(".legend").get_by_role("button", name="daisy")
    daisies.click()
    expect(daisies).to_have_attribute("aria-pressed", "true")
    page.locator("canvas.over").press("a")
    number = selected(page)
    overview.says(f"{number} daisy. The rarest")


def touch(page: Page, *steps: list[tuple[float, float]]) -> None:
    """Touch the map with fingers that move from step to step; places are shares of its width and height."""
    box = steady_box(page.locator("canvas.over"))
    session = page.context.new_cdp_session(page)
    for kind, fingers in (
        ("touchStart", steps[0]),
        *(("touchMove", step) for step in steps[1:]),
        ("touchEnd", []),
    ):
        points = [
            {"x": box["x"] + across * box["width"], "y": box["y"] + down * box["height"], "id": finger}
            for finger, (across, down) in enumerate(fingers)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_finger_draws_the_line_and_two_zoom(overview: Dashboard) -> None:
    page = overview.page
    map_of(overview)
    touch(page, *([place] for place in LEFT))
    left = selected(page)
    touch(page, [(0.45, 0.5), (0.55, 0.5)], [(0.3, 0.5), (0.7, 0.5)], [(0.1, 0.5), (0.9, 0.5)])
    overview.is_settled()
    assert selected(page) == left
    touch(page, *([place] for place in LEFT))  # of the enlarged map a part lies there
    expect(heading(page, str(left))).to_have_count(0)
    page.get_by_role("button", name="Whole map").click()
    touch(page, *([place] for place in LEFT))
    expect(heading(page, str(left))).to_be_visible()


def test_pointing_at_a_point_shows_its_picture(overview: Dashboard) -> None:
    page = overview.page
    box = steady_box(map_of(overview))
    shown = page.locator(".tip img[src*='/poet/picture/']")
    for step in range(40 * 40):
        across, down = divmod(step * 7 % 1600, 40)
        page.mouse.move(
            box["x"] + (across + 0.5) / 40 * box["width"], box["y"] + (down + 0.5) / 40 * box["height"]
        )
        if shown.is_visible():
            break
    until(lambda: shown.evaluate("picture => picture.complete && picture.naturalWidth > 0"))


def test_what_is_selected_stays_on_another_map(overview: Dashboard) -> None:
    page = overview.page
    map_of(overview)
    lasso(page, LEFT)
    left = selected(page)
    page.get_by_role("radio", name="PCA").or_(
        page.get_by_role("button", name="PCA", exact=True)
    ).first.click()
    overview.says("the two directions in which pictures differ most")
    assert selected(page) == left


def test_a_picture_in_the_wrong_folder_is_the_first_suspect(overview: Dashboard) -> None:
    section(overview, "Suspect labels")
    look(overview)
    overview.says(MISPLACED)
    screenshot(overview.page, "suspects")
