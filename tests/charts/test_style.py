"""Colours that are read on every ground, and told apart by everybody."""

import re
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from poetcore.charts import video
from poetcore.charts.style import BLUE, GREY, ORANGE

ROOT = Path(__file__).parents[2]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
COLOURS: list[str] = THEME["chartCategoricalColors"]

#: Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
EYES = {
    "all cones": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
}  # fmt: skip

#: Ottosson 2020: from linear RGB to cones, and from their roots to OKLab.
_CONES = [[0.412221, 0.536333, 0.051446], [0.211903, 0.680700, 0.107397], [0.088302, 0.281719, 0.629979]]
_OKLAB = [[0.210454, 0.793618, -0.004072], [1.977998, -2.428592, 0.450594], [0.025904, 0.782772, -0.808676]]


def linear(colour: str) -> np.ndarray:
    """The linear RGB of a colour as `#rrggbb`."""
    value = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, eyes: str) -> np.ndarray:
    """Where a colour lies in OKLab, as those eyes see it."""
    return np.array(_OKLAB) @ np.cbrt(_CONES @ np.clip(EYES[eyes] @ linear(colour), 0, 1))


@pytest.mark.parametrize("colour", [*COLOURS, BLUE, ORANGE, GREY])
def test_a_colour_of_charts_has_a_contrast_of_three_on_every_ground_of_both_themes(colour: str):
    grounds = [THEME[theme][ground] for theme in ("light", "dark")
               for ground in ("backgroundColor", "secondaryBackgroundColor")]  # fmt: skip
    assert min(contrast(colour, ground) for ground in grounds) >= 3


@pytest.mark.parametrize("eyes", EYES)
def test_every_two_colours_of_labels_are_told_apart_also_by_the_colour_blind(eyes: str):
    # 0.02 is what can just be seen. Blue and violet were 0.01 apart for deuteranopia.
    pairs = list(combinations(COLOURS, 2))
    near = [float(np.linalg.norm(seen(one, eyes) - seen(other, eyes))) for one, other in pairs]
    assert min(near) >= 0.07, pairs[near.index(min(near))]


def test_the_live_view_and_the_chart_of_a_video_have_the_colours_of_the_theme():
    live = (ROOT / "poetcore" / "ui" / "components" / "live_view.js").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^const COLOURS = \[(.*)\];$", live, re.M)
    assert re.findall(r"#[0-9a-f]{6}", listed) == list(video._COLOURS) == COLOURS
