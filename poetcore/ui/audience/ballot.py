"""What an audience votes, and who is right more often: it or the model. It lies in memory alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Ballot", "Round", "Score"]


@dataclass
class Round:
    """The votes for one slide.

    Attributes:
        number: tells it from the other rounds; phones send it with their vote.
        labels: what can be voted for.
        votes: by phone, the place of its label in `labels`.
        truth: the true label, once it was revealed.
        predicted: what the model says, once it was revealed.
    """

    number: int
    labels: tuple[str, ...]
    votes: dict[str, int] = field(default_factory=dict)
    truth: str | None = None
    predicted: str | None = None

    @property
    def revealed(self) -> bool:
        """Whether its labels are shown."""
        return self.truth is not None

    def counts(self) -> list[int]:
        """Return the votes of each label, in the order of `labels`."""
        counts = [0] * len(self.labels)
        for label in self.votes.values():
            counts[label] += 1
        return counts

    def favourite(self) -> str | None:
        """Return the label with the most votes; None without votes and for a tie."""
        counts = self.counts()
        most = max(counts, default=0)
        if most == 0 or counts.count(most) > 1:
            return None
        return self.labels[counts.index(most)]

    def vote_of(self, phone: str) -> str | None:
        """Return the label that a phone voted for, or None."""
        label = self.votes.get(phone)
        return None if label is None else self.labels[label]


@dataclass(frozen=True)
class Score:
    """How many of `of` revealed slides with votes each side has right."""

    audience: int = 0
    model: int = 0
    of: int = 0


class Ballot:
    """The rounds of a show, one a slide; at any time at most one is on the screen.

    A vote may be changed until its slide is revealed. A slide that was revealed is never voted on again,
    until the show begins anew.
    """

    def __init__(self) -> None:
        self._rounds: dict[str, Round] = {}
        self._begun = 0
        self.slide = ""
        self.score = Score()

    @property
    def round(self) -> Round | None:
        """The round of the slide on the screen; None where nothing is voted on."""
        return self._rounds.get(self.slide)

    def ask(self, slide: str, labels: Sequence[str]) -> None:
        """Show a slide whose labels are hidden.

        Args:
            slide: tells it from the others.
            labels: what can be voted for.
        """
        self.slide = slide
        known = self._rounds.get(slide)
        if known is None or (not known.revealed and known.labels != tuple(labels)):
            self._begun += 1
            self._rounds[slide] = Round(self._begun, tuple(labels))

    def reveal(self, slide: str, labels: Sequence[str], truth: str, predicted: str) -> None:
        """Show a slide with its labels; the score counts it if there were votes."""
        self.ask(slide, labels)
        shown = self._rounds[slide]
        if shown.revealed:
            return
        shown.truth, shown.predicted = truth, predicted
        if shown.votes:
            before = self.score
            self.score = Score(
                before.audience + (shown.favourite() == truth),
                before.model + (predicted == truth),
                before.of + 1,
            )

    def pause(self) -> None:
        """Show something that nobody votes on."""
        self.slide = ""

    def restart(self) -> None:
        """Forget all rounds and the score: the show begins anew."""
        self._rounds.clear()
        self.slide = ""
        self.score = Score()

    def vote(self, phone: str, number: int, label: int) -> bool:
        """Count a phone's vote, in place of the one that it gave this slide before.

        Args:
            phone: tells it from the others.
            number: of the round that it saw.
            label: the place of the label among those of the round.

        Returns:
            Whether it counts: not where another slide is on the screen, or the labels are shown.
        """
        shown = self.round
        if shown is None or shown.number != number or shown.revealed or not 0 <= label < len(shown.labels):
            return False
        shown.votes[phone] = label
        return True

    def score_of(self, phone: str) -> tuple[int, int]:
        """Return how many of its revealed votes a phone has right, and how many there are."""
        votes = [(one.vote_of(phone), one.truth) for one in self._rounds.values() if one.revealed]
        given = [(vote, truth) for vote, truth in votes if vote is not None]
        return sum(vote == truth for vote, truth in given), len(given)
