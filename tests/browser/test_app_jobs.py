"""The dashboard around a training: stopping it, losing it, finding it again; and bringing pictures in."""

import contextlib
import io
import re
import zipfile
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Page, expect

from poetcore.export.formats import FORMATS
from poetcore.workspace.run_record import Status
from tests.browser.conftest import PATIENCE, ROOT, Serve, screenshot
from tests.browser.dashboard import (
    NOT_FOUND,
    Dashboard,
    copy_of,
    copy_run,
    server_of,
    until,
)
from tests.conftest import Trained, encoded, picture
from tests.export.test_made import make_export

pytestmark = [pytest.mark.complains(NOT_FOUND), pytest.mark.usefixtures("nothing_refused")]


@pytest.fixture(scope="module")
def known(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return copy_of(trained, tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="module")
def address(serve: Serve, known: Trained) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(known.workspace.root)})


@pytest.fixture
def dashboard(page: Page, address: str) -> Dashboard:
    return Dashboard(page, address)


@pytest.fixture(autouse=True)
def no_training_left(known: Trained) -> Iterator[None]:
    """End what a test that failed has left running, and leave only the first run to the next one."""
    yield
    for run in known.workspace.all_runs():
        if run.name != "first":
            status = run.status()
            if not status.final and status.pid:
                with contextlib.suppress(psutil.NoSuchProcess):
                    psutil.Process(status.pid).kill()
            known.workspace.delete_run(run)


# ------------------------------------------------------------------------------------------------- trainings


def test_stop_ends_a_training_and_offers_a_new_one(dashboard, known):
    dashboard.start_long_training("to be stopped")
    dashboard.shows_live_charts()
    screenshot(dashboard.page, "train-running")
    run = next(run for run in known.workspace.all_runs() if run.name == "to be stopped")
    pid = run.status().pid
    dashboard.button("Stop").click()
    dashboard.says("to be stopped was stopped.")
    expect(dashboard.button("Train and evaluate")).to_be_enabled()
    assert run.status().phase == "cancelled"
    until(lambda: not psutil.pid_exists(pid))
    screenshot(dashboard.page, "train-stopped")


def test_a_killed_training_is_shown_with_the_end_of_its_log_and_what_to_do(dashboard, known):
    dashboard.start_long_training("to be killed")
    run = next(run for run in known.workspace.all_runs() if run.name == "to be killed")
    psutil.Process(until(lambda: run.status().pid)).kill()
    dashboard.says("to be killed failed. The training's process ended unexpectedly")
    dashboard.says("Fix the problem and start again: nothing that was computed is lost.")
    screenshot(dashboard.page, "train-killed")
    log = dashboard.part("Code")
    expect(log).to_be_visible()
    expect(log).to_have_text(re.compile(r"\S"))


def test_a_restarted_server_finds_the_training_again(page, serve, known):
    settings = {"TFP_WORKSPACE": str(known.workspace.root)}
    first = Dashboard(page, serve(ROOT / "app.py", settings))
    first.start_long_training("outlives its server")
    run = next(run for run in known.workspace.all_runs() if run.name == "outlives its server")
    pid = until(lambda: run.status().pid)
    page.goto("about:blank")
    server = server_of(first.address)
    server.terminate()
    server.wait(PATIENCE)
    assert psutil.pid_exists(pid)

    second = Dashboard(page, serve(ROOT / "app.py", settings)).open()
    second.is_running("outlives its server")
    second.shows_live_charts()
    screenshot(page, "home-curves")
    second.menu("Train").is_running("outlives its server")
    second.shows_live_charts()
    second.button("Stop").click()
    second.says("outlives its server was stopped.")


# ------------------------------------------------------------------------------------------------- exports


def test_an_export_is_downloaded_by_the_browser(dashboard, known):
    make_export(known.run, FORMATS["tflite"])
    dashboard.open("/train?view=This+run")
    with dashboard.page.expect_download() as download:
        dashboard.page.get_by_role("button", name="Download with labels and note").click()
    assert download.value.suggested_filename == "first_tflite.zip"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert archive.read("model.tflite") == b"net"
    screenshot(dashboard.page, "train-export")


# ------------------------------------------------------------------------------------------ the list of runs


