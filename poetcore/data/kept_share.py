"""Which pictures of a dataset are kept aside: a share or a number of each label, groups undivided."""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from poetcore.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Share", "draw_share"]


@dataclass(frozen=True)
class Share:
    """How many pictures of each label are kept aside: a percentage, or a number.

    Attributes:
        number: of percent, or of pictures.
        percent: which of both.
    """

    number: int
    percent: bool

    @classmethod
    def parse(cls, text: str) -> "Share":
        """Read a share as it is typed.

        >>> Share.parse("20%"), Share.parse("50").words
        (Share(number=20, percent=True), '50 a label')

        Raises:
            OptionError: it is no share.
        """
        found = re.fullmatch(r"\s*([0-9]{1,6})\s*(%?)\s*", text)
        share = cls(int(found[1]), bool(found[2])) if found else cls(0, False)
        if share.number < 1 or (share.percent and share.number > 50):
            raise OptionError(
                "What is kept aside is a share of each label from 1% to 50%, or a number of pictures of each"
                f" label. Received: {text!r}."
            )
        return share

    @property
    def words(self) -> str:
        """The share as people read it."""
        return f"{self.number} %" if self.percent else f"{self.number:,} a label"

    def of(self, count: int) -> int:
        """Return how many of a label's pictures are kept aside: half of them at the most."""
        wanted = round(count * self.number / 100) if self.percent else self.number
        return min(max(wanted, 1), count // 2)

    def __str__(self) -> str:
        return f"{self.number}%" if self.percent else str(self.number)


def draw_share(pictures: "pd.DataFrame", groups: np.ndarray, share: Share) -> np.ndarray:
    """Draw pictures of each label, by groups that are not divided, so that each label keeps some.

    The order in which groups are drawn hangs on their contents alone, and not on what decides the split. A
    group that would take more of a label than is wanted is passed over, unless nothing of that label was
    taken: then its smallest group is.

    Args:
        pictures: columns label and sha.
        groups: `(n,) int64`, the number of each one's group.
        share: how many of each label.

    Returns:
        Which are drawn, `(n,) bool`.
    """
    labels, numbers = pictures["label"].tolist(), groups.tolist()
    counts_of: dict[int, Counter[str]] = defaultdict(Counter)
    names: dict[int, str] = {}
    for group, label, sha in zip(numbers, labels, pictures["sha"].tolist(), strict=True):
        counts_of[group][label] += 1
        names[group] = min(sha, names.get(group, sha))
    lots = {group: hashlib.sha1(f"kept aside {sha}".encode()).hexdigest() for group, sha in names.items()}
    wanted = {label: share.of(count) for label, count in Counter(labels).items()}
    taken = dict.fromkeys(wanted, 0)
    left = Counter(label for counts in counts_of.values() for label in counts)
    drawn: set[int] = set()

    def draw(group: int, within: bool) -> None:
        counts = counts_of[group]
        if group in drawn or any(left[label] < 2 for label in counts):
            return
        if within and any(taken[label] + count > wanted[label] for label, count in counts.items()):
            return
        drawn.add(group)
        for label, count in counts.items():
            taken[label] += count
            left[label] -= 1

    for group in sorted(lots, key=lots.__getitem__):
        draw(group, within=True)
    for label, count in taken.items():
        own = [group for group, counts in counts_of.items() if label in counts]
        for group in sorted(own, key=lambda one: (counts_of[one].total(), lots[one])):
            if not count and not taken[label]:
                draw(group, within=False)
    return np.isin(groups, list(drawn))
