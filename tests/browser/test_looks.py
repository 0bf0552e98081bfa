"""The light-box of a real browser says where the model looks and what a picture resembles."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve, screenshot, until_true
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of, until
from tests.conftest import Trained

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture
def box(page: Page, serve: Serve, two_runs: Trained, tmp_path: Path) -> Iterator[Page]:
    """The light-box on the first mistake of a run that makes many."""
    place = two_runs.workspace
    own = copy_of(Trained(place, two_runs.sample, place.run("hasty")), tmp_path)
    shutil.rmtree(own.workspace.bottlenecks)
    shutil.copytree(place.bottlenecks, own.workspace.bottlenecks)
    with own.workspace.file_index() as index:
        index.lookup(sorted(own.sample.rglob("*.jpg")))
    address = serve(ROOT / "app.py", {"TFP_WORKSPACE": str(own.workspace.root)})
    Dashboard(page, address).open("/evaluate")
    page.locator(".poet-grid figure a").locator("visible=true").first.click()
    expect(page.locator("dialog.lightbox")).to_be_visible()
    yield page


def test_h_draws_the_map_of_the_predicted_then_of_the_true_label_and_leafing_keeps_it(box):
    drawn, choice = box.locator(".heat-map img"), box.get_by_label("Heat map: where the model sees a label")
    expect(drawn).to_be_hidden()
    box.keyboard.press("h")
    expect(choice.locator("option:checked")).to_contain_text("Predicted: ")
    expect(drawn).to_be_visible()
    picture = box.locator(".stage .frame > img").first
    until(lambda: drawn.bounding_box() == pytest.approx(picture.bounding_box(), abs=1))
    box.keyboard.press("h")
    expect(choice.locator("option:checked")).to_contain_text("True: ")
    box.keyboard.press("ArrowRight")
    expect(box.locator(".lightbox .place")).to_contain_text("2 of")
    expect(drawn).to_be_visible()
    expect(choice.locator("option:checked")).to_contain_text("True: ")
    screenshot(box, "heat_map")
    box.keyboard.press("h")
    expect(drawn).to_be_hidden()


def test_a_phone_has_a_button_above_the_picture_that_draws_it(box):
    box.set_viewport_size({"width": 390, "height": 844})
    button = box.locator(".bar-top").get_by_role("button", name="Heat map")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(box.locator(".heat-map img")).to_be_in_viewport()
    assert box.locator(".bar-top").evaluate("bar => bar.scrollWidth <= bar.clientWidth")


def test_what_a_picture_resembles_stands_beside_it_with_labels(box):
    alike = box.locator(".alike a")
    expect(alike).to_have_count(6)
    expect(alike.first.locator("b")).not_to_be_empty()
    until_true(
        box,
        """() => { const find = (root) => [...root.querySelectorAll('*')].flatMap((one) => [
            ...(one.matches('.alike img') ? [one] : []), ...(one.shadowRoot ? find(one.shadowRoot) : [])]);
            const images = find(document);
            return images.length === 6 && images.every((one) => one.naturalWidth > 0); }""",
    )
