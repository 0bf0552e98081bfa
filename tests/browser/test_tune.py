"""The page Tune in a browser: started, stopped, resumed, chosen from, and a run made of it."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from poetcore.training.tuning.studies import find_study
from poetcore.workspace.workspace import Workspace
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of, steady_box, until
from tests.conftest import Trained
from tests.ui.tunings import made_study

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture(scope="module")
def place(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with the sample, its features and a tuning that was made by hand."""
    own = copy_of(trained, tmp_path_factory.mktemp("tune"))
    shutil.copytree(trained.workspace.bottlenecks, own.workspace.bottlenecks, dirs_exist_ok=True)
    made_study(own.workspace, own.sample / "train", name="by_hand")
    return own.workspace


@pytest.fixture(scope="module")
def address(place: Workspace, serve: Serve) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(place.root)})


@pytest.fixture
def tune(page: Page, address: str) -> Dashboard:
    return Dashboard(page, address)


@pytest.fixture
def quiet(page: Page) -> Iterator[None]:
    """Fail for a warning of the charts, such as of a layer without data."""
    warnings: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "warning" and message.text.startswith("WARN"):
            warnings.append(message.text)

    page.on("console", hear)
    yield
    assert not warnings


def choose_values(tune: Dashboard, setting: str, *values: str) -> None:
    """Replace the values of a setting by others, typed."""
    box = tune.page.get_by_test_id("stMultiSelect").filter(has=tune.page.get_by_text(setting, exact=True))
    box.get_by_role("button", name="Clear all").click()
    field = box.get_by_role("combobox")
    for value in values:
        field.fill(value)
        field.press("Enter")
        expect(box.get_by_title(value, exact=True).first).to_be_visible()
    field.press("Escape")
    tune.is_settled()


def test_the_charts_of_a_tuning_are_drawn_and_the_cost_can_be_switched(tune, quiet):
    tune.open("/tune?tuning=by_hand")
    charts = tune.page.get_by_test_id("stVegaLiteChart")
    expect(charts).to_have_count(2)
    expect(charts.first.get_by_text("million multiply-adds a picture")).to_be_visible()
    tune.page.get_by_role("radio", name="Megabytes").click()
    expect(charts.first.get_by_text("megabytes of the network")).to_be_visible()
    screenshot(tune.page, "tune")


def test_a_click_on_a_point_offers_to_train_that_trial(tune, quiet):
    tune.open("/tune?tuning=by_hand")
    point = tune.page.get_by_test_id("stVegaLiteChart").first.locator("[aria-roledescription=circle]").first
    expect(point).to_be_visible()
    tune.is_settled()
    point.scroll_into_view_if_needed()
    box = steady_box(point)
    tune.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tune.button("Train this")).to_have_count(3)
    expect(tune.page.get_by_text(re.compile(r"^Trial \d+: "))).to_have_count(3)


def test_a_row_of_the_table_offers_to_train_that_trial(tune):
    tune.open("/tune?tuning=by_hand")
    table = tune.part("DataFrame").last
    expect(table.get_by_role("gridcell", include_hidden=True).first).to_be_attached()
    tune.is_settled()
    table.scroll_into_view_if_needed()
    box = steady_box(table)
    tune.page.mouse.click(box["x"] + 18, box["y"] + 35 * 2 + 18)
    expect(tune.button("Train this")).to_have_count(3)


def test_a_tuning_that_was_stopped_goes_on_with_what_it_has(tune, place):
    tune.open("/tune?view=New+tuning")
    choose_values(tune, "Learning rate", "0.05")
    choose_values(tune, "Steps", "150", "700000")
    tune.button("Start tuning").click()
    until(lambda: find_study("latest", place).ended())
    tune.button("Stop").click()
    tune.says("The tuning was stopped.")
    ended = set(find_study("latest", place).ended())
    tune.button("Resume").click()
    expect(tune.button("Stop")).to_be_visible()
    assert ended <= set(find_study("latest", place).ended())
    tune.button("Stop").click()
    tune.says("The tuning was stopped.")


def test_a_tuning_ends_with_a_choice_and_one_click_makes_a_run_of_it(tune, place):
    tune.open("/tune?view=New+tuning")
    choose_values(tune, "Learning rate", "0.05")
    choose_values(tune, "Steps", "150", "350")
    tune.button("Start tuning").click()
    expect(tune.page.get_by_role("heading", name="What to take")).to_be_visible()
    tune.button("Train this").first.click()
    expect(tune.page.get_by_role("heading", level=1)).to_have_text("Train")
    until(lambda: len(place.finished_runs()) == 2)
