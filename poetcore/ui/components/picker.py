"""A gallery whose pictures can be ticked, and the bar that says what is to become of them.

Ticking happens in the browser alone: `picker.js` keeps what is ticked, over several pages too, and Python
hears of it once, together with what is to be done. Only the page that is shown goes over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from poetcore.ui.pictures import STYLE, THUMBNAIL, Card
from poetcore.ui.route import address

__all__ = ["Request", "Selectable", "picker"]

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "poet_picker",
    html=(_HERE / "picker.html").read_text(encoding="utf-8"),
    css=STYLE + (_HERE / "picker.css").read_text(encoding="utf-8"),
    js=(_HERE / "picker.js").read_text(encoding="utf-8"),
    isolate_styles=True,
)


@dataclass(frozen=True)
class Selectable:
    """A card that can be ticked.

    Attributes:
        card: how it looks.
        path: which picture it stands for.
        suggested: whether there is a label to suggest for it.
        planned: what is going to happen to it already, in a word or two; empty for nothing.
    """

    card: Card
    path: str
    suggested: bool = False
    planned: str = ""


@dataclass(frozen=True)
class Request:
    """What someone wants done.

    Attributes:
        action: "relabel", "suggested", "quarantine" or "fine".
        label: the new label, for "relabel".
        paths: of the ticked pictures; empty where `everything` is meant.
        everything: all pictures of the gallery, whatever page they are on.
    """

    action: str
    label: str
    paths: tuple[str, ...]
    everything: bool


def picker(
    shown: Sequence[Selectable],
    labels: Sequence[str],
    *,
    key: str,
    total: int,
    suggested: int,
    pictures: str,
) -> Request | None:
    """Draw a page of pictures with ticks; give what was asked for just now.

    Args:
        shown: the pictures of the page.
        labels: what pictures can be relabelled to; others can be typed.
        key: tells this picker from others of the page.
        total: how many pictures there are on all pages.
        suggested: how many of those have a label to suggest.
        pictures: stands for all of them: where it changes, nothing is ticked any more, and what was asked of
            others does not count.
    """
    cards = [
        {
            "path": one.path,
            "name": Path(one.path).name,
            "full": address(one.card.sha),
            "thumbnail": address(one.card.sha, THUMBNAIL),
            "title": one.card.title,
            "lines": one.card.lines,
            "bars": one.card.bars,
            "mark": one.card.mark,
            "suggested": one.suggested,
            "planned": one.planned,
        }
        for one in shown
    ]
    data = {"cards": cards, "labels": list(labels), "total": total, "suggested": suggested, "set": pictures}
    asked: dict[str, Any] | None = _component(key=key, data=data, on_act_change=lambda: None).act
    if not asked or asked["set"] != pictures:
        return None
    return Request(asked["action"], asked["label"], tuple(asked["paths"]), asked["everything"])
