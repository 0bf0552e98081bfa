"""What a health check is: one entry of a table, with its threshold, its words and the function that finds it.

Another check is an entry and a function in the module of its kind, and nothing else: `content_checks` (the
same or nearly the same content), `look_checks` (what shows in the pixels), `file_checks` (name, header and
size) or `label_checks` (the label folders).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from poetcore.analysis.measures import COLUMNS
from poetcore.data.dataset import Dataset
from poetcore.data.near_duplicates import NEAR, near_duplicate_pairs
from poetcore.data.perceptual_hash import THUMBNAIL, Thumbnails
from poetcore.data.placeholders import looks_like_page

__all__ = ["LITTLE_INFORMATION", "MOST_DIFFERENT", "TINY", "Check", "Found", "Issue", "Pictures", "rows"]

# Thresholds that several checks share; where they come from stands in the modules of the checks.
TINY = 64.0
LITTLE_INFORMATION = 2.0
MOST_DIFFERENT = round(1 - NEAR, 2)

#: So many files of one content under one label make a plain picture a placeholder; two labels do as well.
_PLACEHOLDER_COPIES = 3

#: Of a label's pictures so many may look like a placeholder for that to mean something; of a few, one may.
_PAGES_SHARE = 0.2
_ONE_PAGE_SHARE = 0.34

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
        related: some of the other files that it is about, such as the duplicate.
    """

    path: str
    issue: str
    detail: str
    severity: str = ""
    score: float = 0.0
    sha: str = ""
    label: str = ""
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """A picture that a check flags.

    Attributes:
        picture: a row with path, label and sha.
        detail: a sentence that says more.
        value: what was measured, in the unit of the check's threshold; None where nothing is.
        related: paths of other files that it is about.
    """

    picture: Any
    detail: str
    value: float | None = None
    related: tuple[str, ...] = ()


_NONE = Thumbnails(np.empty((0, THUMBNAIL, THUMBNAIL, 3), np.uint8), {})


@dataclass(frozen=True)
class Pictures:
    """What checks are given; what several of them need is computed once.

    Attributes:
        dataset: the pictures to check.
        demo: the demo pictures to compare them with, or None.
        measures: of the pictures of both, by sha, with the columns `measures.COLUMNS`; empty where none
            were measured.
        hashes: of those that were measured.
    """

    dataset: Dataset
    demo: Dataset | None = None
    measures: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))
    hashes: Thumbnails = field(default_factory=lambda: _NONE)

    @cached_property
    def both(self) -> pd.DataFrame:
        """The pictures of both folders, with the column `in_demo`."""
        parts = [self.dataset.pictures.assign(in_demo=False)]
        if self.demo is not None:
            parts.append(self.demo.pictures.assign(in_demo=True))
        return pd.concat(parts, ignore_index=True)

    @cached_property
    def placeholders(self) -> set[str]:
        """The contents that stand in for photos which are gone; other checks pass them over."""
        plain, entropy = self.measures["plain"], self.measures["entropy"]
        # A photo of one flower on black is plain too, but has more greys than a page with words.
        words = (plain >= _MOSTLY_ONE_COLOUR) & (entropy < LITTLE_INFORMATION)
        candidates = set(self.measures.index[words | (plain >= _ONE_COLOUR)])
        pictures = self.both[self.both["sha"].isin(candidates)]
        copies = pictures.groupby("sha")["label"].agg(["size", "nunique"])
        often = (copies["size"] >= _PLACEHOLDER_COPIES) | (copies["nunique"] > 1)
        return set(copies.index[often]) | self.known_placeholders | self.placeholders_by_look

    @cached_property
    def known_placeholders(self) -> set[str]:
        """The contents that are well-known placeholders, byte by byte."""
        return set(self.measures.index[self.measures["known"].astype(bool)])

    @cached_property
    def placeholders_by_look(self) -> set[str]:
        """The contents that look like a placeholder and like nothing else under their label.

        Where many pictures of a label look so, it is one of drawings, signs or pages of a book.
        """
        contents = self.both.drop_duplicates(["label", "sha"]).join(self.measures, on="sha", how="inner")
        sizes = zip(contents["width"], contents["height"], strict=True)
        looks = contents.assign(
            page=[looks_like_page(*one) for one in zip(contents["changes"], sizes, strict=True)]
        )
        share = looks["page"].groupby(looks["label"]).transform("mean")
        number = looks["page"].groupby(looks["label"]).transform("sum")
        few = (share <= _PAGES_SHARE) | ((number == 1) & (share <= _ONE_PAGE_SHARE))
        return set(looks.loc[looks["page"] & few, "sha"])

    @cached_property
    def visible(self) -> pd.DataFrame:
        """The pictures of the dataset with their measures, less placeholders and those of a few pixels."""
        pictures = self.dataset.pictures.join(self.measures, on="sha", how="inner")
        pictures = pictures[~pictures["sha"].isin(self.placeholders)]
        return pictures[pictures[["width", "height"]].min(axis=1) >= TINY]

    @cached_property
    def distinct(self) -> pd.DataFrame:
        """The measured contents of both folders, each once, numbered from 0; without placeholders."""
        pictures = self.both.drop_duplicates("sha").join(self.measures, on="sha", how="inner")
        return pictures[~pictures["sha"].isin(self.placeholders)].reset_index(drop=True)

    @cached_property
    def near_duplicates(self) -> dict[int, dict[int, float]]:
        """Rows of `distinct` -> their near duplicates, each with its similarity."""
        return near_duplicate_pairs(self.hashes.pixels, rows=self.hashes.rows(self.distinct["sha"]))


def rows(table: pd.DataFrame) -> Iterator[Any]:
    """Iterate over the rows of a table, its columns as attributes."""
    return iter(table.itertuples())


@dataclass(frozen=True)
class Check:
    """One kind of issue.

    Attributes:
        name: as in tables and JSON.
        severity: "error" (wrong: exclude it or repair it), "warning" (spoils the training or the evaluation)
            or "note" (worth a look).
        title: for people.
        explanation: a sentence with an example.
        advice: what to do about it.
        find: returns the pictures that it flags, in the order in which they are to be shown.
        threshold: the value below which a picture is flagged, in the unit that the explanation names, or None
            where nothing is measured.
        needs_demo: whether it compares with the demo folder.
        side_by_side: whether a picture is best seen beside those it is related to.
        of_pictures: whether it flags pictures of the dataset; else folders, or files beside them.
    """

    name: str
    severity: str
    title: str
    explanation: str
    advice: str
    find: Callable[[Pictures], Iterable[Found]]
    threshold: float | None = None
    needs_demo: bool = False
    side_by_side: bool = False
    of_pictures: bool = True

    def issues(self, pictures: Pictures) -> list[Issue]:
        """List what the check finds."""
        return [
            Issue(
                found.picture.path,
                self.name,
                found.detail,
                self.severity,
                self._score(found.value),
                found.picture.sha,
                found.picture.label,
                found.related,
            )
            for found in self.find(pictures)
        ]

    def _score(self, value: float | None) -> float:
        if value is None or self.threshold is None:
            return 0.0
        return round(min(1.0, max(0.0, value / (2 * self.threshold))), 4)
