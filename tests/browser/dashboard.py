"""What the tests of the dashboard share: a workspace to change, and what users see and do on its pages."""

import contextlib
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import psutil
from playwright.sync_api import FloatRect, Locator, Page, expect

from poetcore.evaluation.evaluate import evaluate
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.browser.conftest import PATIENCE, until_true
from tests.browser.reruns import listen, waits
from tests.conftest import Trained
from tests.records import change_record

#: What Chromium says where Streamlit's own client looks for its server below a page's address first.
NOT_FOUND = r"^console: Failed to load resource: the server responded with a status of 404"

#: No script runs, and there is no place for an element whose code is still being loaded.
_SETTLED = """() => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning"
    && !document.querySelector("[data-testid=stSkeleton]")
    && [...document.querySelectorAll("link[rel=stylesheet]")].every((link) => link.sheet)
    && document.fonts.status === 'loaded'"""

Found = TypeVar("Found")


def copy_of(trained: Trained, folder: Path) -> Trained:
    """Copy a workspace with its sample and its run, so that a test may change it, and evaluate the run."""
    old, new = trained.workspace.root, folder / "tf_files"
    new.mkdir(parents=True)
    shutil.copytree(old / "datasets", new / "datasets")
    shutil.copytree(old / "models", new / "models")
    run = copy_run(trained.run, new / "runs" / "first", {str(old): str(new)})
    place = Workspace(new)
    evaluate(run, place.datasets / "sample" / "demo", place)
    return Trained(place, place.datasets / "sample", run)


def copy_run(run: Run, folder: Path, words: dict[str, str] | None = None) -> Run:
    """Copy a run under another name, without what was made of it; `words` are replaced in its files."""
    shutil.copytree(run.folder, folder, ignore=shutil.ignore_patterns("evaluations", "exports"))
    for file in (folder / "run.json", folder / "split.csv", folder / "status.json"):
        text = file.read_text()
        for old, new in ({run.name: folder.name} | (words or {})).items():
            text = text.replace(old, new)
        file.write_text(text)
        if file.suffix == ".json":
            change_record(file)  # what was changed on purpose is no damage
    return Run(folder)


def until(look: Callable[[], Found | None], patience: float = PATIENCE) -> Found:
    """Wait for something outside of the browser, and return it."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing after {patience} s"
        time.sleep(0.05)
    return found


def drop(page: Page, path: Path, on: Locator | None = None) -> None:
    """Drop a folder or file of this computer, as a hand does: onto an element, or the middle of the page."""
    expect(page.get_by_role("button", name="Choose a folder")).to_be_visible()
    box = steady_box(on) if on else None
    x, y = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) if box else (800, 400)
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})


def steady_box(locator: Locator) -> FloatRect:
    """Wait until an element is where it was half a second before, and return its place on the page."""

    def steady() -> FloatRect | None:
        before = locator.bounding_box()
        locator.page.wait_for_timeout(500)
        return before if before == locator.bounding_box() else None

    return until(steady)


def server_of(address: str) -> psutil.Process:
    """Find the process that serves an address."""
    port = str(urlsplit(address).port)
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # one of an earlier test has ended
            if port in child.cmdline():
                return child
    raise AssertionError(f"Nothing serves {address}.")


class Dashboard:
    """The dashboard in one tab."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        listen(page)

    def open(self, path: str = "/") -> "Dashboard":
        self.page.goto(self.address + path)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
        return self

    def menu(self, name: str) -> "Dashboard":
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
        return self

    def is_at(self, path: str, run: str) -> "Dashboard":
        """Wait until the address holds the page and the chosen run."""
        expect(self.page).to_have_url(re.compile(rf"^{self.address}{path}\?.*\brun={re.escape(run)}$"))
        return self

    def is_settled(self) -> None:
        """Wait until what was done has had its effect, and every part of the page is there.

        No script runs, or was asked for, and no part of Streamlit's client or style is still on its way.
        """

        def settled() -> bool:
            self.page.wait_for_timeout(50)  # in which what was done is sent, or what was answered is drawn
            return not waits(self.page) and bool(self.page.evaluate(_SETTLED))

        until(lambda: settled() and settled())

    def says(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def has_chosen(self, what: str, value: str) -> None:
        box = self.page.get_by_test_id("stSidebar").get_by_role("combobox", name=what, exact=True)
        expect(box).to_have_value(value)

    def button(self, name: str) -> Locator:
        # Streamlit's own "Stop" stands in the header while a script runs.
        ours = self.page.locator(":not([kind=header])")
        return self.page.get_by_role("button", name=name, exact=True).and_(ours)

    def part(self, kind: str) -> Locator:
        return self.page.get_by_test_id(f"st{kind}")

    def is_running(self, title: str) -> None:
        expect(self.page.get_by_role("heading", name=f"Training {title}")).to_be_visible()
        expect(self.button("Stop")).to_be_visible()

    def shows_live_charts(self) -> None:
        """Wait until both curves are drawn while the training still runs; a preview may be beside them."""
        curve = '[data-testid=stVegaLiteChart][aria-label$="validation pictures, by step"]'
        until_true(
            self.page,
            f"""() => document.querySelectorAll('{curve} svg').length === 2
                && document.querySelector('.st-key-stop_job button')""",
        )

    def start_long_training(self, name: str) -> None:
        """Fill in the training page so that the training takes minutes, and start it."""
        self.open("/train?view=New+training")
        self.page.get_by_text("Settings", exact=True).click()
        self.page.get_by_role("tab", name="Steps and split").click()
        # First, because the browser sends a slider's value a moment later than that of a field.
        self.page.get_by_role("slider", name="Training steps").press("End")
        batch = self.page.get_by_label("Batch size", exact=True)
        batch.fill("3000")
        batch.press("Enter")
        field = self.page.get_by_label("Name of the run")
        field.fill(name)
        field.press("Enter")
        self.is_settled()
        self.button("Train and evaluate").click()
        self.is_running(name)

    def select_run(self, row: int) -> None:
        """Select a row in the last table of runs; a table is a drawing, so its cells have no names."""
        table = self.part("DataFrame").last
        expect(table.get_by_role("gridcell", include_hidden=True).first).to_be_attached()
        self.is_settled()
        table.scroll_into_view_if_needed()
        box = steady_box(table)
        self.page.mouse.click(box["x"] + 18, box["y"] + 35 * (row + 1) + 18)
        expect(self.button("Delete")).to_be_visible()
