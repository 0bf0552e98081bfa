"""Groups of pictures that must not be divided: neither by the split nor by the folds of a cross-validation.

Whatever shows the same thing stands on one side: else a picture is tested whose neighbour was trained on, and
the accuracy says nothing about new pictures.
"""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.groups import GROUP_BY, linked_groups
from poetcore.data.holds import HOLD
from poetcore.data.listing import is_listing
from poetcore.data.near_duplicates import NEAR, near_duplicate_pairs
from poetcore.data.perceptual_hash import Thumbnails

__all__ = ["GROUP_BY", "assign_folds", "group_pictures", "series_names"]


def group_pictures(
    pictures: pd.DataFrame,
    by: str = "exact",
    *,
    hashes: Thumbnails | None = None,
    folder: Path | None = None,
) -> np.ndarray:
    """Group pictures that must not be divided.

    Args:
        pictures: a table with the columns path, label and sha.
        by: one of `GROUP_BY`.
        hashes: of the pictures, as `HashIndex.get` returns them; needed unless `by` is exact. A picture
            without one has no near duplicates.
        folder: the folder of label folders, or the CSV file; needed where `by` is folder.

    Returns:
        The number of each picture's group, `(n,) int64`, from 0 in the order of the first pictures.
    """
    pictures = pictures.reset_index(drop=True)
    sha, distinct = pd.factorize(pictures["sha"])
    links = [zip(sha.tolist(), sha.tolist(), strict=True), _links(sha, series_names(pictures))]
    if by != "exact" and hashes is not None:
        links.append(_near(distinct, hashes))
    if by == "folder" and folder is not None:
        links.append(_links(sha, _subjects(pictures, folder)))
    group = np.empty(len(distinct), np.int64)
    for number, contents in enumerate(linked_groups(chain(*links))):
        group[contents] = number
    numbered: np.ndarray = group[sha]
    return numbered


def series_names(pictures: pd.DataFrame) -> pd.Series:
    """Return `label/name` of the pictures with `_nohash_` in their file's name: the name before it.

    As in the original script: files of one name before `_nohash_` belong together. The name of a hold
    (`holds`) is that of no other, so it stands without the label: a hold stays one group also where some of
    its pictures were given another label.
    """
    paths = pictures["path"].str.extract(r"^(.*)_nohash_[^/\\]*$", flags=re.DOTALL, expand=False).dropna()
    names = paths.map(os.path.basename)
    series: pd.Series = names.where(
        names.str.fullmatch(HOLD), pictures.loc[names.index, "label"] + "/" + names
    )
    return series


def _links(sha: np.ndarray, names: pd.Series) -> Iterator[tuple[int, int]]:
    """Link contents that share a name with the first of that name; `names` has rows of `sha`."""
    first: dict[str, int] = {}
    for name, content in zip(names, sha[names.index].tolist(), strict=True):
        yield first.setdefault(name, content), content


def _near(distinct: Iterable[str], hashes: Thumbnails) -> Iterator[tuple[int, int]]:
    rows = hashes.rows(distinct)
    number = np.flatnonzero(rows >= 0)
    for one, others in near_duplicate_pairs(hashes.pixels, NEAR, rows[number]).items():
        for other in others:
            yield int(number[one]), int(number[other])


def _subjects(pictures: pd.DataFrame, folder: Path) -> pd.Series:
    """Return the sub-folder of a label in which each picture is, of those that are in one.

    In a CSV file, the folder in which a picture lies, where those of its label lie in several.
    """
    if is_listing(folder):
        parents = pictures["path"].map(os.path.dirname)
        several = parents.groupby(pictures["label"]).transform("nunique") > 1
        subjects: pd.Series = parents[several]
        return subjects
    inside = [Path(path).relative_to(folder).parts for path in pictures["path"]]
    names = pd.Series([parts[1] if len(parts) > 2 else None for parts in inside], pictures.index, object)
    return names.dropna()


def assign_folds(targets: np.ndarray, groups: np.ndarray, folds: int = 5) -> np.ndarray:
    """Divide pictures into folds of about the same size and the same labels, no group divided.

    The largest groups are placed first, each into the fold in which its labels are rarest; what stands alone
    is drawn by lot, always the same. Where a label has fewer groups than there are folds, some have none.

    Args:
        targets: `(n,) int64`, the label of each picture.
        groups: `(n,) int64`, its group.
        folds: how many.

    Returns:
        The fold of each picture, `(n,) int64`, from 0.
    """
    if not len(targets):
        return np.empty(0, np.int64)
    _, group = np.unique(groups, return_inverse=True)
    labels = int(targets.max()) + 1
    sizes = np.bincount(group)
    lot = np.random.default_rng(0).random(len(sizes))
    fold_of = np.empty(len(sizes), np.int64)
    placed = np.zeros((folds, labels))
    share = 1 / np.maximum(np.bincount(targets, minlength=labels), 1)
    order, starts = np.argsort(group, kind="stable"), np.cumsum(sizes) - sizes
    for number in sorted(np.flatnonzero(sizes > 1).tolist(), key=lambda one: (-sizes[one], lot[one])):
        members = order[starts[number] : starts[number] + sizes[number]]
        own, count = np.unique(targets[members], return_counts=True)
        full = (placed[:, own] * (count * share[own])).sum(axis=1)
        fold_of[number] = fold = np.lexsort((placed.sum(axis=1), full))[0]
        placed[fold, own] += count
    alone = np.flatnonzero(sizes == 1)
    label = targets[order[starts[alone]]]
    for own in np.unique(label):
        waiting = alone[label == own]
        # The fold with the fewest pictures of the label comes next, again and again.
        heights = placed[:, own, None] + np.arange(len(waiting))
        totals = np.broadcast_to(placed.sum(axis=1)[:, None], heights.shape)
        next_fold = np.lexsort((totals.ravel(), heights.ravel()))[: len(waiting)] // len(waiting)
        fold_of[waiting[np.argsort(lot[waiting])]] = next_fold
        placed[:, own] += np.bincount(next_fold, minlength=folds)
    folded: np.ndarray = fold_of[group]
    return folded
