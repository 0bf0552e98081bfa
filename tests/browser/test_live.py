"""The page Live in a browser whose camera shows known pictures."""

import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from poetcore.evaluation.classifier import Classifier
from poetcore.evaluation.live import NONE_OF_THESE
from poetcore.evaluation.unsure import NOT_SURE
from poetcore.system.browser.assets import read_assets
from tests.benchmarks.live import numbered, right_frames, watch
from tests.browser.accessibility import faults
from tests.browser.camera import FakeCamera
from tests.browser.conftest import ROOT, Serve, Watched, screenshot, until_true, watched
from tests.browser.dashboard import NOT_FOUND, Dashboard, until
from tests.conftest import Trained

pytestmark = pytest.mark.complains(NOT_FOUND)

#: Keeps the tracks that a page asks for, so that a test sees whether they were let go of.
TRACKS = """
    window.tracks = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      window.tracks.push(...stream.getTracks());
      return stream;
    };
"""


@pytest.fixture(scope="module")
def address(serve: Serve, trained: Trained) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(trained.workspace.root)})


def photo(trained: Trained, label: str) -> Image.Image:
    return Image.open(sorted((trained.sample / "demo" / label).iterdir())[0])


@pytest.mark.slow
def test_photos_before_the_camera_are_right_as_often_as_their_files_are(
    camera: FakeCamera, camera_page: Page, address: str, trained: Trained
) -> None:
    photos = sorted((trained.sample / "demo").rglob("*.jpg"))
    labels, truth = list(trained.run.labels()), [photo.parent.name for photo in photos]
    camera.shows([numbered(photo, number) for number, photo in enumerate(photos)], frames=12)
    seen, _ = watch(camera_page, address, trained.run.name, minutes=0.12, with_map=False)
    while len({number for number, *_ in seen}) <= 10:  # a machine that is busy takes longer
        until_true(camera_page, "seen.length > 0")
        seen += camera_page.evaluate("seen.splice(0)")
    found = right_frames(seen, labels, truth)
    right = {number: 2 * sum(frames) > len(frames) for number, frames in found.items()}
    by_file = Classifier(trained.run, trained.workspace).classify([photos[number] for number in right])
    wanted = [one.label == truth[number] for one, number in zip(by_file, right, strict=True)]
    assert len(right) > 10 and sum(right.values()) >= sum(wanted)


def test_of_several_labels_those_over_their_thresholds_are_told(
    camera: FakeCamera, camera_page: Page, serve: Serve, pairs_trained: Trained
) -> None:
    photo = sorted((pairs_trained.sample / "demo").rglob("*.jpg"))[0]
    camera.shows([Image.open(photo).resize((640, 480))])
    (one,) = Classifier(pairs_trained.run, pairs_trained.workspace).classify([photo])
    address = serve(ROOT / "app.py", {"TFP_WORKSPACE": str(pairs_trained.workspace.root)})
    Dashboard(camera_page, address).open("/live")
    camera_page.get_by_role("button", name="Start the camera").click()
    expect(camera_page.locator(".live .label")).to_have_text(", ".join(sorted(one.predicted)) or "No label")
    expect(camera_page.locator(".live .bar-least")).to_have_count(len(pairs_trained.run.labels()))
    screenshot(camera_page, "live_several_labels")


def test_another_camera_can_be_chosen(camera_page: Page, address: str) -> None:
    camera_page.add_init_script(
        TRACKS
        + """
        const named = (id) => ({ kind: "videoinput", deviceId: id, label: `The ${id}` });
        const [one, other] = ["front", "back"].map(named);
        navigator.mediaDevices.enumerateDevices = async () => [one, other];
        window.asked = [];
        const open = navigator.mediaDevices.getUserMedia;
        navigator.mediaDevices.getUserMedia = async ({ video }) => {
          const id = video.deviceId?.exact ?? "front";
          window.asked.push(id);
          const stream = await open({ video: true });
          const settings = { deviceId: id, facingMode: id === "back" ? "environment" : "user" };
          stream.getVideoTracks()[0].getSettings = () => settings;
          return stream;
        };
        """
    )
    Dashboard(camera_page, address).open("/live")
    camera_page.get_by_role("button", name="Start the camera").click()
    live, choice = camera_page.locator(".live"), camera_page.get_by_label("Camera")
    expect(live).to_contain_class("is-mirrored")
    choice.select_option(label="The back")
    until_true(camera_page, "asked.at(-1) === 'back'")
    expect(live).not_to_contain_class("is-mirrored")  # who looks away from the screen needs no mirror
    camera_page.keyboard.press("c")
    until_true(camera_page, "asked.at(-1) === 'front'")


