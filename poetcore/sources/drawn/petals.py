"""The parts of a flower: a petal or leaf, a seed disc, and the colours between two colours."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache

from PIL import ImageDraw

__all__ = [
    "BLACK",
    "BLADE",
    "CUP",
    "GREENS",
    "OVAL",
    "POINTED",
    "ROUND",
    "STRAP",
    "WHITE",
    "Colour",
    "Form",
    "Point",
    "View",
    "dome",
    "jitter",
    "mix",
    "petal",
]

Colour = tuple[int, int, int]
Point = tuple[float, float]
#: A petal's form: its half width at t (0 base, 1 tip) is t**a * (1 - t)**b, scaled so that the widest is 1.
Form = tuple[float, float]

#: A petal is drawn through these points of its length, closer together at both ends.
_STEPS = tuple((1 - math.cos(math.pi * i / 11)) / 2 for i in range(12))
#: How wide a layer of paint that ends at step n still is at each step up to n; the last is not rounded off.
_TAPERS = tuple(
    tuple(1.0 if n == len(_STEPS) - 1 else math.sqrt(1 - (t / _STEPS[n]) ** 2) for t in _STEPS[: n + 1])
    for n in range(1, len(_STEPS))
)
STRAP: Form = (0.45, 0.22)
POINTED: Form = (0.55, 0.85)
ROUND: Form = (0.6, 0.3)
BLADE: Form = (0.35, 0.8)
OVAL: Form = (0.5, 0.65)
CUP: Form = (0.5, 0.5)

WHITE: Colour = (250, 249, 244)
BLACK: Colour = (8, 8, 14)
GREENS: tuple[Colour, ...] = ((72, 128, 48), (48, 104, 52), (96, 138, 58), (60, 112, 78), (38, 86, 40))


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """Blend two colours: `a` at t = 0, `b` at t = 1.

    Args:
        a: red, green and blue, 0 to 255.
        b: likewise.
        t: the share of `b`.

    Returns:
        The colour between them.
    """
    return (round(a[0] + (b[0] - a[0]) * t), round(a[1] + (b[1] - a[1]) * t), round(a[2] + (b[2] - a[2]) * t))


def jitter(rng: random.Random, colour: Colour, amount: float = 0.12) -> Colour:
    """Return a colour a little lighter or darker than another.

    Args:
        rng: the only source of randomness.
        colour: red, green and blue, 0 to 255.
        amount: the largest share of white or black in it.

    Returns:
        The changed colour.
    """
    t = rng.uniform(-amount, amount)
    return mix(colour, WHITE if t > 0 else BLACK, abs(t))


@dataclass(frozen=True)
class View:
    """Where a flower is in the picture and from which side it is seen.

    Attributes:
        x: its centre, in pixels from the left.
        y: its centre, in pixels from the top.
        radius: in pixels.
        facing: 1 looks straight into the flower, 0 at it from the side.
        lean: its rotation in the picture, in radians.
    """

    x: float
    y: float
    radius: float
    facing: float = 1.0
    lean: float = 0.0

    def place(self, u: float, v: float, z: float = 0.0) -> Point:
        """Compute the point in the picture of a point at the flower.

        Args:
            u: across the flower's plane, in units of its radius.
            v: across the flower's plane, at a right angle to `u`.
            z: height above the plane.

        Returns:
            x and y in pixels.
        """
        v = v * self.facing - z * math.sqrt(1 - self.facing * self.facing)
        c, s = math.cos(self.lean), math.sin(self.lean)
        return self.x + self.radius * (u * c - v * s), self.y + self.radius * (u * s + v * c)


@lru_cache
def _half_widths(form: Form) -> tuple[float, ...]:
    """Compute a form's half width at every step from base to tip; the widest is 1."""
    a, b = form
    peak = (a / (a + b)) ** a * (b / (a + b)) ** b
    return tuple(t**a * (1 - t) ** b / peak for t in _STEPS)


@lru_cache
def _around(widen: float, layer: int, shift: float) -> tuple[tuple[int, float, float], ...]:
    """Return how the outline of a layer of paint goes around a petal.

    Returns:
        For each point the step at which it is, how far it is from the middle line, 1 at one edge and -1 at
        the other, and the square of that.
    """
    there = [(step, widen * taper + shift) for step, taper in enumerate(_TAPERS[layer - 1])]
    back = [(step, -widen * taper + shift) for step, taper in enumerate(_TAPERS[layer - 1])]
    return tuple((step, far, far * far) for step, far in there + back[::-1])


