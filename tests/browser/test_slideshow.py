"""The slideshow as people use it: in Chromium, with the keys and the mouse.

The deck of the page that is tested has a mistake at every fourth slide: 9 of 12 are right.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.browser.conftest import Serve, Watched, screenshot, watched

Say = re.Pattern[str] | str


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(Path(__file__).with_name("slideshow_app.py"))


class Show:
    """The slideshow on a page, by the names of its parts."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def load(cls, page: Page, address: str, asked: str = "") -> "Show":
        """Load a page with a show."""
        page.goto(f"{address}/?{asked}")
        show = cls(page)
        expect(show.button("Play")).to_be_visible()
        return show

    def part(self, name: str) -> Locator:
        return self.page.locator(f".show .{name}")

    def button(self, name: str) -> Locator:
        return self.part("controls").get_by_role("button", name=name, exact=True)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def is_at(self, number: int, of: int = 12) -> None:
        expect(self.part("place")).to_have_text(f"{number} of {of}")

    def step_to_the_end(self, of: int = 12) -> None:
        for number in range(1, of):
            self.is_at(number, of)
            self.press("ArrowRight")
        self.is_at(of, of)

    def stop_the_clock(self) -> None:
        """From here on the browser's time passes in `wait` only, however long the machine takes."""
        self.page.clock.install(time=0)
        self.page.clock.pause_at(3_600_000)

    def wait(self, seconds: float) -> None:
        """Let the browser's clock, which stands still, jump ahead."""
        self.page.clock.fast_forward(int(seconds * 1000) + 50)

    def counts(self, score: Say) -> None:
        expect(self.part("score-model")).to_have_text(score)


@pytest.fixture(scope="module")
def loaded(browser: Browser, address: str) -> Iterator[Watched]:
    """One page for the tests that need no page of their own: loading one takes longer than most tests."""
    with watched(browser) as watch:
        Show.load(watch.page, address)
        yield watch


_mounts = itertools.count(1)


@pytest.fixture
def mount(loaded: Watched, request: pytest.FixtureRequest) -> Iterator[Callable[..., Show]]:
    """Put a new show in the place of the last one: `mount("guess=1")`."""

    def put(asked: str = "") -> Show:
        number = next(_mounts)
        page = loaded.page
        page.get_by_role("textbox", name="Deck").fill(f"{asked}&mount={number}")
        page.keyboard.press("Enter")
        expect(page.locator(".show .title", has_text=re.compile(rf" {number}$"))).to_be_attached()
        expect(page.locator(".show .title")).to_have_count(1)  # the last show is gone
        page.evaluate("document.activeElement.blur()")
        return Show(page)

    yield put
    loaded.check(request)


@pytest.fixture
def show(mount: Callable[..., Show]) -> Show:
    return mount()


@pytest.fixture
def slow(mount: Callable[..., Show]) -> Show:
    """A show that, while it plays, does not go to the next slide before the test has ended."""
    return mount("seconds=3600")


# ------------------------------------------------------------------------------------------------- stepping


def test_a_slide_shows_both_labels_confidence_and_the_three_most_probable(show: Show) -> None:
    expect(show.part("predicted")).to_have_text("daisy")
    expect(show.part("truth")).to_have_text("daisy")
    expect(show.part("confidence")).to_have_text("87 %")
    expect(show.part("top-share")).to_have_text(["87 %", "10 %", "3 %"])
    expect(show.part("picture").locator("img")).to_have_attribute("alt", "Picture of daisy")


def test_right_and_wrong_differ_in_word_icon_and_border(show: Show) -> None:
    def look() -> tuple[str, Any, Any]:
        verdict = show.part("verdict")
        border = verdict.evaluate("element => getComputedStyle(element).borderTopStyle")
        return verdict.inner_text(), verdict.locator("use").get_attribute("href"), border

    assert look() == ("RIGHT", "#i-right", "solid")
    show.press("End")
    show.is_at(12)
    assert look() == ("WRONG", "#i-wrong", "dashed")
    screenshot(show.page, "slideshow-wrong")


def test_it_plays_by_itself_and_space_pauses_and_resumes(page: Page, address: str) -> None:
    show = Show.load(page, address)
    show.is_at(1)
    show.stop_the_clock()
    show.press("Space")
    for number in (2, 3):
        show.wait(4)
        show.is_at(number)
    show.press("Space")
    expect(show.button("Play")).to_be_visible()
    show.wait(60)
    show.is_at(3)
    show.press("Space")
    show.wait(4)
    show.is_at(4)


