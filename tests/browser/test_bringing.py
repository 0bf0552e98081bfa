"""Bringing pictures in, in a real browser: sent file by file, gone on with after a reload, mended."""

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from poetcore.data.layout import folders_in
from poetcore.workspace.workspace import Workspace
from tests.browser.conftest import ROOT, Serve, screenshot, until_true
from tests.browser.dashboard import NOT_FOUND, Dashboard, drop, until
from tests.conftest import Trained, fill

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.fixture(scope="module")
def place(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a converted backbone and nothing else."""
    place = Workspace(tmp_path_factory.mktemp("bringing") / "tf_files")
    shutil.copytree(trained.workspace.models, place.models)
    return place


@pytest.fixture(scope="module")
def address(serve: Serve, place: Workspace) -> str:
    return serve(ROOT / "app.py", {"TFP_WORKSPACE": str(place.root)})


@pytest.fixture
def dashboard(page: Page, address: str, place: Workspace) -> Iterator[Dashboard]:
    """The page on which pictures are brought in, with nothing brought in yet."""
    shutil.rmtree(place.datasets, ignore_errors=True)  # by whichever test
    yield Dashboard(page, address).open("/overview")
    shutil.rmtree(place.datasets, ignore_errors=True)


def choose(page: Page, way: str, *paths: Path) -> None:
    """Choose a folder or files as the button does that opens the system's dialog."""
    expect(page.get_by_role("button", name=f"Choose {'a ' if way != 'photos' else ''}{way}")).to_be_visible()
    page.locator(f"input.pick-{way.replace(' file', '')}").set_input_files(list(paths))


def send(page: Page, way: str, *paths: Path) -> None:
    """Send files in the dialog, and wait until Python has dealt with them and the next can be chosen.

    What the dialog shows is no sign of that: until a rerun ends it may be from before.
    """
    expect(page.get_by_role("dialog").locator(".zone")).to_be_visible()
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.locator(f"input.pick-{way}").set_input_files(list(paths))
    until_true(page, "window.poetTransfer.phase === 'idle'")


def test_a_folder_is_sent_and_chosen(dashboard, place, tmp_path):
    folder = fill(tmp_path / "garden", {"rose": 3, "tulip": 3})
    (folder / "rose" / ".DS_Store").write_bytes(b"x")
    choose(dashboard.page, "folder", folder)
    dashboard.says("6 pictures were brought into")
    dashboard.has_chosen("Dataset", "garden")
    sent = {path.relative_to(place.datasets / "garden") for path in place.datasets.rglob("*.jpg")}
    assert sent == {path.relative_to(folder) for path in folder.rglob("*.jpg")}


def test_after_a_reload_only_what_is_missing_is_sent(dashboard, place, tmp_path):
    folder = fill(tmp_path / "garden", {"rose": 3, "tulip": 3})
    sent: list[str] = []
    reloaded: list[bool] = []

    def hold(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) <= 2 or reloaded:
            route.continue_()  # the others hang until the page is left

    dashboard.page.route(re.compile(r"/poet/uploads/\w+/\d+"), hold)
    choose(dashboard.page, "folder", folder)
    dashboard.says("2 of 6 files")
    screenshot(dashboard.page, "bring-working")
    dashboard.open("/overview").says("garden: 2 of 6 files are here.")
    assert folders_in(place.datasets) == []
    screenshot(dashboard.page, "bring-unfinished")
    reloaded.append(True)
    before = len(sent)
    drop(dashboard.page, folder)
    dashboard.says("6 pictures were brought into")
    assert len(sent) - before == 4


def test_other_pages_may_be_looked_at_meanwhile(dashboard, tmp_path):
    held: list[Route] = []
    dashboard.page.route(re.compile(r"/poet/uploads/\w+/\d+"), lambda route: held.append(route))
    choose(dashboard.page, "folder", fill(tmp_path / "garden", {"rose": 2, "tulip": 2}))
    dashboard.says("0 of 4 files")
    dashboard.menu("Train").menu("Overview").says("0 of 4 files")
    for route in held:
        route.continue_()
    dashboard.says("4 pictures were brought into")


def test_a_dropped_folder_brings_its_empty_label_too(dashboard, tmp_path):
    folder = fill(tmp_path / "garden", {"rose": 2, "tulip": 2})
    (folder / "fern").mkdir()
    drop(dashboard.page, folder)
    dashboard.says("“fern” has no pictures.")


def test_a_folder_that_was_cancelled_while_it_was_read_is_not_sent_in_place_of_the_next(dashboard):
    expect(dashboard.page.get_by_role("button", name="Choose a folder")).to_be_visible()
    sent = dashboard.page.evaluate(
        """async () => {
            const { poetTransfer: transfer } = window;
            const release = [];
            const file = (name) => (give) => release.push(() => give(new File(["x"], name)));
            const entry = (name) => ({ name, isFile: true, file: file(name) });
            transfer.begin = async (files) => (window.begun = files.map(({ path }) => path));
            const first = transfer.drop([entry("first.jpg")]);
            await transfer.cancel();
            const second = transfer.drop([entry("second.jpg")]);
            release[0]();
            await first;
            const early = window.begun;
            release[1]();
            await second;
            delete transfer.begin;
            transfer.rest();
            return [early ?? [], window.begun];
        }"""
    )
    assert sent == [[], ["second.jpg"]]


def test_what_is_dropped_again_is_sent_once_what_was_cancelled_is_deleted(dashboard):
    expect(dashboard.page.get_by_role("button", name="Choose a folder")).to_be_visible()
    early, asked = dashboard.page.evaluate(
        """async () => {
            const { poetTransfer: transfer, fetch } = window;
            const asked = [];
            let release;
            window.fetch = async (address, { method }) => {
                asked.push(method);
                if (method === "DELETE") await new Promise((go) => (release = go));
                return new Response('{"error": "No picture."}', { status: method === "DELETE" ? 200 : 400 });
            };
            transfer.id = "an earlier one";
            transfer.cancel();
            const sent = transfer.begin([{ path: "garden/a.jpg", file: new File(["x"], "a.jpg") }]);
            await new Promise((go) => setTimeout(go, 50));
            const early = [...asked];
            release();
            await sent;
            window.fetch = fetch;
            transfer.rest();
            return [early, asked];
        }"""
    )
    assert (early, asked) == (["DELETE"], ["DELETE", "POST"])


def test_what_is_cancelled_leaves_nothing(dashboard, place, tmp_path):
    dashboard.page.route(re.compile(r"/poet/uploads/\w+/\d+"), lambda route: None)
    choose(dashboard.page, "folder", fill(tmp_path / "garden", {"rose": 3, "tulip": 3}))
    dashboard.says("0 of 6 files")
    dashboard.page.get_by_role("button", name="Cancel").click()
    expect(dashboard.page.get_by_text("Drop a folder of photos here")).to_be_visible()
    until(lambda: not list(place.datasets.iterdir()))
    dashboard.page.unroute_all(behavior="ignoreErrors")


@pytest.mark.complains(rf"{NOT_FOUND}|ERR_FAILED")
def test_a_server_that_does_not_answer_is_asked_again(dashboard, tmp_path):
    failed: list[str] = []

    def fail(route: Route) -> None:
        failed.append(route.request.url)
        route.abort() if len(failed) == 1 else route.continue_()

    dashboard.page.route(re.compile(r"/poet/uploads/\w+/\d+"), fail)
    choose(dashboard.page, "folder", fill(tmp_path / "garden", {"rose": 3, "tulip": 3}))
    dashboard.says("6 pictures were brought into")


@pytest.mark.complains(rf"{NOT_FOUND}|status of 400")
def test_another_archive_is_told_with_what_to_do_and_another_file_can_be_chosen(dashboard, tmp_path):
    (tmp_path / "photos.tar.gz").write_bytes(b"\x1f\x8b\x08" + bytes(99))
    choose(dashboard.page, "zip file", tmp_path / "photos.tar.gz")
    dashboard.says("photos.tar.gz is a tar.gz or gzip archive")
    expect(dashboard.page.get_by_role("button", name="Choose a folder")).to_be_visible()
    screenshot(dashboard.page, "bring-error")


def test_loose_photos_are_asked_their_label(dashboard, place, tmp_path):
    photos = sorted(fill(tmp_path, {"x": 2}).rglob("*.jpg"))
    choose(dashboard.page, "photos", *photos)
    dashboard.says("Which label do these 2 photos have?")
    label = dashboard.page.get_by_test_id("stMain").get_by_role("combobox", name="Label")
    label.fill("daisy")
    label.press("Enter")
    dashboard.button("Add them").click()
    dashboard.says("2 pictures were brought into")
    assert len(list((place.datasets / "photos" / "daisy").iterdir())) == 2


def test_the_dialog_stays_open_to_tell_and_to_ask_and_the_page_tells_what_came(
    dashboard, page, trained, tmp_path
):
    """Of an archive without pictures why it is refused, of loose photos which label they have."""
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
        archive.writestr("notes.txt", "x")
    sample = trained.workspace.datasets / "sample" / "train"
    dashboard.open(f"/predict?dataset={sample}").button("Bring pictures").click()
    dialog = page.get_by_role("dialog")
    send(page, "zip", tmp_path / "notes.zip")
    refused = dialog.get_by_text("No picture in a label folder in notes.zip")
    expect(refused).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    dashboard.button("Bring pictures").click()
    send(page, "zip", tmp_path / "notes.zip")  # once more
    expect(refused).to_be_visible()
    send(page, "photos", *sorted(fill(tmp_path, {"x": 2}).rglob("*.jpg")))
    expect(dialog.get_by_text("Which label do these 2 photos have?")).to_be_visible()
    dialog.get_by_role("button", name="Discard", exact=True).click()
    expect(dialog.get_by_text("Which label")).to_have_count(0)
    # The page below the dialog has an uploader of its own.
    drop(page, fill(tmp_path / "garden", {"rose": 1, "tulip": 1}), on=dialog.locator(".zone"))
    expect(dialog).to_have_count(0)
    dashboard.has_chosen("Dataset", "garden")
    expect(page.get_by_text("2 pictures were brought into")).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_role("link", name="See what was found")).to_be_visible()


