"""A public view with the owner's other folders beside it: visitors who try everything change and see nothing.

    python -m tests.benchmarks.public_view [--minutes 10]

A browser clicks every widget that it finds and types into every field, a client asks every address with every
method, and another speaks Streamlit's own protocol with values that no widget offers. The hashes of all files
are compared before and after, and inotify tells which were opened meanwhile.
"""

import argparse
import itertools
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from starlette.routing import Route

from poetcore.sources.samples import make_sample
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.ui.audience.routes import AUDIENCE_ROUTES
from poetcore.ui.data.upload_routes import UPLOAD_ROUTES
from poetcore.ui.gallery.facts import FACT_ROUTES
from poetcore.ui.live.collect_routes import COLLECT_ROUTES
from poetcore.ui.live.frame_routes import FRAME_ROUTES
from poetcore.ui.review.routes import REVIEW_ROUTES
from poetcore.ui.route import ROUTE, answer
from poetcore.ui.use.look_routes import LOOK_ROUTES
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.harness import ROOT
from tests.benchmarks.public_crawler import Findings, ask_everything, crawl, forge
from tests.benchmarks.public_place import MARK, FileWatch, PublicPlace, hashes, make_public_place
from tests.browser.conftest import ARGUMENTS, browser_path, serving

__all__ = ["PAGES", "ROUTES", "try_everything"]

#: Asked in Streamlit's own protocol; the last is none of the public view.
PAGES = ("home", "overview", "evaluate", "slideshow", "predict", "live", "train")

#: Of the owner's dashboard.
ROUTES = [
    Route(ROUTE, answer),
    *(*AUDIENCE_ROUTES, *COLLECT_ROUTES, *FACT_ROUTES, *FRAME_ROUTES),
    *(*LOOK_ROUTES, *REVIEW_ROUTES, *UPLOAD_ROUTES),
]


def try_everything(
    place: PublicPlace, browser: Browser, seconds: float, asked: int | None = None, seed: int = 0
) -> tuple[Findings, list[str]]:
    """Run a public view and try everything against it.

    Args:
        place: with something published.
        browser: a Chromium.
        seconds: of clicking, and a sixth of it of speaking Streamlit's protocol.
        asked: requests to addresses; None for all that there are.
        seed: of the draws.

    Returns:
        What was told, and which files were opened or changed that must not be.
    """
    findings = Findings((MARK.encode(), str(place.root).encode(), b"root:x:0"))
    before = hashes(place.root)
    environment = {"TFP_PUBLIC": "1", "TFP_WORKSPACE": str(place.workspace.root), "TFP_PUBLIC_RATE": "2000"}
    with serving(ROOT / "app.py", environment, []) as base, FileWatch(place.root) as watch:
        urllib.request.urlopen(f"{base}/poet/picture/{place.shown_sha}").close()
        until, rounds = time.monotonic() + seconds, itertools.count(seed)
        while (left := until - time.monotonic()) > 0:
            crawl(browser, base, findings, place.root, min(30, left), next(rounds))
            watch.look()
        for page in PAGES:
            forge(base, page, findings, place.root, seconds / 6 / len(PAGES))
            watch.look()
        ask_everything(base, ROUTES, findings, place.root, place.private_sha, asked)
    assert any(path.endswith(".jpg") for path in watch.opened)  # what was asked for first
    opened = [path for path in sorted(watch.opened) if Path(path).is_file()]
    wrong = [f"opened {path}" for path in opened if not place.may_open(path)] + sorted(watch.changed)
    after = hashes(place.root)
    wrong += [f"changed {path}" for path in before | after if before.get(path) != after.get(path)]
    return findings, wrong


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.public_view",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=10)
    arguments = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        source = Workspace(root / "source")
        sample = make_sample(source.datasets / "sample", train_per_label=12, demo_per_label=4)
        for run in ("shown", "hidden"):
            options = TrainingOptions(how_many_training_steps=100, seed=1)
            retrain(RunConfig(sample / "train", name=run, training=options), source)
        place = make_public_place(source, root / "place")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
            findings, wrong = try_everything(place, browser, arguments.minutes * 60)
            browser.close()
    notes = (*wrong[:20], *findings.told[:20], *findings.failed[:20])
    Campaign(
        "visitors of a public view",
        f"python -m tests.benchmarks.public_view --minutes {arguments.minutes:g}",
        findings.tried,
        findings.tried,
        losses=len(wrong),
        silent=len(findings.told),
        tracebacks=len(findings.failed),
        seed=0,
        seconds=time.monotonic() - start,
        notes=notes,
    ).report()
    return int(bool(notes))


if __name__ == "__main__":
    sys.exit(main())
