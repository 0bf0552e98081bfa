"""The slideshow that people present with: it plays in the browser, Python only sends the deck.

The component is registered once, when this module is imported; its markup, style and behaviour are the files
beside it: `slideshow.html`, `slideshow.css`, `slideshow_state.js` (what is shown, pure), `pictures.js`
(fetched ahead), `slideshow_tiles.js` (several at once), `looks.js` and `slideshow_looks.js` (heat maps) and
`slideshow.js` (the view), which the browser gets as one module. A deck is sent as addresses and words, never
as pictures, and nothing comes back but the switch "Guess first": the score is counted in the browser alone,
and a thousand slides cause no rerun. The tab remembers place, score and guesses of each deck.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from poetcore.errors import OptionError
from poetcore.evaluation.slide_options import BATCHES, Show
from poetcore.evaluation.slides import Slide
from poetcore.ui.components.assets import asset

__all__ = ["slideshow"]

_component = st.components.v2.component(
    "poet_slideshow",
    html=asset("slideshow.html"),
    css=asset("slideshow.css"),
    js=asset(
        "pictures.js",
        "slideshow_state.js",
        "slideshow_tiles.js",
        "looks.js",
        "slideshow_looks.js",
        "slideshow.js",
    ),
    isolate_styles=True,
)


def slideshow(
    slides: Sequence[Slide],
    pictures: Sequence[str],
    labels: Sequence[str],
    *,
    key: str,
    guess_first: bool = False,
    seconds: float = 4.0,
    title: str = "",
    mark: str = "",
    notes: Sequence[str] = (),
    groups: Sequence[str] = (),
    show: Show = "all",
    players: Sequence[str] = ("You",),
    batch: int = 1,
    confidence: bool = True,
    total: str = "",
    run: str = "",
    several: bool = False,
) -> bool:
    """Show a deck of pictures with the predicted and the true label of each and a running score.

    Reruns, reloading the page and coming back to it keep the place and the score of a deck;
    another deck starts at its first slide. An empty deck shows a sentence that says so.

    Args:
        slides: the labels of each picture, in the order of the show.
        pictures: the address of each slide's picture on this server, of any size.
        labels: all labels, as the audience is offered them; the first nine have the keys 1 to 9.
        key: tells this slideshow from others of the page.
        guess_first: keep the labels hidden until the audience has guessed; the show can switch it.
        seconds: how long a slide stays while the show plays; the show can change it.
        title: what is shown, in a few words.
        mark: what must be known to read the score, in a few words, or "".
        notes: a few words for each slide, such as that its picture was seen in training, or ""; none at all
            for a show without notes. They stand beside the labels, and the summary counts them.
        groups: what is said of the groups of labels of each slide, or ""; none at all where a run has none.
        show: which pictures the deck has; of mistakes or correct ones alone no share of right ones is shown.
        players: who guesses, one after the other: two teams, or one player.
        batch: how many slides are on the screen at once, one of `BATCHES`. Of several the labels may be
            hidden until they are revealed, but guesses are counted of single ones only.
        confidence: whether the confidence and the most probable labels are shown.
        total: a sentence for the summary, such as the accuracy on all pictures, or "".
        run: name of the run whose heat maps are offered, or "" for none; then the last part of a picture's
            address is its hash.
        several: whether labels of slides are sets of the run's.

    Returns:
        Whether the labels are hidden until the audience has guessed: as given, until the show switches it.

    Raises:
        OptionError: not one picture, or not one note, a slide, or an impossible time.
    """
    if len(pictures) != len(slides):
        raise OptionError(
            f"A slide takes one picture. Received: {len(slides)} slides, {len(pictures)} pictures."
        )
    if notes and len(notes) != len(slides):
        raise OptionError(f"A slide takes one note. Received: {len(slides)} slides, {len(notes)} notes.")
    if batch not in BATCHES:
        raise OptionError(f"Pictures at once are one of {', '.join(map(str, BATCHES))}. Received: {batch}.")
    if not 0 < seconds <= 3600:
        raise OptionError(f"A slide stays for more than 0 and up to 3600 seconds. Received: {seconds}.")
    told = _component(
        key=key,
        data=_packed(slides, pictures, labels, notes, groups)
        | {"guess_first": guess_first, "seconds": seconds, "title": title, "mark": mark, "name": key}
        | {"show": show, "players": list(players), "confidence": confidence, "total": total}
        | {"batch": batch, "looks": {"run": run, "sets": several} if run else None},
        default={"guess_first": guess_first},
        on_guess_first_change=lambda: None,
    )
    return bool(told.guess_first)


def _packed(
    slides: Sequence[Slide],
    pictures: Sequence[str],
    labels: Sequence[str],
    notes: Sequence[str],
    groups: Sequence[str],
) -> dict[str, Any]:
    """Pack a deck for the browser: each label and note once, and its number wherever it is meant.

    `slides[i]` is [address, true label, predicted label, confidence, [label, probability, label, ...], note,
    groups], -1 for no note or groups.
    """
    words = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    offered = len(words)

    def word(label: str) -> int:
        return words.setdefault(label, len(words))

    rows = [
        [
            picture,
            word(slide.label),
            word(slide.predicted),
            round(slide.confidence, 4),
            [part for label, share in slide.top for part in (word(label), round(share, 4))],
            word(note) if note else -1,
            word(group) if group else -1,
        ]
        for slide, picture, note, group in zip(
            slides, pictures, notes or [""] * len(slides), groups or [""] * len(slides), strict=True
        )
    ]
    return {"words": list(words), "offered": offered, "slides": rows}
