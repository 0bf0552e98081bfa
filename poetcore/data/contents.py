"""Labelled pictures as contents under labels, wherever their files lie: their state, what changed in it."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from poetcore.data.labels import match_labels

__all__ = ["count_changes", "paths_of", "state_of"]


class _Paths(Mapping[str, Path]):
    """Paths by content, made as they are asked for: a `Path` takes five times the memory of its text."""

    def __init__(self, text_of: Mapping[str, str]) -> None:
        self._text_of = text_of

    def __getitem__(self, sha: str) -> Path:
        return Path(self._text_of[sha])

    def __contains__(self, sha: object) -> bool:
        return sha in self._text_of

    def __iter__(self) -> Iterator[str]:
        return iter(self._text_of)

    def __len__(self) -> int:
        return len(self._text_of)


def paths_of(pictures: pd.DataFrame) -> Mapping[str, Path]:
    """Return a file of each content, by its sha.

    Args:
        pictures: columns path and sha.
    """
    return _Paths(dict(zip(pictures["sha"], pictures["path"], strict=True)))


def state_of(pictures: pd.DataFrame) -> str:
    """Compute a hash of contents and labels: the same for the same pictures, whatever their files are called.

    Args:
        pictures: columns sha and label, one row a picture.

    Returns:
        64 hexadecimal digits.
    """
    lines = sorted(f"{sha} {label}\n" for sha, label in zip(pictures["sha"], pictures["label"], strict=True))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def count_changes(then: pd.DataFrame, now: pd.DataFrame) -> tuple[int, int, int]:
    """Count pictures that were added, removed and relabelled; each copy of a content is a picture.

    A label that is written in another way now, `Rose` for `rose`, is the same one (see `labels`).

    >>> then = pd.DataFrame({"sha": ["a", "b", "c"], "label": ["rose", "rose", "tulip"]})
    >>> now = pd.DataFrame({"sha": ["a", "b", "d"], "label": ["rose", "tulip", "tulip"]})
    >>> count_changes(then, now)
    (1, 1, 1)

    Args:
        then: columns sha and label, one row a picture.
        now: likewise.
    """
    known = match_labels(now["label"].unique(), then["label"].unique().tolist())
    now = now.assign(label=now["label"].map(lambda name: known.get(name, name)))
    if state_of(then) == state_of(now):
        return 0, 0, 0  # at once, since that is how it usually is
    both = pd.concat([then.groupby(["sha", "label"]).size(), now.groupby(["sha", "label"]).size()], axis=1)
    both = both.set_axis(["then", "now"], axis=1).fillna(0).astype(int)
    both["same"] = both.min(axis=1)
    of = both.groupby(level="sha").sum()
    gone, come = of["then"] - of["same"], of["now"] - of["same"]
    relabelled = gone.where(gone < come, come)
    return int((come - relabelled).sum()), int((gone - relabelled).sum()), int(relabelled.sum())