# All pages of a browser share its camera: from here on it is open in one tab.


@pytest.fixture(scope="module")
def tab(camera: FakeCamera, address: str, trained: Trained) -> Iterator[Watched]:
    """One tab on the page for all tests that leave it as they found it, its camera on a rose."""
    camera.shows([photo(trained, "rose")])
    with watched(camera.browser) as watch:
        watch.page.add_init_script(TRACKS)
        Dashboard(watch.page, address).open("/live")
        watch.page.get_by_role("button", name="Start the camera").click()
        yield watch


@pytest.fixture
def live(tab: Watched, request: pytest.FixtureRequest) -> Iterator[Locator]:
    """The view of a camera that shows a rose."""
    view = tab.page.locator(".live")
    expect(view.locator(".label")).to_have_text("rose")
    yield view
    tab.page.unroute_all(behavior="wait")
    tab.check(request)


def test_the_label_of_what_the_camera_shows_is_told_with_bars_and_lines(
    live: Locator, trained: Trained
) -> None:
    page = live.page
    expect(live.locator(".bar")).to_have_count(len(trained.run.labels()))
    expect(live.locator(".bar.is-there .bar-name")).to_have_text("rose")
    expect(live.locator(".rate")).to_contain_text("a second")
    inked = """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        .data.some((part, at) => at % 4 === 3 && part === 255)"""
    until(lambda: live.locator(".lines").evaluate(inked))
    screenshot(page, "live")
    assert not faults(page)


def test_what_is_unlike_the_training_pictures_is_none_of_the_labels(
    live: Locator, camera: FakeCamera, trained: Trained
) -> None:
    shown = ((Image.new("RGB", (640, 480), "grey"), NONE_OF_THESE), (photo(trained, "rose"), "rose"))
    for picture, words in shown:
        camera.shows([picture])
        live.get_by_role("button", name="Stop").click()
        live.get_by_role("button", name="Start the camera").click()
        expect(live.locator(".label")).to_have_text(words)


def test_h_shows_where_the_label_is_seen_and_a_bar_where_another_one_is(live: Locator) -> None:
    page, drawn, note = live.page, live.locator(".heat-map img"), live.locator(".note")
    expect(drawn).to_be_hidden()
    page.keyboard.press("h")
    expect(drawn).to_be_visible()
    expect(note).to_contain_text("speaks for rose")
    live.get_by_role("button", name="tulip").click()
    expect(note).to_contain_text("speaks for tulip")
    live.get_by_role("button", name="tulip").click()
    expect(drawn).to_be_hidden()


def test_a_map_that_is_drawn_when_it_is_not_wanted_any_more_stays_hidden(live: Locator) -> None:
    page, drawn = live.page, live.locator(".heat-map img")
    page.evaluate(
        """() => {
            const { decode } = HTMLImageElement.prototype;
            const held = new Promise((release) => (window.release = release));
            HTMLImageElement.prototype.decode = async function () {
                window.held = true;
                await held;
                HTMLImageElement.prototype.decode = decode;
                return decode.call(this);
            };
        }"""
    )
    page.keyboard.press("h")
    until_true(page, "window.held")
    page.keyboard.press("h")
    page.evaluate("release()")
    page.evaluate("new Promise((done) => setTimeout(done, 200))")
    expect(drawn).to_be_hidden()


def answered(live: Locator, **values: object) -> None:
    """Have the server answer one and the same from now on."""
    count = live.locator(".bar").count()
    told = {"probabilities": [1 / count] * count, "unknown": False, "unsure": False, "groups": []}
    live.page.route("**/poet/live/*", lambda route: route.fulfill(json=told | values))


def test_groups_of_labels_are_told_in_words(live: Locator) -> None:
    answered(live, groups=[["prickly", 0.9, True], ["calm", 0.1, False]])
    expect(live.locator(".groups")).to_contain_text("prickly")
    assert re.fullmatch(r"Groups: \W*prickly\W* 90\s%", live.locator(".groups").inner_text())


