"""A backbone is chosen by a click on its circle."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve, screenshot


def test_a_click_on_a_circle_chooses_it_and_another_one_after_it(page: Page, serve: Serve, tmp_path: Path):
    page.goto(serve(Path(__file__).with_name("backbones_app.py"), {"TFP_WORKSPACE": str(tmp_path)}))
    expect(page.get_by_text("Chosen: efficientnet_lite0")).to_be_visible()
    for name in ("efficientnet_lite2", "inception_v3", "efficientnet_lite2"):
        page.locator(f"path[aria-label*='backbone: {name};']").first.click()
        expect(page.get_by_text(f"Chosen: {name}")).to_be_visible()
        expect(page.get_by_test_id("stVegaLiteChart").get_by_text(name)).to_be_visible()
    screenshot(page, "backbones")
