"""Health of a dataset: what is wrong with which picture, in words.

What is looked for, and where the thresholds come from, is in `checks`. Files are compared with each
other and, where there is one, with the demo folder. A photo that lies on its side is no issue: wherever Poet
looks at it, it is turned upright.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from poetcore.analysis.checks import CHECKS, Check
from poetcore.analysis.measures import measure_all, open_measures
from poetcore.analysis.near_duplicates import duplicate_groups, near_duplicate_pairs
from poetcore.data.dataset import Dataset
from poetcore.system.progress import OnProgress
from poetcore.workspace.workspace import Workspace

__all__ = ["CHECKS", "Check", "Issue", "find_issues", "run_checks", "summary"]

#: What the names of a format's files end with.
_EXTENSIONS = {
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "MPO": {".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"},
    "PNG": {".png", ".apng"},
    "WEBP": {".webp"},
    "GIF": {".gif"},
    "BMP": {".bmp", ".dib"},
    "TIFF": {".tif", ".tiff"},
    "AVIF": {".avif", ".avifs"},
}
_KNOWN_EXTENSIONS = set().union(*_EXTENSIONS.values())

#: So many files of one content under one label make a plain picture a placeholder; two labels do as well.
_PLACEHOLDER_COPIES = 3
#: Of so many copies the others are named.
_RELATED = 20

_ONE_COLOUR = 0.98
_MOSTLY_ONE_COLOUR = 0.6


@dataclass(frozen=True)
class Issue:
    """One thing wrong with one file.

    Attributes:
        path: the file.
        issue: the name of the check.
        detail: a sentence that says more.
        severity: that of the check.
        score: 0 at the worst, 0.5 at the threshold; 0 where nothing is measured.
        sha: the file's content, empty where it is not known.
        label: the file's label.
        related: some of the other files that it is about, such as the twin.
    """

    path: str
    issue: str
    detail: str
    severity: str = ""
    score: float = 0.0
    sha: str = ""
    label: str = ""
    related: tuple[str, ...] = ()


def find_issues(
    dataset: Dataset,
    workspace: Workspace,
    demo: Dataset | None = None,
    on_progress: OnProgress | None = None,
    *,
    verified: Collection[str] = (),
) -> list[Issue]:
    """Check every picture of a dataset; only pictures that are new to the workspace are decoded.

    Args:
        dataset: the pictures.
        workspace: where measures are kept.
        demo: the demo pictures, to be compared with.
        on_progress: called in the phase `measuring`, with the pictures that are new.
        verified: contents (sha256) that the user found right; they are not reported, unless unreadable.

    Returns:
        What is wrong, the gravest first.
    """
    sets = [dataset] if demo is None else [dataset, demo]
    files = {
        sha: Path(path)
        for one in reversed(sets)
        for sha, path in zip(one.pictures["sha"], one.pictures["path"], strict=True)
    }
    damaged = measure_all(files, workspace, on_progress)
    if damaged:
        dataset, demo = dataset.without(damaged), demo.without(damaged) if demo else None
    cache = open_measures(workspace)
    try:
        measures = cache.get(files)
    finally:
        cache.close()
    return run_checks(dataset, measures, demo, verified)


def run_checks(
    dataset: Dataset,
    measures: pd.DataFrame | None = None,
    demo: Dataset | None = None,
    verified: Collection[str] = (),
) -> list[Issue]:
    """Say what is wrong with which picture; the gravest checks come first.

    Args:
        dataset: the pictures.
        measures: of the pictures of both folders, by sha, with the columns of `measures.Measure`; without it
            only those checks are made that need none.
        demo: pictures kept apart to judge on.
        verified: contents (sha256) that the user found right; they are not reported, unless unreadable.
    """
    blank = set() if measures is None else _placeholders(dataset, demo, measures)
    found = [*_unreadable(dataset), *_same_content(dataset, demo, blank), *_of_the_file(dataset)]
    if measures is not None:
        found += _of_the_looks(dataset, measures, blank)
        found += _near(dataset, demo, measures, blank)
    rank = {name: number for number, name in enumerate(CHECKS)}
    kept = [issue for issue in found if issue.issue == "unreadable" or issue.sha not in verified]
    return sorted(kept, key=lambda issue: rank[issue.issue])


def summary(issues: Sequence[Issue]) -> pd.DataFrame:
    """Count issues by check and label: one row a check that found something, the gravest first.

    Returns:
        A row for each name of a check, a column for each label.
    """
    table = pd.DataFrame([(issue.issue, issue.label) for issue in issues], columns=["check", "label"])
    counts = table.groupby(["check", "label"]).size().unstack(fill_value=0)
    return counts.reindex([name for name in CHECKS if name in counts.index])


def _unreadable(dataset: Dataset) -> Iterator[Issue]:
    for path, label, reason in dataset.refused[["path", "label", "reason"]].itertuples(index=False):
        yield Issue(path, "unreadable", f"The file {reason}.", CHECKS["unreadable"].severity, label=label)


def _issue(
    name: str, picture: Any, detail: str, related: Iterable[str] = (), value: float | None = None
) -> Issue:
    """Report a row of a table of pictures; `value` is what was measured, to be seen beside the threshold."""
    threshold = CHECKS[name].threshold
    score = 0.0 if value is None or threshold is None else min(1.0, max(0.0, value / (2 * threshold)))
    named = tuple(related)
    severity = CHECKS[name].severity
    return Issue(picture.path, name, detail, severity, round(score, 4), picture.sha, picture.label, named)


def _rows(pictures: pd.DataFrame) -> Iterator[Any]:
    return iter(pictures.itertuples())


def _together(dataset: Dataset, demo: Dataset | None) -> pd.DataFrame:
    """The pictures of both folders, with the column `apart`: whether it is one of the demo folder."""
    parts = [dataset.pictures.assign(apart=False)]
    if demo is not None:
        parts.append(demo.pictures.assign(apart=True))
    return pd.concat(parts, ignore_index=True)


def _placeholders(dataset: Dataset, demo: Dataset | None, measures: pd.DataFrame) -> set[str]:
    """Find the contents that stand in for photos which are gone."""
    # A photo of one flower on black is plain too, but has more greys than a page with words.
    words = (measures["plain"] >= _MOSTLY_ONE_COLOUR) & (measures["entropy"] < _threshold("low_information"))
    blank = set(measures.index[words | (measures["plain"] >= _ONE_COLOUR)])
    pictures = _together(dataset, demo)
    copies = pictures[pictures["sha"].isin(blank)].groupby("sha")["label"].agg(["size", "nunique"])
    often = (copies["size"] >= _PLACEHOLDER_COPIES) | (copies["nunique"] > 1)
    return set(copies.index[often]) | set(measures.index[measures["known"].astype(bool)])


def _same_content(dataset: Dataset, demo: Dataset | None, blank: set[str]) -> Iterator[Issue]:
    """Report what follows from files of the same content."""
    pictures = _together(dataset, demo)
    again = pictures["sha"].isin(blank) | pictures.duplicated("sha", keep=False)
    for sha, copies in pictures[again].groupby("sha", sort=False):
        here, there = copies[~copies["apart"]], copies[copies["apart"]]
        labels, demo_labels = sorted(here["label"].unique()), sorted(there["label"].unique())
        some, names = list(copies["path"][:_RELATED]), " and ".join(labels)
        elsewhere = [label for label in demo_labels if label not in labels]
        if elsewhere:
            names += f" and, in the demo folder, under {' and '.join(elsewhere)}"
        for number, one in enumerate(_rows(here)):
            others = [path for path in some if path != one.path]
            if len(labels) > 1 or (labels and elsewhere):
                yield _issue("two_labels", one, f"The same picture stands under {names}.", others)
            elif number and sha not in blank:
                first = here.iloc[0]
                detail = f"The same picture as {Path(first['path']).name} in {first['label']}."
                yield _issue("duplicate", one, detail, [first["path"]])
            if sha in blank:
                detail = f"A plain picture that occurs {len(copies)} times."
                yield _issue("placeholder", one, detail, others)
            if len(there):
                twin = there.iloc[0]
                detail = f"Also in the demo folder, as {Path(twin['path']).name} in {twin['label']}."
                yield _issue("leaked", one, detail, there["path"][:_RELATED])


def _of_the_file(dataset: Dataset) -> Iterator[Issue]:
    """Report what shows in a file's name, header and size."""
    pictures = dataset.pictures
    if pictures.empty:
        return
    side = (pictures["width"] * pictures["height"]) ** 0.5
    usual = float(side.median())
    for one, own in zip(_rows(pictures), side, strict=True):
        size = f"{one.width} x {one.height} pixels"
        short, long = sorted((one.width, one.height))
        if short < _threshold("tiny"):
            yield _issue("tiny", one, f"It has {size}.", value=short)
        elif one.bytes < _threshold("small_file"):
            yield _issue("small_file", one, f"It has {one.bytes:,} bytes for {size}.", value=one.bytes)
        if short / long < _threshold("odd_aspect"):
            yield _issue("odd_aspect", one, f"It has {size}, {long / short:.1f} to 1.", value=short / long)
        ratio = min(own / usual, usual / own)
        if ratio < _threshold("odd_size"):
            detail = f"It has {size}, the others some {usual:.0f} x {usual:.0f}."
            yield _issue("odd_size", one, detail, value=ratio)
        ending = os.path.splitext(one.path)[1].lower()
        if ending in _KNOWN_EXTENSIONS and ending not in _EXTENSIONS.get(one.format, {ending}):
            detail = f"It is a {one.format} file, named {ending}."
            yield _issue("wrong_extension", one, detail)


