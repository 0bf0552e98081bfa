"""Mutations of a file: what makes a reader look at something that nobody wrote."""

import json
import random
import struct

__all__ = ["mutated"]

#: Numbers at which sizes and places go wrong.
_NUMBERS = (0, 1, -1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000 - 2**32, 0x40000000)
_FORMS = ("<b", "<h", ">h", "<i", ">i", "<q", ">q")

_VALUES = (None, True, -1, 0, 10**30, 0.5, 1e308, float("nan"), float("inf"), "", "x", "../x", "/x", "\ud800")
_VALUES += ("\0", "9" * 500, [], {}, [None], ["x"] * 3, {"x": None}, [[1, 2], [3]], {"id": 1})

#: What means something to the readers of text.
_WORDS = (
    *(
        b"",
        b"\n",
        b"\r",
        b"\x00",
        b",",
        b";",
        b"\t",
        b'"',
        b"'",
        b"|",
        b":",
        b"#",
        b"=",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
    ),
    *(
        b"null",
        b"NaN",
        b"Infinity",
        b"-1",
        b"1e999",
        b"9" * 400,
        b"true",
        b"[]",
        b"{}",
        b"{",
        b"}",
        b"[",
        b"]",
    ),
    *(
        b"[" * 3000,
        b'{"a":' * 3000,
        b"\\ud800",
        b"../",
        b"/",
        b"\\",
        b"C:",
        b"%s",
        b"\xed\xa0\x80",
        b"path",
        b"label",
    ),
    *(b"x" * 5000, b"\xf0\x9f\x8c\xb7", b"\xe2\x80\xae", b"0" * 100_000),
)


def mutated(seeds: list[bytes], words: tuple[bytes, ...], rng: random.Random) -> bytes:
    """Return one of the seeds with one to eight things changed; sometimes nothing but its end cut off.

    Args:
        seeds: files that are as they should be.
        words: what means something in this kind of file, beside what does everywhere.
        rng: of this input.
    """
    seed = rng.choice(seeds)
    if seed[:1] in (b"{", b"[") and rng.random() < 0.5:
        return _restructured(seed, rng)
    content = bytearray(seed)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        _change(content, seeds, words, rng)
    return bytes(content[:4_000_000])


def _change(content: bytearray, seeds: list[bytes], words: tuple[bytes, ...], rng: random.Random) -> None:
    kind = rng.randrange(10)
    # Half of the places lie in the beginning, where headers are.
    end = len(content) if rng.random() < 0.5 else min(len(content), 64)
    place = rng.randrange(end) if end else 0
    if kind <= 1 and content:
        content[place] ^= 1 << rng.randrange(8)
    elif kind == 2 and content:
        content[place] = rng.randrange(256)
    elif kind == 3:
        form = rng.choice(_FORMS)
        size = struct.calcsize(form)
        number = rng.choice(_NUMBERS)
        content[place : place + size] = number.to_bytes(
            8, "little" if form[0] == "<" else "big", signed=True
        )[slice(0, size) if form[0] == "<" else slice(8 - size, 8)]
    elif kind == 4:
        del content[place:]
    elif kind == 5:
        del content[place : place + rng.choice((1, 2, 4, 16, 256))]
    elif kind == 6:
        length = rng.choice((1, 4, 16, 256, 4096))
        content[place:place] = content[place : place + length] * rng.choice((1, 1, 2, 50))
    elif kind == 7:
        other = rng.choice(seeds)
        begin = rng.randrange(len(other) + 1)
        content[place:] = other[begin:]
    else:
        word = rng.choice(words) if words and rng.random() < 0.6 else rng.choice(_WORDS)
        content[place : place + rng.choice((0, 0, 1, len(word)))] = word


def _restructured(content: bytes, rng: random.Random) -> bytes:
    """Return JSON, or one line of such lines, that is sound and says something else."""
    lines = content.split(b"\n") if content.count(b"\n{") else [content]
    for _ in range(rng.choice((1, 1, 2))):
        number = rng.randrange(len(lines))
        try:
            value = json.loads(lines[number])
        except ValueError:
            continue
        if rng.random() < 0.1:
            del lines[number]
            lines = lines or [b""]
            continue
        _replace(value, rng)
        lines[number] = json.dumps(value).encode()
    return b"\n".join(lines)


def _replace(value: object, rng: random.Random) -> None:
    """Replace, remove or double something somewhere inside."""
    places = [(value, key) for key in (value if isinstance(value, dict) else range(len(value)))]  # type: ignore[arg-type]
    for place, key in places:
        inside = place[key]  # type: ignore[index]
        if isinstance(inside, dict):
            places += [(inside, one) for one in inside]
        elif isinstance(inside, list):
            places += [(inside, one) for one in range(len(inside))][:20]
        if len(places) > 500:
            break
    if places:
        place, key = rng.choice(places)
        if rng.random() < 0.2:
            del place[key]  # type: ignore[attr-defined]
        else:
            place[key] = rng.choice(_VALUES)  # type: ignore[index]
