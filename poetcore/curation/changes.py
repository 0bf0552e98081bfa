"""Changes to the pictures of a dataset: what is proposed, and what became of it."""

from dataclasses import dataclass
from pathlib import Path

from poetcore.data.dataset import QUARANTINE

__all__ = ["ACTIONS", "Change", "Outcome", "Pending", "Step"]

ACTIONS = ("relabel", "quarantine", "fine")


@dataclass(frozen=True)
class Change:
    """What is to become of one picture.

    Attributes:
        path: absolute.
        action: "relabel" moves it to another label's folder, "quarantine" sets it aside, "fine" only
            remembers that its content is right as it is.
        sha: sha256 of its content as it was looked at; where it is empty, the present content is meant.
        reason: a few words.
        label: the new label, for "relabel" only.
    """

    path: Path
    action: str
    sha: str
    reason: str
    label: str = ""

    @property
    def folder(self) -> str:
        """The folder that it puts the picture into; empty where that stays as it is."""
        return {"relabel": self.label, "quarantine": QUARANTINE}.get(self.action, "")


@dataclass(frozen=True)
class Pending:
    """A change that is noted and not yet applied.

    Attributes:
        id: its name in the journal.
        change: what is to be done; its path is where the picture is now.
        time: when it was noted, ISO 8601 with the time zone.
    """

    id: str
    change: Change
    time: str


@dataclass(frozen=True)
class Outcome:
    """What became of a change.

    Attributes:
        change: what was to be done; its path is where the picture was before.
        state: "applied", "refused" or "undone".
        place: where the picture was put; after "undone" where it was put back.
        trouble: why it was refused, or why it could not be undone; empty where all went well.
    """

    change: Change
    state: str
    place: Path
    trouble: str = ""


@dataclass(frozen=True)
class Step:
    """Changes that were applied together.

    Attributes:
        id: its name, a number.
        time: when it was begun, ISO 8601 with the time zone.
        outcomes: one a change.
    """

    id: str
    time: str
    outcomes: tuple[Outcome, ...]

    def of(self, state: str) -> list[Outcome]:
        """List the changes that are "applied", "refused" or "undone"."""
        return [outcome for outcome in self.outcomes if outcome.state == state]
