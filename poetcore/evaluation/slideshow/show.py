"""A slideshow as the browser gets it: the deck, how it is presented, and the one component that plays it.

Markup, style and behaviour are the files beside this module: `slideshow.html`, `slideshow.css`,
`slideshow_state.js` (what is shown, pure), `slideshow_tiles.js` (several at once), `slideshow_looks.js` (heat
maps) and `slideshow.js` (the view, and `mount`, which starts it). Pages of the dashboard and a show in a file
have the same ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poetcore.errors import OptionError
from poetcore.evaluation.slide_options import BATCHES, Show
from poetcore.evaluation.slides import Slide
from poetcore.system.browser.assets import read_assets

__all__ = ["MOST_SLIDES", "Slideshow", "show_css", "show_html", "show_js"]

_HERE = Path(__file__).parent

#: Slides that are sent to a browser; nobody sits through more.
MOST_SLIDES = 2000


@dataclass(frozen=True)
class Slideshow:
    """A deck of pictures with the predicted and the true label of each, and how it is presented.

    Attributes:
        slides: the labels of each picture, in the order of the show.
        pictures: the address of each slide's picture, of any size.
        labels: all labels, as the audience is offered them; the first nine have the keys 1 to 9.
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

    Raises:
        OptionError: not one picture, or not one note, a slide, or an impossible time.
    """

    slides: Sequence[Slide]
    pictures: Sequence[str]
    labels: Sequence[str]
    guess_first: bool = False
    seconds: float = 4.0
    title: str = ""
    mark: str = ""
    notes: Sequence[str] = ()
    groups: Sequence[str] = ()
    show: Show = "all"
    players: Sequence[str] = ("You",)
    batch: int = 1
    confidence: bool = True
    total: str = ""
    run: str = ""
    several: bool = False

    def __post_init__(self) -> None:
        slides = len(self.slides)
        if len(self.pictures) != slides:
            raise OptionError(
                f"A slide takes one picture. Received: {slides} slides, {len(self.pictures)} pictures."
            )
        if self.notes and len(self.notes) != slides:
            raise OptionError(f"A slide takes one note. Received: {slides} slides, {len(self.notes)} notes.")
        if self.batch not in BATCHES:
            raise OptionError(
                f"Pictures at once are one of {', '.join(map(str, BATCHES))}. Received: {self.batch}."
            )
        if not 0 < self.seconds <= 3600:
            raise OptionError(
                f"A slide stays for more than 0 and up to 3600 seconds. Received: {self.seconds}."
            )

    def packed(self, name: str) -> dict[str, Any]:
        """Pack the show for the browser: each label and note once, and its number wherever it is meant.

        `slides[i]` is [address, true label, predicted label, confidence, [label, probability, label, ...],
        note, groups], -1 for no note or groups.

        Args:
            name: tells this show from others of the page; the tab remembers place, score and guesses by it
                and by the deck.
        """
        words = {label: number for number, label in enumerate(dict.fromkeys(self.labels))}
        offered = len(words)

        def word(label: str) -> int:
            return words.setdefault(label, len(words))

        none = [""] * len(self.slides)
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
                self.slides, self.pictures, self.notes or none, self.groups or none, strict=True
            )
        ]
        return {
            "words": list(words),
            "offered": offered,
            "slides": rows,
            "guess_first": self.guess_first,
            "seconds": self.seconds,
            "title": self.title,
            "mark": self.mark,
            "name": name,
            "show": self.show,
            "players": list(self.players),
            "confidence": self.confidence,
            "total": self.total,
            "batch": self.batch,
            "looks": {"run": self.run, "sets": self.several} if self.run else None,
        }


def show_html() -> str:
    """Return the markup of a show, of one element."""
    return read_assets(_HERE, "slideshow.html")


def show_css() -> str:
    """Return the style of a show."""
    return read_assets(_HERE, "stage_buttons.css", "slideshow.css")


def show_js() -> str:
    """Return the behaviour of a show as one script, which begins nothing: `mount` does."""
    return read_assets(
        _HERE,
        "pictures.js",
        "looks.js",
        "full_screen.js",
        "slideshow_state.js",
        "slideshow_tiles.js",
        "slideshow_looks.js",
        "slideshow.js",
    )
