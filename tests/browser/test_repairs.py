"""Repairing a dataset as people do it: a selection in a gallery, the list of changes, undo."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from poetcore.curation.repair import Repairs
from tests.browser.conftest import ROOT, Serve, screenshot, serving
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of, steady_box, until
from tests.browser.repair_gallery import APP, Gallery
from tests.conftest import Trained, fill


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    return serve(APP, {"TFP_WORKSPACE": str(tmp_path_factory.mktemp("repairs") / "tf_files")})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty roses, of which the first two are tulips, and four tulips."""
    made = fill(tmp_path / "set", {"rose": 30, "tulip": 4})
    for number in range(2):
        (made / f"rose/rose_{number:03d}.jpg").rename(made / f"rose/a_tulip_{number}.jpg")
    return made


@pytest.fixture
def gallery(page: Page, address: str, folder: Path) -> Gallery:
    return Gallery(page, address, folder)


def is_there(path: Path) -> None:
    until(lambda: path.is_file())


def test_a_page_of_the_gallery_is_shown(gallery):
    expect(gallery.figures).to_have_count(24)
    screenshot(gallery.page, "repairs-gallery")


def test_every_picture_of_the_page_is_loaded(gallery):
    for image in gallery.figures.locator("img").all():
        image.scroll_into_view_if_needed()
        until(lambda image=image: image.evaluate("image => image.complete && image.naturalWidth > 0"))


def test_selecting_does_not_trouble_the_server(gallery):
    gallery.select("rose_002.jpg", "rose_003.jpg")
    gallery.says("2 selected")
    gallery.says("Runs: 1")


def test_pictures_are_set_aside_from_a_gallery(gallery, folder):
    gallery.select("rose_002.jpg", "rose_005.jpg").button("Set aside").click()
    gallery.apply("2 changes")
    assert (folder / "quarantine/rose/rose_002.jpg").is_file()
    assert (folder / "quarantine/rose/rose_005.jpg").is_file()


def test_nothing_is_moved_before_the_list_is_applied(gallery, folder):
    gallery.select("rose_002.jpg").button("Set aside").click()
    gallery.says("set aside")
    assert (folder / "rose/rose_002.jpg").is_file()


def test_the_page_shows_the_truth_after_a_repair(gallery):
    gallery.says("rose: 30 tulip: 4")
    gallery.select("rose_002.jpg").button("Set aside").click()
    gallery.apply("1 change")
    gallery.says("rose: 29 tulip: 4")


def test_a_picture_is_relabelled_from_a_gallery(gallery, folder):
    gallery.select("rose_004.jpg").button("Relabel to …").click()
    gallery.button("tulip").click()
    gallery.apply("1 change")
    assert (folder / "tulip/rose_004.jpg").is_file()


def test_a_picture_is_relabelled_with_the_keyboard_alone(gallery, folder):
    gallery.box("rose_004.jpg").focus()
    gallery.page.keyboard.press("Enter")
    gallery.button("Relabel to …").press("Enter")
    gallery.page.keyboard.type("tul")
    gallery.page.keyboard.press("Enter")
    gallery.apply("1 change")
    assert (folder / "tulip/rose_004.jpg").is_file()


def test_a_new_label_can_be_typed(gallery, folder):
    gallery.select("rose_004.jpg").button("Relabel to …").click()
    gallery.page.get_by_role("textbox", name="Find or type a label").fill("lily")
    gallery.button("New label “lily”").click()
    gallery.apply("1 change")
    assert (folder / "lily/rose_004.jpg").is_file()


def test_an_impossible_label_is_explained(gallery):
    gallery.select("rose_004.jpg").button("Relabel to …").click()
    gallery.page.get_by_role("textbox", name="Find or type a label").fill("a/b")
    gallery.page.keyboard.press("Enter")
    expect(gallery.page.get_by_text("A new label becomes the name of a folder")).to_be_visible()


def test_suggested_labels_are_taken_where_there_are_some(gallery, folder):
    gallery.select("a_tulip_0.jpg", "rose_004.jpg")
    expect(gallery.button("Use the suggested label of 1")).to_be_visible()
    gallery.select("a_tulip_1.jpg").button("Use the suggested label of 2").click()
    gallery.apply("2 changes")
    assert (folder / "tulip/a_tulip_0.jpg").is_file()
    assert (folder / "rose/rose_004.jpg").is_file()


def test_a_picture_whose_label_is_correct_is_not_shown_again(gallery):
    gallery.select("rose_004.jpg").button("Label is correct").click()
    gallery.apply("1 change")
    expect(gallery.box("rose_004.jpg")).to_have_count(0)
    expect(gallery.box("rose_005.jpg")).to_have_count(1)


def test_a_range_is_selected_with_the_shift_key(gallery):
    gallery.box("rose_004.jpg").click()
    gallery.box("rose_009.jpg").click(modifiers=["Shift"])
    gallery.says("6 selected")


