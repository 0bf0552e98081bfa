"""The light-box of a gallery: opened, leafed through, enlarged and closed, by mouse, keyboard and finger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Serve, Watched, screenshot, watched
from tests.browser.dashboard import steady_box, until
from tests.browser.lightbox import LightBox
from tests.browser.repair_gallery import APP, Gallery
from tests.conftest import fill

#: Of the pictures in the gallery; a page has 24 of them.
COUNT = 30


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("lightbox") / "set", {"rose": COUNT})


@pytest.fixture(scope="module")
def address(serve: Serve, folder: Path) -> str:
    return serve(APP, {"TFP_WORKSPACE": str(folder.parent / "tf_files")})


@pytest.fixture
def fresh(page: Page, address: str, folder: Path) -> LightBox:
    """The light-box of a gallery in a tab of its own, not yet open."""
    Gallery(page, address, folder)
    return LightBox(page)


@pytest.fixture(scope="module")
def tab(browser: Browser, address: str, folder: Path) -> Iterator[tuple[Watched, LightBox]]:
    """A tab with a gallery, for all tests that leave it as it was."""
    with watched(browser) as watch:
        found = LightBox(watch.page).listens()
        Gallery(watch.page, address, folder)
        yield watch, found


@pytest.fixture
def box(tab: tuple[Watched, LightBox], request: pytest.FixtureRequest) -> Iterator[LightBox]:
    """The light-box of the gallery, not yet open."""
    watch, found = tab
    yield found
    found.is_left(f"1 to 24 of {COUNT}")
    watch.check(request)


@pytest.fixture(scope="module")
def tab_of_pairs(browser: Browser, address: str, folder: Path) -> Iterator[tuple[Watched, LightBox]]:
    """A tab with a gallery of pairs, likewise."""
    with watched(browser) as watch:
        Gallery(watch.page, address, folder, pairs=True)
        yield watch, LightBox(watch.page)


@pytest.fixture
def pairs(tab_of_pairs: tuple[Watched, LightBox], request: pytest.FixtureRequest) -> Iterator[LightBox]:
    """The light-box of a gallery of pairs, open at the first."""
    watch, found = tab_of_pairs
    yield found.open(1)
    found.is_left("1 to 12 of 15 groups")
    watch.check(request)


@pytest.mark.parametrize("key", ["Enter", "Space", "o"])
def test_a_card_opens_by_key(box, key):
    box.page.locator(".poet-grid figure a").nth(3).focus()
    box.press(key).is_at(f"4 of {COUNT}")


def test_it_says_what_the_picture_is(box):
    box.open(2)
    expect(box.part("name")).to_have_text("rose rose_002")
    expect(box.part("facts")).to_contain_text("rose_002.jpg")
    expect(box.part("facts")).to_contain_text("Pixels")
    expect(box.part("heard")).to_have_text(f"Picture 3 of {COUNT}. Label rose. File rose_002.jpg.")
    screenshot(box.page, "lightbox")


def test_leafing_through_all_pages_asks_the_server_for_no_rerun(box):
    box.open()
    box.sent.clear()
    for number in range(1, COUNT):
        box.press("ArrowRight").is_at(f"{number + 1} of {COUNT}")
    box.press("Home").is_at(f"1 of {COUNT}").press("End").is_at(f"{COUNT} of {COUNT}")
    box.press("ArrowRight").is_at(f"{COUNT} of {COUNT}").is_painted()
    assert not box.sent


def test_it_closes_to_the_card_and_page_where_one_was(box):
    box.open(2).press("End").is_at(f"{COUNT} of {COUNT}").press("Escape").is_closed()
    box.has_card_focused(COUNT - 1)
    expect(box.page.get_by_text(f"25 to {COUNT} of {COUNT}")).to_be_visible()


def test_it_closes_on_the_same_page_without_a_rerun(box):
    box.open(2)
    box.sent.clear()
    box.press("ArrowRight", "Escape").is_closed().has_card_focused(3)
    assert not box.sent


def test_the_focus_does_not_leave_it(box):
    box.open()
    for _ in range(25):
        box.press("Tab")
        at = box.focus()
        assert at["inside"] or at["body"]  # the browser's own buttons come after the last one


def test_keys_of_the_page_behind_are_not_pressed(box):
    box.open()
    box.sent.clear()
    box.press("r", "c").is_at(f"1 of {COUNT}")
    expect(box.page.get_by_role("dialog", name="Clear caches")).to_have_count(0)
    assert not box.sent


def test_a_picture_is_enlarged_moved_and_whole_again_by_keys(box):
    box.open().press(*"++++++")
    (close,) = box.frames()
    assert close["scale"] == pytest.approx(1.4**6)
    box.press("Shift+ArrowDown")
    (moved,) = box.frames()
    assert moved["y"] < close["y"] and moved["x"] == close["x"]
    box.press("0")
    assert box.frames()[0]["scale"] == 1


def test_a_wheel_enlarges_what_it_points_at(box):
    frame = box.open().part("frame").first
    before = steady_box(frame)
    x, y = before["x"] + 0.45 * before["width"], before["y"] + 0.45 * before["height"]
    box.page.mouse.move(x, y)
    box.page.mouse.wheel(0, -900)
    expect(box.part("scale")).not_to_have_text("1×")
    after = steady_box(frame)
    assert after["width"] > before["width"]
    assert (x - after["x"]) / after["width"] == pytest.approx(0.45, abs=0.01)


def test_the_pictures_around_are_fetched_ahead(fresh):
    asked: set[str] = set()
    fresh.page.on("request", lambda sent: "pixels=360" not in sent.url and asked.add(sent.url))
    fresh.open(5)
    until(lambda: len([url for url in asked if "/poet/picture/" in url]) == 6)


def test_its_keys_are_listed_and_escape_closes_the_list_first(box):
    box.open().press("?")
    expect(box.page.get_by_role("dialog", name="Keys")).to_contain_text("previous and next picture")
    box.press("Escape")
    expect(box.part("keys")).to_be_hidden()
    box.press("Escape").is_closed()


def test_the_path_is_copied(box, folder):
    box.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    box.open(4).button("Copy the path").click()
    expect(box.button("Copied")).to_be_focused()
    assert box.page.evaluate("() => navigator.clipboard.readText()") == str(folder / "rose" / "rose_004.jpg")


def test_a_pair_stands_side_by_side_with_what_differs(pairs):
    expect(pairs.part("stage")).to_have_count(2)
    rows = pairs.part("differs").locator("tr.is-different th")
    expect(rows).to_contain_text(["File"])
    expect(pairs.part("differs").locator("tr", has_text="Label")).not_to_have_class("is-different")
    expect(pairs.part("heard")).to_contain_text("Beside it rose rose_000")
    screenshot(pairs.page, "lightbox-pair")


def test_the_pictures_of_a_pair_are_enlarged_together(pairs):
    pairs.press("+", "+", "Shift+ArrowRight")
    one, other = pairs.frames()
    assert one["scale"] == other["scale"] > 1.9


@pytest.fixture
def phone(browser: Browser, address: str, folder: Path) -> Iterator[LightBox]:
    """A light-box that is open on a phone."""
    with watched(browser) as watch:
        context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        page = context.new_page()
        Gallery(page, address, folder)
        yield LightBox(page).open()
        context.close()
        assert not watch.complaints


def test_a_finger_leafs(phone):
    phone.touch([(300, 300)], [(250, 302)], [(120, 304)])
    phone.is_at(f"2 of {COUNT}")
    phone.touch([(120, 300)], [(170, 302)], [(300, 304)])
    phone.is_at(f"1 of {COUNT}")


def test_two_fingers_enlarge(phone):
    phone.touch([(180, 300), (210, 300)], [(140, 300), (250, 300)], [(100, 300), (290, 300)])
    until(lambda: phone.frames()[0]["scale"] > 3)
    phone.is_at(f"1 of {COUNT}")


def test_a_phone_shows_what_is_known_below_the_picture(phone):
    stage, side = steady_box(phone.part("stages")), steady_box(phone.part("side"))
    assert side["y"] >= stage["y"] + stage["height"] and stage["x"] == 0 and stage["width"] == 390
    assert phone.page.evaluate("() => document.documentElement.scrollWidth") == 390
    screenshot(phone.page, "lightbox-phone")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_of_it_is_in_anybodys_way(pairs, theme):
    pairs.page.emulate_media(color_scheme=theme)
    expect(pairs.page.get_by_test_id("stApp")).to_have_css("color-scheme", theme)
    pairs.press("?")
    assert not faults(pairs.page)


def test_it_stays_open_where_the_gallery_is_drawn_anew(fresh):
    fresh.open(2).press("ArrowRight", "+")
    enlarged = fresh.part("scale").inner_text()
    fresh.page.get_by_role("button", name="End the training", include_hidden=True).dispatch_event("click")
    expect(fresh.page.get_by_text("The training has finished.")).to_be_attached()
    fresh.is_at(f"4 of {COUNT}")
    expect(fresh.part("scale")).to_have_text(enlarged)
    fresh.press("ArrowRight").is_at(f"5 of {COUNT}").press("Escape").is_closed().has_card_focused(4)


def test_the_card_has_the_focus_again_where_the_gallery_is_drawn_anew_after_it_was_closed(fresh):
    fresh.open(2).press("Escape").is_closed().has_card_focused(2)
    end = fresh.page.get_by_role("button", name="End the training")
    end.dispatch_event("click")
    expect(fresh.page.get_by_text("The training has finished.")).to_be_attached()
    fresh.has_card_focused(2)


@pytest.mark.complains("404")
def test_a_picture_that_is_gone_says_so(page, address, tmp_path):
    own = fill(tmp_path / "set", {"rose": 30}, seed=1)
    Gallery(page, address, own)
    (own / "rose" / "rose_029.jpg").unlink()
    box = LightBox(page).open().press("End")
    expect(box.part("broken").first).to_be_visible()


def test_pictures_are_selected_in_it_by_key(fresh):
    fresh.open(2).press("s", "ArrowRight", "s", "ArrowRight", "s", "s")
    expect(fresh.part("heard")).to_have_text("Not selected any more: 2 in all.")
    fresh.press("Escape").is_closed()
    expect(fresh.page.get_by_text("2 selected", exact=True)).to_be_visible()
    expect(fresh.page.get_by_role("checkbox", name="Select rose_003.jpg")).to_be_checked()


def test_the_second_of_a_pair_is_selected_by_a_key_of_its_own(pairs):
    pairs.press("d")
    expect(pairs.dialog.get_by_role("checkbox", name="Select the second")).to_be_checked()
    pairs.press("Escape").is_closed()
    expect(pairs.page.get_by_role("checkbox", name="Select rose_000.jpg")).to_be_checked()
