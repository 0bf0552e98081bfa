"""Uploads: taken by their content, whatever their name; what is no picture is told in a sentence."""

import io

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Serve, screenshot
from tests.browser.dashboard import NOT_FOUND, Dashboard, copy_of
from tests.conftest import Trained, encoded, picture

pytestmark = [pytest.mark.complains(NOT_FOUND), pytest.mark.usefixtures("nothing_refused")]


@pytest.fixture(scope="module")
def known(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return copy_of(trained, tmp_path_factory.mktemp("uploads"))


@pytest.fixture
def dashboard(page: Page, serve: Serve, known: Trained) -> Dashboard:
    return Dashboard(page, serve(ROOT / "app.py", {"TFP_WORKSPACE": str(known.workspace.root)}))


def heic() -> bytes:
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(picture(2, (320, 240))).save(out)
    return out.getvalue()


def upload(page: Page, files: dict[str, bytes]) -> None:
    given = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in files.items()
    ]
    page.locator("input[type=file]").first.set_input_files(given)


def test_pictures_are_taken_whatever_their_names(dashboard):
    page = dashboard.open("/predict").page
    upload(
        page,
        {
            "IMG_1.HEIC": heic(),
            "b.jfif": encoded(picture(3)),
            "SHOUT.JPEG": encoded(picture(4)),
            "no ending": encoded(picture(5)),
            "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
            "P1.NEF": b"II*\0\x10\0\0\0CR\2\0",
        },
    )
    expect(page.get_by_text("drawing.svg is a drawing (SVG), not a photo: save it as PNG.")).to_be_visible()
    expect(page.get_by_text("P1.NEF is a camera raw photo: export it as JPEG.")).to_be_visible()
    for name in ("IMG_1.HEIC", "b.jfif", "SHOUT.JPEG", "no ending"):
        expect(page.get_by_text(name).last).to_be_visible()
    expect(page.locator(".poet-grid img")).to_have_count(4)
    screenshot(page, "predict-uploads")
