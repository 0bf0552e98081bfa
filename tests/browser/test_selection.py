"""What is selected in a gallery belongs to the pictures: no filter, page, reload or other tab loses it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from poetcore.curation.repair import Repairs
from tests.browser.conftest import Serve
from tests.browser.dashboard import until
from tests.browser.repair_gallery import APP, Gallery
from tests.conftest import fill


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(APP, {"TFP_WORKSPACE": str(tmp_path_factory.mktemp("selection") / "tf_files")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fill(tmp_path / "set", {"rose": 6, "tulip": 4})


@pytest.fixture
def gallery(page: Page, address: str, folder: Path) -> Gallery:
    """A gallery with two roses and a tulip selected."""
    return Gallery(page, address, folder).select("rose_001.jpg", "rose_004.jpg", "tulip_002.jpg")


def test_a_filter_keeps_the_selection_and_counts_what_it_hides(gallery):
    gallery.show("tulip").says("3 selected, 2 not shown here")


def test_the_selection_outlives_a_reload(gallery):
    gallery.page.reload()
    gallery.says("3 selected")
    expect(gallery.box("rose_004.jpg")).to_be_checked()


def test_an_action_takes_what_is_not_shown_too(gallery, folder):
    gallery.show("tulip").says("3 selected, 2 not shown here")
    gallery.button("Set aside").click()
    until(lambda: len(Repairs(folder).pending()) == 3)
    gallery.show("any").says("Select pictures to repair them")


def test_only_the_selected_are_shown_on_demand(gallery):
    gallery.show("tulip").button("Show only the selected").click()
    expect(gallery.figures).to_have_count(3)
    gallery.button("Show all pictures again").click()
    expect(gallery.figures).to_have_count(4)
    gallery.says("3 selected, 2 not shown here")


def test_clearing_can_be_taken_back(gallery):
    gallery.button("Clear").click()
    gallery.says("Select pictures to repair them")
    gallery.button("Select the 3 again").click()
    gallery.says("3 selected")


def test_a_selection_that_is_refused_is_kept(gallery):
    gallery.button("Relabel to …").click()
    gallery.page.get_by_role("textbox", name="Find or type a label").fill("a/b")
    gallery.page.keyboard.press("Enter")
    expect(gallery.page.get_by_text("A new label becomes the name of a folder")).to_be_visible()
    gallery.says("3 selected")


def test_another_dataset_has_a_selection_of_its_own(gallery, address, tmp_path):
    other = fill(tmp_path / "other", {"rose": 6, "tulip": 4})
    Gallery(gallery.page, address, other).says("Select pictures to repair them")


def test_two_tabs_add_to_one_selection(gallery, address, folder):
    other = Gallery(gallery.page.context.new_page(), address, folder)
    other.select("rose_005.jpg").says("4 selected")
    gallery.says("4 selected")
    gallery.select("rose_000.jpg")
    other.says("5 selected")


def test_a_picture_that_was_changed_meanwhile_is_selected_no_more(gallery, folder):
    (folder / "tulip/tulip_002.jpg").unlink()
    gallery.show("rose").button("Show only the selected").click()
    gallery.says("2 selected")
