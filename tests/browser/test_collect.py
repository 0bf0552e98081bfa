"""The section Collect in a browser whose camera shows known pictures: from nothing to a live model."""

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from poetcore.data.images import decode
from poetcore.workspace.collecting import collected
from poetcore.workspace.workspace import Workspace
from tests.browser.accessibility import faults
from tests.browser.camera import FakeCamera
from tests.browser.conftest import ROOT, Held, Serve, screenshot, until_true
from tests.browser.dashboard import NOT_FOUND, Dashboard
from tests.conftest import Trained

pytestmark = pytest.mark.complains(NOT_FOUND)

LABELS = ("rose", "sunflower", "tulip")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, backbone_file: Path) -> Workspace:
    """A workspace with nothing but the backbone, which would else be converted while pictures are taken."""
    place = Workspace(tmp_path_factory.mktemp("collect") / "tf_files")
    place.models.mkdir(parents=True)
    shutil.copy(backbone_file, place.models)
    return place


@pytest.fixture(scope="module")
def address(serve: Serve, place: Workspace) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(place.root)})


@pytest.fixture(scope="module")
def photos(trained: Trained) -> dict[str, list[Image.Image]]:
    """A dozen drawn flowers of each label, which stand before the camera."""
    folder = trained.sample / "train"
    return {
        label: [decode(path.read_bytes()) for path in sorted((folder / label).iterdir())] for label in LABELS
    }


@pytest.fixture
def section(camera: FakeCamera, camera_page: Page, address: str) -> Locator:
    """The section of a dataset without labels, named after nothing else."""
    camera.shows([Image.new("RGB", (64, 48), "teal"), Image.new("RGB", (64, 48), "navy")])
    Dashboard(camera_page, address).open("/live?view=Collect")
    return camera_page.locator(".collect")


def add(section: Locator, label: str) -> None:
    field = section.get_by_label("New label")
    field.fill(label)
    field.press("Enter")
    expect(button(section, label)).to_be_visible()


def button(section: Locator, label: str) -> Locator:
    return section.get_by_role("button", name=f"Hold to take pictures of {label}", exact=True)


def card(section: Locator, label: str) -> Locator:
    return section.locator(".card").filter(has=section.page.get_by_text(label, exact=True))


def start_camera(section: Locator) -> None:
    if section.locator(".stop").is_visible():
        section.locator(".stop").click()
    section.locator(".start").click()
    expect(section.locator(".stop")).to_be_visible()


def taken(section: Locator, number: int) -> None:
    """Wait until so many pictures were taken in this hold, which goes on."""
    until_true(
        section.page,
        "([root, number]) => Number(root.querySelector('.taking').textContent.split(': ').at(-1)) >= number",
        [section.element_handle(), number],
    )


def count(section: Locator, label: str) -> int:
    return int(card(section, label).locator(".count").inner_text().split()[0])


@pytest.mark.slow
def test_a_class_comes_from_nothing_to_a_live_model_of_three_labels(
    section: Locator,
    camera: FakeCamera,
    place: Workspace,
    photos: dict[str, list[Image.Image]],
) -> None:
    page = section.page
    for label in LABELS:
        add(section, label)
    for label in LABELS:
        for hold in range(2):
            camera.shows(photos[label][6 * hold : 6 * hold + 6], frames=4)
            start_camera(section)
            button(section, label).hover()
            page.mouse.down()
            taken(section, 8)
            page.mouse.up()
            expect(card(section, label).locator(".burst")).to_have_count(hold + 1)
    screenshot(page, "collect")
    assert {one.label: len(one.holds) for one in collected(place.datasets / "collected")} == dict.fromkeys(
        LABELS, 2
    )

    camera.shows(photos["tulip"][:1])
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("radio", name="Camera")).to_be_checked()
    Dashboard(page, "").says("is ready. Cross-validated accuracy")
    expect(page.get_by_role("heading", name="Live")).to_be_in_viewport()
    (run,) = place.finished_runs()
    assert run.labels() == list(LABELS)
    assert (
        run.split()
        .assign(hold=lambda t: t["path"].str.extract("(hold-[^_]*)"))
        .groupby("hold")["group"]
        .nunique()
        .eq(1)
        .all()
    )

    expect(page.locator(".live .label")).to_have_text("tulip")  # the camera goes on