def rename(dashboard: Dashboard, title: str) -> None:
    """Give the selected run another title, and wait until the table shows it."""
    dashboard.button("Rename").click()
    field = dashboard.page.get_by_label("New name", exact=True)
    field.fill(title)
    field.press("Enter")
    dashboard.page.get_by_test_id("stPopoverBody").get_by_role("button", name="Rename").click()
    renamed = dashboard.part("DataFrame").last.get_by_role("gridcell", name=title, include_hidden=True)
    expect(renamed).to_be_attached()


def test_a_run_can_be_renamed(dashboard, known):
    run = copy_run(known.run, known.workspace.runs / "second")
    dashboard.open("/train?view=All+runs&run=second").select_run(0)
    rename(dashboard, "better name")
    assert (run.name, run.title) == ("second", "better name")


def test_a_failed_run_is_renamed_without_a_complaint(dashboard, known):
    known.workspace.create_run("broke").write_status(Status("failed", message="It broke."))
    dashboard.open("/train?view=All+runs").page.get_by_text("1 training not finished").click()
    dashboard.select_run(0)
    rename(dashboard, "broken")
    dashboard.has_chosen("Run", "first")
    expect(dashboard.page.get_by_text("Run not found")).to_have_count(0)


def delete_second(dashboard: Dashboard, known: Trained) -> None:
    """Delete the chosen run `second`, answering both questions."""
    run = copy_run(known.run, known.workspace.runs / "second")
    dashboard.open("/train?view=All+runs&run=second").select_run(0)
    dashboard.button("Delete").click()
    sure = dashboard.button("Delete for good")
    expect(sure).to_be_disabled()
    assert run.exists()
    screenshot(dashboard.page, "train-delete")
    dashboard.page.get_by_text("Yes, I am sure").click()
    sure.click()
    dashboard.has_chosen("Run", "first")
    assert not run.folder.exists()


def test_a_run_is_deleted_after_asking_twice(dashboard, known):
    delete_second(dashboard, known)


def test_deleting_the_chosen_run_raises_no_complaint_that_it_is_gone(dashboard, known):
    delete_second(dashboard, known)
    screenshot(dashboard.page, "train-deleted")
    expect(dashboard.page.get_by_text("Run not found")).to_have_count(0)


def test_after_a_deletion_no_other_run_is_about_to_be_deleted(dashboard, known):
    delete_second(dashboard, known)
    expect(dashboard.button("Delete for good")).to_have_count(0)


# -------------------------------------------------------------------------------------------------- pictures


def zip_of_label_folders() -> bytes:
    """Four pictures, a text, and a picture that wants to lie beside the dataset."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, name in enumerate(("ant/1.jpg", "ant/2.jpg", "bee/1.jpg", "bee/2.jpg", "../evil.jpg")):
            archive.writestr(f"insects/{name}" if name[0] != "." else name, encoded(picture(500 + number)))
        archive.writestr("insects/ant/notes", "six legs")
    return out.getvalue()


@pytest.fixture
def unzipped(dashboard: Dashboard) -> Dashboard:
    page = dashboard.open("/overview").page
    dashboard.button("Bring pictures").click()
    archive = {"name": "insects.zip", "mimeType": "application/zip", "buffer": zip_of_label_folders()}
    page.locator("input.pick-zip").set_input_files([archive])
    return dashboard


def test_a_zip_file_becomes_the_chosen_dataset_and_nothing_lands_outside(unzipped, known):
    expect(unzipped.part("MetricValue").first).to_have_text("4")
    unzipped.has_chosen("Dataset", "insects")
    written = {str(path.relative_to(known.workspace.root)) for path in known.workspace.root.rglob("*.jpg")}
    extra = {path for path in written if not path.startswith("datasets/sample/")}
    assert extra == {f"datasets/insects/{name}/{i}.jpg" for name in ("ant", "bee") for i in (1, 2)}
    assert not list(known.workspace.root.parent.glob("*.jpg"))


def test_files_of_a_zip_that_were_skipped_are_listed_with_their_reasons(unzipped):
    unzipped.page.get_by_text("2 files not taken").click()
    # A table is a drawing; the words in it are there for screen readers only.
    cells = unzipped.page.get_by_role("gridcell", include_hidden=True)
    expect(cells.filter(has_text="points outside of the zip file")).to_be_attached()
    expect(cells.filter(has_text="notes")).to_be_attached()
    screenshot(unzipped.page, "overview-zip")
