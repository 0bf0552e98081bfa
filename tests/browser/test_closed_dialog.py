"""A dialog that has been closed, from which the browser still asks for something."""

import shutil

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.browser.conftest import ROOT, Serve
from tests.browser.dashboard import NOT_FOUND, Dashboard, drop
from tests.conftest import Trained, fill

pytestmark = pytest.mark.complains(NOT_FOUND)


@pytest.mark.parametrize("path", ["/predict", "/overview"])
def test_what_a_closed_dialog_asks_for_once_more_leaves_the_page_whole(
    page: Page, serve: Serve, trained: Trained, tmp_path, path
):
    """On Predict, which ends early where there is no run, and on a page that is drawn to its end."""
    sample = tmp_path / "tf_files" / "datasets" / "sample"
    shutil.copytree(trained.sample, sample)
    asked: list[bytes] = []
    servers: list[WebSocketRoute] = []

    def pass_on(socket: WebSocketRoute) -> None:
        servers.append(socket.connect_to_server())
        socket.on_message(send)

    def send(message: str | bytes) -> None:
        if isinstance(message, bytes) and BackMsg.FromString(message).rerun_script.fragment_id:
            asked.append(message)
        servers[-1].send(message)

    page.route_web_socket("**/_stcore/stream", pass_on)
    address = serve(ROOT / "app.py", {"TFP_WORKSPACE": str(tmp_path / "tf_files")})
    dashboard = Dashboard(page, address).open(f"{path}?dataset={sample / 'train'}")
    dashboard.button("Bring pictures").click()
    dialog = page.get_by_role("dialog")
    drop(page, fill(tmp_path / "garden", {"rose": 1, "tulip": 1}), on=dialog.locator(".zone"))
    expect(dialog).to_have_count(0)
    dashboard.has_chosen("Dataset", "garden")
    dashboard.is_settled()
    servers[-1].send(asked[-1])
    page.get_by_role("link", name="Slideshow").first.click()
    expect(page.get_by_role("heading", name="Slideshow")).to_be_visible()
    dashboard.has_chosen("Dataset", "garden")
