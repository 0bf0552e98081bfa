"""The stable split into training, validation and testing, group by group."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from poetcore.data.grouping import group_pictures, series_names
from poetcore.system.wording import few

__all__ = ["SPLITS", "Split", "about_undivided", "assign_splits", "split_groups", "undivided_labels"]

SPLITS = ("training", "validation", "testing")

#: Labels that a sentence lists at the most.
_LISTED = 10

# The original script's constant, kept so that a share of n % means the same thing here.
_MAX_PER_CLASS = 2**27 - 1


@dataclass(frozen=True)
class Split:
    """A split of pictures by groups.

    Attributes:
        parts: of each picture one of `SPLITS`, aligned with the table of pictures.
        names: sha -> the name of its group, to be remembered.
    """

    parts: pd.Series
    names: dict[str, str]


def assign_splits(
    pictures: pd.DataFrame,
    validation_percentage: float,
    testing_percentage: float,
    remembered: Mapping[str, str] | None = None,
) -> pd.Series:
    """Assign each picture to training, validation or testing; only what is exactly the same stands together.

    Args:
        pictures: a table with the columns path, label and sha.
        validation_percentage: 0 to 100.
        testing_percentage: 0 to 100; the two together less than 100.
        remembered: sha -> name of its group, of contents that were split before; these stay where they are.

    Returns:
        "training", "validation" or "testing", aligned with `pictures`.
    """
    groups = group_pictures(pictures)
    return split_groups(pictures, groups, remembered or {}, validation_percentage, testing_percentage).parts


def undivided_labels(pictures: pd.DataFrame, groups: np.ndarray) -> dict[str, int]:
    """Return the labels whose pictures are all one group, and how many these are.

    Such a label is trained on wholly: none of its pictures can be tested whose like was not trained on.

    Args:
        pictures: a table with the column label.
        groups: `(n,) int64`, the group of each.
    """
    numbers = pd.Series(groups, pictures["label"].to_numpy()).groupby(level=0)
    found = numbers.agg(["nunique", "size"])
    return {str(label): int(size) for label, size in found.loc[found["nunique"] == 1, "size"].items()}


def about_undivided(labels: Mapping[str, int], by: str) -> str:
    """Return a sentence on labels of which nothing could be held out; "" for none.

    Args:
        labels: as `undivided_labels` returns them.
        by: what made the groups, one of `GROUP_BY`.
    """
    why = {
        "exact": "have the same content or the same name before _nohash_",
        "near": "are near duplicates of each other or one burst",
        "folder": "are in one sub-folder, near duplicates of each other or one burst",
    }[by]
    names, single = list(labels), max(labels.values(), default=0) == 1
    if not names:
        return ""
    if len(names) == 1:
        which = (
            f"The only picture of {names[0]} was" if single else f"All pictures of {names[0]} {why} and were"
        )
        whom = names[0]
    else:
        listed = few(names, _LISTED)
        each = (
            "There is one picture of each of" if single else f"There is one picture, or all {why}, of each of"
        )
        which, whom = f"{each} {len(names):,} labels ({listed}); they were", "these labels"
    verb = "are" if len(names) > 1 else "is"
    more = "pictures" if single else "different pictures"
    return f"{which} trained on, so how well {whom} {verb} recognised is not known: add {more}."


def split_groups(
    pictures: pd.DataFrame,
    groups: np.ndarray,
    remembered: Mapping[str, str],
    validation_percentage: float,
    testing_percentage: float,
) -> Split:
    """Assign each group of pictures to training, validation or testing.

    A group's part depends on its name alone: the one under which most of its contents were split before, else
    the first, in alphabetical order, of its contents' hashes or, where files are named `<name>_nohash_...`,
    of those names. So the part survives renaming, moving and added files. The share of each part is right on
    average only.

    A label of which no picture would be left to train on keeps the group that is nearest to training, and a
    part that would stay empty is given the group nearest to it; these are renamed, so that they too stay
    where they are.

    Args:
        pictures: a table with the columns path, label and sha.
        groups: `(n,) int64`, the number of each one's group, as `group_pictures` returns it.
        remembered: sha -> name, of contents that were split before.
        validation_percentage: 0 to 100.
        testing_percentage: 0 to 100; the two together less than 100.
    """
    table = pd.DataFrame(
        {"sha": pictures["sha"].to_numpy(), "label": pictures["label"].to_numpy(), "group": groups}
    )
    names = _group_names(table, series_names(pictures.reset_index(drop=True)), remembered)
    bounds = _bounds(validation_percentage, testing_percentage)
    percent = np.array([_percent(name) for name in names])
    for group, part in _moves(table, percent, bounds).items():
        names[group] = _renamed(names[group], *bounds[part])
    part_of = np.array([_part(_percent(name), bounds) for name in names], object)
    return Split(
        pd.Series(part_of[groups], pictures.index, name="split"),
        dict(zip(table["sha"], np.array(names, object)[groups], strict=True)),
    )


def _bounds(validation: float, testing: float) -> dict[str, tuple[float, float]]:
    """Return from which percentage to below which a group is in each part."""
    return {
        "validation": (0.0, validation),
        "testing": (validation, validation + testing),
        "training": (validation + testing, 101.0),
    }


def _part(percent: float, bounds: Mapping[str, tuple[float, float]]) -> str:
    return next(part for part, (first, end) in bounds.items() if first <= percent < end)


def _group_names(table: pd.DataFrame, series: pd.Series, remembered: Mapping[str, str]) -> list[str]:
    """Return the name of each group, in the order of their numbers."""
    own = table["sha"].astype(object)
    own[series.index] = series
    groups = table["group"].tolist()
    names: dict[int, str] = {}
    for group, name in zip(groups, own, strict=True):
        names[group] = min(name, names.get(group, name))
    votes: dict[int, list[str]] = defaultdict(list)
    for sha, group in dict(zip(table["sha"], groups, strict=True)).items():
        if name := remembered.get(sha):
            votes[group].append(name)
    for group, voted in votes.items():
        counted = Counter(voted)
        names[group] = min(counted, key=lambda name: (-counted[name], name))
    return [names[group] for group in range(len(names))]


def _percent(key: str) -> float:
    """Map a name to 0..100, evenly: the formula of the original script (retrain.py, `create_image_lists`)."""
    return int(hashlib.sha1(key.encode()).hexdigest(), 16) % (_MAX_PER_CLASS + 1) * (100.0 / _MAX_PER_CLASS)


def _renamed(name: str, first: float, end: float) -> str:
    """Return a name like another whose percentage is within bounds."""
    number = 1
    while not first <= _percent(f"{name} {number}") < end:
        number += 1
    return f"{name} {number}"


def _moves(
    table: pd.DataFrame, percent: np.ndarray, bounds: Mapping[str, tuple[float, float]]
) -> dict[int, str]:
    """Return which groups must go to another part than their percentages say: group -> part."""
    part = np.array([_part(value, bounds) for value in percent], object)
    moves: dict[int, str] = {}
    groups_of = [own.unique() for _, own in table.groupby("label", sort=True)["group"]]
    for groups in groups_of:
        if not (part[groups] == "training").any():
            nearest = int(groups[percent[groups].argmax()])
            part[nearest] = moves[nearest] = "training"
    for name in ("validation", "testing"):
        first, end = bounds[name]
        if end <= first or (part == name).any():
            continue
        spare = part == "training"
        for groups in groups_of:
            if spare[groups].sum() == 1:  # a label keeps a group to train on
                spare[groups] = False
        if spare.any():
            nearest = int(np.where(spare, np.abs(percent - (first + end) / 2), np.inf).argmin())
            part[nearest] = moves[nearest] = name
    return moves
