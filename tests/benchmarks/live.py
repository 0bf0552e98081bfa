"""How fast and how right the page Live is, in a browser whose camera shows photos. Run by hand.

    python -m tests.benchmarks.live DEMO --run NAME [--workspace DIR] [--minutes 1] [--photos 50] [--map]

Photos of DEMO, which the run was not trained on, are shown one after the other at 30 frames a second, each
for 20 frames with its number in a corner. Told is:

1. frames that were classified a second; milliseconds from a frame to its bars on the screen, painted: median
   and 95th percentile, and the part of the server;
2. the share of frames with the right label, and of the photos by most of their frames, against the share of
   the photos themselves;
3. memory of the server and of the page's script after a tenth of the time and at its end, and the server's
   CPU time a frame, and the browser's.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image, ImageDraw, ImageOps
from playwright.sync_api import Page, sync_playwright

from poetcore.evaluation.classifier import Classifier
from poetcore.workspace.workspace import Workspace, default_workspace
from tests.browser.camera import CAMERA_ARGUMENTS, write_film
from tests.browser.conftest import ARGUMENTS, ROOT, browser_path, serving
from tests.browser.dashboard import server_of

#: A photo's number stands in so many squares in the corner of a frame of this size, white for 1.
_BITS, _SIDE, _FRAME = 10, 12, (640, 480)

#: Adds what comes of each frame to `window.seen`: [photo, probabilities, from the frame to the bars, server].
_SCRIPT = f"""
(view) => {{
  window.seen = [];
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", {{ willReadFrequently: true }});
  const numberOf = async (blob) => {{
    const picture = await createImageBitmap(blob);
    [canvas.width, canvas.height] = [picture.width, picture.height];
    context.drawImage(picture, 0, 0);
    picture.close();
    const scale = canvas.width / {_FRAME[0]};
    let number = 0;
    for (let bit = 0; bit < {_BITS}; bit += 1) {{
      const place = [Math.round((bit + 0.5) * {_SIDE} * scale), Math.round(0.5 * {_SIDE} * scale)];
      number += context.getImageData(...place, 1, 1).data[1] > 127 ? 2 ** bit : 0;
    }}
    return number;
  }};
  view.addEventListener("seen", ({{ detail: {{ blob, time, answer }} }}) => requestAnimationFrame(() => {{
    // A message is delivered after the frame is painted.
    const channel = new MessageChannel();
    channel.port1.onmessage = async () => {{
      const took = performance.now() - 1000 * time;
      window.seen.push([await numberOf(blob), answer.probabilities, took, answer.milliseconds]);
    }};
    channel.port2.postMessage(0);
  }}));
}}
"""


@dataclass(frozen=True)
class Moment:
    """What was in memory at a time, in MB, and the CPU seconds of server and browser until then."""

    server: float
    script: float
    busy: float
    browser: float


def busy(process: psutil.Process) -> float:
    """Return the CPU seconds of a process."""
    times = process.cpu_times()
    return float(times.user + times.system)


def numbered(photo: Path, number: int) -> Image.Image:
    """Return a photo as the camera shows it, its number in the corner."""
    with Image.open(photo) as opened:
        frame = ImageOps.fit(ImageOps.exif_transpose(opened).convert("RGB"), _FRAME)
    draw = ImageDraw.Draw(frame)
    for bit in range(_BITS):
        colour = "white" if number >> bit & 1 else "black"
        draw.rectangle((bit * _SIDE, 0, (bit + 1) * _SIDE - 1, _SIDE - 1), fill=colour)
    return frame


def watch(
    page: Page, address: str, run: str, minutes: float, with_map: bool
) -> tuple[list[Any], list[Moment]]:
    """Start the camera on the page; return what came of each frame, and the memory of each tenth."""
    page.goto(f"{address}/live?run={run}")
    page.get_by_role("button", name="Start the camera").click()
    view = page.locator(".live")
    view.locator(".share").filter(has_text="%").wait_for()
    if with_map:
        page.keyboard.press("h")
    view.evaluate(_SCRIPT)
    server, seen, moments = server_of(address), [], []
    for _ in range(10):
        time.sleep(6 * minutes)
        seen += page.evaluate("seen.splice(0)")
        script = page.evaluate("performance.memory.usedJSHeapSize")
        family = [one for one in psutil.Process().children(recursive=True) if one.pid != server.pid]
        drawing = sum(busy(one) for one in family)
        moments.append(Moment(server.memory_info().rss / 1e6, script / 1e6, busy(server), drawing))
    return seen, moments


def right_frames(seen: list[Any], labels: list[str], truth: list[str]) -> dict[int, list[bool]]:
    """Return for the number of each photo whether its frames got the right label.

    Args:
        seen: of `watch`.
        labels: in the order of the probabilities.
        truth: the true label of each photo.
    """
    found: dict[int, list[bool]] = {}
    for number, probabilities, *_ in seen:
        found.setdefault(number, []).append(labels[int(np.argmax(probabilities))] == truth[number])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("demo", type=Path)
    parser.add_argument("--run", default="latest")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--photos", type=int, default=50)
    parser.add_argument("--map", action="store_true", help="with the heat map over the picture")
    asked = parser.parse_args()
    workspace = Workspace(asked.workspace) if asked.workspace else default_workspace()
    run = workspace.run(asked.run)
    everything = sorted(path for path in asked.demo.rglob("*") if path.is_file())
    photos = everything[:: max(1, len(everything) // asked.photos)][: asked.photos]
    labels, truth = run.labels(), [photo.parent.name for photo in photos]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        film = Path(folder) / "film.y4m"
        write_film(
            film, [numbered(*pair) for pair in zip(photos, range(len(photos)), strict=True)], frames=20
        )
        arguments = [*ARGUMENTS, *CAMERA_ARGUMENTS, f"--use-file-for-fake-video-capture={film}"]
        browser = playwright.chromium.launch(executable_path=browser_path(), args=arguments)
        with serving(ROOT / "app.py", {"TFP_WORKSPACE": str(workspace.root)}, ()) as address:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            seen, moments = watch(page, address, run.name, asked.minutes, asked.map)
        browser.close()
    counted = right_frames(seen, labels, truth)
    took, server = (np.array([row[place] for row in seen]) for place in (2, 3))
    print(f"{run.name}, {run.record().backbone}: {len(seen)} frames in {asked.minutes} minutes")
    print(f"{len(seen) / (60 * asked.minutes):.1f} frames a second")
    print(f"frame to bars: median {np.median(took):.0f} ms, 95 % within {np.percentile(took, 95):.0f} ms")
    print(
        f"of that the server: median {np.median(server):.0f} ms, 95 % within {np.percentile(server, 95):.0f}"
    )
    by_file = [one.label for one in Classifier(run, workspace).classify([photos[one] for one in counted])]
    same = sum(label == truth[number] for label, number in zip(by_file, counted, strict=True))
    right = sum(sum(frames) for frames in counted.values())
    mostly = sum(2 * sum(frames) > len(frames) for frames in counted.values())
    print(f"right: {100 * right / len(seen):.1f} % of frames")
    print(f"right: {mostly} of {len(counted)} photos by most of their frames, {same} as files")
    first, last = moments[0], moments[-1]
    memory = ", ".join(f"{moment.server:.0f}" for moment in moments)
    print(f"server {first.server:.0f} MB, then {last.server:.0f} MB ({memory})")
    print(f"script {first.script:.0f} MB, then {last.script:.0f} MB")
    each = 1000 / (0.9 * len(seen))
    print(
        f"CPU a frame: server {each * (last.busy - first.busy):.0f} ms,"
        f" browser with its camera {each * (last.browser - first.browser):.0f} ms"
    )


if __name__ == "__main__":
    main()
