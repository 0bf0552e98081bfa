"""Slideshows as one file, opened from the disk in Chromium: `python -m tests.benchmarks.slide_files FOLDER`.

FOLDER holds label folders of photos; they are taken round and round where a show needs more of them, each
another crop. Prints a line of JSON for 50 and for 1,000 slides: how large the file is and how long it took to
write, how long it takes from opening it to the first picture, a step from the key to the painted picture, and
the memory of the page's process when it is empty, when the show is open, and when 400 slides were seen.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil
from PIL import Image

from poetcore.evaluation.slides import Slide
from poetcore.evaluation.slideshow.show import Slideshow
from poetcore.evaluation.slideshow.show_file import expected_bytes, write_show
from tests.benchmarks.key_presses import time_keys

__all__ = ["measure"]

SLIDES = (50, 1000)
PIXELS = 1280
STEPS = 400


def measure(photos: Path, folder: Path, count: int) -> dict[str, object]:
    """Write a show of so many slides, open it, and look at it.

    Args:
        photos: label folders of photos.
        folder: where the pictures and the file are written.
        count: of slides.
    """
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, browser_path

    slides = _slides(photos, folder / str(count), count)
    labels = sorted({slide.label for slide in slides})
    expected = expected_bytes(slides, PIXELS, heat_maps=False)
    start = time.perf_counter()
    made = write_show(
        folder / f"{count}.html",
        slides,
        lambda shown, pictures: Slideshow(shown, pictures, labels, title="Benchmark"),
        pixels=PIXELS,
    )
    written = time.perf_counter() - start
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS) as chromium,
    ):
        context = chromium.new_context(viewport={"width": 1440, "height": 900})
        context.set_offline(True)
        page = context.new_page()
        memory = [_page_mb()]
        start = time.perf_counter()
        page.goto(made.path.as_uri(), wait_until="commit")
        page.locator(".show .picture img").wait_for()
        opened = time.perf_counter() - start
        memory.append(_page_mb())
        time_keys(page, ".show .picture img")
        for number in range(min(STEPS, count - 1)):
            page.keyboard.press("ArrowRight")
            while page.evaluate("window.steps.length") <= number:  # its policy lets no text be evaluated
                page.wait_for_timeout(5)
        memory.append(_page_mb())
        steps = page.evaluate("window.steps")
    return {
        "slides": count,
        "mb": round(made.bytes / 1e6, 1),
        "expected mb": round(expected / 1e6, 1),
        "written s": round(written, 1),
        "opened s": round(opened, 2),
        "step ms, median": round(statistics.median(steps), 1),
        "step ms, 95 %": round(statistics.quantiles(steps, n=20)[-1], 1),
        "page mb: empty, open, seen": [round(one) for one in memory],
    }


def _slides(photos: Path, folder: Path, count: int) -> list[Slide]:
    """Write so many different crops of photos, and return their slides."""
    folder.mkdir(parents=True)
    files = sorted(path for path in photos.glob("*/*") if path.is_file())
    slides = []
    for number in range(count):
        source, edge = files[number * 7 % len(files)], 1 + number // len(files)
        path = folder / f"{number:05d}.jpg"
        with Image.open(source) as photo:
            photo.convert("RGB").crop((edge, edge, *photo.size)).save(path, quality=90)
        label = source.parent.name
        slides.append(Slide(str(path), label, label, 0.9, ((label, 0.9),)))
    return slides


def _page_mb() -> float:
    """Return the memory of the largest process of a page, in MB."""
    family = psutil.Process().children(recursive=True)
    return max(one.memory_info().rss for one in family if "--type=renderer" in one.cmdline()) / 1e6


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for slides in SLIDES:
            print(json.dumps(measure(Path(sys.argv[1]), Path(place), slides)), flush=True)