def test_a_model_that_wavers_is_not_sure(live: Locator) -> None:
    answered(live, unsure=True)
    expect(live.locator(".label")).to_have_text(NOT_SURE)
    expect(live.locator(".detail")).to_contain_text("Most probable is")


@pytest.mark.complains(rf"{NOT_FOUND}|status of 422")
def test_what_the_server_cannot_tell_is_said_in_its_sentence(live: Locator) -> None:
    words = {"error": "The run 'first' is gone: choose another."}
    live.page.route("**/poet/live/*", lambda route: route.fulfill(status=422, json=words))
    expect(live.locator(".detail")).to_have_text(words["error"])
    live.page.unroute_all(behavior="wait")
    expect(live.locator(".label")).to_have_text("rose")


def test_space_freezes_the_picture_and_goes_on(live: Locator) -> None:
    page = live.page
    page.keyboard.press(" ")
    expect(live.locator(".frozen")).to_be_visible()
    until(lambda: live.locator("video").evaluate("video => video.paused"))
    expect(live.locator(".rate")).to_have_text("")
    page.keyboard.press(" ")
    expect(live.locator(".frozen")).to_be_hidden()
    expect(live.locator(".rate")).to_contain_text("a second")


def test_full_screen_large_type_and_the_list_of_keys(live: Locator) -> None:
    page, label = live.page, live.locator(".label")
    before = label.evaluate("label => label.getBoundingClientRect().height")
    page.keyboard.press("f")
    expect(live).to_contain_class("is-full")
    page.keyboard.press("l")
    expect(live.locator(".lines")).to_be_hidden()
    until(lambda: label.evaluate("label => label.getBoundingClientRect().height") > 2 * before)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    page.keyboard.press("l")  # it stays for the tab
    page.keyboard.press("f")


def test_the_light_of_the_camera_goes_out_until_somebody_comes_back(
    live: Locator, camera: FakeCamera, trained: Trained
) -> None:
    camera.shows([photo(trained, "rose")])
    page, dashboard = live.page, Dashboard(live.page, "")
    lit = "tracks.filter((track) => track.readyState === 'live').length === %d"
    until_true(page, lit % 1)
    dashboard.menu("Overview")
    until_true(page, lit % 0)
    dashboard.menu("Live")
    expect(live.locator(".label")).to_have_text("rose")  # it was started in this tab
    live.get_by_role("button", name="Stop").click()
    until_true(page, lit % 0)
    live.get_by_role("button", name="Start the camera").click()


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("NotFoundError", "No camera was found: plug one in"),
        ("NotAllowedError", "not allowed to use the camera: allow it"),
        ("NotReadableError", "in use by another program"),
        ("TypeError", "cannot be opened (it broke)"),
        ("insecure", "only to pages that were opened by https or as localhost"),
    ],
)
def test_why_there_is_no_camera_is_said_in_a_sentence(
    page: Page, address: str, problem: str, words: str
) -> None:
    page.goto(f"{address}/_stcore/health")
    script = read_assets(ROOT / "poetcore" / "system" / "browser", "camera.js")
    said = page.evaluate(
        f"""async () => {{
            {script}
            const problem = "{problem}";
            if (problem === "insecure") Object.defineProperty(window, "isSecureContext", {{ value: false }});
            const refuse = () => Promise.reject(new DOMException("it broke", problem));
            const devices = {{ value: {{ getUserMedia: refuse }} }};
            Object.defineProperty(navigator, "mediaDevices", devices);
            const camera = new Camera(document.createElement("video"));
            return (await camera.open()) ? "" : camera.problem;
        }}"""
    )
    assert words in said


def test_the_page_says_why_there_is_no_camera_and_offers_to_start_it_again(page: Page, address: str) -> None:
    Dashboard(page, address).open("/live")
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_role("alert")).to_contain_text("and start again")  # this browser has none
    expect(page.get_by_role("button", name="Start the camera")).to_be_visible()


def test_a_telephone_shows_the_picture_above_what_is_told(live: Locator) -> None:
    page, before = live.page, live.page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    stage, told = live.locator(".stage"), live.locator(".told")
    until_true(page, "() => document.documentElement.scrollWidth <= innerWidth")
    assert stage.bounding_box()["y"] < told.bounding_box()["y"]
    assert live.evaluate("view => view.scrollWidth <= view.clientWidth")
    page.set_viewport_size(before)
