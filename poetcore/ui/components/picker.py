"""A gallery whose pictures can be selected, and the toolbar with what can be done to the selected ones.

What is selected belongs to the pictures of a dataset and stays in the browser (`marks.js`): over pages,
filters and reloads, in all tabs, until it is cleared or becomes pending changes. Python receives it together
with the requested action. Only the cards of the shown page are sent, as the HTML that every gallery has; the
script adds a checkbox to each.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import Any

import streamlit as st

from poetcore.ui.components.assets import asset
from poetcore.ui.components.lightbox import LIGHTBOX_JS, leave, lightbox_css, lightbox_html
from poetcore.ui.gallery.about import About
from poetcore.ui.gallery.card import Card, card_html, gallery_css

__all__ = ["Answer", "Mark", "Request", "Selectable", "picker"]

_component = st.components.v2.component(
    "poet_picker",
    html=asset("picker.html") + lightbox_html(),
    css=gallery_css() + asset("button.css", "picker.css") + lightbox_css(),
    js=asset(*LIGHTBOX_JS, "lightbox_select.js", "marks.js", "skip.js", "picker.js"),
    isolate_styles=True,
)


@dataclass(frozen=True)
class Mark:
    """A selected picture.

    Attributes:
        path: its file.
        sha: the hash of its content when it was selected.
        reason: why it was shown.
        suggested: the label that it probably should have, or "".
    """

    path: str
    sha: str
    reason: str
    suggested: str = ""


@dataclass(frozen=True)
class Selectable:
    """A card that can be selected.

    Attributes:
        card: how it looks.
        mark: what selecting it keeps.
        planned: the change that is pending for it, in a word or two; empty for none.
        group: the pictures of one group, which follow each other, are drawn in one box; "" for none.
        kept: whether "all" passes over it: the one of its group that stays.
        selectable: whether it has a checkbox.
        at: number of the stop of the deck that it opens.
    """

    card: Card
    mark: Mark
    planned: str = ""
    group: str = ""
    kept: bool = False
    selectable: bool = True
    at: int = 0


@dataclass(frozen=True)
class Request:
    """What the user asked for.

    Attributes:
        id: of the request, for the `Answer`.
        action: "relabel", "suggested", "quarantine" or "fine" (the label is correct); "all" selects all
            pictures of the gallery, "show selected" and "show all" choose which are shown.
        label: the new label, for "relabel".
        marks: the selected pictures, whether they are shown or not.
    """

    id: str
    action: str
    label: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Answer:
    """What becomes of the selection: the browser carries an answer out once.

    Attributes:
        id: of the request.
        add: pictures to select.
        remove: paths that are no longer selected.
    """

    id: str
    add: tuple[Mark, ...] = field(default=())
    remove: tuple[str, ...] = field(default=())


def picker(
    shown: Sequence[Selectable],
    labels: Sequence[str],
    *,
    key: str,
    folder: Path,
    total: int,
    pictures: str,
    deck: Mapping[str, Any],
    on_leave: Callable[[int], None],
    about: About | None = None,
    suggests: bool = False,
    only: bool = False,
    answer: Answer | None = None,
) -> Request | None:
    """Draw a page of selectable pictures and return what was asked for just now.

    Args:
        shown: the pictures of the page.
        labels: what pictures can be relabelled to; others can be typed.
        key: tells this picker from others of the page.
        folder: the dataset to which the selection belongs.
        total: how many pictures "all" means, on all pages.
        pictures: identifies all of them: "all" does not count where it was asked for others.
        deck: what the light-box leafs through, packed.
        on_leave: as for `card_grid`.
        about: what is known of the pictures' model.
        suggests: whether suggested labels may be taken.
        only: whether only the selected pictures are shown.
        answer: to an earlier request.

    Returns:
        The request, once; None in every other run of the script.
    """
    # Streamlit refuses keys with two underlines in a row, which may stand in the names of folders and labels.
    name = f"picker_{sha1(key.encode('utf-8', 'surrogateescape')).hexdigest()}"
    cards = [
        {
            "path": one.mark.path,
            "name": Path(one.mark.path).name,
            "html": card_html(one.card),
            "sha": one.mark.sha,
            "reason": one.mark.reason,
            "suggested": one.mark.suggested,
            "planned": one.planned,
            "group": one.group,
            "kept": one.kept or not one.selectable,
            "selectable": one.selectable,
            "at": one.at,
        }
        for one in shown
    ]
    data = {
        "cards": cards,
        "labels": list(labels),
        "folder": str(folder),
        "total": total,
        "set": pictures,
        "suggests": suggests,
        "only": only,
        "answer": _packed(answer) if answer else None,
        "deck": deck,
        "about": asdict(about or About()),
        "gallery": name,
    }
    asked: dict[str, Any] | None = _component(
        key=name,
        data=data,
        on_act_change=lambda: None,
        on_left_change=lambda: leave(name, on_leave),
    ).act
    if not asked or (asked["action"] == "all" and asked["set"] != pictures):
        return None
    return Request(
        asked["id"], asked["action"], asked["label"], tuple(Mark(*map(str, mark)) for mark in asked["marks"])
    )


def _packed(answer: Answer) -> dict[str, object]:
    add = [[mark.path, mark.sha, mark.reason, mark.suggested] for mark in answer.add]
    return {"id": answer.id, "add": add, "remove": list(answer.remove)}
