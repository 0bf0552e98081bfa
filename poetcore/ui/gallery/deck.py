"""What a light-box leafs through: all pictures of a filtered list, on whichever page of the gallery they are.

So leafing needs no answer of the server. A deck is sent as addresses and words, each once, never as pictures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poetcore.system.figures import confidence
from poetcore.ui.gallery.card import Card
from poetcore.ui.gallery.lazy import Lazy

__all__ = ["AROUND", "Deck", "Row", "Stop"]

#: Pictures that are sent before and after the shown page; leafing further makes the page follow.
AROUND = 2000

#: What stands together in a gallery: one picture, a pair or a group.
Row = tuple[Card, ...]

#: What the light-box shows at once: a picture, and the one that stands beside it, if there is one.
Stop = tuple[Card, Card | None]


@dataclass(frozen=True)
class Deck:
    """The stops of a gallery, in its order.

    Attributes:
        stops: what is leafed through.
        rows: the number of the row of each stop.
        first: the number of the first stop of each row.
        repeats: whether the pictures of a row repeat its first.
    """

    stops: Sequence[Stop]
    rows: Sequence[int]
    first: Sequence[int]
    repeats: bool

    @classmethod
    def of(cls, rows: Sequence[Row], *, repeats: bool = False) -> "Deck":
        """Return the deck of a gallery.

        Args:
            rows: of the gallery. Of a pair the first picture is the one that is looked at; lazy ones have
                one picture each.
            repeats: the first picture of a row is repeated by the others, each of which is a stop beside it.
        """
        if isinstance(rows, Lazy):
            return cls(Lazy(rows, _alone), range(len(rows)), range(len(rows)), repeats)
        stops: list[Stop] = []
        of: list[int] = []
        first: list[int] = []
        for number, row in enumerate(rows):
            first.append(len(stops))
            stops += _stops(row, repeats)
            of += [number] * (len(stops) - first[-1])
        return cls(stops, of, first, repeats)

    def opened_by(self, row: int, place: int) -> int:
        """Return the number of the stop that a click on a card opens.

        Args:
            row: number of its row.
            place: of the card in its row, from 0.
        """
        return self.first[row] + (max(0, place - 1) if self.repeats else 0)

    def row_of(self, stop: int) -> int:
        """Return the number of a stop's row; the list may have become shorter."""
        return self.rows[min(stop, len(self.rows) - 1)] if self.rows else 0

    def around(self, shown: range) -> range:
        """Return the numbers of the rows whose stops are sent with a page.

        Args:
            shown: the rows on the page of the gallery.
        """
        sent = self._sent(shown)
        return range(self.rows[sent.start], self.rows[sent.stop - 1] + 1) if sent else range(0)

    def _sent(self, shown: range) -> range:
        """Return the numbers of the stops that are sent with a page."""
        start = self.first[shown.start] if shown else 0
        end = self.first[shown.stop] if shown.stop < len(self.first) else len(self.stops)
        return range(max(0, start - AROUND), min(end + AROUND, len(self.stops)))

    def packed(self, shown: range, marks: Mapping[str, tuple[str, str]] | None = None) -> dict[str, Any]:
        """Pack the stops around some rows for the browser: each word once, its number wherever it is meant.

        A picture is [hash, title, folder, file name, [line, ...], true label, predicted label,
        [label, probability, as it is written, ...], [reason, suggested label] or 0, the picture beside it or
        0].

        Args:
            shown: the rows on the page of the gallery.
            marks: of the pictures that can be selected, by path: why they are shown, and the label suggested
                for each or "".
        """
        marks = marks or {}
        sent = self._sent(shown)
        words: dict[str, int] = {}

        def word(text: str) -> int:
            return words.setdefault(text, len(words))

        def pack(card: Card) -> list[Any]:
            name = Path(card.path).name
            folder = card.path.removesuffix(name)
            top: list[float] = []
            for label, share in card.bars:
                top += word(label), round(share, 4), word(confidence(share))
            lines = [word(line) for line in card.lines if line != name]
            labels = (word(card.true), word(card.predicted))
            mark = [word(part) for part in marks[card.path]] if card.path in marks else 0
            return [card.sha, word(card.title), word(folder), word(name), lines, *labels, top, mark]

        items = [
            [*pack(card), pack(other) if other else 0] for card, other in self.stops[sent.start : sent.stop]
        ]
        return {"first": sent.start, "total": len(self.stops), "words": list(words), "items": items}


def _alone(row: Row) -> Stop:
    return row[0], None


def _stops(row: Row, repeats: bool) -> list[Stop]:
    if len(row) == 1:
        return [(row[0], None)]
    return [(card, row[0]) for card in row[1:]] if repeats else [(row[0], row[1])]
