"""Groups of labels on the slides of a show, and the form that names them, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from poetcore.evaluation.label_groups.recall import current_label_groups, set_label_groups
from poetcore.workspace.label_groups import LabelGroups
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of
from tests.conftest import Trained

pytestmark = [pytest.mark.complains(NOT_FOUND), pytest.mark.usefixtures("nothing_refused")]


def test_a_group_that_is_named_on_the_page_stands_on_the_slides(
    page: Page, serve: Serve, trained: Trained, tmp_path
) -> None:
    own = copy_of(trained, tmp_path)
    set_label_groups(own.run, LabelGroups({"wild": ("daisy", "dandelion")}))
    dashboard = Dashboard(page, serve(ROOT / "app.py", {"TFP_WORKSPACE": str(own.workspace.root)}))
    dashboard.open("/evaluate?view=Groups+and+costs").is_settled()
    page.get_by_text("Change groups and costs").click()
    page.get_by_role("button", name="Add a cost").click()
    dashboard.is_settled()
    page.mouse.move(0, 0)  # off what came under it, whose tooltip hangs outside of every landmark
    for theme in ("dark", "light"):
        page.emulate_media(color_scheme=theme)
        expect(dashboard.part("App")).to_have_css("color-scheme", theme)
        assert not faults(page)
    page.get_by_label("Name", exact=True).fill("meadow")
    page.get_by_label("Name", exact=True).press("Enter")
    dashboard.is_settled()
    page.get_by_role("button", name="Save groups and costs").click()
    expect(page.get_by_role("heading", name="meadow")).to_be_visible()
    assert current_label_groups(own.run).groups == {"meadow": ("daisy", "dandelion")}
    screenshot(page, "label-groups")

    dashboard.open("/slideshow?order=folder").is_settled()
    expect(page.locator(".groups")).to_contain_text("meadow")