def petal(
    draw: ImageDraw.ImageDraw,
    view: View,
    angle: float,
    reach: tuple[float, float],
    width: float,
    form: Form,
    colour: Colour,
    base: Colour,
    *,
    cup: float = 0.0,
    height: float = 0.0,
    bend: float = 0.0,
    rim: float = 0.0,
    fine: bool = True,
    shadow: bool = True,
) -> None:
    """Draw one petal or leaf: an outline, a gradient from its base, a lit middle and veins.

    Args:
        draw: the picture; lengths below are in units of the flower's radius.
        view: the flower.
        angle: the direction in the flower's plane, in radians.
        reach: distance of the petal's base and tip from the centre.
        width: half the width at the widest place.
        form: the outline.
        colour: of the petal.
        base: the colour at its base.
        cup: how far the tip is lifted; negative for a tip that droops.
        height: if not 0, the petal stands up to this height as the wall of a cup.
        bend: how far the tip is bent sideways.
        rim: from 0, a dark edge, to 1, a light one.
        fine: False draws two plain layers only, without shading and veins.
        shadow: draw the petal's shadow on what is behind it.
    """
    start, end = reach
    c, s, r = math.cos(view.lean), math.sin(view.lean), view.radius
    rise = math.sqrt(1 - view.facing * view.facing)
    out, across = math.cos(angle), math.sin(angle)

    def at(t: float, side: float) -> Point:
        if height:
            rho = end * math.sin(math.pi * (0.12 + (0.46 + start) * t))
            turn = angle + side / max(rho, 0.3)
            u, v, z = rho * math.cos(turn), rho * math.sin(turn), height * t
        else:
            rho, off = start + (end - start) * t, side + bend * t * t
            u, v, z = rho * out - off * across, rho * across + off * out, cup * t * t
        v = v * view.facing - z * rise
        return view.x + r * (u * c - v * s), view.y + r * (u * s + v * c)

    # Both edges and the middle line are worked out once; every layer of paint is interpolated between them.
    edges = []
    for t, half in zip(_STEPS, _half_widths(form), strict=True):
        (lx, ly), (mx, my), (rx, ry) = at(t, width * half), at(t, 0.0), at(t, -width * half)
        edges.append((mx, my, (lx - rx) / 2, (ly - ry) / 2, (lx + rx) / 2 - mx, (ly + ry) / 2 - my))

    def shape(widen: float, layer: int = len(_STEPS) - 1, shift: float = 0.0) -> list[Point]:
        return [
            (e[0] + far * e[2] + squared * e[4], e[1] + far * e[3] + squared * e[5])
            for step, far, squared in _around(widen, layer, shift)
            for e in (edges[step],)
        ]

    dark, light = mix(colour, base, 0.45), mix(colour, WHITE, 0.45)
    if not fine:
        draw.polygon(shape(1.25), fill=(*dark, 150))
        draw.polygon(shape(0.85), fill=colour)
        return
    if shadow:
        draw.polygon(shape(1.12, shift=-0.08), fill=(*mix(base, BLACK, 0.5), 90))
    draw.polygon(shape(1.0), fill=mix(dark, light, rim))
    draw.polygon(shape(0.9), fill=colour)
    if r * width < 5:  # Too small for its shading to be seen, and drawing takes time.
        draw.polygon(shape(0.9, 6), fill=(*base, 110))
        return
    draw.polygon(shape(0.5, 9, 0.2), fill=(*light, 60))
    for layer in (9, 8, 7, 6, 5):
        draw.polygon(shape(0.95, layer), fill=(*base, 50))
    for side in (-0.45, 0.0, 0.45):
        draw.line(
            [(e[0] + side * e[2], e[1] + side * e[3]) for e in edges[2:10:2]], fill=(*dark, 80), width=1
        )


def dome(
    draw: ImageDraw.ImageDraw,
    view: View,
    rng: random.Random,
    size: float,
    tones: tuple[Colour, Colour],
    dots: int,
    height: float,
) -> None:
    """Draw a flower's middle: a rounded disc covered with seeds, each turned by the golden angle.

    Args:
        draw: the picture.
        view: the flower.
        rng: the only source of randomness.
        size: the disc's radius, in units of the flower's.
        tones: a dark and a light colour.
        dots: how many seeds.
        height: of the disc's middle above its rim, in units of the flower's radius.
    """
    dark, light = tones
    ring = [math.tau * i / 28 for i in range(28)]
    for k in range(5):
        s, z = size * (1.06 - 0.2 * k), height * k / 5
        outline = [view.place(s * math.cos(q) - 0.02 * k, s * math.sin(q) - 0.02 * k, z) for q in ring]
        draw.polygon(outline, fill=mix(mix(dark, BLACK, 0.25), mix(dark, light, 0.45), k / 4))
    dot = max(1.0, view.radius * size * 0.7 / math.sqrt(dots))
    for i in range(dots):
        rho = math.sqrt((i + 0.5) / dots)
        q = i * 2.39996
        x, y = view.place(size * rho * math.cos(q), size * rho * math.sin(q), height * (1 - rho * rho))
        fill = jitter(rng, mix(light, dark, abs(rho - 0.55) * 1.8 if rho < 0.9 else 0.2), 0.2)
        draw.ellipse((x - dot, y - dot, x + dot * 0.8, y + dot * 0.8), fill=(*fill, 200))
