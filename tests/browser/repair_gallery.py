"""A gallery to repair pictures in, as a test uses it: `repairs_app.py` serves its page."""

import re
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

APP = Path(__file__).with_name("repairs_app.py")


class Gallery:
    """The gallery and the list below it, in one tab."""

    def __init__(self, page: Page, address: str, folder: Path, pairs: bool = False) -> None:
        self.page = page
        page.goto(f"{address}/?folder={quote(str(folder))}" + ("&pairs=1" if pairs else ""))
        self.figures = page.locator(".poet-grid figure")
        expect(self.figures.first).to_be_visible()

    def box(self, name: str) -> Locator:
        return self.page.get_by_role("checkbox", name=f"Select {name}", exact=True)

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    def select(self, *names: str) -> "Gallery":
        for name in names:
            self.box(name).check()
        return self

    def show(self, label: str) -> "Gallery":
        """Show the pictures of one label only, or of "any"."""
        box = self.page.get_by_role("combobox", name="Label")
        box.click()
        self.page.get_by_role("option", name=label, exact=True).click()
        return self

    def says(self, words: str) -> None:
        expect(self.page.get_by_text(words, exact=True).first).to_be_visible()

    def apply(self, count: str) -> None:
        self.page.get_by_role("button", name=f"Apply {count}").click()
        self.says("No pending changes.")