def test_it_plays_to_the_summary(mount: Callable[..., Show]) -> None:
    show = mount("seconds=0.1")
    show.press("Space")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")
    expect(show.button("Play")).to_be_visible()


def test_stepping_by_hand_pauses(slow: Show) -> None:
    slow.press("Space")
    expect(slow.button("Pause")).to_be_visible()
    slow.press("ArrowRight")
    expect(slow.button("Play")).to_be_visible()
    slow.is_at(2)


def test_arrows_page_keys_home_and_end_move(show: Show) -> None:
    for key, number in [
        ("ArrowRight", 2),
        ("PageDown", 3),
        ("ArrowLeft", 2),
        ("PageUp", 1),
        ("ArrowLeft", 1),
        ("End", 12),
        ("Home", 1),
    ]:
        show.press(key)
        show.is_at(number)


def test_buttons_do_what_keys_do_and_leave_space_to_the_show(slow: Show) -> None:
    slow.button("Next slide").click()
    slow.is_at(2)
    slow.press("Space")
    expect(slow.button("Pause")).to_be_visible()
    slow.is_at(2)
    slow.button("Previous slide").click()
    slow.is_at(1)


def test_a_button_reached_by_tab_is_pressed_by_space(show: Show) -> None:
    show.button("Previous slide").focus()
    show.press("Tab", "Tab", "Space")
    show.is_at(2)
    expect(show.button("Play")).to_be_visible()


def test_the_bar_jumps(show: Show) -> None:
    box = show.part("bar").bounding_box()
    assert box is not None
    show.page.mouse.click(box["x"] + box["width"] * 0.71, box["y"] + box["height"] / 2)
    show.is_at(9)


def test_plus_and_minus_change_the_speed(show: Show) -> None:
    expect(show.part("seconds")).to_have_text("4 s")
    show.press("+")
    expect(show.part("seconds")).to_have_text("2 s")
    show.press("-", "-", "-")
    expect(show.part("seconds")).to_have_text("8 s")


# ----------------------------------------------------------------------------------------------- the score


def test_the_score_at_the_end_is_the_true_count_of_the_deck(show: Show) -> None:
    show.step_to_the_end()
    show.counts("9 / 12 · 75 %")
    show.press("ArrowRight")
    expect(show.part("summary-share")).to_have_text("75 %")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")


def test_going_back_does_not_count_twice(show: Show) -> None:
    show.press("ArrowRight", "ArrowRight", "ArrowRight")
    show.is_at(4)
    show.counts("3 / 4 · 75 %")
    show.press("ArrowLeft", "ArrowLeft")
    show.is_at(2)
    show.counts("2 / 2 · 100 %")
    show.press("ArrowRight", "ArrowRight")
    show.is_at(4)
    show.counts("3 / 4 · 75 %")


def test_home_keeps_what_was_seen_and_restart_forgets_it(show: Show) -> None:
    show.step_to_the_end()
    show.press("Home", "End")
    show.is_at(12)
    show.counts("9 / 12 · 75 %")
    show.button("Restart").click()
    show.is_at(1)
    show.press("End")
    show.is_at(12)
    show.counts("1 / 2 · 50 %")


def test_the_summary_leads_to_only_the_mistakes_and_back(show: Show) -> None:
    show.step_to_the_end()
    show.press("ArrowRight")
    expect(show.part("mistake")).to_have_count(3)
    expect(show.part("mistake-truth")).to_have_text(["sunflower", "rose", "dandelion"])
    expect(show.part("mistake-predicted")).to_have_text(["→ daisy", "→ tulip", "→ sunflower"])
    screenshot(show.page, "slideshow-summary")
    show.page.get_by_role("button", name="Only the mistakes").click()
    expect(show.part("place")).to_have_text("Mistake 1 of 3")
    expect(show.part("truth")).to_have_text("sunflower")
    show.press("ArrowRight", "ArrowRight", "ArrowRight")
    show.page.get_by_role("button", name="All slides").click()
    show.is_at(1)


def test_a_mistake_in_the_summary_leads_to_its_slide(show: Show) -> None:
    show.step_to_the_end()
    show.press("ArrowRight")
    show.part("mistake").nth(1).click()
    show.is_at(8)


