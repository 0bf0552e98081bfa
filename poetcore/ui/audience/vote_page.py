"""The page on which a phone votes: one document with its style and script inside."""

import base64
import functools
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
from markupsafe import Markup

from poetcore.ui.audience.ballot import Round, Score

__all__ = ["Room", "headers", "vote_page", "vote_room"]

_HERE = Path(__file__).parent


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").strip()


def _source(text: str) -> str:
    """Return a text as a content security policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@functools.cache
def headers() -> dict[str, str]:
    """Return what every answer says: nothing of elsewhere is loaded, nothing kept, nobody frames it."""
    policy = {
        "default-src": "'none'",
        "script-src": _source(_text("vote.js")),
        "style-src": _source(_text("vote.css")),
        "img-src": "data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {allowed}" for name, allowed in policy.items()),
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # Not no-referrer, with which a form's Origin would be null.
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


@dataclass(frozen=True)
class Room:
    """What a phone sees.

    Attributes:
        turn: of the show; it changes with what is on the screen.
        round: the slide that is on it, or None.
        vote: what this phone voted for, or None.
        mine: how many it has right, in words; "" before its first vote.
        score: of audience and model.
        over: whether the show has ended.
        problem: why this phone does not vote, or "".
    """

    turn: int
    round: Round | None = None
    vote: str | None = None
    mine: str = ""
    score: Score = field(default_factory=Score)
    over: bool = False
    problem: str = ""


def vote_room(room: Room) -> str:
    """Return the part of the page that changes, as HTML."""
    values = {name: getattr(room, name) for name in room.__dataclass_fields__}
    return _templates().get_template("vote_room.html").render(values)


def vote_page(room: Room) -> str:
    """Return the whole page, as HTML."""
    return (
        _templates()
        .get_template("vote_page.html")
        .render(
            style=Markup(_text("vote.css")),
            script=Markup(_text("vote.js")),
            room=Markup(vote_room(room)),
        )
    )


@functools.cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(loader=jinja2.FileSystemLoader(_HERE), autoescape=True)
