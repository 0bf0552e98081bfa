"""The light-box of a gallery, as a test uses it."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser.conftest import until_true

#: Where the focus is: a selector-like word of the element, whatever shadow root it is in.
_FOCUS = """() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return {inside: Boolean(at.closest("dialog")), stop: at.closest("figure")?.dataset.at ?? "",
            body: at === document.body};
}"""

_FRAMES = """dialog => [...dialog.querySelectorAll(".stage:not([hidden]) .frame")].map(frame => {
    const {a, e, f} = new DOMMatrix(getComputedStyle(frame).transform);
    return {scale: a, x: e, y: f};
})"""


class LightBox:
    """The one that is open, and the gallery behind it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.locator("dialog.lightbox[open]")
        self.sent: list[str | bytes] = []

    def open(self, number: int = 0) -> "LightBox":
        """Click on a card of the page that is shown."""
        self.page.locator(".poet-grid figure a").nth(number).click()
        expect(self.dialog).to_be_visible()
        return self.is_painted()

    def is_painted(self) -> "LightBox":
        """Wait until the picture is on the screen."""
        expect(self.dialog.locator(".stage .frame > img").first).to_be_visible()
        return self

    def press(self, *keys: str) -> "LightBox":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def is_at(self, place: str) -> "LightBox":
        expect(self.dialog.locator(".place")).to_have_text(place)
        return self

    def is_closed(self) -> "LightBox":
        expect(self.page.locator("dialog.lightbox[open]")).to_have_count(0)
        return self

    def is_left(self, pages: str) -> None:
        """Close it, as it may stand, and wait until the gallery shows its first page: "1 to 24 of 30"."""
        if self.dialog.is_visible():
            if self.part("keys").is_visible():
                self.press("Escape")
            self.press("Home", "Escape").is_closed()
        first = self.page.get_by_text(pages, exact=True)
        if not first.is_visible():
            self.page.get_by_role("button", name="Page 1", exact=True).click()
        expect(first).to_be_visible()

    def part(self, name: str) -> Locator:
        return self.dialog.locator(f".{name}")

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=re.compile(f"^{name}$"))

    def focus(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(_FOCUS)
        return found

    def has_card_focused(self, stop: int) -> None:
        """Wait until the card of a picture of the list has the focus."""
        until_true(self.page, f"() => ({_FOCUS})().stop === '{stop}'")

    def frames(self) -> list[dict[str, float]]:
        """How far each picture is enlarged, and where it lies."""
        found: list[dict[str, float]] = self.dialog.evaluate(_FRAMES)
        return found

    def touch(self, *steps: list[tuple[int, int]]) -> None:
        """Put fingers on the window, move them from step to step, and lift them."""
        session = self.page.context.new_cdp_session(self.page)

        def send(kind: str, fingers: list[tuple[int, int]]) -> None:
            points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", steps[0])
        for fingers in steps[1:]:
            send("touchMove", fingers)
        send("touchEnd", [])

    def listens(self) -> "LightBox":
        """Keep what the page sends to the server from the next load on."""

        def listen(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: self.sent.append(frame))

        self.page.on("websocket", listen)
        return self
