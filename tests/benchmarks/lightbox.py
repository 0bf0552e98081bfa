"""Leafing through a gallery of 2,000 photos in Chromium: `python -m tests.benchmarks.lightbox FOLDER`.

FOLDER holds label folders of photos; what is shown are crops of them, each another. Prints one line of JSON:
the milliseconds from a key to the next picture on the screen, once with time to look and once as fast as one
picture follows another, and how often the page sent something to the server meanwhile.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from PIL import Image

from tests.benchmarks.key_presses import time_keys

__all__ = ["measure"]

PICTURES = 2000
STEPS = 100

#: Milliseconds for which a person looks at a picture, in which the next ones are fetched.
LOOKS = 300


def measure(photos: Path, folder: Path) -> dict[str, object]:
    """Leaf through a gallery, and return what a step took.

    Args:
        photos: label folders of photos.
        folder: an empty one, for the pictures that are shown.
    """
    from playwright.sync_api import WebSocket, sync_playwright

    from tests.browser.conftest import ARGUMENTS, browser_path, serving, until_true
    from tests.browser.repair_gallery import APP

    _crops(photos, folder / "set" / "photo")
    sent: list[object] = []
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS) as chromium,
        serving(APP, {"TFP_WORKSPACE": str(folder / "tf_files")}, ()) as address,
    ):
        page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()

        def listen(socket: WebSocket) -> None:
            socket.on("framesent", lambda frame: sent.append(frame))

        page.on("websocket", listen)
        page.goto(f"{address}/?folder={quote(str(folder / 'set'))}")
        page.locator(".poet-grid figure a").first.click(timeout=300_000)
        page.locator("dialog.lightbox[open] .frame > img").first.wait_for()
        page.wait_for_timeout(2000)
        time_keys(page, "dialog.lightbox[open] .frame > img")
        sent.clear()
        times = {}
        for name, pause in (("looking", LOOKS), ("at once", 0)):
            page.evaluate("() => { window.steps = []; }")
            for number in range(STEPS):
                page.wait_for_timeout(pause)
                page.keyboard.press("ArrowRight")
                until_true(page, f"window.steps.length > {number}")
            times[name] = page.evaluate("window.steps")
        place = page.locator("dialog.lightbox[open] .place").text_content()
    return {"place": place, "sent": len(sent)} | {
        f"{name}, {what}": round(figure, 1)
        for name, steps in times.items()
        for what, figure in (
            ("median ms", statistics.median(steps)),
            ("95 % ms", statistics.quantiles(steps, n=20)[-1]),
            ("most ms", max(steps)),
        )
    }


def _crops(photos: Path, folder: Path) -> None:
    """Write different crops of photos, as many as are shown."""
    folder.mkdir(parents=True)
    files = sorted(path for path in photos.glob("*/*") if path.is_file())
    for number in range(PICTURES):
        with Image.open(files[number % len(files)]) as photo:
            edge = 1 + number // len(files)
            photo.convert("RGB").crop((edge, edge, *photo.size)).save(folder / f"{number:05d}.jpg")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(measure(Path(sys.argv[1]), Path(place))), flush=True)
