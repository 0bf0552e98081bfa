"""Checks of what is in files: contents that cannot be read, that occur twice, or that occur nearly twice.

Near duplicates are those that a training keeps on one side of the split (`data.near_duplicates`).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from poetcore.analysis.checks import MOST_DIFFERENT, Check, Found, Pictures, rows
from poetcore.data.near_duplicates import NEAR, duplicate_groups
from poetcore.system.figures import percent
from poetcore.system.names import natural_key

__all__ = ["CONTENT_CHECKS"]

#: Of so many copies the others are named.
_RELATED = 20


def _unreadable(pictures: Pictures) -> Iterator[Found]:
    for one in rows(pictures.dataset.refused.assign(sha="")):
        yield Found(one, pictures.dataset.refusal(one.label, one.reason))


def _two_labels(pictures: Pictures) -> Iterator[Found]:
    for here, there in _copies(pictures):
        if labels := _conflict(here, there):
            detail = f"The same picture stands under {labels}."
            paths = [*here["path"], *there["path"]]
            for one in rows(here):
                yield Found(one, detail, related=_others(paths, one.path))


def _placeholder(pictures: Pictures) -> Iterator[Found]:
    blank = pictures.both[pictures.both["sha"].isin(pictures.placeholders)]
    for _, copies in blank.groupby("sha", sort=False):
        if len(copies) > 1:
            detail = f"A plain picture that occurs {len(copies)} times."
        elif copies["sha"].iloc[0] in pictures.known_placeholders:
            detail = "The picture that Flickr or Imgur shows in place of one that is gone."
        else:
            detail = "Nearly one colour and a line of words, as sites show in place of a photo that is gone."
        for one in rows(copies[~copies["in_demo"]]):
            yield Found(one, detail, related=_others(list(copies["path"]), one.path))


def _leaked(pictures: Pictures) -> Iterator[Found]:
    for here, there in _copies(pictures):
        for one in rows(here) if len(there) else ():
            first = there.iloc[0]
            detail = f"Also in the demo folder, as {Path(first['path']).name} in {first['label']}."
            yield Found(one, detail, related=tuple(there["path"][:_RELATED]))


def _duplicate(pictures: Pictures) -> Iterator[Found]:
    for here, there in _copies(pictures):
        if _conflict(here, there) or here["sha"].isin(pictures.placeholders).any():
            continue
        for one in rows(here[1:]):
            first = here.iloc[0]
            detail = f"The same picture as {Path(first['path']).name} in {first['label']}."
            yield Found(one, detail, related=(first["path"],))


def _near_duplicate(pictures: Pictures) -> Iterator[Found]:
    distinct = _paired(pictures)
    for group in duplicate_groups(pictures.near_duplicates):
        here = [number for number in group if not distinct[number].in_demo]
        mixed = len({distinct[number].label for number in here}) > 1
        for number in here:
            similar = {
                other: value
                for other, value in pictures.near_duplicates[number].items()
                if not distinct[other].in_demo
            }
            if similar and (mixed or number != here[0]):
                yield _similar_to(distinct[number], similar, distinct)


def _near_leaked(pictures: Pictures) -> Iterator[Found]:
    distinct = _paired(pictures)
    leaked = set() if pictures.demo is None else set(pictures.demo.pictures["sha"])
    for group in duplicate_groups(pictures.near_duplicates):
        for number in group:
            similar = {
                other: value
                for other, value in pictures.near_duplicates[number].items()
                if distinct[other].in_demo
            }
            if similar and not distinct[number].in_demo and distinct[number].sha not in leaked:
                yield _similar_to(distinct[number], similar, distinct)


def _paired(pictures: Pictures) -> dict[int, Any]:
    """Return the pictures that have a near duplicate, by their rows of `distinct`."""
    table = pictures.distinct[["path", "label", "sha", "in_demo"]]
    return {one.Index: one for one in rows(table.loc[sorted(pictures.near_duplicates)])}


def _copies(pictures: Pictures) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Yield the files of each content that occurs more than once: those here, those in the demo folder."""
    again = pictures.both[pictures.both.duplicated("sha", keep=False)]
    for _, copies in again.groupby("sha", sort=False):
        yield copies[~copies["in_demo"]], copies[copies["in_demo"]]


