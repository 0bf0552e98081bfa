"""A reviewer at the keyboard: every mistake gets its verdict, and a killed server loses none."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.review.corrected import corrected
from poetcore.evaluation.review.review import Review
from poetcore.system.figures import percent
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, end, free_port, is_up, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of, until
from tests.conftest import Trained

#: What Chromium says while there is no server.
GONE = "ERR_CONNECTION_|ERR_EMPTY_RESPONSE|WebSocket|No response received|server is not responding"

#: What it says where a copy of a run has no cached vectors, so that nothing is told of similar pictures, and
#: where a verdict is refused.
REFUSED = "status of (422|400)"

pytestmark = pytest.mark.complains(f"{NOT_FOUND}|{GONE}|{REFUSED}")


class Server:
    """The dashboard on one port, which can be killed and started again."""

    def __init__(self, workspace: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._environment = os.environ | {"TFP_WORKSPACE": str(workspace)}

    def start(self) -> None:
        options = ["--server.headless", "true", "--server.port", str(self.port)]
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *options]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment, **quiet)
        assert is_up(self.address, self.process)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def reviewed(trained: Trained, tmp_path: Path) -> Trained:
    """A workspace whose run was evaluated on demo pictures, eight of them filed wrongly."""
    own = copy_of(trained, tmp_path)
    demo = own.sample / "demo"
    for label, numbers in {"rose": (1, 2, 3), "daisy": (1, 2, 3), "sunflower": (1, 2)}.items():
        for number in numbers:
            file = demo / label / f"{label}_{number:03d}.jpg"
            file.rename(demo / "tulip" / f"{label}_{number}.jpg")
    evaluate(own.run, demo, own.workspace)
    return own


@pytest.fixture
def server(reviewed: Trained) -> Iterator[Server]:
    started = Server(reviewed.workspace.root)
    started.start()
    yield started
    end(started.process)


class Reviewer(Dashboard):
    """Reviews in the light-box with the keyboard alone."""

    @property
    def box(self) -> Locator:
        return self.page.locator("dialog.lightbox[open]")

    @property
    def name(self) -> str:
        """The file name of the picture in the light-box."""
        return str(self.box.locator(".facts dd").first.inner_text())

    def at(self, name: str) -> None:
        """Wait for a picture."""
        expect(self.box.locator(".facts")).to_contain_text(name)

    def has_reviewed(self, words: str) -> None:
        expect(self.box.locator(".review-place")).to_have_text(words)

    def tab_to(self, target: Locator) -> None:
        """Press Tab until an element has the focus."""
        expect(target).to_be_visible()
        self.is_settled()
        for _ in range(150):
            if target.evaluate("one => one.getRootNode().activeElement === one"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("Tab does not lead there.")

    def say(self, name: str) -> None:
        """Give the verdict on a picture: misfiled ones have a wrong label, one is not usable."""
        keys = self.page.keyboard
        label, _, number = Path(name).stem.rpartition("_")
        if label == "rose" and number == "1":
            keys.press("u")
        elif len(number) == 1:
            keys.press("l")
            keys.type(label[:3])
            keys.press("Enter")
        else:
            keys.press("m")


def test_all_mistakes_are_reviewed_by_keyboard_and_a_killed_server_loses_no_verdict(
    page: Page, server: Server, reviewed: Trained
) -> None:
    folder = reviewed.run.evaluation("demo")
    evaluation = Evaluation.load(folder)
    mistakes = [Path(path).name for path in evaluation.misclassified()["path"]]
    total = len(mistakes)
    assert total >= 7
    reviewer = Reviewer(page, server.address)
    reviewer.open("/evaluate?run=first")
    reviewer.tab_to(page.get_by_role("button", name="Begin the review"))
    page.keyboard.press("Enter")

    for done, name in enumerate(mistakes[:3], 1):
        reviewer.at(name)
        reviewer.say(name)
        reviewer.has_reviewed(f"{done} of {total} reviewed")
    page.keyboard.press("z")
    reviewer.at(mistakes[2])
    reviewer.has_reviewed(f"2 of {total} reviewed")
    page.keyboard.press("c")
    page.keyboard.type("looks at another one")
    page.keyboard.press("Enter")
    reviewer.say(mistakes[2])
    reviewer.has_reviewed(f"3 of {total} reviewed")
    screenshot(page, "review")

    until(lambda: len(Review.of(folder).verdicts) == 3)  # the page tells it before the server has it
    server.kill()
    for name in mistakes[3:5]:
        reviewer.at(name)
        reviewer.say(name)
    expect(reviewer.box.locator(".review-said")).to_contain_text(
        "The server does not answer: 2 verdicts are kept here and sent again."
    )
    assert len(Review.of(folder).verdicts) == 3
    server.start()
    until(lambda: len(Review.of(folder).verdicts) == 5 or None)
    for name in mistakes[5:]:
        reviewer.at(name)
        reviewer.say(name)
    reviewer.has_reviewed(f"{total} of {total} reviewed")
    page.keyboard.press("Escape")
    expect(reviewer.box).to_have_count(0)

    found = corrected(evaluation, Review.of(folder))
    misfiled = sum(len(Path(name).stem.split("_")[1]) == 1 for name in mistakes)
    by_hand = evaluation.metrics.correct + misfiled - 1  # one of them is not usable
    assert (found.reviewed.correct, found.reviewed.total) == (by_hand, evaluation.metrics.total - 1)
    assert "looks at another one" in set(Review.of(folder).verdicts["comment"])
    figure = page.get_by_test_id("stMetric").filter(has_text="Corrected accuracy")
    expect(figure).to_contain_text(percent(found.accuracy))
    expect(page.get_by_text(f"{total} of {total} reviewed")).to_be_visible()


def test_the_panel_has_no_fault_and_tells_a_refused_verdict(
    page: Page, server: Server, reviewed: Trained
) -> None:
    reviewer = Reviewer(page, server.address)
    reviewer.open("/evaluate?run=first")
    expect(page.get_by_role("button", name="Begin the review")).to_be_visible()
    reviewer.is_settled()
    page.get_by_role("button", name="Begin the review").click()
    expect(reviewer.box).to_be_visible()
    page.keyboard.press("l")
    expect(page.get_by_role("option").first).to_be_visible()
    assert not faults(page)
    page.keyboard.press("Escape")
    expect(reviewer.box).to_be_visible()
    shutil.rmtree(reviewed.run.folder / "evaluations")
    page.keyboard.press("a")
    expect(reviewer.box.locator(".review-said")).to_contain_text("Not saved: ")


def test_a_random_sample_is_reviewed_and_the_way_leads_back_to_the_mistakes(
    page: Page, server: Server, reviewed: Trained
) -> None:
    total = len(Evaluation.load(reviewed.run.evaluation("demo")).misclassified())
    reviewer = Reviewer(page, server.address)
    reviewer.open("/evaluate?run=first")
    expect(page.get_by_role("button", name="at random")).to_be_visible()
    reviewer.is_settled()
    page.get_by_role("button", name="at random").click()
    expect(reviewer.box.locator(".truths")).to_contain_text("✓ right")
    page.keyboard.press("m")
    reviewer.has_reviewed(f"0 of {total} reviewed, and 1 at random")
    page.keyboard.press("Escape")
    expect(reviewer.box).to_have_count(0)
    expect(page.get_by_role("button", name="more at random").first).to_be_visible()
    reviewer.is_settled()
    page.get_by_role("button", name="Begin the review").click()
    expect(reviewer.box.locator(".truths")).to_contain_text("✗ wrong")
