"""Nothing of ours is in anybody's way: every page by axe-core in both themes, and the job without a mouse."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from poetcore.ui.menu import HOME, MENU, MenuPage
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, Serve, watched
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of
from tests.conftest import Trained


@pytest.fixture(scope="module")
def dashboard(
    browser: Browser, serve: Serve, trained: Trained, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    """One tab for all pages."""
    known = copy_of(trained, tmp_path_factory.mktemp("accessibility"))
    with watched(browser) as watch:
        watch.page.emulate_media(reduced_motion="reduce")
        address = serve(ROOT / "app.py", {"TFP_WORKSPACE": str(known.workspace.root)})
        yield Dashboard(watch.page, address).open()


@pytest.mark.parametrize("one", (HOME, *MENU), ids=lambda one: one.name)
def test_a_page_has_no_fault_in_either_theme(dashboard: Dashboard, one: MenuPage) -> None:
    page = dashboard.page
    if one != HOME:  # it is open already
        dashboard.menu(one.title)
    dashboard.is_settled()
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        expect(dashboard.part("App")).to_have_css("color-scheme", theme)
        found += [f"{theme}, {line}" for line in faults(page)]
    assert not found, "\n".join(found)


#: What is drawn to be pressed, other than Streamlit's question marks and what lies inside a field of its own.
_PRESSED = (
    ":is([data-testid^=stBaseButton-], [data-testid=stButtonGroup] button, [data-testid=stTab], .button)"
)


def test_a_finger_meets_every_button_and_no_toolbar_lies_over_a_field(
    browser: Browser, dashboard: Dashboard
) -> None:
    size = {"width": 390, "height": 844}
    with browser.new_context(viewport=size, has_touch=True, is_mobile=True) as context:
        telephone = Dashboard(context.new_page(), dashboard.address)
        suspects = "/overview?view=Suspect+labels"
        for path in ("/", "/train?view=New+training", "/evaluate", suspects, "/slideshow"):
            telephone.open(path).is_settled()
            pressed = telephone.page.locator(f".stMain {_PRESSED}:visible")
            expect(pressed.first).to_be_visible()
            small = pressed.evaluate_all(
                "all => all.filter(one => one.offsetHeight < 44).map(one => one.outerHTML.slice(0, 200))"
            )
            assert not small, f"{path}: {small}"
            expect(telephone.part("ElementToolbar").locator("visible=true")).to_have_count(0)


@pytest.mark.parametrize("height", (720, 800))
def test_a_slideshow_ends_above_the_fold_also_where_the_page_is_new(
    dashboard: Dashboard, height: int
) -> None:
    page = dashboard.page
    size = page.viewport_size
    page.set_viewport_size({"width": 1280, "height": height})
    dashboard.menu("Slideshow").is_settled()
    expect(dashboard.button("Got it")).to_be_visible()
    expect(page.locator(".show .controls")).to_be_in_viewport(ratio=1)
    page.set_viewport_size(size)  # type: ignore[arg-type]


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    expect(target).to_be_visible()
    for _ in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("one => one.matches(':focus')"):
            return
    pytest.fail(f"Tab does not come to {target}")


@pytest.mark.complains(NOT_FOUND)
def test_the_whole_job_is_done_by_keyboard_alone(
    page: Page, serve: Serve, trained: Trained, tmp_path: Path
) -> None:
    for name in ("datasets", "models"):
        shutil.copytree(trained.workspace.root / name, tmp_path / name)
    dashboard = Dashboard(page, serve(ROOT / "app.py", {"TFP_WORKSPACE": str(tmp_path)})).open()

    def follow(target: Locator) -> None:
        tab_to(page, target)
        page.keyboard.press("Enter")

    follow(dashboard.button("Train and evaluate"))
    follow(dashboard.button("See the mistakes"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Evaluate")
    expect(page.get_by_role("heading", name="Confusion matrix")).to_be_visible()
    follow(dashboard.part("SidebarNav").get_by_role("link", name="Slideshow"))
    expect(page.locator(".show .place")).to_have_text("1 of 20")
    follow(page.get_by_role("button", name="Play", exact=True))
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
