"""The results of gathering: of each label while it goes on, and of all at the end."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from poetcore.sources.urls import Source
from poetcore.system.progress import Progress

__all__ = ["DOWNLOADED", "PRESENT", "GatherProgress", "Gathered", "LabelState", "Rejected", "Tally"]

#: The result of a URL whose picture is in DEST; of any other it is the reason why there is no picture of it.
DOWNLOADED = "kept"
PRESENT = "there already"


@dataclass(frozen=True)
class Tally:
    """The URLs of a label: `asked` is the sum of the others."""

    asked: int
    kept: int
    there_already: int
    rejected: int


@dataclass(frozen=True)
class Rejected:
    """A URL of which there is no picture, and the reason, to be read after the URL."""

    label: str
    url: str
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
    """The result of gathering.

    Attributes:
        dest: the folder of label folders.
        labels: label -> tally.
        rejected: in the order of the labels.
        log: the file with the outcome of each URL.
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
        """Count the rejected URLs by reason, the most frequent first."""
        return dict(Counter(_general(one.reason) for one in self.rejected).most_common())


#: What a reason says of one file or URL -> what it says of all, so that they are counted together and the
#: sentence is still one. "leads to": so an early version wrote it into the log.
_PARTICULAR = (
    (r"(redirects|leads) to \S+, which ", ""),
    (r"^is the same picture as .*, which was deleted$", "is the same picture as one that was deleted"),
    (r"^is the same picture as .*", "is the same picture as another that is there"),
    (r"^has changed since .* was gathered$", "has changed since it was gathered"),
    (r"^has only \d+ x \d+ pixels$", "has only a few pixels"),
    (r"^(broke off) after \d+ bytes$", r"\1"),
    (r" \(https?://\S+\)$", ""),
    (r"https?://\S+", "another URL"),
)


def _general(reason: str) -> str:
    """Return a reason without what is particular to one URL.

    >>> _general("is the same picture as gill fungus/a_1.jpg")
    'is the same picture as another that is there'
    """
    for pattern, general in _PARTICULAR:
        reason = re.sub(pattern, general, reason)
    return " ".join(reason.split())


class LabelState:
    """A label while it is being gathered.

    Args:
        source: where its pictures come from.

    Attributes:
        source: where its pictures come from.
        remaining: the pictures that were not requested yet.
        results: URL -> DOWNLOADED, PRESENT, or why there is no picture of it.
        outstanding: how many URLs are queued and have no outcome yet.
        ended: whether nothing remains.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.remaining = iter(source.entries)
        self.results: dict[str, str] = {}
        self.outstanding = 0
        self.ended = False
        self._count = {DOWNLOADED: 0, PRESENT: 0}

    def record(self, url: str, result: str) -> None:
        """Set the result of a URL, in place of an earlier one."""
        before = self.results.get(url)
        if before in self._count:
            self._count[before] -= 1
        if result in self._count:
            self._count[result] += 1
        self.results[url] = result

    @property
    def available(self) -> int:
        """How many of its pictures are in DEST."""
        return sum(self._count.values())

    def tally(self) -> Tally:
        """Count its URLs by their results."""
        asked = len(self.results)
        return Tally(asked, self._count[DOWNLOADED], self._count[PRESENT], asked - self.available)
