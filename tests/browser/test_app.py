"""The dashboard as people use it: the sample flowers from the first click on, and evaluating a run."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from poetcore.evaluation.headline import headline
from poetcore.evaluation.metrics import Metrics
from poetcore.system.figures import confidence
from poetcore.workspace.records import read_record
from poetcore.workspace.workspace import Workspace
from tests.browser.conftest import ROOT, Serve, screenshot, until_true
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of, server_of, until
from tests.browser.evaluate_page import Gallery, of_cell
from tests.conftest import Trained

pytestmark = [pytest.mark.complains(NOT_FOUND), pytest.mark.usefixtures("nothing_refused")]


# ---------------------------------------------------------------------------------------- the sample flowers


def test_the_tour_leads_from_the_first_click_to_the_slideshow(page, serve, tmp_path, backbone_file):
    place = Workspace(tmp_path / "tf_files")
    place.models.mkdir(parents=True)
    shutil.copy(backbone_file, place.models)
    dashboard = Dashboard(page, serve(ROOT / "app.py", {"TFP_WORKSPACE": str(place.root)})).open()
    screenshot(page, "home-first")
    dashboard.button("Take the tour").click()
    expect(page.get_by_text(re.compile(r"[23]\d\d of 400, about \d+ s left"))).to_be_visible()
    dashboard.says("Click 2 of 4")
    dashboard.button("Train and evaluate").click()
    # Its title is known once its options are written.
    run = until(lambda: next((run for run in place.all_runs() if run.title != run.name), None))
    dashboard.is_running(run.title)
    screenshot(page, "home-progress")

    page.reload()
    dashboard.is_running(run.title)
    other = Dashboard(page.context.new_page(), dashboard.address).open("/train")
    other.is_running(run.title)

    for tab in (dashboard, other):
        tab.says(f"{run.title} is ready.")
        tab.has_chosen("Run", run.title)
    metrics = read_record(run.evaluation("demo").metrics_file, Metrics)
    accuracy = headline(metrics).accuracy
    assert accuracy
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(f"{100 * (accuracy.value or 0):.1f} %")
    screenshot(page, "home-ready")
    dashboard.says("Click 3 of 4")
    page.get_by_role("link", name="See the evaluation").click()
    dashboard.says("Click 4 of 4")
    page.get_by_role("link", name="Start the slideshow").click()
    dashboard.says("That was the tour")


# --------------------------------------------------------------------------------------- evaluating a run


@pytest.fixture(scope="module")
def known(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return copy_of(trained, tmp_path_factory.mktemp("app"))


@pytest.fixture(scope="module")
def metrics(known: Trained) -> Metrics:
    return read_record(known.run.evaluation("demo").metrics_file, Metrics)


@pytest.fixture(scope="module")
def predictions(known: Trained) -> pd.DataFrame:
    """The predictions of the demo folder, most confident first."""
    table = known.run.evaluation("demo").predictions()
    return table.sort_values("confidence", ascending=False, kind="stable")


@pytest.fixture(scope="module")
def confused(predictions: pd.DataFrame) -> tuple[str, str]:
    """The cell off the diagonal with the most pictures: (true label, predicted label)."""
    wrong = predictions[~predictions["correct"]]
    return wrong.groupby(["label", "predicted"]).size().idxmax()


@pytest.fixture(scope="module")
def address(serve: Serve, known: Trained) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(known.workspace.root)})


@pytest.fixture
def dashboard(page: Page, address: str) -> Dashboard:
    return Dashboard(page, address)


def test_the_headline_is_that_of_the_metrics_file(dashboard, metrics):
    dashboard.open("/evaluate")
    expect(dashboard.part("MetricValue")).to_have_text(
        [
            f"{100 * metrics.accuracy:.1f} %",
            f"{100 * (1 - metrics.accuracy):.1f} %",
            f"{metrics.macro_f1:.2f}",
            "0",
        ]
    )
    screenshot(dashboard.page, "evaluate")


def test_every_cell_of_the_matrix_has_the_count_of_the_metrics_file(dashboard, metrics):
    rows = dashboard.open("/evaluate").page.get_by_role("grid", name="Confusion matrix").locator("tbody tr")
    expect(rows).to_have_count(len(metrics.labels))
    for row, counts in zip(rows.all(), metrics.confusion_matrix, strict=True):
        expect(row.locator("td")).to_have_text([*map(str, counts), str(sum(counts))])


def test_the_gallery_begins_with_all_misclassified_pictures(dashboard, predictions):
    Gallery(dashboard).shows(predictions[~predictions["correct"]])


def test_a_click_in_the_matrix_shows_exactly_the_pictures_of_its_cell_until_escape(
    dashboard, predictions, confused
):
    gallery = Gallery(dashboard)
    gallery.cell(*confused).click()
    gallery.shows(of_cell(predictions, confused))
    gallery.has_chosen(*confused)
    screenshot(dashboard.page, "evaluate-cell")
    dashboard.page.keyboard.press("Escape")
    gallery.shows(predictions[~predictions["correct"]])
    gallery.has_chosen("", "")


def test_arrows_and_enter_choose_a_cell_and_the_button_clears_it(dashboard, predictions, confused):
    gallery = Gallery(dashboard)
    names = sorted(predictions["label"].unique())
    gallery.cell(names[0], names[0]).focus()
    keys = ["ArrowDown"] * names.index(confused[0]) + ["ArrowRight"] * names.index(confused[1])
    for key in [*keys, "Enter"]:
        dashboard.page.keyboard.press(key)
    gallery.shows(of_cell(predictions, confused))
    dashboard.button("Clear").click()
    gallery.has_chosen("", "")


def test_the_most_confused_labels_lead_to_their_pictures(dashboard, predictions, confused):
    gallery = Gallery(dashboard)
    dashboard.page.get_by_role("button", name=f"{confused[0]} → {confused[1]}: ").press("Enter")
    heading = dashboard.page.get_by_role("heading", name=f"{confused[0]}, predicted {confused[1]}")
    expect(heading).to_be_focused()
    gallery.shows(of_cell(predictions, confused))
    gallery.has_chosen(*confused)


def test_the_select_boxes_do_the_same_by_keyboard(dashboard, predictions, confused):
    gallery = Gallery(dashboard)
    gallery.choose("True label", confused[0])
    gallery.choose("Predicted label", confused[1])
    gallery.shows(of_cell(predictions, confused))


def test_pictures_in_the_gallery_are_really_shown(dashboard):
    gallery = Gallery(dashboard)
    for image in gallery.figures.locator("img").all():
        image.scroll_into_view_if_needed()
        until(lambda image=image: image.evaluate("image => image.complete && image.naturalWidth > 0"))
    screenshot(dashboard.page, "evaluate-gallery")


def test_the_report_opens_from_a_file_without_any_request(dashboard, browser: Browser, metrics, tmp_path):
    page = dashboard.open("/evaluate").page
    with page.expect_download() as download:
        dashboard.button("Report (HTML)").click()
    download.value.save_as(tmp_path / "report.html")
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    try:
        reader = context.new_page()
        asked: list[str] = []
        reader.on("request", lambda request: asked.append(request.url))
        reader.goto((tmp_path / "report.html").as_uri())
        percent = f"{metrics.accuracy:.1%}".replace("%", " %")
        expect(
            reader.get_by_text(f"Accuracy {percent} ({metrics.correct} of {metrics.total}")
        ).to_be_visible()
        expect(reader.locator("figure img")).to_have_count(metrics.total - metrics.correct)
        screenshot(reader, "report")
        assert [url for url in asked if not url.startswith("data:")] == [(tmp_path / "report.html").as_uri()]
    finally:
        context.close()


# ----------------------------------------------------------------------------------- slideshow and prediction


def test_the_slideshow_plays_and_space_pauses_it(dashboard, metrics):
    page = dashboard.open().menu("Slideshow").page
    place = page.locator(".show .place")
    expect(place).to_have_text(f"1 of {metrics.total}")
    page.locator(".show .stage").click()
    for key in ("+", "+", "Space"):
        page.keyboard.press(key)
    expect(place).to_have_text(f"2 of {metrics.total}")
    page.keyboard.press("Space")
    expect(page.locator(".show .controls").get_by_role("button", name="Play", exact=True)).to_be_visible()
    screenshot(page, "slideshow")


def test_the_score_at_the_end_of_the_slideshow_is_that_of_the_metrics(dashboard, metrics):
    page = dashboard.open("/slideshow").page
    expect(page.locator(".show .place")).to_have_text(f"1 of {metrics.total}")
    page.locator(".show .stage").click()
    for _ in range(metrics.total):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".show .summary-count")).to_have_text(f"{metrics.correct} of {metrics.total} right")
    screenshot(page, "slideshow-summary")


def test_the_slideshow_shows_the_pictures_of_the_demo_folder(dashboard):
    page = dashboard.open("/slideshow").page
    image = page.locator(".show .picture img").first
    expect(image).to_be_visible()
    until(lambda: image.evaluate("image => image.naturalWidth") == 320)


def test_an_address_opens_its_deck_in_another_browser(browser: Browser, address, known, metrics):
    context = browser.new_context()
    try:
        tab = Dashboard(context.new_page(), address)
        tab.open(f"/slideshow?run={known.run.name}&demo={known.sample / 'demo'}&show=mistakes")
        expect(tab.page.locator(".show .place")).to_have_text(
            f"Mistake 1 of {metrics.total - metrics.correct}"
        )
    finally:
        context.close()


def test_a_slideshow_goes_on_as_it_was_left(dashboard, metrics):
    page = dashboard.open("/slideshow").page
    place = page.locator(".show .place")
    expect(place).to_have_text(f"1 of {metrics.total}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("g")
    expect(page).to_have_url(re.compile("guess=true"))
    dashboard.menu("Predict").menu("Slideshow")
    expect(place).to_have_text(f"2 of {metrics.total}")
    expect(page.locator(".show .question")).to_be_visible()
    page.keyboard.press("Space")  # who came by the menu has not clicked the show
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_how_a_slideshow_is_shown_is_no_entry_of_the_browsers_history(dashboard, known):
    page = dashboard.open("/evaluate").page
    until_true(page, "window.poetAddress")
    dashboard.menu("Slideshow").is_at("/slideshow", known.run.name)
    for show in ("mistakes", "all", "correct"):
        page.get_by_role("radio", name=show, exact=True).click()
        dashboard.is_settled()
    expect(page).to_have_url(re.compile("show=correct"))
    page.go_back()
    dashboard.is_at("/evaluate", known.run.name)


def test_an_unknown_run_in_an_address_is_told_without_a_traceback(dashboard):
    dashboard.open("/evaluate?run=nobody")
    dashboard.says("Run not found: nobody")
    dashboard.has_chosen("Run", "nobody")
    expect(dashboard.part("Exception")).to_have_count(0)
    screenshot(dashboard.page, "unknown-run")


def test_a_photo_is_named_with_bars_and_a_broken_file_with_its_reason(dashboard, predictions):
    first = predictions.iloc[0]
    content = Path(first["path"]).read_bytes()
    page = dashboard.open("/predict").page
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "good.jpg", "mimeType": "image/jpeg", "buffer": content},
            {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": content[: len(content) // 2]},
        ]
    )
    named = f"{first['predicted']} · {confidence(first['confidence'])}"
    expect(page.locator(".poet-grid .title")).to_have_text([named])
    expect(page.locator(".poet-grid .bar").first).to_have_text(named.replace(" · ", ""))
    expect(page.locator(".poet-grid .bar")).to_have_count(5)
    expect(dashboard.part("Alert")).to_contain_text(["broken.jpg is damaged or truncated"])
    until(lambda: page.locator(".poet-grid img").evaluate("image => image.naturalWidth > 0"))
    screenshot(page, "predict")


# ------------------------------------------------------------------------------------------------- the server


def test_every_page_opens_from_the_menu_without_a_complaint(dashboard):
    dashboard.open()
    for name in ("Overview", "Train", "Evaluate", "Slideshow", "Predict"):
        page = dashboard.menu(name).page
        for unfinished in ("stSkeleton", "stStatusWidget"):
            expect(page.get_by_test_id(unfinished)).to_have_count(0)
        expect(dashboard.part("Exception")).to_have_count(0)
        screenshot(page, f"page-{name.lower()}")


def test_after_all_of_this_the_server_never_loaded_tensorflow(dashboard, address):
    dashboard.open("/evaluate")
    maps = [area.path for area in server_of(address).memory_maps()]
    assert not [path for path in maps if "/tensorflow/" in path]


def test_after_all_of_this_the_server_is_smaller_than_400_megabytes(dashboard, address):
    dashboard.open("/evaluate")
    assert server_of(address).memory_info().rss < 400e6