def _conflict(here: pd.DataFrame, there: pd.DataFrame) -> str:
    """Name the labels of one content where they conflict; empty where they do not."""
    labels = sorted(here["label"].unique(), key=natural_key)
    others = sorted(set(there["label"]) - set(labels), key=natural_key)
    if not labels or len(labels) + len(others) < 2:
        return ""
    names = " and ".join(labels)
    return names + (f" and, in the demo folder, under {' and '.join(others)}" if others else "")


def _others(paths: Sequence[str], path: str) -> tuple[str, ...]:
    return tuple(other for other in paths[:_RELATED] if other != path)


def _similar_to(one: Any, similar: dict[int, float], distinct: Mapping[int, Any]) -> Found:
    """Flag a picture for its near duplicates: row number -> similarity."""
    order = sorted(similar, key=lambda number: (-similar[number], number))
    best, value = distinct[order[0]], similar[order[0]]
    side = " of the demo folder" if best.in_demo else ""
    other = "" if best.label == one.label else ", under another label"
    return Found(
        one,
        f"{int(100 * value)} % similar to {Path(best.path).name} in {best.label}{side}{other}.",
        1 - value,
        tuple(distinct[number].path for number in order[:_RELATED]),
    )


CONTENT_CHECKS = (
    Check(
        "unreadable",
        "error",
        "Unreadable files",
        "The file cannot be decoded as a picture, like a download that broke off or a web page named .jpg.",
        "They are excluded by themselves. Fetch them again, or set them aside.",
        _unreadable,
    ),
    Check(
        "two_labels",
        "error",
        "Conflicting labels",
        "The very same picture stands under two labels, like one photo under both rose and tulip: one of them"
        " is wrong.",
        "Look which label is right, and set the other copies aside; where a picture may have several labels"
        " (multi_label), leave them.",
        _two_labels,
        side_by_side=True,
    ),
    Check(
        "placeholder",
        "error",
        "Placeholders",
        "A stand-in for a photo that is gone, like “This photo is no longer available”: nearly one colour"
        " and a few words, unlike the other pictures of its label; or the same plain file again and again.",
        "Set all of them aside: a model trained on them takes a grey panel for one of your categories.",
        _placeholder,
    ),
    Check(
        "leaked",
        "warning",
        "Also in the demo folder",
        "The same picture is among the training and the demo pictures, like a question that was practised"
        " before the exam.",
        "Set it aside here or in the demo folder; until then, believe only the accuracy without leaked ones.",
        _leaked,
        needs_demo=True,
        side_by_side=True,
    ),
    Check(
        "duplicate",
        "warning",
        "Exact duplicates",
        "The same file occurs more than once under one label, like photo.jpg and photo (1).jpg, and counts"
        " that often in training.",
        "Keep one of them and set the others aside.",
        _duplicate,
        side_by_side=True,
    ),
    Check(
        "near_duplicate",
        "warning",
        "Near duplicates",
        "Nearly the same picture, like a copy that was resized, turned, mirrored or made black and white, or"
        f" the next shot of the same thing: a similarity of {percent(NEAR, 0)} or more.",
        "Keep the best of each group; where they stand under two labels, one label is wrong.",
        _near_duplicate,
        MOST_DIFFERENT,
        side_by_side=True,
    ),
    Check(
        "near_leaked",
        "warning",
        "Nearly the same in the demo folder",
        "A near duplicate is in the demo folder, like the next shot of the same flower, so the demo is easier"
        " than new pictures will be.",
        "Keep only one of the two: set the other aside, here or in the demo folder.",
        _near_leaked,
        MOST_DIFFERENT,
        needs_demo=True,
        side_by_side=True,
    ),
)
