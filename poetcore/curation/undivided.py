"""What a preparation does not divide between training and demo pictures: pure functions."""

from collections.abc import Iterable, Mapping
from itertools import chain, pairwise
from pathlib import Path

import pandas as pd

from poetcore.analysis.issues import Issue
from poetcore.data.groups import linked_groups
from poetcore.data.holds import hold_of

__all__ = ["similarity_groups", "undivided_groups"]


def similarity_groups(pictures: pd.DataFrame, issues: Iterable[Issue]) -> dict[str, str]:
    """Group near duplicates: sha -> the smallest sha of its group, for contents that have any."""
    sha_of = dict(zip(pictures["path"], pictures["sha"], strict=True))
    pairs = (
        (sha_of[issue.path], sha_of[duplicate])
        for issue in issues
        if issue.issue == "near_duplicate" and issue.path in sha_of
        for duplicate in issue.related
        if duplicate in sha_of
    )
    return {sha: min(group) for group in linked_groups(pairs) for sha in group}


def undivided_groups(pictures: pd.DataFrame, near: Mapping[str, str]) -> dict[str, str]:
    """Group what goes into one part: near duplicates, and what the camera took in one go (`data/holds`).

    Args:
        pictures: columns path and sha.
        near: of `similarity_groups`.

    Returns:
        sha -> the smallest sha of its group, for contents that are not alone.
    """
    holds = pictures["sha"].groupby(pictures["path"].map(lambda path: hold_of(Path(path).name)))
    bursts = (pairwise(own.tolist()) for hold, own in holds if hold)
    return {sha: min(group) for group in linked_groups(chain(near.items(), *bursts)) for sha in group}
