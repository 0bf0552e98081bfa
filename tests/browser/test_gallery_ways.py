"""How a gallery of repairs lies under the hand: what stays in view, what moves, what the keyboard reaches."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from poetcore.curation.repair import Repairs
from tests.browser.conftest import Serve, screenshot
from tests.browser.dashboard import steady_box, until
from tests.browser.repair_gallery import APP, Gallery
from tests.conftest import fill


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(APP, {"TFP_WORKSPACE": str(tmp_path_factory.mktemp("ways") / "tf_files")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "set", {"rose": 30, "tulip": 4})


@pytest.fixture
def gallery(page: Page, address: str, folder: Path) -> Gallery:
    return Gallery(page, address, folder)


def test_the_button_that_applies_stays_in_view_beside_the_pictures(gallery):
    gallery.select("rose_001.jpg").button("Set aside").click()
    apply = gallery.button("Apply 1 change")
    expect(apply).to_be_in_viewport(ratio=1)
    gallery.box("rose_020.jpg").scroll_into_view_if_needed()
    expect(apply).to_be_in_viewport(ratio=1)
    screenshot(gallery.page, "repairs-apply-bar")


@pytest.mark.parametrize("width", [1440, 390])
def test_selecting_the_first_picture_moves_nothing(gallery, width):
    gallery.page.set_viewport_size({"width": width, "height": 844})
    box = gallery.box("rose_001.jpg")
    before = steady_box(box)
    box.check()
    gallery.says("1 selected")
    assert steady_box(box) == before


def test_the_first_tab_stop_leads_to_the_pictures(gallery):
    gallery.page.keyboard.press("Tab")
    skip = gallery.page.get_by_role("link", name="Skip to the pictures")
    expect(skip).to_be_focused()
    gallery.page.keyboard.press("Enter")
    expect(gallery.page.get_by_role("checkbox", name="Select all on this page")).to_be_focused()


def test_a_picture_is_shown_whole(gallery):
    expect(gallery.figures.first.locator("img")).to_have_css("object-fit", "contain")


def test_fewer_changes_than_selected_pictures_are_explained(gallery):
    gallery.select("rose_001.jpg", "rose_002.jpg").show("tulip").select("tulip_000.jpg")
    gallery.button("Relabel to …").click()
    gallery.button("tulip").click()
    gallery.says(
        "2 changes added to the pending ones. 3 were selected: 1 had that label already."
        " See Repairs, below the pictures."
    )


def test_both_pictures_of_a_pair_can_be_selected(page, address, folder):
    gallery = Gallery(page, address, folder, pairs=True)
    pair = page.locator(".poet-pair").first
    expect(pair.locator("figure")).to_have_count(2)
    for box in pair.get_by_role("checkbox").all():
        box.check()
    gallery.says("2 selected")
    screenshot(page, "repairs-pairs")


def test_all_passes_over_the_picture_of_each_pair_that_is_kept(page, address, folder):
    gallery = Gallery(page, address, folder, pairs=True)
    page.get_by_role("checkbox", name="Select all but one of each group on this page").check()
    gallery.says("12 selected")
    gallery.button("Select all 17").click()
    gallery.says("17 selected, 5 not shown here")
    gallery.button("Set aside").click()
    planned = until(lambda: Repairs(folder).pending())
    assert len(planned) == 17
    assert {int(one.change.path.stem[-1]) % 2 for one in planned} == {1}
