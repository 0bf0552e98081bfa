"""What lies over a slideshow, the page around it, its pictures and its layouts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import screenshot, until_true
from tests.browser.slideshow.show import Show

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
    until_true(show.page, "document.fullscreenElement !== null")
    expect(show.page.locator(".show")).to_have_class(re.compile("is-full"))
    show.press("ArrowRight")
    show.is_at(2)
    show.wait(3)
    expect(show.part("controls")).to_have_css("opacity", "0")
    screenshot(show.page, "slideshow-full")
    show.page.mouse.move(300, 300)
    expect(show.part("controls")).to_have_css("opacity", "1")
    show.press("f")
    until_true(show.page, "document.fullscreenElement === null")
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


# ------------------------------------------------------------------------------ what must be known to read it


def test_a_picture_that_was_seen_in_training_says_so(mount: Callable[..., Show]) -> None:
    show = mount("seen=1")
    expect(show.part("note")).to_have_text("seen in training")
    show.press("ArrowRight")
    show.is_at(2)
    expect(show.part("noted")).to_be_hidden()


def test_a_note_stays_hidden_until_the_labels_are_revealed(mount: Callable[..., Show]) -> None:
    show = mount("seen=1&guess=1")
    expect(show.part("ask")).to_be_visible()
    expect(show.part("note")).to_have_text("")
    show.press("Enter")
    expect(show.part("note")).to_be_visible()


def test_the_score_and_the_summary_are_marked(mount: Callable[..., Show]) -> None:
    show = mount("seen=2")
    expect(show.part("score-mark")).to_have_text("labels changed")
    show.step_to_the_end()
    show.press("ArrowRight")
    expect(show.part("summary-notes")).to_have_text("2 seen in training · labels changed")


def test_a_show_without_notes_or_mark_has_neither(show: Show) -> None:
    show.is_at(1)
    expect(show.part("noted")).to_be_hidden()
    expect(show.part("score-mark")).to_be_hidden()


# ----------------------------------------------------------------------------------------------- pictures


def test_the_next_pictures_are_fetched_before_they_are_shown(page: Page, address: str) -> None:
    show = Show.load(page, address, "delay=0.05")
    show.is_at(1)
    fetched = "performance.getEntriesByType('resource').filter(e => /pictures/.test(e.name))"
    until_true(page, f"{fetched}.length >= 4")
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
    show = Show.load(page, address, "seen=1")
    show.is_at(1)
    show.press("f")
    until_true(page, "document.fullscreenElement !== null")
    for name in ("picture", "verdict", "predicted", "truth", "score-model", "play", "full-screen"):
        box = show.part(name).bounding_box()
        assert box is not None and box["width"] > 0, name
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0] + 1, name
        assert box["y"] >= 0 and box["y"] + box["height"] <= size[1] + 1, name
    picture = show.part("picture").bounding_box()
    assert picture is not None and picture["height"] > size[1] * 0.4


def test_the_layout_does_not_jump_between_slides(show: Show) -> None:
    names = ("stage", "caption", "score", "controls")
    expect(show.part("picture").locator("img")).to_be_visible()
    before = [show.part(name).bounding_box() for name in names]
    show.step_to_the_end()
    assert [show.part(name).bounding_box() for name in names] == before
