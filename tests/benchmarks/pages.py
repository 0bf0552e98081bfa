"""How long each page of the dashboard takes, in Chromium. By hand, on an idle machine.

    python -m tests.benchmarks.pages WORKSPACE [--only NAME ...] [--warm] [--times N] [--make TRAIN DEMO]

WORKSPACE is a workspace with an evaluated run, or a folder in which `--make` puts one (`pages_place.py`;
minutes, once). Every page of the menu and each of its sections is opened with its choice in the address: once
in a server that has just come up (cold; not with `--warm`), then N times in one server that has shown every
page, in three ways:

- new: by a browser with an empty cache, which loads Streamlit's client, three megabytes, and compiles it;
- again: a second time by the same browser, in another tab: the files come from its cache, but the client
  starts anew, as it does at every reload;
- menu: by its link in the menu of the first page, as people do it most often; the client runs already. Only
  each page's first section.

Told are the seconds from the address or the link to the first useful content (`pages_list.py`), and until
the script has ended; those from a typical click to the end of what it runs; the bytes received, over HTTP and
over the WebSocket before compression; the server's CPU seconds and memory. What takes more than 1.5 s in a
warm server is in bold type.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from tests.benchmarks.pages_list import LOOKS, Look
from tests.benchmarks.pages_place import Place, make_place
from tests.benchmarks.pages_visit import HOME, Visit, from_menu, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

__all__ = ["measure"]

#: Seconds that a page may take where the server is warm.
LIMIT = 1.5

#: The section that a page's link in the menu opens where there is a run and a tuning; else it is the first.
_OPENED = {"train": "This run", "tune": "Result"}
_FIRST = [
    look
    for look in {
        one.page: one for one in reversed(LOOKS) if one.section == _OPENED.get(one.page, one.section)
    }.values()
    if look != HOME
]


@contextmanager
def browsing(chromium: "Browser") -> Iterator["BrowserContext"]:
    """Begin with an empty cache."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@contextmanager
def served(place: Place) -> Iterator[tuple[str, psutil.Process]]:
    """Start a server on the workspace."""
    from tests.browser.conftest import ROOT, serving
    from tests.browser.dashboard import server_of

    with serving(ROOT / "app.py", {"TFP_WORKSPACE": place.workspace}, ()) as address:
        yield address, server_of(address)


def measure(place: Place, looks: Sequence[Look], cold: bool, times: int) -> list[dict[str, Any]]:
    """Open pages, each so many times in the warm server, and return a row of figures for each."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, browser_path

    rows: list[dict[str, Any]] = [{"page": look.name} for look in looks]
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS) as chromium,
    ):
        for look, row in zip(looks, rows, strict=True) if cold else ():
            with served(place) as (address, server), browsing(chromium) as context:
                first = visit(context, address, look, place, server, clicks=False)
                row |= {"cold": first.content, "cold ends": first.whole, "cold cpu": first.cpu}
        with served(place) as (address, server):
            for look in looks:  # so that every one of them finds a server that has shown all
                with browsing(chromium) as context:
                    visit(context, address, look, place, server, clicks=False)
            for look, row in zip(looks, rows, strict=True):
                firsts, seconds, ways = [], [], []
                for _ in range(times):
                    with browsing(chromium) as context:
                        firsts.append(visit(context, address, look, place, server, clicks=False))
                        seconds.append(visit(context, address, look, place, server, clicks=True))
                        if look in _FIRST:
                            ways.append(from_menu(context, address, look, place))
                if ways:
                    row["menu"] = statistics.median(ways)
                row |= _medians(firsts, seconds) | {"server MB": round(server.memory_info().rss / 1e6)}
                print(f"{look.name}: {row['new']:.2f}, {row['again']:.2f} s", file=sys.stderr, flush=True)
    return rows


def _medians(firsts: Sequence[Visit], seconds: Sequence[Visit]) -> dict[str, Any]:
    """Return the figures of openings by a browser that was new, and by the same ones again."""

    def median(visits: Sequence[Visit], name: str) -> float | None:
        found = [value for one in visits if (value := getattr(one, name)) is not None]
        return statistics.median(found) if found else None

    return {
        "new": median(firsts, "content"),
        "new ends": median(firsts, "whole"),
        "again": median(seconds, "content"),
        "again ends": median(seconds, "whole"),
        "again cpu": median(seconds, "cpu"),
        "click": median(seconds, "click"),
        "click cpu": median(seconds, "click_cpu"),
        "new http kB": round((median(firsts, "http") or 0) / 1e3),
        "again http kB": round((median(seconds, "http") or 0) / 1e3),
        "socket kB": round((median(seconds, "socket") or 0) / 1e3),
        "click kB": round((median(seconds, "click_socket") or 0) / 1e3),
        "failures": sorted({words for one in (*firsts, *seconds) for words in one.failures}),
    }


_WARM = ("new", "new ends", "again", "again ends", "menu", "click")
_COLUMNS = (
    "cold",
    "cold cpu",
    "new",
    "new ends",
    "again",
    "again ends",
    "again cpu",
    "menu",
    "click",
    "click cpu",
)
_SIZES = ("new http kB", "again http kB", "socket kB", "click kB", "server MB")


def as_markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Return a table; what takes more than `LIMIT` where the server is warm is in bold type."""
    heads = ["page", *(f"{one}, s" for one in _COLUMNS), *_SIZES]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [row["page"]]
        for name in _COLUMNS:
            value = row.get(name)
            figure = "" if value is None else f"{value:.2f}"
            over = value is not None and name in _WARM and value > LIMIT
            cells.append(f"**{figure}**" if over else figure)
        cells += [f"{row[name]:,}" for name in _SIZES]
        lines.append("| " + " | ".join(cells) + " |")
    lines += [f"\n{row['page']}: {words}" for row in rows for words in row["failures"]]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.pages",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--make", type=Path, nargs=2, metavar=("TRAIN", "DEMO"))
    parser.add_argument("--only", nargs="+", help="parts of names, such as overview or 'evaluate: mistakes'")
    parser.add_argument("--warm", action="store_true", help="the warm server only")
    parser.add_argument("--times", type=int, default=3, help="openings in the warm server")
    parser.add_argument("--out", type=Path, help="a JSON file")
    asked = parser.parse_args()
    place = make_place(*asked.make, asked.workspace) if asked.make else Place.at(asked.workspace)
    wanted = [part.lower() for part in asked.only or [""]]
    looks = [look for look in LOOKS if any(part in look.name.lower() for part in wanted)]
    load, start = psutil.getloadavg()[0], time.monotonic()
    rows = measure(place, looks, cold=not asked.warm, times=asked.times)
    print(as_markdown(rows))
    print(f"\nload before {load:.1f}; {time.monotonic() - start:.0f} s in all; medians of {asked.times}")
    found = {"place": asdict(place), "load": load, "rows": rows}
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1), "utf-8")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