def test_a_picture_with_a_change_is_shown_as_such(gallery):
    gallery.select("rose_004.jpg").button("Set aside").click()
    expect(gallery.page.locator("figure.is-planned .planned")).to_have_text(["set aside"])


def test_the_selection_is_kept_from_page_to_page(gallery):
    gallery.select("rose_004.jpg")
    gallery.page.get_by_test_id("stPagination").get_by_role("button").last.click()
    gallery.select("tulip_003.jpg").says("2 selected, 1 not shown here")


def test_all_pictures_of_all_pages_can_be_selected(gallery, folder):
    gallery.page.get_by_role("checkbox", name="Select all on this page").check()
    gallery.says("24 selected")
    gallery.button("Select all 34").click()
    gallery.says("34 selected, 10 not shown here")
    gallery.button("Label is correct").click()
    until(lambda: len(Repairs(folder).pending()) == 34)


def test_pending_changes_can_be_discarded(gallery, folder):
    gallery.select("rose_004.jpg").button("Set aside").click()
    gallery.button(re.compile("Discard all")).click()
    expect(gallery.page.get_by_text("Nothing repaired yet.")).to_be_visible()
    assert Repairs(folder).pending() == []


def test_two_tabs_lose_nothing(gallery, address, folder):
    other = Gallery(gallery.page.context.new_page(), address, folder)
    gallery.select("rose_004.jpg").button("Set aside").click()
    until(lambda: len(Repairs(folder).pending()) == 1)
    other.select("rose_005.jpg").button("Set aside").click()
    other.apply("2 changes")
    assert sorted(p.name for p in (folder / "quarantine/rose").iterdir()) == ["rose_004.jpg", "rose_005.jpg"]


def test_a_step_is_undone_after_the_server_was_restarted(page, folder, tmp_path):
    environment = {"TFP_WORKSPACE": str(tmp_path / "tf_files")}
    before = sorted(folder.rglob("*.jpg"))
    with serving(APP, environment, ()) as address:
        gallery = Gallery(page, address, folder)
        gallery.select("rose_002.jpg").button("Set aside").click()
        gallery.apply("1 change")
        page.goto("about:blank")
    with serving(APP, environment, ()) as address:
        gallery = Gallery(page, address, folder)
        gallery.button(re.compile("Undo")).click()
        expect(gallery.button(re.compile("Undo"))).to_be_disabled()
        assert sorted(folder.rglob("*.jpg")) == before


def test_only_the_cards_of_the_page_that_is_shown_are_sent(page, address, tmp_path):
    folder = fill(tmp_path / "many", {"rose": 1000})
    sent: list[str] = []

    def listen(socket: WebSocket) -> None:
        def keep(frame: str | bytes) -> None:
            sent.append(frame.decode("utf-8", "ignore") if isinstance(frame, bytes) else frame)

        socket.on("framereceived", keep)

    page.on("websocket", listen)
    Gallery(page, address, folder)
    cards = re.findall(r"alt=\S+rose (rose_\d+)", "".join(sent))
    assert cards == [f"rose_{number:03d}" for number in range(24)]


def test_a_narrow_window_is_not_overflowed(gallery):
    gallery.page.set_viewport_size({"width": 390, "height": 844})
    gallery.select("rose_004.jpg").button("Relabel to …").click()
    menu = steady_box(gallery.page.get_by_role("dialog", name="Relabel to"))
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= 390
    screenshot(gallery.page, "repairs-narrow")


@pytest.mark.complains(NOT_FOUND)
def test_a_mistake_on_the_demo_folder_is_repaired(page, serve, trained: Trained, tmp_path):
    known = copy_of(trained, tmp_path)
    demo = known.sample / "demo"
    predictions = known.run.evaluation("demo").predictions()
    mistake = predictions[~predictions["correct"]].sort_values("confidence").iloc[-1]
    dashboard = Dashboard(page, serve(ROOT / "app.py", {"TFP_WORKSPACE": str(known.workspace.root)}))
    dashboard.open("/evaluate")
    page.get_by_role("checkbox", name=f"Select {Path(mistake['path']).name}", exact=True).check()
    expect(page.get_by_role("button", name="Relabel to …")).to_be_visible()
    # The model's word must not become the truth at one click.
    expect(page.get_by_role("button", name=re.compile("Use the suggested label"))).to_have_count(0)
    page.get_by_role("button", name="Relabel to …").click()
    page.get_by_role("button", name=mistake["predicted"], exact=True).click()
    page.get_by_role("button", name="Apply 1 change").click()
    is_there(demo / mistake["predicted"] / Path(mistake["path"]).name)
    dashboard.says("Moved since the evaluation, and not shown: 1. Evaluate the folder again.")
