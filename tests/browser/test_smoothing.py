"""Values that are smoothed in the browser as in Python."""

import numpy as np
from playwright.sync_api import Page

from poetcore.evaluation.video.smoothing import smooth
from poetcore.system.browser.assets import read_assets
from tests.browser.conftest import ROOT


def means_of(page: Page, steps: list[tuple[float, list[float]]]) -> list[list[float]]:
    """Smooth values as the browser does."""
    script = read_assets(ROOT / "poetcore" / "system" / "browser", "smoothing.js")
    means: list[list[float]] = page.evaluate(
        f"""(steps) => {{
            {script}
            const one = new Smoothing();
            return steps.map(([time, values]) => one.add(time, values));
        }}""",
        steps,
    )
    return means


def test_the_browser_smooths_as_python_does(page: Page) -> None:
    draw = np.random.default_rng(0)
    times, values = np.cumsum(draw.exponential(0.2, 40)), draw.random((40, 3))
    found = means_of(page, list(zip(times.tolist(), values.tolist(), strict=True)))
    np.testing.assert_allclose(found, smooth(times, values), atol=1e-9)


def test_a_time_before_the_last_one_begins_anew(page: Page) -> None:
    assert means_of(page, [(5.0, [1.0]), (5.4, [0.5]), (3.0, [0.2])])[-1] == [0.2]