def zip_of_a_mac(folder: Path) -> Path:
    """Zip a folder as the Finder does: entries for folders, notes of its own beside each file."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted([folder, *folder.rglob("*")]):
            name = path.relative_to(folder.parent).as_posix()
            archive.writestr(
                f"{name}/" if path.is_dir() else name, b"" if path.is_dir() else path.read_bytes()
            )
            if path.is_file():
                archive.writestr(
                    f"__MACOSX/{path.parent.relative_to(folder.parent)}/._{path.name}", b"\0\5\x16\7"
                )
    return target


@pytest.mark.slow
def test_a_biologist_brings_a_zip_file_of_a_mac_mends_it_and_trains(dashboard, place, tmp_path):
    """Levels too many, a label under two names, one that is still empty: no step needs typing."""
    labels = {"Amanita muscaria": 14, "amanita muscaria": 6, "Boletus edulis": 20}
    folder = fill(tmp_path / "Export 2026" / "photos", labels).parent
    (folder / "photos" / "Cantharellus").mkdir()
    (folder / "photos" / "Cantharellus" / ".DS_Store").write_bytes(b"x")
    page = dashboard.page
    choose(page, "zip file", zip_of_a_mac(folder))
    dashboard.says("40 pictures were brought into")
    dashboard.says("Around the label folders, and no label: photos.")
    dashboard.says("look alike: upper and lower case")
    dashboard.says("“Cantharellus” has no pictures.")
    screenshot(page, "bring-found")
    page.get_by_role("button", name="Merge into").click()
    expect(page.get_by_text("look alike")).to_have_count(0)
    page.get_by_role("button", name="Remove the empty folder").click()
    expect(page.get_by_text("has no pictures")).to_have_count(0)
    (dataset,) = folders_in(place.datasets)
    assert [label.name for label in folders_in(dataset)] == ["Amanita muscaria", "Boletus edulis"]
    dashboard.menu("Train")
    page.get_by_role("button", name="Train and evaluate").click()
    until(lambda: place.finished_runs())
