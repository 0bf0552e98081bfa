"""The dashboard in Chromium: `python -m tests.benchmarks.dashboard WORKSPACE RUN DEMO_FOLDER`.

Prints one line of JSON: the seconds until a person sees the first page of a server that has just come up, the
milliseconds of the slideshow's steps, and the memory that the server then has.
"""

import json
import sys
import time
from urllib.parse import quote

__all__ = ["STEPS", "measure"]

STEPS = 50

#: Waits for a key, then for the first frame that shows another picture, whole, and has been painted.
_STEP = """
() => {
  window.steps = [];
  const find = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.matches(".show .picture img")) return node;
      const inside = node.shadowRoot && find(node.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  window.addEventListener("keydown", (event) => {
    const pressed = event.timeStamp, before = find(document).src;
    const look = () => {
      const image = find(document);
      if (!image || image.src === before || !image.complete) return requestAnimationFrame(look);
      // A message is delivered after the frame is painted.
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.steps.push(performance.now() - pressed);
        channel.port2.postMessage(0);
      });
    };
    look();
  }, { capture: true });
}
"""


def measure(workspace: str, run: str, demo: str) -> dict[str, object]:
    """Open the dashboard of a workspace whose run was evaluated on the demo folder."""
    try:
        import psutil
        from playwright.sync_api import sync_playwright

        from tests.browser.conftest import ARGUMENTS, ROOT, browser_path, serving
    except ImportError as error:
        return {"skipped": str(error)}
    if browser_path() is None:
        return {"skipped": "no Chromium was found (POET_BROWSER names one)"}
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS) as chromium,
        serving(ROOT / "app.py", {"TFP_WORKSPACE": workspace}, ()) as address,
    ):
        page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for()
        painted = time.perf_counter() - start
        page.goto(f"{address}/slideshow?run={quote(run)}&demo={quote(demo)}")
        page.locator(".show .picture img").first.wait_for()
        page.evaluate(_STEP)
        page.locator(".show .picture").click()
        for number in range(STEPS):
            page.wait_for_timeout(300)  # a person looks; meanwhile the next picture is fetched
            page.keyboard.press("ArrowRight")
            page.wait_for_function(f"window.steps.length > {number}")
        port = address.rsplit(":", 1)[1]
        (server,) = (child for child in psutil.Process().children() if port in child.cmdline())
        return {
            "first_paint_s": painted,
            "steps_ms": page.evaluate("window.steps"),
            "server_mb": server.memory_info().rss / 1e6,
        }


if __name__ == "__main__":
    answer = measure(*sys.argv[1:])
    print(json.dumps(answer), flush=True)
