"""The sections of the evaluate page in a real browser: the table of mistakes, and what axe-core finds."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from poetcore.evaluation.ordering import losses
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, Serve, watched
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of
from tests.conftest import Trained

pytestmark = [pytest.mark.complains(NOT_FOUND)]


@pytest.fixture(scope="module")
def known(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return copy_of(trained, tmp_path_factory.mktemp("sections"))


@pytest.fixture(scope="module")
def wrong(known: Trained) -> pd.DataFrame:
    """The misclassified pictures with their loss, the highest first."""
    table = known.run.evaluation("demo").predictions()
    table = table[~table["correct"]]
    return table.assign(loss=losses(table, known.run.labels())).sort_values("loss", ascending=False)


@pytest.fixture(scope="module")
def dashboard(browser: Browser, serve: Serve, known: Trained) -> Iterator[Dashboard]:
    """One tab for all tests of this module."""
    with watched(browser) as watch:
        watch.page.emulate_media(reduced_motion="reduce")
        address = serve(ROOT / "app.py", {"TFP_WORKSPACE": str(known.workspace.root)})
        yield Dashboard(watch.page, address)


@pytest.fixture
def rows(dashboard: Dashboard) -> Locator:
    """The rows of the table of mistakes, on the page opened anew."""
    page = dashboard.open("/evaluate").page
    page.get_by_role("radio", name="table", exact=True).click()
    found = page.locator(".pictures tbody tr")
    expect(found.first).to_be_visible()
    return found


def names(table: pd.DataFrame) -> list[str]:
    return [Path(path).name for path in table["path"]]


def test_a_heading_sorts_the_table_and_again_turns_it_round(rows: Locator, wrong: pd.DataFrame) -> None:
    heading = rows.page.get_by_role("button", name="loss")
    heading.click()
    expect(rows.locator("td:nth-child(2)")).to_have_text(names(wrong))
    expect(rows.page.get_by_role("columnheader", name="loss")).to_have_attribute("aria-sort", "descending")
    heading.press("Enter")
    expect(rows.locator("td:nth-child(2)")).to_have_text(names(wrong[::-1]))


def test_the_filter_leaves_the_rows_in_which_its_words_stand(rows: Locator, wrong: pd.DataFrame) -> None:
    label = wrong["label"].value_counts().index[-1]
    rows.page.get_by_label("Filter").fill(label)
    left = wrong[(wrong["label"] == label) | (wrong["predicted"] == label)]
    expect(rows).to_have_count(len(left))
    expect(rows.page.locator(".found")).to_have_text(f"{len(left)} of {len(wrong)} pictures")


def test_a_row_opens_the_picture_and_arrows_leaf_in_the_order_of_the_table(
    rows: Locator, wrong: pd.DataFrame
) -> None:
    page = rows.page
    page.get_by_role("button", name="loss").click()
    expect(rows.locator("td:nth-child(2)")).to_have_text(names(wrong))
    rows.locator("a").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    box = page.locator("dialog.lightbox[open]")
    expect(box.locator(".place")).to_have_text(f"2 of {len(wrong)}")
    page.keyboard.press("ArrowRight")
    expect(box).to_contain_text(names(wrong)[2])
    page.keyboard.press("Escape")
    expect(rows.nth(2).locator("a")).to_be_focused()


@pytest.mark.parametrize("section", ["table", "Where it fails", "Confidence"])
def test_a_section_has_no_fault_in_either_theme(dashboard: Dashboard, section: str, request) -> None:
    if section == "table":
        page: Page = request.getfixturevalue("rows").page
    else:
        page = dashboard.open(f"/evaluate?view={section.replace(' ', '%20')}").page
        expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    dashboard.is_settled()
    found = []
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        expect(dashboard.part("App")).to_have_css("color-scheme", theme)
        found += [f"{theme}, {line}" for line in faults(page)]
    assert not found, "\n".join(found)
