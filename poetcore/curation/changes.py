"""Changes to the pictures of a dataset: what is proposed, whether that is possible, and the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from poetcore.data.layout import QUARANTINE
from poetcore.errors import OptionError
from poetcore.system.file_kinds import is_hidden
from poetcore.system.files import is_unicode, printable
from poetcore.system.names import check_name

__all__ = ["ACTIONS", "Change", "Outcome", "Pending", "Step", "check_changes"]

#: What can be done with a picture, in the words of the journal; "fine" verifies it.
ACTIONS = ("relabel", "quarantine", "fine")


@dataclass(frozen=True)
class Change:
    """A change to one picture.

    Attributes:
        path: absolute.
        action: "relabel" moves it to another label's folder, "quarantine" sets it aside, "fine" leaves
            it where it is and keeps that its label is correct.
        sha: sha256 of its content as the user saw it; where it is empty, the present content is meant.
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
    """A change that is proposed and not yet applied.

    Attributes:
        id: its name in the journal.
        change: what is to be done; its path is where the picture is now.
        time: when it was proposed, ISO 8601 with the time zone.
    """

    id: str
    change: Change
    time: str


@dataclass(frozen=True)
class Outcome:
    """The outcome of a change.

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


def check_changes(changes: Mapping[str, Change], folder: Path, quarantine_is_a_label: bool) -> None:
    """Check that changes are possible in a dataset.

    Args:
        changes: by the picture's path, relative to the folder, with slashes.
        folder: the folder of label folders.
        quarantine_is_a_label: whether the user keeps a label's pictures in a folder of that name.

    Raises:
        OptionError: one of them is impossible.
    """
    for place, change in changes.items():
        parts = PurePosixPath(place).parts
        if len(parts) < 2 or any(map(is_hidden, parts)) or not is_unicode(change.path):
            raise OptionError(f"{printable(change.path)} lies in no label folder of the dataset.")
        if change.action not in ACTIONS:
            raise OptionError(f"A repair is one of {', '.join(ACTIONS)}. Received: {change.action!r}.")
    labels = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    for label in {change.label for change in changes.values() if change.action == "relabel"}:
        if label not in labels:
            check_name(label, "A new label")
        if is_hidden(label) or label.casefold() == QUARANTINE:
            raise OptionError(f"{label!r} is not a label's folder: choose another label.")
    if quarantine_is_a_label and any(change.action == "quarantine" for change in changes.values()):
        raise OptionError(
            f"The folder {folder / QUARANTINE} is a label here: rename it, that is where pictures are set"
            " aside."
        )
