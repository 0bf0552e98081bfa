"""A review team: two folders on disk, chosen without typing, an evaluation, a cell and its pictures."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from poetcore.workspace.workspace import Workspace
from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_run
from tests.browser.evaluate_page import Gallery, of_cell
from tests.conftest import Trained

pytestmark = [pytest.mark.complains(NOT_FOUND), pytest.mark.usefixtures("nothing_refused")]


@pytest.fixture
def reviewed(trained: Trained, tmp_path: Path) -> Trained:
    """A workspace with a run that was trained on a folder at home, beside which lies one to evaluate on."""
    photos = tmp_path / "Pictures"
    shutil.copytree(trained.sample / "train", photos / "Known mushrooms")
    shutil.copytree(trained.sample / "demo", photos / "New photos")
    place = Workspace(tmp_path / "tf_files")
    shutil.copytree(trained.workspace.models, place.models)
    words = {str(trained.sample / "train"): str(photos / "Known mushrooms")}
    run = copy_run(trained.run, place.root / "runs" / "first", words)
    run.testing_file.unlink(missing_ok=True)
    return Trained(place, photos, run)


class Reviewer(Dashboard):
    """Counts what is clicked."""

    clicks = 0

    def click(self, name: str) -> None:
        self.button(name).click()
        self.clicks += 1
        self.is_settled()


def test_two_folders_on_disk_are_chosen_evaluated_and_reviewed_without_typing(
    page: Page, serve: Serve, reviewed: Trained, tmp_path: Path
) -> None:
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    address = serve(ROOT / "app.py", {"TFP_WORKSPACE": str(reviewed.workspace.root), **home})
    team = Reviewer(page, address)
    team.open("/evaluate").is_settled()

    team.click("Bring pictures")
    team.click("Browse this computer")
    team.click(str(tmp_path / "Pictures"))
    team.click("Known mushrooms")
    team.click("Use as dataset")
    # The second time it opens where it was left.
    team.click("Bring pictures")
    team.click("Pictures")
    team.click("New photos")
    team.click("Use as demo pictures")
    screenshot(page, "reviewer-chosen")
    team.click("Evaluate")
    gallery = Gallery(team, path=None)
    predictions = reviewed.run.evaluations()[0].predictions()
    cell = predictions[~predictions["correct"]].groupby(["label", "predicted"]).size().idxmax()
    gallery.cell(*cell).click()
    gallery.shows(of_cell(predictions, cell).sort_values("confidence", ascending=False, kind="stable"))
    screenshot(page, "reviewer-cell")
    assert team.clicks == 10  # and one on the cell
