"""Draws whole flowers: blooms of five species in their natural colours."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

from PIL import ImageDraw

from poetcore.sources.drawn.petals import (
    BLACK,
    CUP,
    GREENS,
    POINTED,
    ROUND,
    STRAP,
    WHITE,
    Colour,
    View,
    dome,
    jitter,
    mix,
    petal,
)

__all__ = ["PAINTERS"]

_DAISY: tuple[Colour, ...] = (
    WHITE,
    WHITE,
    (244, 240, 232),
    (246, 206, 220),
    (206, 206, 242),
    (250, 240, 200),
)
_ROSE: tuple[Colour, ...] = (
    (196, 24, 40),
    (158, 12, 36),
    (232, 96, 136),
    (246, 186, 196),
    (248, 242, 228),
    (250, 208, 76),
    (246, 158, 112),
)
_TULIP: tuple[Colour, ...] = (
    (214, 32, 36),
    (128, 44, 132),
    (248, 202, 50),
    (248, 244, 234),
    (236, 108, 150),
    (240, 126, 40),
    (84, 24, 70),
)
_SUNFLOWER: tuple[Colour, ...] = (
    (250, 190, 24),
    (248, 176, 16),
    (252, 214, 70),
    (222, 116, 24),
    (248, 226, 150),
)
_DANDELION: tuple[Colour, ...] = ((250, 204, 24), (246, 188, 20), (252, 216, 60))


def _daisy(draw: ImageDraw.ImageDraw, view: View, rng: random.Random) -> None:
    """Draw a daisy: narrow pale petals around a yellow middle."""
    colour, count, droop = rng.choice(_DAISY), rng.randint(11, 20), rng.uniform(-0.25, 0.2)
    width, middle = rng.uniform(1.5, 2.1) / count, rng.uniform(0.22, 0.36)
    base = mix(colour, rng.choice(((150, 160, 140), (150, 140, 190), (190, 170, 130))), 0.6)
    spin = rng.random()
    for layer in range(2):
        for i in range(count):
            angle = math.tau * (i + layer * 0.5 + rng.uniform(-0.2, 0.2)) / count + spin
            petal(
                draw,
                view,
                angle,
                (0.12, rng.uniform(0.86, 1.02) - 0.05 * layer),
                width,
                STRAP,
                jitter(rng, colour, 0.06),
                base,
                cup=droop,
                bend=rng.uniform(-0.08, 0.08),
            )
    tones: tuple[Colour, Colour] = rng.choice(
        (((196, 120, 12), (252, 206, 50)), ((150, 110, 20), (236, 190, 60)))
    )
    dome(draw, view, rng, middle, tones, 70, 0.14)


def _sunflower(draw: ImageDraw.ImageDraw, view: View, rng: random.Random) -> None:
    """Draw a sunflower: pointed petals around a large seed disc."""
    colour, count, middle = rng.choice(_SUNFLOWER), rng.randint(14, 22), rng.uniform(0.3, 0.52)
    base = mix(colour, (150, 60, 8), 0.65)
    droop, width, spin = rng.uniform(-0.15, 0.25), rng.uniform(1.9, 2.7) / count, rng.random()
    for layer in range(2):
        for i in range(count):
            angle = math.tau * (i + layer * 0.5 + rng.uniform(-0.3, 0.3)) / count + spin
            petal(
                draw,
                view,
                angle,
                (0.25, rng.uniform(0.85, 1.08) - 0.08 * layer),
                width,
                POINTED,
                jitter(rng, colour),
                base,
                cup=droop,
                bend=rng.uniform(-0.14, 0.14),
            )
    tones: tuple[Colour, Colour] = rng.choice(
        (((46, 26, 14), (128, 76, 28)), ((60, 36, 14), (176, 122, 34)), ((92, 84, 26), (200, 170, 60)))
    )
    dome(draw, view, rng, middle, tones, 150, 0.1)


def _dandelion(draw: ImageDraw.ImageDraw, view: View, rng: random.Random) -> None:
    """Draw a dandelion: a yellow cushion of many thin florets, or the white seed clock that follows it."""
    if rng.random() < 0.4:
        return _clock(draw, replace(view, radius=view.radius * 0.9, facing=0.6), rng)
    colour, rings = rng.choice(_DANDELION), 6
    for ring in range(rings):
        end, count = 1 - 0.16 * ring, round(46 - 6 * ring)
        tint = mix(colour, (232, 140, 8), 0.3 - 0.06 * ring if ring < 4 else 0.35)
        for i in range(count):
            angle = math.tau * (i + rng.uniform(-0.5, 0.5)) / count
            petal(
                draw,
                view,
                angle,
                (0.02, end * rng.uniform(0.84, 1.05)),
                0.045,
                STRAP,
                jitter(rng, tint, 0.16),
                (176, 96, 4),
                cup=0.1 + 0.05 * ring,
                bend=rng.uniform(-0.06, 0.06),
                fine=False,
            )
    return None


def _clock(draw: ImageDraw.ImageDraw, view: View, rng: random.Random) -> None:
    """Draw a dandelion's ball of seeds, some of them blown away."""
    x, y, r = view.x, view.y, view.radius
    gone, gap = rng.uniform(0, math.tau), rng.choice((0.0, 0.0, 0.5, 0.9))
    for k in range(6):
        s = r * (1.0 - 0.1 * k)
        draw.ellipse((x - s, y - s, x + s, y + s), fill=(240, 242, 240, 12 if gap else 20))
    seeds = []
    for i in range(120):
        z = 1 - 2 * (i + 0.5) / 120
        q, flat = i * 2.39996 + gone, math.sqrt(1 - z * z)
        seeds.append((math.cos(q) * flat, z, math.sin(q) * flat))
    core = r * 0.13
    for sx, sy, depth in sorted(seeds, key=lambda s: s[2]):
        if gap and math.cos(math.atan2(sy, sx) - gone) > 1 - gap and rng.random() < 0.85:
            sx, sy = sx + rng.uniform(0.3, 1.5) * math.cos(gone), sy + rng.uniform(0.1, 0.9) * math.sin(gone)
            if rng.random() < 0.7:
                continue
        px, py, shade = x + sx * r * 0.8, y + sy * r * 0.8, round(170 + 80 * (depth + 1) / 2)
        fill = (shade, shade, min(255, shade + 4), 165)
        draw.line((x + (px - x) * 0.2, y + (py - y) * 0.2, px, py), fill=(170, 160, 140, 110), width=1)
        for k in range(11):
            q, hair = math.tau * k / 11 + sx, r * rng.uniform(0.16, 0.26)
            draw.line(
                (
                    px,
                    py,
                    px + hair * math.cos(q) + sx * hair * 0.6,
                    py + hair * math.sin(q) + sy * hair * 0.6,
                ),
                fill=fill,
                width=1,
            )
        if depth < 0 <= depth + 0.03:  # the middle, in front of the far half of the ball
            draw.ellipse((x - core, y - core, x + core, y + core), fill=(112, 92, 58))


