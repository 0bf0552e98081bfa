"""What is to be gathered, how far it is, and what came of it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from poetcore.errors import OptionError
from poetcore.sources.urls import UrlEntry
from poetcore.system.progress import Progress

__all__ = [
    "DOWNLOADED",
    "PRESENT",
    "GatherProgress",
    "Gathered",
    "LabelState",
    "Rejected",
    "Source",
    "Tally",
    "check_count",
]

#: What an address can become, beside a reason why there is no picture of it.
DOWNLOADED = "kept"
PRESENT = "there already"


@dataclass(frozen=True)
class Source:
    """Where the pictures of a label come from.

    Attributes:
        label: the name of the label folder.
        wanted: the pictures, taken one by one as they are needed.
        expected: how many these are; 0 where it is not known.
    """

    label: str
    wanted: Iterable[UrlEntry]
    expected: int = 0


@dataclass(frozen=True)
class Tally:
    """What became of a label's addresses: `asked` is the sum of the others."""

    asked: int
    kept: int
    there_already: int
    rejected: int


@dataclass(frozen=True)
class Rejected:
    """An address of which there is no picture, and why, to be read after the address."""

    label: str
    address: str
    reason: str


@dataclass(frozen=True)
class GatherProgress(Progress):
    """How far it is.

    Attributes:
        kept: pictures that are in the label folders.
        rejected: URLs of which there is no picture.
    """

    kept: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Gathered:
    """What was gathered.

    Attributes:
        dest: the folder of label folders.
        labels: label -> tally.
        rejected: in the order of the labels.
        log: the file that says of each address what became of it.
        attribution: the file that names licences and authors, or None where none is known.
        problems: what ended a source early, in sentences.
    """

    dest: Path
    labels: dict[str, Tally]
    rejected: tuple[Rejected, ...]
    log: Path
    attribution: Path | None
    problems: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        """How many of the pictures are in DEST."""
        return sum(tally.kept + tally.there_already for tally in self.labels.values())

    def reasons(self) -> dict[str, int]:
        """Count the rejected addresses by reason, the most frequent first."""
        general = (
            re.sub(r"leads to \S+, which |https?://\S+|\S+/\S+\.\w+$", "", r.reason) for r in self.rejected
        )
        return dict(Counter(" ".join(reason.split()) for reason in general).most_common())


class LabelState:
    """A label as it is being gathered.

    Attributes:
        became: address -> DOWNLOADED, PRESENT, or why there is no picture of it.
        outstanding: how many addresses have been queued and not settled.
        ended: whether the source has given all it has.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.left = iter(source.wanted)
        self.became: dict[str, str] = {}
        self.outstanding = 0
        self.ended = False
        self._count = {DOWNLOADED: 0, PRESENT: 0}

    def note(self, address: str, became: str) -> None:
        before = self.became.get(address)
        if before in self._count:
            self._count[before] -= 1
        if became in self._count:
            self._count[became] += 1
        self.became[address] = became

    @property
    def got(self) -> int:
        return sum(self._count.values())

    def tally(self) -> Tally:
        asked = len(self.became)
        return Tally(asked, self._count[DOWNLOADED], self._count[PRESENT], asked - self.got)


def check_count(count: int | None) -> None:
    """Make sure that a number of pictures is one.

    Raises:
        OptionError: it is not.
    """
    if count is not None and count < 1:
        raise OptionError(f"count is a number of pictures and must be at least 1. Received: {count}")
