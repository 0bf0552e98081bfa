"""Labels that mean something to Markdown, Vega or HTML, in the browser: shown as they are, on every page.

A request to another host fails any test in this folder.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, until
from tests.odd_labels import ODD_LABELS, odd_set

pytestmark = pytest.mark.complains(NOT_FOUND)

#: What a label would have become if it had been read as Markdown.
_READ = ".katex, em em, [data-testid=stMain] a[href*=evil], [data-testid=stMain] img[src*=evil]"


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory, backbone_file: Path) -> str:
    made = odd_set(tmp_path_factory.mktemp("odd"), backbone_file)
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(made.workspace.root)})


def is_plain(page: Page) -> None:
    """Nothing was made of a label, and the page is no wider than the window."""
    assert page.locator(_READ).count() == 0
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")


@pytest.mark.parametrize("path", ["/", "/prepare", "/overview", "/train", "/slideshow", "/predict"])
def test_a_page_makes_nothing_of_a_label_and_fits_a_phone(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    Dashboard(page, address).open(path).is_settled()
    is_plain(page)
    screenshot(page, f"odd-{path.strip('/') or 'home'}")


def test_a_matrix_has_every_label_as_it_is(page: Page, address: str) -> None:
    Dashboard(page, address).open("/evaluate").is_settled()
    matrix = page.get_by_role("grid", name="Confusion matrix")
    expect(matrix).to_be_visible()
    names = matrix.locator("tbody th span")
    until(lambda: set(ODD_LABELS) == set(names.all_text_contents()))
    is_plain(page)
    # The browser's own CSV of a table has cells that a spreadsheet runs.
    page.get_by_test_id("stDataFrame").first.hover()
    expect(page.get_by_role("button", name="Search").first).to_be_attached()
    expect(page.get_by_role("button", name="Download as CSV")).to_have_count(0)


def test_the_bars_of_the_overview_have_every_label_as_it_is(page: Page, address: str) -> None:
    Dashboard(page, address).open("/overview").is_settled()
    chart = page.get_by_test_id("stVegaLiteChart").first
    expect(chart.locator("svg")).to_be_visible()
    short = {label for label in ODD_LABELS if len(label) < 40}
    texts = chart.locator("svg text")
    until(lambda: short <= {text.strip() for text in texts.all_text_contents()})
