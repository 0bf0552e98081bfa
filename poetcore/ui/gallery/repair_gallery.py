"""A gallery of pictures that can be selected and repaired; what is asked for becomes a pending change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from poetcore.curation.repair import Change, Repairs
from poetcore.data.held_out import home_of
from poetcore.data.listing import is_listing
from poetcore.errors import PoetError
from poetcore.ui.components.picker import Answer, Mark, Request, Selectable, picker
from poetcore.ui.gallery.about import About
from poetcore.ui.gallery.deck import Deck, Row
from poetcore.ui.gallery.lazy import Lazy
from poetcore.ui.gallery.pending import tell_pending
from poetcore.ui.gallery.pictures import (
    PAGE_SIZE,
    Card,
    draw_pages,
    gallery,
    group_gallery,
    page_of,
    shas,
    turn_to,
)
from poetcore.ui.gallery.repairs import change_word
from poetcore.ui.state import explain

__all__ = ["Repairable", "repair_gallery"]

#: Groups on a page of a gallery of groups.
_GROUPS = 12


@dataclass(frozen=True)
class Repairable:
    """A picture in a gallery that may have to be repaired.

    Attributes:
        card: how it looks.
        path: absolute.
        label: the given label.
        reason: why it is shown, in a few words; kept with the change.
        suggested: the label that it probably should have.
        group: of the pictures that it belongs to and stands beside; "" where it stands alone.
        kept: whether it is the one of its group that stays, and so is not meant by "all".
        elsewhere: whether it lies in another folder, so that it is only shown to compare.
    """

    card: Card
    path: str
    label: str
    reason: str
    suggested: str | None = None
    group: str = ""
    kept: bool = False
    elsewhere: bool = False

    @property
    def mark(self) -> Mark:
        """What selecting it keeps."""
        return Mark(self.path, self.card.sha, self.reason, self.suggested or "")

    @property
    def shown(self) -> Card:
        """The card with the file and the label that the light-box shows."""
        return replace(self.card, path=self.path, true=self.card.true or self.label)


def repair_gallery(
    folder: Path,
    items: Sequence[Repairable],
    labels: Sequence[str],
    key: str,
    about: About | None = None,
) -> None:
    """Show pictures, a page at a time, that can be selected and then relabelled, set aside or verified.

    What is asked for becomes a pending change; `draw_repairs` shows those and applies them. The selection is
    the dataset's: pictures that were selected elsewhere stay so, and are counted.

    Args:
        folder: the dataset in which they lie, which may be a list of held-out pictures.
        items: the pictures; those of a group follow each other. Lazy ones stand alone, and lie in it.
        labels: what they can be relabelled to; others can be typed.
        key: tells this gallery from others of the page.
        about: the model whose predictions are shown, if there is one.
    """
    folder = home_of(folder)
    if is_listing(folder):  # its pictures cannot be repaired
        if not isinstance(items, Lazy) and any(item.group for item in items):
            group_gallery([tuple(item.shown for item in row) for row in _rows(items)], key, about=about)
        else:
            gallery(Lazy(items, lambda item: item.shown), key, about=about)
    else:
        # What is remembered of a gallery must not show in that of another dataset.
        kept = items if isinstance(items, Lazy) else tuple(items)
        _draw_gallery(folder, kept, tuple(labels), f"{key}_{folder}", about)


@st.fragment
def _draw_gallery(
    folder: Path, items: Sequence[Repairable], labels: tuple[str, ...], key: str, about: About | None
) -> None:
    repairs = Repairs(folder)
    marks: tuple[Mark, ...] | None = st.session_state.get(f"{key}_only")
    drawn = items if marks is None else _selected(repairs.folder, items, marks)
    meant = drawn if isinstance(drawn, Lazy) else [i for i in drawn if not i.kept and not i.elsewhere]
    page = key if marks is None else f"{key}_only_page"
    rows = _rows(drawn)
    size, things = (PAGE_SIZE, "") if len(rows) == len(drawn) else (_GROUPS, "groups")
    shown = page_of(len(rows), page, size)
    deck = Deck.of(_shown(rows), repeats=True)
    around = [item for number in deck.around(shown) for item in rows[number]]
    try:
        planned = {str(pending.change.path): change_word(pending.change) for pending in repairs.pending()}
        asked = picker(
            [
                Selectable(
                    item.card,
                    item.mark,
                    planned.get(item.path, ""),
                    item.group,
                    item.kept,
                    not item.elsewhere,
                    deck.opened_by(number, place),
                )
                for number in shown
                for place, item in enumerate(rows[number])
            ],
            labels,
            key=f"{key}_picker",
            folder=repairs.folder,
            total=len(meant),
            pictures=str(hash(drawn)),
            deck=deck.packed(
                shown,
                {i.path: (i.reason, i.suggested or "") for i in around if not i.elsewhere},
            ),
            on_leave=lambda stop: turn_to(page, deck.row_of(stop), size),
            about=about,
            suggests=any(item.suggested for item in around),
            only=marks is not None,
            # It stays: a click elsewhere may stop the run of the script that would have brought it.
            answer=st.session_state.get(f"answer_{repairs.folder}"),
        )
        if asked:
            _carry_out(repairs, asked, meant, key)
    except PoetError as error:
        explain(error)
    draw_pages(shown, len(rows), page, size, things)


def _rows(items: Sequence[Repairable]) -> Sequence[Sequence[Repairable]]:
    """Divide pictures into what stands together: a group, or one picture."""
    if isinstance(items, Lazy):
        return Lazy(items, lambda item: (item,))
    rows: list[list[Repairable]] = []
    for item in items:
        if item.group and rows and rows[-1][0].group == item.group:
            rows[-1].append(item)
        else:
            rows.append([item])
    return rows


def _shown(rows: Sequence[Sequence[Repairable]]) -> Sequence[Row]:
    """Return the cards of rows as the light-box shows them."""

    def cards(row: Sequence[Repairable]) -> Row:
        return tuple(item.shown for item in row)

    return Lazy(rows, cards) if isinstance(rows, Lazy) else [cards(row) for row in rows]


def _carry_out(repairs: Repairs, asked: Request, meant: Sequence[Repairable], key: str) -> None:
    """Do what was asked for, and draw the gallery or the page anew with the answer."""
    answer = f"answer_{repairs.folder}"
    if asked.action == "all":
        st.session_state[answer] = Answer(asked.id, add=tuple(item.mark for item in meant))
        st.rerun(scope="fragment")
    if asked.action == "show all":
        st.session_state.pop(f"{key}_only", None)
        st.rerun(scope="fragment")
    there = _still_there(asked.marks)
    gone = tuple(mark.path for mark in asked.marks if mark not in there)
    if asked.action == "show selected":
        if gone:
            st.toast(f"Not selected any more, because they were moved or changed: {len(gone)}.")
        st.session_state[f"{key}_only"] = there
        st.session_state[answer] = Answer(asked.id, remove=gone)
        st.rerun(scope="fragment")
    changes = _changes(asked, there)
    added = repairs.propose(changes)
    done = tuple(str(change.path) for change in changes)
    st.session_state[answer] = Answer(asked.id, remove=gone + done)
    st.session_state.pop(f"{key}_only", None)
    tell_pending(
        repairs.folder,
        added,
        selected=len(asked.marks),
        gone=len(gone),
        unsuggested=len(there) - len(changes),
        unchanged=len(changes) - added,
    )
    st.rerun()


def _still_there(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return the selected pictures whose files still are what they were."""
    now = shas(tuple(mark.path for mark in marks))
    return tuple(mark for mark, sha in zip(marks, now, strict=True) if sha == mark.sha)


def _selected(folder: Path, items: Sequence[Repairable], marks: Sequence[Mark]) -> tuple[Repairable, ...]:
    """Return the selected pictures as this gallery shows them, and those of others by label and reason."""
    known = {item.path: replace(item, group="", kept=False) for item in items}
    return tuple(known.get(mark.path) or _repairable(folder, mark) for mark in marks)


def _repairable(folder: Path, mark: Mark) -> Repairable:
    path = Path(mark.path)
    label = path.relative_to(folder).parts[0] if path.is_relative_to(folder) else path.parent.name
    return Repairable(
        Card(mark.sha, label, (path.name, mark.reason)), mark.path, label, mark.reason, mark.suggested
    )


def _changes(asked: Request, marks: Sequence[Mark]) -> list[Change]:
    """Turn what someone asked for into changes; "suggested" passes over pictures without a suggestion."""
    if asked.action == "suggested":
        return [_change(mark, "relabel", mark.suggested) for mark in marks if mark.suggested]
    return [_change(mark, asked.action, asked.label) for mark in marks]


def _change(mark: Mark, action: str, label: str) -> Change:
    return Change(Path(mark.path), action, mark.sha, mark.reason, label)