# --------------------------------------------------------------------------------------------- guess first


def test_guess_first_hides_the_words_until_they_are_revealed(mount: Callable[..., Show]) -> None:
    show = mount("guess=1")
    show.is_at(1)
    for reveal in ("ArrowRight", "Enter", "Space"):
        expect(show.part("question")).to_be_visible()
        for name in ("predicted", "truth", "confidence"):
            expect(show.part(name)).to_be_hidden()
            expect(show.part(name)).to_have_text("")
        expect(show.part("announcer")).to_have_text(re.compile("What is it"))
        show.press(reveal)
        expect(show.part("predicted")).to_be_visible()
        show.press("ArrowRight")
    show.is_at(4)
    show.page.get_by_role("button", name="Reveal").click()
    expect(show.part("truth")).to_have_text("sunflower")


def test_guesses_count_for_the_audience_and_for_the_model(mount: Callable[..., Show]) -> None:
    show = mount("guess=1")
    show.is_at(1)
    # Daisy and rose are guessed, dandelion is only revealed, the fourth is a mistake of the model.
    show.press("1")
    expect(show.part("guess-word")).to_have_text("right")
    show.press("ArrowRight", "ArrowRight", "ArrowRight")
    show.is_at(3)
    show.press("5")
    expect(show.part("guess-word")).to_have_text("wrong")
    expect(show.part("score-duel")).to_have_text("You 1/2 · Model 2/2")
    show.press("ArrowRight")
    show.is_at(4)
    show.page.get_by_role("button", name="sunflower").click()
    expect(show.part("score-duel")).to_have_text("You 2/3 · Model 2/3")
    show.counts("3 / 4 · 75 %")
    screenshot(show.page, "slideshow-guessed")
    show.press("End", "ArrowRight", "ArrowRight")
    expect(show.part("summary-duel")).to_have_text("You 2/3 · Model 2/3: a draw")
    expect(show.part("summary-count")).to_have_text("3 of 5 right, 7 not seen")


def test_a_slide_to_guess_does_not_leak_through_the_score(show: Show) -> None:
    show.counts("1 / 1 · 100 %")
    show.press("g")
    expect(show.part("question")).to_be_visible()
    show.counts("0 / 0 · \N{EN DASH}")
    show.press("g")
    show.counts("1 / 1 · 100 %")


def test_a_guessing_game_plays_by_itself(page: Page, address: str) -> None:
    show = Show.load(page, address, "guess=1")
    show.stop_the_clock()
    show.button("Play").click()
    for number in (1, 2):
        show.is_at(number)
        expect(show.part("question")).to_be_visible()
        show.wait(4)
        expect(show.part("predicted")).to_be_visible()
        show.is_at(number)
        show.wait(4)


# ------------------------------------------------------------------------------------------ what lies over


def test_blank_is_black_until_any_key_which_does_nothing_else(slow: Show) -> None:
    slow.press("Space", "b")
    expect(slow.part("black")).to_be_visible()
    expect(slow.part("black")).to_have_css("background-color", "rgb(0, 0, 0)")
    slow.press("ArrowRight")
    expect(slow.part("black")).to_be_hidden()
    expect(slow.button("Play")).to_be_visible()
    slow.is_at(1)


def test_f_fills_the_screen_and_the_controls_fade(page: Page, address: str) -> None:
    show = Show.load(page, address)
    show.stop_the_clock()
    show.press("f")
    show.page.wait_for_function("document.fullscreenElement !== null")
    expect(show.page.locator(".show")).to_have_class(re.compile("is-full"))
    show.press("ArrowRight")
    show.is_at(2)
    show.wait(3)
    expect(show.part("controls")).to_have_css("opacity", "0")
    screenshot(show.page, "slideshow-full")
    show.page.mouse.move(300, 300)
    expect(show.part("controls")).to_have_css("opacity", "1")
    show.press("f")
    show.page.wait_for_function("document.fullscreenElement === null")
    expect(show.page.locator(".show")).not_to_have_class(re.compile("is-full"))


def test_where_full_screen_is_refused_the_show_fills_the_window(page: Page, address: str) -> None:
    page.add_init_script("Element.prototype.requestFullscreen = () => Promise.reject(new Error('refused'))")
    show = Show.load(page, address)
    show.is_at(1)
    show.press("f")
    expect(page.locator(".show")).to_have_class(re.compile("is-full"))
    assert page.locator(".show").bounding_box() == {"x": 0, "y": 0, "width": 1440, "height": 900}
    screenshot(page, "slideshow-filled")
    show.press("Escape")
    expect(page.locator(".show")).not_to_have_class(re.compile("is-full"))


