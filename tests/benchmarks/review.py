"""How well a review tells the true accuracy, and how quick it is at the keyboard. Run by hand.

    python -m tests.benchmarks.review WORKSPACE --run NAME [--share 5] [--seeds 200] [--browser]

Each seed gives a share of the pictures another label at random, in memory only: then it is known who is
wrong. A reviewer who makes no error looks at all mistakes, then at a random sample of the others too. The
table has how far the accuracy is from that by the labels as they were: by the wrong labels, corrected by the
mistakes alone, and with samples. With --browser all mistakes of the evaluation as it is are reviewed in
Chromium by keyboard (the model is wrong, one after the other) while the server is killed and started again:
what each key costs, and whether every verdict was kept. The workspace is copied before.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.metrics import compute_metrics
from poetcore.evaluation.review.corrected import corrected
from poetcore.evaluation.review.review import Review
from poetcore.evaluation.review.sample import random_sample
from poetcore.system.figures import percent
from poetcore.workspace.review_file import ReviewEntry
from poetcore.workspace.workspace import Workspace

SAMPLES = (30, 60, 100)

#: Waits until the light-box has painted another picture; returns the milliseconds since a key went down.
PAINTED = """(before) => new Promise((done) => {
  const box = window.box();
  const look = () => {
    const now = box.querySelector('.place').textContent;
    if (now === before) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => done([performance.now() - window.down, now])));
  };
  look();
})"""


def swapped(found: Evaluation, share: float, seed: int) -> Evaluation:
    """Give a share of the pictures another label."""
    rng = np.random.default_rng(seed)
    names = found.metrics.labels
    places = {name: place for place, name in enumerate(names)}
    codes = found.predictions["label"].map(places).to_numpy(int).copy()
    chosen = rng.choice(len(codes), round(share * len(codes)), replace=False)
    codes[chosen] = (codes[chosen] + rng.integers(1, len(names), len(chosen))) % len(names)
    labels = [names[code] for code in codes]
    table = found.predictions.assign(label=labels, leaked=False, leaked_near=False)
    table["correct"] = table["label"] == table["predicted"]
    metrics = compute_metrics(table, names, "run", Path(found.metrics.folder), [])
    return Evaluation(replace(metrics, independent=None), table)


def said_of(rows: pd.DataFrame, truth: pd.Series) -> dict[str, ReviewEntry]:
    """The verdicts of a reviewer who makes no error."""
    entries = {}
    for row in rows.to_dict("records"):
        right = truth[row["sha"]]
        verdict = "label_correct" if right == row["label"] else "label_wrong"
        said = (verdict, right if verdict == "label_wrong" else "")
        entries[row["sha"]] = ReviewEntry("", row["sha"], row["path"], row["label"], row["predicted"], *said)
    return entries


def errors(found: Evaluation, share: float, seed: int) -> tuple[list[float], list[bool]]:
    """How far each figure is from the true accuracy, and whether the interval of each holds it."""
    one = swapped(found, share, seed)
    truth = found.predictions.drop_duplicates("sha").set_index("sha")["label"]
    true = float((found.predictions["predicted"] == found.predictions["label"]).mean())
    mistakes = said_of(one.predictions[~one.predictions["correct"]], truth)
    reviews = [{}, mistakes]
    reviews += [mistakes | said_of(random_sample(one.predictions, size), truth) for size in SAMPLES]
    figures = [corrected(one, Review(entries)) for entries in reviews]
    values = [float(one.accuracy or 0) for one in figures]
    held = [bool(one.interval and one.interval[0] <= true <= one.interval[1]) for one in figures]
    return [value - true for value in values], held


def table(found: Evaluation, share: float, seeds: int) -> str:
    """Draw many times; a Markdown table."""
    drawn = [errors(found, share, seed) for seed in range(seeds)]
    off = np.array([one for one, _ in drawn])
    held = np.array([one for _, one in drawn])
    names = ["by the labels as they are", "mistakes reviewed", *(f"and {size} at random" for size in SAMPLES)]
    rows = zip(names, off.mean(0), np.abs(off).mean(0), np.abs(off).max(0), held.mean(0), strict=True)
    lines = ["| | mean | mean distance | largest | interval holds it |", "|---|---|---|---|---|"]
    for name, mean, distance, largest, holds in rows:
        points = f"{100 * mean:+.1f} | {100 * distance:.1f} | {100 * largest:.1f}"
        lines.append(f"| {name} | {points} | {percent(float(holds))} |")
    return "\n".join(lines)


def serve(workspace: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    environment = os.environ | {"TFP_WORKSPACE": str(workspace)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([*command, "--server.port", str(port)], env=environment, **quiet)


def by_keyboard(workspace: Path, run: str, demo: str) -> None:
    """Review all mistakes in a browser, kill the server on the way, and print what it cost."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, browser_path, free_port, is_up

    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = serve(workspace, port)
    folder = next(one for one in Workspace(workspace).run(run).evaluations())
    total = len(Evaluation.load(folder).misclassified())
    with sync_playwright() as playwright:
        assert is_up(address, server)
        page = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS).new_page()
        page.goto(f"{address}/evaluate?run={run}&demo={demo}")
        page.get_by_role("button", name="Begin the review").click()
        box = page.locator("dialog.lightbox[open]")
        box.wait_for()
        page.wait_for_timeout(3000)
        page.evaluate("addEventListener('keydown', () => (window.down = performance.now()), true)")
        times: list[float] = []
        for number in range(total):
            if number == total // 2:
                server.kill()
                server.wait()
            if number == total // 2 + 4:
                server = serve(workspace, port)
            before = box.locator(".place").inner_text()
            box.evaluate("(one) => (window.box = () => one)")
            page.keyboard.press("m")
            if number < total - 1:
                took, _ = page.evaluate(PAINTED, before)
                times.append(took)
            page.wait_for_timeout(200)
        deadline = time.monotonic() + 120
        while len(Review.of(folder).verdicts) < total and time.monotonic() < deadline:
            time.sleep(0.2)
        kept = len(Review.of(folder).verdicts)
        server.kill()
    found = corrected(Evaluation.load(folder), Review.of(folder))
    print(f"{kept} of {total} verdicts kept; the corrected accuracy is {percent(found.accuracy)}.")
    spread = sorted(times)
    print(
        f"From the key to the next picture painted: median {statistics.median(times):.0f} ms,"
        f" 95 % within {spread[int(0.95 * len(spread))]:.0f} ms."
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--run", default="latest")
    parser.add_argument("--share", type=float, default=5, help="percent of the labels that are swapped")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--browser", action="store_true")
    given = parser.parse_args(arguments)
    run = Workspace(given.workspace).run(given.run)
    folder = run.evaluations()[0]
    found = Evaluation.load(folder)
    print(table(found, given.share / 100, given.seeds))
    if given.browser:
        with tempfile.TemporaryDirectory() as copy:
            place = Path(copy) / "tf_files"
            shutil.copytree(given.workspace, place)
            for file in place.glob("runs/*/evaluations/*/review.csv"):
                file.unlink()
            by_keyboard(place, run.name, found.metrics.folder)


if __name__ == "__main__":
    main()