def test_a_label_stays_that_is_added_while_the_section_still_loads(camera_page: Page, address: str) -> None:
    late = Held(camera_page, re.compile(r"/poet/collect\?"))
    Dashboard(camera_page, address).open("/live?view=Collect")
    section = camera_page.locator(".collect")
    late.until_answered()
    section.get_by_label("New label").fill("early")
    section.get_by_label("New label").press("Enter")
    late.release()
    expect(section.locator(".heard")).to_have_text("early added")
    expect(button(section, "early")).to_be_visible()


def test_pictures_stay_that_are_taken_while_a_label_is_added(section: Locator) -> None:
    add(section, "first")
    start_camera(section)
    late = Held(section.page, re.compile("/poet/collect/labels"))
    section.get_by_label("New label").fill("second")
    section.get_by_label("New label").press("Enter")
    late.until_answered()
    button(section, "first").hover()
    section.page.mouse.down()
    taken(section, 2)
    section.page.mouse.up()
    expect(section.locator(".heard")).to_have_text(re.compile("pictures of first taken"))
    before = count(section, "first")
    late.release()
    expect(button(section, "second")).to_be_visible()
    assert count(section, "first") == before >= 2


def test_a_key_that_is_held_takes_pictures_until_it_is_let_go(section: Locator) -> None:
    add(section, "keys")
    start_camera(section)
    button(section, "keys").focus()
    section.page.keyboard.down(" ")
    taken(section, 2)
    section.page.keyboard.up(" ")
    expect(section.locator(".heard")).to_have_text(re.compile("pictures of keys taken"))
    before = count(section, "keys")
    section.page.wait_for_timeout(500)
    assert count(section, "keys") == before >= 2
    assert not faults(section.page)


def test_what_is_deleted_comes_back(section: Locator, place: Workspace) -> None:
    add(section, "strip")
    start_camera(section)
    button(section, "strip").hover()
    section.page.mouse.down()
    taken(section, 3)
    section.page.mouse.up()
    expect(section.locator(".heard")).to_have_text(re.compile("pictures of strip taken"))
    whole = count(section, "strip")
    card(section, "strip").locator(".thumb").first.click()
    expect(section.locator(".gone")).to_have_text("1 picture of strip deleted.")
    card(section, "strip").locator(".whole").click()
    expect(section.locator(".gone")).to_have_text(f"{whole - 1} pictures of strip deleted.")
    expect(card(section, "strip").locator(".count")).to_have_text("no pictures yet")
    section.locator(".back").click()
    expect(section.locator(".gone")).to_have_text("1 picture of strip deleted.")
    section.locator(".back").click()
    expect(section.locator(".undo")).to_be_hidden()
    assert count(section, "strip") == whole
    shown = next(one for one in collected(place.datasets / "collected") if one.label == "strip")
    assert shown.pictures == whole


def test_the_camera_goes_on_where_the_page_is_drawn_anew_in_another_place(section: Locator) -> None:
    start_camera(section)
    section.page.get_by_role("button", name="Got it").click()
    expect(section.page.get_by_role("button", name="Got it")).to_have_count(0)
    Dashboard(section.page, "").is_settled()
    expect(section.locator(".stop")).to_be_visible()


@pytest.mark.complains(f"{NOT_FOUND}|400")
def test_a_label_with_markup_is_words(section: Locator) -> None:
    section.get_by_label("New label").fill("<img src=x onerror=alert(1)>")
    section.get_by_label("New label").press("Enter")
    expect(section.locator(".problem")).to_contain_text("A label becomes the name of a folder")
    add(section, "![x](y) & $z$")
    card(section, "![x](y) & $z$").get_by_role("button", name="Remove").click()
    expect(card(section, "![x](y) & $z$")).to_have_count(0)


def test_without_a_camera_the_button_says_what_to_do(page: Page, address: str) -> None:
    Dashboard(page, address).open("/live?view=Collect")
    section = page.locator(".collect")
    add(section, "nothing")
    button(section, "nothing").click()
    expect(section.locator(".problem")).to_contain_text("plug one in")
