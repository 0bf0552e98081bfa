"""Compare in a real browser: from two rows of the table of runs to the pictures of a cell."""

import re

import pytest
from playwright.sync_api import Page, expect

from poetcore.evaluation.compare import compare
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, steady_box
from tests.conftest import Trained

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture(scope="module")
def address(two_runs: Trained, serve: Serve) -> str:
    models = [two_runs.run, two_runs.workspace.run("hasty")]
    compare(models, two_runs.sample / "demo", two_runs.workspace)
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(two_runs.workspace.root)})


@pytest.fixture
def found(two_runs: Trained):
    models = [two_runs.run, two_runs.workspace.run("hasty")]
    return compare(models, two_runs.sample / "demo", two_runs.workspace)[0]


@pytest.fixture
def dashboard(page: Page, address: str, two_runs: Trained) -> Dashboard:
    return Dashboard(page, address).open(f"/compare?a={two_runs.run.name}&b=hasty")


def test_two_rows_of_the_table_of_runs_open_it(page, address, two_runs):
    dashboard = Dashboard(page, address).open("/train?view=All+runs")
    dashboard.select_run(0)
    box = steady_box(dashboard.part("DataFrame").last)
    page.mouse.click(box["x"] + 18, box["y"] + 35 * 2 + 18)
    dashboard.button("Compare them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    expect(page).to_have_url(re.compile(rf"a={re.escape(two_runs.run.name)}&b=hasty"))
    dashboard.says("95 % interval")
    screenshot(page, "compare")


def test_a_click_in_the_difference_shows_the_pictures_of_its_cell_until_escape(dashboard, found):
    page = dashboard.page
    true, predicted = found.broken().iloc[0][["label", "predicted_b"]]
    table = page.get_by_role("grid", name="Difference of the confusion matrices")
    headings = table.locator("tbody th")
    expect(headings.get_by_text(true, exact=True)).to_be_visible()
    names = headings.all_inner_texts()
    row = table.locator("tbody tr").nth(names.index(true))
    row.locator("td").nth(names.index(predicted)).click()
    own = found.pictures[found.pictures["label"] == true]
    cell = own[(own["predicted_a"] == predicted) | (own["predicted_b"] == predicted)]
    expect(page.get_by_role("heading", name=f"{true}, predicted {predicted}:")).to_be_visible()
    expect(page.locator(".poet-grid figure")).to_have_count(len(cell))
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Pictures", exact=True)).to_be_visible()


def test_broken_pictures_are_a_gallery(dashboard, found):
    broken = found.broken()
    dashboard.page.get_by_text(f"Broken ({len(broken)})").click()
    expect(dashboard.page.locator(".poet-grid figure")).to_have_count(min(24, len(broken)))
    expect(dashboard.page.locator(".poet-grid .title").first).to_have_text(broken.iloc[0]["label"])


def test_path_of_a_file_is_typed_into_the_field(dashboard, tmp_path):
    (tmp_path / "photo.txt").touch()
    field = dashboard.page.get_by_role("combobox", name="B: what is compared")
    field.fill(str(tmp_path / "photo.txt"))
    field.press("Enter")
    dashboard.says("is no model that can be run here")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_it_keeps_anybody_out(dashboard, scheme):
    dashboard.page.emulate_media(color_scheme=scheme)
    expect(dashboard.page.get_by_role("heading", name="Their curves")).to_be_visible()
    dashboard.is_settled()
    assert faults(dashboard.page) == []
