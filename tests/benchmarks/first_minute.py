"""The first minute: from an empty workspace to the first picture of the slideshow.

    python -m tests.benchmarks.first_minute [--repeat 3] [--python FILE] [--only demo|tour]

Run it by hand, on an idle machine. Two ways, each in a new workspace every time. `demo`: the command, its
phases as it tells them. `tour`: a server is started and the four clicks of the tour are made in Chromium as
soon as each is possible. Told are seconds by the clock, and the CPU seconds of all processes but the
browser's. `--python` names another Python that runs command and server, such as that of an environment with
`poetcore/light.txt` alone.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from unittest import mock

import psutil

from tests.benchmarks.harness import ROOT

#: Of the tour what comes before the first click.
_BEFORE = ("server", "first page")


class Clock:
    """When each phase began, with the CPU time of a process and its children until then."""

    def __init__(self) -> None:
        self.phases: list[tuple[str, float, float]] = []
        self._cpu: dict[tuple[int, float], float] = {}
        self._ended = Event()

    @contextmanager
    def following(self, process: psutil.Process) -> Iterator[None]:
        """Follow a process and what it starts."""
        looking = Thread(target=self._look, args=[process], daemon=True)
        looking.start()
        try:
            yield
        finally:
            self._ended.set()
            looking.join()

    def begin(self, phase: str) -> None:
        """Note that a phase begins."""
        self.phases.append((phase, time.perf_counter(), sum(self._cpu.values())))

    def rows(self) -> dict[str, tuple[float, float]]:
        """Return seconds and CPU seconds by phase; the last one is the end and has none."""
        pairs = zip(self.phases, self.phases[1:], strict=False)
        return {name: (after[1] - at, after[2] - cpu) for (name, at, cpu), after in pairs}

    def _look(self, process: psutil.Process) -> None:
        while not self._ended.wait(0.02):
            try:
                family = [process, *process.children(recursive=True)]
            except psutil.Error:
                return
            for one in family:
                try:
                    times = one.cpu_times()
                    self._cpu[one.pid, one.create_time()] = times.user + times.system
                except psutil.Error:  # it has just ended
                    pass


def demo(python: str, workspace: Path) -> Clock:
    """Run the command in a workspace that is not there."""
    command = [python, "-m", "poetcore", "demo", "--workspace", str(workspace)]
    clock = Clock()
    clock.begin("start")
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=pipe, text=True) as process:
        with clock.following(psutil.Process(process.pid)):
            assert process.stderr is not None
            for line in process.stderr:
                phase = re.split(r"[:(]", line)[0].strip()
                if phase != clock.phases[-1][0]:
                    clock.begin(phase)
            process.wait()
        clock.begin("end")
    if process.returncode:
        raise RuntimeError(f"demo ended with exit status {process.returncode}")
    return clock


def tour(python: str, workspace: Path) -> Clock:
    """Start a server, and make the clicks of the tour."""
    from playwright.sync_api import expect, sync_playwright

    from tests.browser.conftest import ARGUMENTS, browser_path, serving
    from tests.browser.dashboard import Dashboard, server_of

    clock = Clock()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS) as chromium,
    ):
        page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(120_000)
        expect.set_options(timeout=120_000)
        clock.begin("server")
        with (
            mock.patch.object(sys, "executable", python),
            serving(ROOT / "app.py", {"TFP_WORKSPACE": str(workspace)}, ()) as address,
            clock.following(psutil.Process(server_of(address).pid)),
        ):
            clock.begin("first page")
            dashboard = Dashboard(page, address).open()
            expect(dashboard.button("Take the tour")).to_be_visible()
            clock.begin("drawing")
            dashboard.button("Take the tour").click()
            dashboard.says("Click 2 of 4")
            clock.begin("training, evaluation")
            dashboard.button("Train and evaluate").click()
            dashboard.says("Click 3 of 4")
            clock.begin("evaluation's page")
            page.get_by_role("link", name="See the evaluation").click()
            dashboard.says("Click 4 of 4")
            clock.begin("slideshow's page")
            page.get_by_role("link", name="Start the slideshow").click()
            page.locator(".show .picture img").first.wait_for()
            clock.begin("end")
    return clock


def main() -> None:
    """Measure both ways and print a table of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--only", choices=["demo", "tour"])
    args = parser.parse_args()
    ways = {"demo": demo, "tour": tour}
    for name in [args.only] if args.only else list(ways):
        clocks = []
        for _ in range(args.repeat):
            with tempfile.TemporaryDirectory() as folder:
                clocks.append(ways[name](args.python, Path(folder, "tf_files")))
        _print(name, clocks)


def _print(name: str, clocks: Sequence[Clock]) -> None:
    found = [clock.rows() for clock in clocks]
    print(f"\n| {name}, medians of {len(clocks)} | seconds | CPU seconds |\n|---|---|---|")
    for phase in found[0]:
        rows = [one[phase] for one in found if phase in one]
        wall, cpu = (statistics.median(values) for values in zip(*rows, strict=True))
        print(f"| {phase} | {wall:.1f} | {cpu:.1f} |")
    if _BEFORE[0] in found[0]:
        clicks = [sum(wall for phase, (wall, _) in one.items() if phase not in _BEFORE) for one in found]
        told = f"{statistics.median(clicks):.1f} ({min(clicks):.1f} to {max(clicks):.1f})"
        print(f"| from the first click | {told} | |")


if __name__ == "__main__":
    main()
