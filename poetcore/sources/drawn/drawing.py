"""Draws one flower picture: a background, a few flowers of one species, and the lighting."""

from __future__ import annotations

import math
import random
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from poetcore.sources.drawn.flowers import PAINTERS
from poetcore.sources.drawn.petals import (
    BLACK,
    BLADE,
    GREENS,
    OVAL,
    WHITE,
    Colour,
    Form,
    Point,
    View,
    jitter,
    mix,
    petal,
)

__all__ = ["SIZE", "draw_picture"]

SIZE = (320, 240)
#: Flowers are drawn this many times larger and then reduced: that is what smooths their edges.
_OVERSAMPLE = 2
#: Each species' leaves: how many, their form, length and width in flower radii.
_LEAVES: dict[str, tuple[int, Form, float, float]] = {
    "daisy": (2, BLADE, 0.7, 0.1),
    "dandelion": (1, BLADE, 1.3, 0.16),
    "rose": (4, OVAL, 0.75, 0.24),
    "sunflower": (2, OVAL, 1.0, 0.38),
    "tulip": (2, BLADE, 2.1, 0.2),
}


def _stalk(draw: ImageDraw.ImageDraw, label: str, view: View, rng: random.Random) -> None:
    """Draw a flower's stem down to the ground, and its leaves."""
    green = jitter(rng, rng.choice(GREENS))
    thick = view.radius * {"daisy": 0.05, "sunflower": 0.09}.get(label, 0.07)
    drop, sway = view.radius * 6, view.radius * rng.uniform(-0.9, 0.9) - math.sin(view.lean) * view.radius * 2
    line = [(view.x + sway * t * t, view.y + drop * t) for t in (k / 14 for k in range(15))]
    for offset, wide, colour in (
        (0.0, 1.0, mix(green, BLACK, 0.35)),
        (-0.25, 0.6, green),
        (-0.5, 0.22, mix(green, WHITE, 0.3)),
    ):
        draw.line(
            [(x + offset * thick, y) for x, y in line],
            fill=colour,
            width=max(1, round(2 * thick * wide)),
            joint="curve",
        )
    count, form, length, width = _LEAVES[label]
    for i in range(count):
        x, y = line[rng.randint(3, 8)]
        aim = -math.pi / 2 + (1 if i % 2 else -1) * rng.uniform(0.4, 1.2)
        tint = jitter(rng, green)
        petal(
            draw,
            View(x, y, view.radius),
            aim,
            (0, length * rng.uniform(0.8, 1.2)),
            width,
            form,
            tint,
            mix(tint, BLACK, 0.4),
            bend=rng.uniform(-0.3, 0.3),
        )


def _gradient(size: Point, top: Colour, bottom: Colour) -> Image.Image:
    """Return a picture that fades from one colour to another, top to bottom."""
    box = (round(size[0]), round(size[1]))
    return Image.composite(Image.new("RGB", box, bottom), Image.new("RGB", box, top), _fading(box))


@lru_cache
def _fading(box: tuple[int, int]) -> Image.Image:
    """Return a mask that fades from black to white, top to bottom."""
    return Image.linear_gradient("L").resize(box)


@lru_cache
def _corners() -> Image.Image:
    """Return a mask of the corners, which a vignette darkens."""
    darkness = [round(max(0, value - 90) * 0.6) for value in range(256)]
    return Image.radial_gradient("L").resize(SIZE).point(darkness)


def _blades(
    draw: ImageDraw.ImageDraw, rng: random.Random, count: int, ground: float, tall: float, tint: Colour
) -> None:
    """Draw blades of grass that grow from `ground`, a height in pixels."""
    width = draw.im.size[0] if draw.im else SIZE[0]
    for _ in range(count):
        colour = jitter(rng, tint, 0.3)
        view = View(
            rng.uniform(-10, width + 10), ground * rng.uniform(0.95, 1.15), tall * rng.uniform(0.5, 1.1)
        )
        petal(
            draw,
            view,
            -math.pi / 2 + rng.uniform(-0.4, 0.4),
            (0, 1),
            rng.uniform(0.015, 0.035),
            BLADE,
            colour,
            colour,
            bend=rng.uniform(-0.3, 0.3),
            fine=False,
        )


