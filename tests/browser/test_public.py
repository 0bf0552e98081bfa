"""The public view in a browser: visitors see what was published, and find nothing else."""

import sys

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.benchmarks.public_place import MARK, PublicPlace, make_public_place
from tests.benchmarks.public_view import try_everything
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND
from tests.conftest import Trained, encoded, picture

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(two_runs: Trained, tmp_path_factory: pytest.TempPathFactory) -> PublicPlace:
    return make_public_place(two_runs.workspace, tmp_path_factory.mktemp("public") / "place")


@pytest.mark.complains(NOT_FOUND)
def test_visitors_look_around_and_try_a_model(page: Page, serve: Serve, place: PublicPlace):
    base = serve(ROOT / "app.py", {"TFP_PUBLIC": "1", "TFP_WORKSPACE": str(place.workspace.root)})
    page.goto(base)
    expect(page.get_by_text("A public view")).to_be_visible()
    names = ["Home", "Overview", "Evaluate", "Slideshow", "Predict", "Live"]
    expect(page.get_by_role("navigation").get_by_role("link")).to_contain_text(names)
    page.get_by_role("link", name="See its mistakes").click()
    expect(page.get_by_role("heading", name="Confusion matrix")).to_be_visible()
    expect(page.get_by_role("button", name="Evaluate again")).to_have_count(0)
    page.goto(f"{base}/predict?run=latest&dataset={place.root}")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": encoded(picture(1))}
    )
    expect(page.locator("figure")).to_have_count(1)
    expect(page.get_by_text(MARK)).to_have_count(0)
    screenshot(page, "public")


@pytest.mark.skipif(sys.platform != "linux", reason="the watch over files is Linux's")
def test_who_tries_everything_changes_no_file_and_sees_none_that_was_not_published(
    browser: Browser, place: PublicPlace
):
    findings, wrong = try_everything(place, browser, seconds=6, asked=300)
    assert (wrong, findings.told, findings.failed) == ([], [], [])
    assert findings.tried > 100
