"""The dashboard in Chromium: `python -m tests.benchmarks.dashboard WORKSPACE RUN DEMO_FOLDER [STEPS]`.

Prints one line of JSON: the seconds until the server answers, then until a person sees its first page, the
milliseconds of the slideshow's steps, and the memory that the server then has.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import quote

from tests.benchmarks.key_presses import time_keys

__all__ = ["STEPS", "measure"]

STEPS = 50


def measure(workspace: str, run: str, demo: str, count: int = STEPS) -> dict[str, object]:
    """Open the dashboard of a workspace whose run was evaluated on the demo folder; take so many steps."""
    try:
        import psutil
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import ARGUMENTS, ROOT, browser_path, serving, until_true
    except ImportError as error:
        return {"skipped": str(error)}
    if browser_path() is None:
        return {"skipped": "no Chromium was found (POET_BROWSER names one)"}
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS) as chromium,
        _clocked(serving(ROOT / "app.py", {"TFP_WORKSPACE": workspace}, ())) as (address, server_s),
    ):
        page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for()
        painted = time.perf_counter() - start
        if count:
            page.goto(f"{address}/slideshow?run={quote(run)}&demo={quote(demo)}")
            page.locator(".show .picture img").first.wait_for()
            time_keys(page, ".show .picture img")
            page.locator(".show .picture").click()
        for number in range(count):
            page.wait_for_timeout(300)  # a person looks; meanwhile the next picture is fetched
            page.keyboard.press("ArrowRight")
            until_true(page, f"window.steps.length > {number}")
        port = address.rsplit(":", 1)[1]
        (server,) = (child for child in psutil.Process().children() if port in child.cmdline())
        return {
            "server_s": server_s,
            "first_paint_s": painted,
            "steps_ms": page.evaluate("window.steps || []"),
            "server_mb": server.memory_info().rss / 1e6,
        }


@contextmanager
def _clocked(opened: AbstractContextManager[str]) -> Iterator[tuple[str, float]]:
    """Add the seconds that opening something took."""
    start = time.perf_counter()
    with opened as value:
        yield value, time.perf_counter() - start


if __name__ == "__main__":
    answer = measure(*sys.argv[1:4], *(int(count) for count in sys.argv[4:]))
    print(json.dumps(answer), flush=True)
