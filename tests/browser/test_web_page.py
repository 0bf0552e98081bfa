"""An exported web page in a browser: it answers as the app does, from pictures, samples and the camera."""

import base64
import io
import shlex
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from poetcore.data import images
from poetcore.evaluation.classifier import Classifier
from poetcore.export.export import Exported
from poetcore.export.web.web_format import npm_command
from tests.browser.accessibility import faults
from tests.browser.camera import FakeCamera
from tests.browser.conftest import Held
from tests.browser.dashboard import until
from tests.conftest import encoded

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: What the page's own modules make of a picture: the pixels that the network sees, and its probabilities.
CLASSIFY = """async (content) => {
    const {decoded, pixelsOf} = await import("/pixels.js");
    if (!window.opened) {
        const {openModel} = await import("/model.js");
        window.opened = openModel(await (await fetch("/poet_page.json")).json());
    }
    const model = await window.opened;
    const seen = await decoded(new Blob([Uint8Array.from(atob(content), (one) => one.charCodeAt(0))]));
    const pixels = pixelsOf(seen.picture, model.size, seen.most);
    const text = Array.from(pixels, (one) => String.fromCharCode(one)).join("");
    return [btoa(text), await model.classify(pixels)];
}"""


class Quiet(SimpleHTTPRequestHandler):
    """A plain server of files."""

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def site(web_page: Exported, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page on a plain server, with LiteRT.js beside it as its note says."""
    folder = tmp_path_factory.mktemp("site") / "page"
    shutil.copytree(web_page.path, folder)
    command = shlex.split(npm_command(folder.as_posix()))
    if not (npm := shutil.which(command[0])):
        pytest.skip("npm is not installed, and LiteRT.js comes from it")
    try:
        done = subprocess.run(
            [npm, *command[1:], "--ignore-scripts"], capture_output=True, text=True, timeout=120
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm gets no answer from its registry, and LiteRT.js comes from it")
    if done.returncode:
        pytest.skip(f"npm cannot have LiteRT.js: {done.stderr.strip()[-200:]}")
    with served(folder) as address:
        yield address


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def opened(page: Page, site: str) -> Page:
    page.goto(site)
    expect(page.locator("html[data-ready]")).to_be_attached()
    return page


def in_browser(page: Page, content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """What the page makes of a picture: pixels `(size, size, 3)`, probabilities `(labels,)`."""
    pixels, probabilities = page.evaluate(CLASSIFY, base64.b64encode(content).decode())
    values = np.frombuffer(base64.b64decode(pixels), np.uint8)
    side = round((len(values) / 3) ** 0.5)
    return values.reshape(side, side, 3).astype(float), np.array(probabilities)


def test_the_browser_answers_as_the_app(page, site, trained):
    opened(page, site)
    paths = sorted((trained.sample / "demo").glob("*/*"))
    for one in Classifier(trained.run, trained.workspace).classify(paths):
        content = one.path.read_bytes()
        pixels, probabilities = in_browser(page, content)
        # A JPEG that is decoded at half its size has colours between those of its pixels.
        assert np.abs(pixels - images.to_square(content, 224)).mean() < 3
        assert trained.run.labels()[probabilities.argmax()] == one.label
        assert np.abs(probabilities - one.probabilities).max() < 0.1


def of_many_kinds() -> dict[str, bytes]:
    """Pictures on which decoders differ: turned by EXIF, transparent, much larger, of odd sizes."""
    noise = np.random.default_rng(3).integers(0, 255, (30, 40, 3), np.uint8)
    smooth = Image.fromarray(noise).resize((401, 301), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    clear = smooth.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    return {
        "rotated": encoded(smooth, "JPEG", exif=exif, quality=95, subsampling=0),
        "transparent": encoded(clear, "PNG"),
        "grey": encoded(smooth.convert("L"), "PNG"),
        "large": encoded(smooth.resize((2501, 1903), Image.Resampling.BICUBIC), "PNG"),
        "wide": encoded(smooth.resize((1500, 130)), "PNG"),
        "webp": encoded(smooth, "WEBP", lossless=True),
    }


def test_pictures_of_many_kinds_are_seen_as_by_the_app(page, site):
    opened(page, site)
    for kind, content in of_many_kinds().items():
        pixels, _ = in_browser(page, content)
        off = np.abs(pixels - images.to_square(content, 224))
        assert (off.max(), off.mean()) < (8, 0.6), kind


def test_a_sample_and_a_picture_of_the_visitors_are_classified_on_the_page(page, site, trained):
    opened(page, site)
    page.get_by_role("button", name="Sample picture, labelled").first.click()
    expect(page.locator("#remark")).to_contain_text("It was labelled")
    (shown,) = Classifier(trained.run, trained.workspace).classify(
        sorted((trained.sample / "demo").glob("*/*"))[:1]
    )
    page.locator("#file").set_input_files(shown.path)
    expect(page.locator("#answer")).to_have_text(shown.label)
    expect(page.locator("#bars li")).to_have_count(len(trained.run.labels()))
    expect(page.locator("#remark")).to_have_text("")
    expect(page.locator("h1")).to_have_text("Five <b>flowers</b>")


#: Stands for the model, which comes from the registry of npm.
ANY_MODEL = """
export class Problem extends Error {}
export const openModel = async ({ labels }) => {
    return { accelerator: "none", classify: async () => labels.map(() => 1 / labels.length) };
};
"""


def test_a_sample_that_comes_late_does_not_take_the_place_of_the_next(page, web_page):
    page.route("**/model.js", lambda route: route.fulfill(body=ANY_MODEL, content_type="text/javascript"))
    with served(web_page.path) as address:
        samples = opened(page, address).get_by_role("button", name="Sample picture, labelled")
        first, second = (
            samples.nth(place).locator("img").get_attribute("alt").rpartition(" ")[2] for place in (0, -1)
        )
        late = Held(page, f"**/{samples.first.locator('img').get_attribute('src')}")
        samples.first.click()
        late.until_answered()
        samples.last.click()
        expect(page.locator("#remark")).to_contain_text(f"It was labelled {second}.")
        late.release()
        assert first != second
        expect(page.locator("#remark")).to_contain_text(f"It was labelled {second}.")


def test_what_is_no_picture_is_refused_in_a_sentence(page, site):
    opened(page, site)
    page.locator("#file").set_input_files({"name": "list.jpg", "mimeType": "image/jpeg", "buffer": b"words"})
    expect(page.get_by_role("alert")).to_have_text(
        "This browser cannot read list.jpg as a picture: save it as JPEG or PNG."
    )


def test_the_camera_is_classified_until_it_is_stopped(camera: FakeCamera, camera_page, site, trained):
    first = sorted((trained.sample / "demo").glob("*/*"))[0]
    camera.shows([Image.open(first).resize((640, 480))])
    sees = io.BytesIO()
    Image.open(first).resize((640, 480)).convert("RGB").save(sees, "PNG")
    known = Classifier(trained.run, trained.workspace).classify_bytes("frame", sees.getvalue())
    opened(camera_page, site).get_by_role("button", name="Use the camera").click()
    expect(camera_page.locator("#answer")).to_have_text(known.label)
    camera_page.get_by_role("button", name="Stop the camera").click()
    expect(camera_page.locator("#video")).to_be_hidden()
    until(lambda: camera_page.evaluate("document.getElementById('video').srcObject === null"))


@pytest.mark.complains("integrity|ERR_|Failed|cannot be loaded")
def test_a_library_of_another_content_is_not_run(page, site):
    page.route("**/core/dist/index.js", lambda route: route.fulfill(body="window.wasRun = true;"))
    page.goto(site)
    expect(page.get_by_role("alert")).to_contain_text("or is another than this page was made with")
    assert page.evaluate("window.wasRun") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_and_fits_a_phone(page, site, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, site).get_by_role("button", name="Sample picture, labelled").first.click()
    expect(page.locator("#remark")).to_contain_text("It was labelled")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator(".seen")).to_be_in_viewport(ratio=1)  # the samples stand below it
    assert faults(page) == []