def _backdrop(rng: random.Random) -> Image.Image:
    """Draw what is behind the flowers: sky, meadow, lights out of focus, a wall, dusk or a studio."""
    w, h = SIZE
    kind = rng.choice(("sky", "meadow", "meadow", "bokeh", "bokeh", "wall", "dusk", "studio", "bush"))
    green = jitter(rng, rng.choice(GREENS), 0.25)
    skies: tuple[tuple[Colour, Colour], ...] = {
        "sky": (
            ((70, 130, 205), (200, 224, 240)),
            ((120, 160, 200), (236, 226, 208)),
            ((180, 196, 208), (224, 228, 226)),
        ),
        "meadow": ((mix(green, WHITE, 0.45), green), (mix(green, BLACK, 0.4), green)),
        "bush": ((mix(green, BLACK, 0.7), mix(green, BLACK, 0.5)),),
        "bokeh": (
            ((28, 50, 34), (64, 92, 44)),
            ((70, 60, 44), (140, 120, 70)),
            ((50, 60, 80), (110, 130, 120)),
        ),
        "wall": (
            ((206, 190, 168), (176, 156, 132)),
            ((158, 92, 74), (126, 72, 60)),
            ((150, 160, 168), (116, 122, 130)),
        ),
        "dusk": (
            ((26, 26, 66), (196, 110, 90)),
            ((14, 18, 44), (44, 52, 92)),
            ((92, 62, 120), (246, 176, 110)),
        ),
        "studio": (
            ((36, 36, 42), (14, 14, 18)),
            ((232, 222, 214), (206, 196, 190)),
            ((120, 150, 150), (70, 96, 100)),
        ),
    }[kind]
    image = _gradient(SIZE, *rng.choice(skies))
    draw = ImageDraw.Draw(image, "RGBA")
    if kind == "sky":
        for _ in range(rng.randint(0, 22)):
            x, y, s = rng.uniform(0, w), rng.uniform(0, h * 0.5), rng.uniform(12, 34)
            draw.ellipse((x - s * 1.8, y - s * 0.5, x + s * 1.8, y + s * 0.5), fill=(255, 255, 255, 70))
    if kind == "wall":
        for y in range(0, h, 24):
            for x in range(-24 * (y // 24 % 2), w, 48):
                draw.rectangle(
                    (x + 1, y + 1, x + 46, y + 22), fill=(*rng.choice((WHITE, BLACK)), rng.randint(4, 30))
                )
    if kind == "dusk":
        for _ in range(30):
            x, y = rng.uniform(0, w), rng.uniform(0, h * 0.6)
            draw.ellipse((x - 1, y - 1, x + 1, y + 1), fill=(255, 246, 220, 160))
    if kind in ("bokeh", "meadow"):
        spots = rng.choice(((250, 220, 90), (250, 250, 240), (240, 150, 170), (170, 210, 120), (220, 60, 60)))
        for _ in range(rng.randint(14, 40)):
            x, y, s = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(4, 26 if kind == "bokeh" else 9)
            draw.ellipse((x - s, y - s, x + s, y + s), fill=(*jitter(rng, spots, 0.4), rng.randint(24, 90)))
    if kind in ("sky", "meadow", "dusk"):
        tint = mix(green, BLACK, 0.5 if kind == "dusk" else 0.1)
        horizon = h * (rng.uniform(0.55, 0.95) if kind != "meadow" else rng.uniform(0, 0.4))
        if kind != "meadow":  # A meadow fills the picture: no horizon to be seen.
            ground = _gradient((w, h - horizon), mix(tint, skies[0][1], 0.4), mix(tint, BLACK, 0.2))
            image.paste(ground, (0, round(horizon)))
        for k in range(5):
            _blades(draw, rng, 12, horizon + (h - horizon) * k / 5 + 14, 30 + 9 * k, tint)
    if kind == "bush":
        for k in range(60):
            tint = mix(green, BLACK, rng.uniform(0.1, 0.7) - 0.1 * k / 60)
            view = View(rng.uniform(0, w), rng.uniform(0, h), rng.uniform(20, 44))
            petal(draw, view, rng.uniform(0, math.tau), (0, 1), 0.32, OVAL, tint, mix(tint, BLACK, 0.4))
    return image


def _light(image: Image.Image, rng: random.Random, dim: bool) -> Image.Image:
    """Apply lighting to a picture: warm or cool, from one side, vignetted, at times blurred or grainy."""
    lamp = rng.choice(((255, 255, 255), (255, 244, 222), (255, 226, 186), (222, 234, 255), (255, 250, 240)))
    strength = rng.uniform(0.48, 0.68) if dim else rng.uniform(0.9, 1.0)
    near, far = mix(BLACK, lamp, strength), mix(BLACK, lamp, strength * rng.uniform(0.68, 1.0))
    shade = (
        _gradient(SIZE, near, far)
        if rng.random() < 0.7
        else _gradient((SIZE[1], SIZE[0]), near, far).transpose(
            rng.choice((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270))
        )
    )
    image = ImageChops.multiply(image, shade)
    if not dim:
        vivid = ImageEnhance.Color(ImageOps.autocontrast(image, cutoff=0.2, preserve_tone=True)).enhance(1.15)
        image = Image.blend(image, vivid, rng.uniform(0.35, 0.8))
    if rng.random() < 0.5:
        image = Image.composite(Image.new("RGB", SIZE, BLACK), image, _corners())
    if rng.random() < 0.25:
        glow = _gradient(SIZE, mix(BLACK, lamp, rng.uniform(0.2, 0.5)), (0, 0, 0))
        image = ImageChops.screen(image, glow)
    if rng.random() < 0.15:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.6, 1.6)))
    if dim or rng.random() < 0.15:
        grain = Image.frombytes("L", SIZE, rng.randbytes(SIZE[0] * SIZE[1])).convert("RGB")
        image = Image.blend(image, grain, 0.04)
    return image