def _of_the_looks(dataset: Dataset, measures: pd.DataFrame, blank: set[str]) -> list[Issue]:
    """Report what shows in the pixels of single pictures, the worst first."""
    pictures = dataset.pictures.join(measures, on="sha", how="inner")
    pictures = pictures[~pictures["sha"].isin(blank)]
    # Of a few pixels nothing can be said.
    pictures = pictures[pictures[["width", "height"]].min(axis=1) >= _threshold("tiny")]
    checks = (
        ("dark", pictures["lightest"], "Its light parts reach {0:.2f} of full brightness."),
        ("bright", 1 - pictures["darkest"], "Nearly all of it is within {0:.2f} of white."),
        ("blurry", pictures["sharpness"], "Its steepest edges have {0:.2f} of its contrast."),
        ("low_information", pictures["entropy"], "It has {0:.1f} bits a pixel."),
    )
    found = []
    for name, values, detail in checks:
        low = values[values < _threshold(name)].sort_values(kind="stable")
        if name == "blurry":  # where there is nothing to see, nothing can be sharp
            low = low[pictures.loc[low.index, "entropy"] >= _threshold("low_information")]
        found += [
            _issue(name, one, detail.format(value), value=value)
            for one, value in zip(_rows(pictures.loc[low.index]), low, strict=True)
        ]
    return found


