"""The section Video of the page Live: a file plays with its labels, and the whole of it becomes a table."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from poetcore.evaluation.video.label_video import label_video
from tests.browser.accessibility import faults
from tests.browser.conftest import ROOT, Held, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, until
from tests.conftest import Trained
from tests.videos import plain, sample_video, write_video

pytest.importorskip("av", exc_type=ImportError)
pytestmark = pytest.mark.complains(NOT_FOUND)

#: The route that is asked about each frame.
FRAMES = re.compile(r"/poet/live/[^/]+\?")


@pytest.fixture(scope="module")
def address(serve: Serve, trained: Trained) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(trained.workspace.root)})


@pytest.fixture(scope="module")
def clip(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rose for two seconds, then a sunflower for three, as every browser plays it."""
    return sample_video(tmp_path_factory.mktemp("video") / "clip.webm", trained.sample)


@pytest.fixture
def section(page: Page, address: str) -> Iterator[Locator]:
    """The section, no file chosen yet."""
    Dashboard(page, address).open("/live?view=Video")
    expect(page.get_by_role("button", name="Choose a video")).to_be_visible()
    yield page.locator(".live-video")


def choose(section: Locator, file: Path) -> None:
    section.locator("input[type=file]").set_input_files(file)


def go_to(section: Locator, seconds: float) -> None:
    """Stop the player at a place."""
    player = section.locator("video.video")
    until(lambda: player.evaluate("video => video.played.length > 0"))  # it begins by itself
    player.evaluate("video => video.pause()")
    expect(section.get_by_role("button", name="Play")).to_be_visible()
    section.locator(".seek").evaluate(
        "(seek, to) => { seek.value = to; seek.dispatchEvent(new Event('input')); }", seconds
    )


def test_the_label_follows_the_player(section, clip):
    choose(section, clip)
    expect(section.locator(".clock")).to_contain_text("/ 0:05")
    go_to(section, 1)
    expect(section.locator(".label")).to_have_text("rose")
    go_to(section, 4)
    expect(section.locator(".label")).to_have_text("sunflower")
    section.page.keyboard.press("ArrowLeft")
    expect(section.locator(".label")).to_have_text("rose")
    section.page.keyboard.press(" ")
    expect(section.locator(".label")).to_have_text("sunflower")  # as it plays on
    screenshot(section.page, "video")
    assert not faults(section.page)


def test_what_is_told_of_a_frame_that_is_gone_comes_too_late(section, clip):
    choose(section, clip)
    expect(section.locator(".clock")).to_contain_text("/ 0:05")
    go_to(section, 4)
    expect(section.locator(".label")).to_have_text("sunflower")
    late = Held(section.page, FRAMES)
    go_to(section, 1)
    late.until_answered()
    late.from_now_on()
    go_to(section, 3)
    expect(section.locator(".label")).to_have_text("sunflower")
    go_to(section, 4.5)
    expect(section.locator(".lines")).to_be_visible()
    late.release()
    expect(section.locator(".label")).to_have_text("sunflower")


def test_the_whole_video_is_labelled_as_the_command_does_it(section, clip, trained):
    choose(section, clip)
    go_to(section, 0)
    section.get_by_role("button", name="Label the whole video").click()
    page = section.page
    expect(page.get_by_role("heading", name="Labels over time: clip.webm")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Every frame (CSV)").click()
    assert download.value.suggested_filename == "clip-labels.csv"
    table = pd.read_csv(io.BytesIO(Path(download.value.path()).read_bytes()))
    known = label_video(trained.run, trained.workspace, clip).table()
    assert list(table.columns) == list(known.columns) and table["time"].tolist() == known["time"].tolist()
    assert table["label"].tolist() == known["label"].tolist() == ["rose"] * 4 + ["sunflower"] * 6
    shares = [name for name in known if name.startswith("p_")]
    assert (table[shares] - known[shares]).abs().max(axis=None) < 0.1
    expect(page.get_by_text("2 segments of 10 frames.")).to_be_visible()
    assert not faults(page)
    # The box of the second row, below the heading, each 35 pixels high.
    page.get_by_test_id("stDataFrame").click(position={"x": 14, "y": 35 * 2 + 17})
    expect(section.locator(".clock")).to_have_text("0:02 / 0:05")
    expect(section.locator(".label")).to_have_text("sunflower")


def test_what_was_found_until_it_was_stopped_is_kept(section, clip):
    page = section.page
    players, held = set[str](), list[Route]()

    def hold_the_fourth(route: Route) -> None:
        """Let what the player asks pass; of the whole video keep the server from answering a frame."""
        viewer = route.request.url.partition("viewer=")[2]
        if not section.locator(".walking").is_visible():
            players.add(viewer)
        if viewer not in players:
            held.append(route)
        if viewer in players or len(held) < 4:
            route.continue_()

    choose(section, clip)
    page.route(FRAMES, hold_the_fourth)
    go_to(section, 4)
    expect(section.locator(".label")).to_have_text("sunflower")
    section.get_by_role("button", name="Label the whole video").click()
    expect(section.locator(".walk-words")).to_contain_text("3 of 10 frames")
    section.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped before its end.")).to_be_visible()
    expect(page.get_by_text("1 segment of 3 frames.")).to_be_visible()


@pytest.mark.complains("|".join([NOT_FOUND, "media"]))
def test_a_file_that_the_browser_cannot_play_is_told(section, tmp_path):
    choose(section, write_video(tmp_path / "old.avi", [(plain("red"), 0.3)], codec="mpeg4"))
    told = section.get_by_role("alert").first
    expect(told).to_contain_text("This browser cannot play old.avi: save it as MP4")
    plain("red").save(tmp_path / "photo.jpg")
    choose(section, tmp_path / "photo.jpg")
    expect(told).to_contain_text("photo.jpg is a picture")