def _rose(draw: ImageDraw.ImageDraw, view: View, rng: random.Random) -> None:
    """Draw a rose: broad petals wound around each other, from open bloom to bud."""
    colour = rng.choice(_ROSE)
    base = mix(colour, (90, 10, 20) if colour[1] < 180 else (176, 110, 60), 0.62)
    turn, count = rng.random() * math.tau, rng.randint(15, 24)
    if rng.random() < 0.2:
        bud = replace(view, radius=view.radius * 0.75)
        _goblet(draw, bud, rng, colour, base, rng.uniform(1.1, 1.3), 0.2)
        for lean in (0.75, -0.75):
            petal(
                draw,
                View(bud.x, bud.y + bud.radius * 0.6, bud.radius),
                -math.pi / 2 + lean,
                (0, 1.0),
                0.36,
                ROUND,
                colour,
                base,
                rim=0.8,
                shadow=False,
                bend=lean * 0.35,
            )
        for i in range(5):  # the green sepals
            aim, green = math.pi * (0.1 + 0.2 * i) + rng.uniform(-0.1, 0.1), jitter(rng, GREENS[4], 0.2)
            foot = View(bud.x, bud.y + bud.radius * 0.62, bud.radius)
            petal(draw, foot, -aim, (0, 0.5), 0.1, POINTED, green, mix(green, BLACK, 0.4))
        return None
    for i in range(count):
        size = (1 - i / count) ** 0.75
        petal(
            draw,
            replace(view, facing=max(view.facing, 0.62)),
            turn + i * 2.39996 + rng.uniform(-0.2, 0.2),
            (-0.12 * size, (0.16 + 0.84 * size) * rng.uniform(0.93, 1.05)),
            0.12 + 0.5 * size,
            ROUND,
            jitter(rng, mix(colour, base, 0.35 * i / count), 0.08),
            base,
            rim=0.75,
            cup=0.1 + 0.3 * (1 - size),
            bend=rng.uniform(-0.08, 0.08),
            shadow=i > 6,
        )
    return None


def _goblet(
    draw: ImageDraw.ImageDraw,
    view: View,
    rng: random.Random,
    colour: Colour,
    base: Colour,
    height: float,
    opening: float,
) -> None:
    """Draw a cup of upright petals seen from the side: a tulip, or a rose in bud."""
    side = replace(view, facing=rng.uniform(0.12, 0.35), y=view.y + view.radius * 0.55)
    turn = rng.uniform(-0.35, 0.35)
    back = [math.pi * q + turn for q in (1.5, 1.22, 1.78)]
    front = [math.pi * q + turn for q in (0.05, 0.95, 0.5)]
    for angle in back + front:
        deep = 0.3 if angle in back else 0.0
        petal(
            draw,
            side,
            angle,
            (opening, 0.72),
            rng.uniform(0.52, 0.66),
            CUP,
            jitter(rng, mix(colour, base, deep)),
            base,
            height=height * rng.uniform(0.93, 1.07),
            rim=0.6,
        )


def _tulip(draw: ImageDraw.ImageDraw, view: View, rng: random.Random) -> None:
    """Draw a tulip: a cup of six smooth petals, sometimes wide open."""
    colour = rng.choice(_TULIP)
    base = mix(colour, rng.choice(((90, 20, 40), (120, 110, 40), (230, 190, 60), (70, 20, 70))), 0.5)
    if rng.random() < 0.86:
        return _goblet(draw, view, rng, colour, base, rng.uniform(1.25, 1.7), rng.uniform(0.1, 0.38))
    turn = rng.random()
    for i in (0, 2, 4, 1, 3, 5):
        petal(
            draw,
            view,
            turn + math.tau * i / 6,
            (0.0, rng.uniform(0.9, 1.05)),
            rng.uniform(0.36, 0.46),
            CUP,
            jitter(rng, colour),
            base,
            cup=0.35,
            rim=0.5,
        )
    return dome(draw, view, rng, 0.12, ((40, 30, 20), (220, 190, 60)), 14, 0.2)


#: label -> the function that draws a flower of it.
PAINTERS: dict[str, Callable[[ImageDraw.ImageDraw, View, random.Random], None]] = {
    "daisy": _daisy,
    "dandelion": _dandelion,
    "rose": _rose,
    "sunflower": _sunflower,
    "tulip": _tulip,
}