def _threshold(name: str) -> float:
    threshold = CHECKS[name].threshold
    assert threshold is not None
    return threshold


def _near(dataset: Dataset, demo: Dataset | None, measures: pd.DataFrame, blank: set[str]) -> Iterator[Issue]:
    """Report pictures that look alike though their files differ, those of a series one after the other."""
    pictures = _together(dataset, demo).drop_duplicates("sha").join(measures, on="sha", how="inner")
    pictures = pictures[~pictures["sha"].isin(blank)].reset_index(drop=True)
    pairs = near_duplicate_pairs(pictures, 1 - _threshold("near_duplicate"))
    rows = list(_rows(pictures[["path", "label", "sha", "apart"]]))
    exact = set() if demo is None else set(demo.pictures["sha"])
    for series in duplicate_groups(pairs):
        here = [number for number in series if not rows[number].apart]
        mixed = len({rows[number].label for number in here}) > 1
        for number in here:
            one, twins = rows[number], pairs[number]
            among = [twin for twin in twins if not rows[twin].apart]
            if among and (mixed or number != here[0]):
                yield _twin("near_duplicate", one, {twin: twins[twin] for twin in among}, rows)
            beside = [twin for twin in twins if rows[twin].apart]
            if beside and one.sha not in exact:
                yield _twin("near_leaked", one, {twin: twins[twin] for twin in beside}, rows)


def _twin(name: str, one: Any, twins: dict[int, float], rows: Sequence[Any]) -> Issue:
    """Report a picture that looks like others: row number -> alikeness."""
    order = sorted(twins, key=lambda number: (-twins[number], number))
    best, like = rows[order[0]], twins[order[0]]
    side = " of the demo folder" if best.apart else ""
    other = "" if best.label == one.label else ", under another label"
    return _issue(
        name,
        one,
        f"{int(100 * like)} % like {Path(best.path).name} in {best.label}{side}{other}.",
        [rows[number].path for number in order[:_RELATED]],
        1 - like,
    )