def draw_picture(label: str, rng: random.Random) -> Image.Image:
    """Draw one picture of a flower; every choice comes from `rng`, so the same seed draws the same picture.

    Args:
        label: one of `PAINTERS`.
        rng: the only source of randomness.

    Returns:
        An RGB picture of `SIZE`.
    """
    hard = rng.random() < 0.1
    w, h = SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE
    back = _backdrop(rng)
    far = ImageDraw.Draw(back, "RGBA")
    for _ in range(rng.choice((0, 0, 0, 1, 2, 4))):
        view = View(
            rng.uniform(0, SIZE[0]), rng.uniform(60, SIZE[1]), rng.uniform(10, 26), rng.uniform(0.5, 1)
        )
        other = label if rng.random() < 0.9 else rng.choice(sorted(PAINTERS))
        _stalk(far, other, view, rng)
        PAINTERS[other](far, view, rng)
    image = back.filter(ImageFilter.GaussianBlur(rng.uniform(1.5, 4))).resize(
        (w, h), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(image, "RGBA")
    count = rng.choice((1, 1, 1, 1, 2, 2, 3, 4))
    biggest = h * (rng.uniform(0.13, 0.19) if hard else rng.uniform(0.24, 0.52)) / (1 + 0.25 * (count - 1))
    views = []
    for i in range(count):
        x = w * ((i + 0.5) / count + rng.uniform(-0.2, 0.2))
        y = h * rng.uniform(0.2, 0.62)
        views.append(View(x, y, biggest * rng.uniform(0.75, 1), rng.uniform(0.4, 1.0), rng.gauss(0, 0.3)))
    for view in sorted(views, key=lambda v: v.radius):
        _stalk(draw, label, view, rng)
        PAINTERS[label](draw, view, rng)
    if hard or rng.random() < 0.3:
        _blades(draw, rng, rng.randint(10, 50), h * 1.05, h * (0.7 if hard else 0.4), rng.choice(GREENS))
    return _light(image.reduce(_OVERSAMPLE), rng, dim=hard and rng.random() < 0.6)
