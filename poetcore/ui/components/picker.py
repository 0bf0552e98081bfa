"""A gallery whose pictures can be selected, and the toolbar with what can be done to the selected ones.

Selecting happens in the browser alone: `picker.js` keeps the selection, over several pages too, and Python
receives it once, together with the requested action. Only the cards of the shown page are sent, as the HTML
that every gallery has; the script adds a checkbox to each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from poetcore.ui.pictures import Card, card_html, gallery_css

__all__ = ["Request", "Selectable", "picker"]

_HERE = Path(__file__).parent

_component = st.components.v2.component(
    "poet_picker",
    html=(_HERE / "picker.html").read_text(encoding="utf-8"),
    css=gallery_css() + (_HERE / "picker.css").read_text(encoding="utf-8"),
    js=(_HERE / "picker.js").read_text(encoding="utf-8"),
    isolate_styles=True,
)


@dataclass(frozen=True)
class Selectable:
    """A card that can be selected.

    Attributes:
        card: how it looks.
        path: the file of its picture.
        suggested: whether there is a suggested label for it.
        planned: the change that is pending for it, in a word or two; empty for none.
    """

    card: Card
    path: str
    suggested: bool = False
    planned: str = ""


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    Attributes:
        action: "relabel", "suggested", "quarantine" or "fine" (the label is correct).
        label: the new label, for "relabel".
        paths: of the selected pictures; empty where `everything` is selected.
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
    """Draw a page of selectable pictures and return what was asked for just now.

    Args:
        shown: the pictures of the page.
        labels: what pictures can be relabelled to; others can be typed.
        key: tells this picker from others of the page.
        total: how many pictures there are on all pages.
        suggested: how many of those have a suggested label.
        pictures: identifies all of them: where it changes, the selection is cleared, and a request that was
            made for others does not count.

    Returns:
        The request, once; None in every other run of the script.
    """
    cards = [
        {
            "path": one.path,
            "name": Path(one.path).name,
            "html": card_html(one.card),
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