def test_a_swipe_steps(show: Show) -> None:
    def swipe(start: int, end: int) -> None:
        stage = show.part("stage")
        touch = {"pointerType": "touch", "pointerId": 7, "clientY": 300, "bubbles": True}
        stage.dispatch_event("pointerdown", touch | {"clientX": start})
        stage.dispatch_event("pointerup", touch | {"clientX": end})

    swipe(500, 400)
    show.is_at(2)
    swipe(400, 500)
    show.is_at(1)
    swipe(400, 410)
    show.is_at(1)


def test_help_lists_the_keys_and_escape_closes_it(show: Show) -> None:
    show.press("?")
    expect(show.page.get_by_role("dialog", name="Keys")).to_be_visible()
    show.press("ArrowRight", "Escape")
    expect(show.part("help")).to_be_hidden()
    show.is_at(1)


# ------------------------------------------------------------------------------------- the page around it


def test_keys_typed_into_a_field_are_the_fields(show: Show) -> None:
    field = show.page.get_by_role("textbox", name="Deck")
    field.click()
    field.press_sequentially("b fg? 1")
    field.press("ArrowLeft")
    expect(field).to_have_value(re.compile(r"b fg\? 1$"))
    show.is_at(1)
    expect(show.button("Play")).to_be_visible()
    expect(show.part("black")).to_be_hidden()


def test_keys_with_control_are_the_browsers(show: Show) -> None:
    show.press("Control+b", "Alt+f", "Control+ArrowRight")
    expect(show.part("black")).to_be_hidden()
    show.is_at(1)


def test_playing_causes_no_rerun(page: Page, address: str) -> None:
    show = Show.load(page, address, "seconds=0.1")
    sent: list[object] = []
    # Anything that is sent to the server from here on would be a rerun.
    page.expose_function("poetSent", lambda: sent.append(1))
    page.evaluate(
        "() => { const send = WebSocket.prototype.send;"
        " WebSocket.prototype.send = function (...all) { window.poetSent(); return send.apply(this, all); } }"
    )
    show.press("Space")
    expect(show.part("summary-count")).to_have_text("9 of 12 right")
    expect(page.get_by_text("Runs: 1")).to_be_visible()
    assert sent == []


def test_a_rerun_with_the_same_deck_keeps_place_and_score(page: Page, address: str) -> None:
    show = Show.load(page, address)
    show.press("ArrowRight", "ArrowRight")
    show.is_at(3)
    show.page.get_by_role("button", name="Rerun").click()
    expect(show.page.get_by_text("Runs: 2")).to_be_visible()
    show.is_at(3)
    show.counts("3 / 3 · 100 %")
    show.part("caption").click()
    show.press("ArrowRight")
    show.is_at(4)


def test_another_deck_starts_over(page: Page, address: str) -> None:
    show = Show.load(page, address)
    show.press("ArrowRight", "ArrowRight")
    show.is_at(3)
    show.page.get_by_text("Fewer", exact=True).click()
    show.is_at(1, of=10)
    show.counts("1 / 1 · 100 %")


def test_labels_with_html_are_shown_as_they_are(mount: Callable[..., Show]) -> None:
    show = mount("label=<img src=x onerror=alert(1)><b>rose</b>&title=<i>T</i>")
    show.press("ArrowRight", "ArrowRight")
    show.is_at(3)
    expect(show.part("truth")).to_have_text("<img src=x onerror=alert(1)><b>rose</b>")
    expect(show.part("title")).to_have_text(re.compile(r"^<i>T</i> \d+$"))
    assert show.part("caption").locator("img, b").count() == 0


def test_an_empty_deck_says_so(page: Page, address: str) -> None:
    page.goto(f"{address}/?slides=0")
    expect(page.get_by_text("No slides here yet.")).to_be_visible()
    expect(page.locator(".show .play")).to_be_disabled()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("No slides here yet.")).to_be_visible()


# ----------------------------------------------------------------------------------------------- pictures


