"""The slideshow on a page, as a test uses it."""

import re

from playwright.sync_api import Locator, Page, expect

Say = re.Pattern[str] | str


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
        expect(self.part("place")).to_have_text(f"{number:,} of {of:,}")

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