def test_the_next_pictures_are_fetched_before_they_are_shown(page: Page, address: str) -> None:
    show = Show.load(page, address, "delay=0.05")
    show.is_at(1)
    fetched = "performance.getEntriesByType('resource').filter(e => /pictures/.test(e.name))"
    page.wait_for_function(f"{fetched}.length >= 4")
    numbers = page.evaluate(f"{fetched}.map(e => Number(/pictures.(\\d+)/.exec(e.name)[1]))")
    assert sorted(numbers) == [0, 1, 2, 3]


def test_no_frame_is_without_a_picture_while_stepping(mount: Callable[..., Show]) -> None:
    show = mount("delay=0.05")
    show.is_at(1)
    show.page.evaluate(
        """() => {
            const everything = [...document.querySelectorAll("*")];
            const root = everything.find((one) => one.shadowRoot?.querySelector(".show")).shadowRoot;
            window.widths = [];
            const look = () => {
                window.widths.push(root.querySelector(".picture img")?.naturalWidth ?? 0);
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    show.step_to_the_end()
    widths = show.page.evaluate("window.widths")
    assert len(widths) > 10
    assert set(widths) == {300, 400}


def test_stepping_faster_than_pictures_arrive_ends_at_the_right_one(mount: Callable[..., Show]) -> None:
    show = mount("delay=0.3")
    show.is_at(1)
    show.press(*["ArrowRight"] * 7)
    show.is_at(8)
    expect(show.part("picture").locator("img")).to_have_attribute("src", re.compile("/pictures/7"))
    expect(show.part("truth")).to_have_text("rose")
    show.counts("6 / 8 · 75 %")


@pytest.mark.complains("404")
@pytest.mark.parametrize("kind", [1, 2], ids=["missing", "not a picture"])
def test_a_broken_picture_does_not_stop_the_show(page: Page, address: str, kind: int) -> None:
    show = Show.load(page, address, f"broken={kind}&slides=3")
    show.is_at(1, of=3)
    show.stop_the_clock()
    show.press("Space")
    show.wait(4)
    expect(show.part("broken")).to_have_text("This picture cannot be shown.")
    expect(show.part("truth")).to_have_text("dandelion")
    show.wait(4)
    show.is_at(3, of=3)
    show.wait(4)
    expect(show.part("summary-count")).to_have_text("3 of 3 right")


def test_a_thousand_slides_load_lightly(page: Page, address: str) -> None:
    pictures: list[str] = []
    received: list[int] = []

    def on_socket(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", on_socket)
    page.on("request", lambda sent: pictures.append(sent.url) if "/pictures/" in sent.url else None)
    show = Show.load(page, address, "slides=1000")
    show.is_at(1, of=1000)
    assert len(pictures) < 30
    assert 0 < sum(received) < 1_000_000
    show.press("End")
    show.is_at(1000, of=1000)
    assert len(pictures) < 30


# ------------------------------------------------------------------------------------------------ layouts


@pytest.mark.parametrize(
    "size", [(1280, 720), (390, 844), (844, 390)], ids=["projector", "phone", "phone on its side"]
)
def test_everything_fits_in_full_screen(page: Page, address: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show = Show.load(page, address)
    show.is_at(1)
    show.press("f")
    page.wait_for_function("document.fullscreenElement !== null")
    for name in ("picture", "verdict", "predicted", "truth", "score-model", "play", "full-screen"):
        box = show.part(name).bounding_box()
        assert box is not None and box["width"] > 0, name
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] + 1, name
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1] + 1, name
    picture = show.part("picture").bounding_box()
    assert picture is not None and picture["height"] > size[1] * 0.4


def test_the_layout_does_not_jump_between_slides(show: Show) -> None:
    names = ("stage", "caption", "score", "controls")
    before = [show.part(name).bounding_box() for name in names]
    show.step_to_the_end()
    assert [show.part(name).bounding_box() for name in names] == before


def test_python_refuses_a_deck_without_its_pictures() -> None:
    from poetcore.errors import OptionError
    from poetcore.evaluation.slides import Slide
    from poetcore.ui.components.slideshow import slideshow

    slide = Slide("a.jpg", "daisy", "daisy", 1.0, (("daisy", 1.0),))
    with pytest.raises(OptionError, match="1 slides, 0 pictures"):
        slideshow([slide], [], ["daisy"], key="show")
    with pytest.raises(OptionError, match="Received: 0"):
        slideshow([slide], ["/a"], ["daisy"], key="show", seconds=0)
