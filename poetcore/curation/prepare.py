"""Plan a split: clean pictures of a folder, so many training and so many demo pictures of each label.

`plan` decides and touches nothing; `prepared` copies. A content goes into the new set once at the most, never
into both parts, and near duplicates and what the camera took in one go go into one part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path, PurePosixPath

import pandas as pd

from poetcore.analysis.issues import Issue
from poetcore.curation.selection import PARTS, SplitOptions, in_order, select
from poetcore.curation.undivided import similarity_groups, undivided_groups
from poetcore.data.dataset import Dataset
from poetcore.system.names import is_name, natural_key, to_name

__all__ = ["COLUMNS", "FOUND", "ExistingSplit", "Plan", "Shortfall", "label_folder_names", "plan"]

COLUMNS = ["source", "destination", "label", "part", "sha", "issue", "reason"]

#: The reason in the manifest of a picture that Poet found where it belongs and had not put there.
FOUND = "was there already"


@dataclass(frozen=True)
class ExistingSplit:
    """What is in the new set's folder already.

    Attributes:
        files: path relative to the folder, with slashes -> sha, of every file in its two parts.
        ours: those of them that an earlier preparation put there and that were not changed since.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shortfall:
    """A label with fewer clean pictures than were asked for.

    Attributes:
        label: the label.
        train: how many training pictures are missing.
        demo: how many demo pictures are missing.
    """

    label: str
    train: int
    demo: int


@dataclass(frozen=True)
class Plan:
    """What a preparation would do.

    Attributes:
        labels: every label of the source, also those without a clean picture.
        pictures: one row a file of the source: source (path), destination (relative, with slashes; empty
            where it goes nowhere), label, part (train, demo, unused or rejected), sha, issue (name of the
            check, where rejected), reason (a sentence), bytes; sorted by label, then path.
        shortfalls: the labels with missing pictures.
        removals: files of an earlier preparation that are no longer chosen; the source still has their
            content.
        left: files of an earlier preparation whose content the source no longer has; they stay.
        present: destinations that are there already.
        found: every file that was in the two parts of the set's folder.
    """

    labels: tuple[str, ...]
    pictures: pd.DataFrame
    shortfalls: tuple[Shortfall, ...]
    removals: tuple[str, ...]
    left: tuple[str, ...]
    present: frozenset[str]
    found: frozenset[str] = frozenset()

    def counts(self, part: str) -> dict[str, int]:
        """Count the pictures of one part for each label, zeros included."""
        found = self.pictures.loc[self.pictures["part"] == part, "label"].value_counts()
        return {label: int(found.get(label, 0)) for label in self.labels}

    def chosen(self) -> pd.DataFrame:
        """Return the rows of the pictures that go into the new set."""
        return self.pictures[self.pictures["part"].isin(PARTS)]


def plan(
    dataset: Dataset,
    issues: Iterable[Issue],
    options: SplitOptions,
    existing_split: ExistingSplit | None = None,
) -> Plan:
    """Choose the training and demo pictures of a new set.

    What an earlier preparation has put into the folder is chosen again, for the same part, as long as it is
    clean and not too much; so a repetition changes nothing and a larger source only adds. Where pictures of a
    label are missing, its demo part gets its share all the same, one picture at least, for without it nothing
    can be evaluated.

    Args:
        dataset: the source, scanned with `verify`.
        issues: what is wrong with it.
        options: how many pictures, and which.
        existing_split: what is in the new set's folder already; nothing by default.
    """
    existing_split, issues = existing_split or ExistingSplit(), list(issues)
    near = similarity_groups(dataset.pictures, issues)
    groups = undivided_groups(dataset.pictures, near)
    rejected = _rejected(dataset, issues, options)
    clean = dataset.pictures[~dataset.pictures["path"].isin(rejected)]
    folder_of = label_folder_names(dataset)
    wanted_in = dict(zip(clean["sha"], clean["label"].map(folder_of), strict=True))
    earlier, elsewhere = _earlier(existing_split, wanted_in)
    clean = in_order(clean[~clean["sha"].isin(elsewhere)], options, earlier)
    if "near_duplicate" in options.exclude:
        first = clean.groupby(clean["sha"].map(lambda sha: near.get(sha, sha)))["path"].transform("first")
        for path, stays in zip(clean["path"], first, strict=True):
            if path != stays:
                rejected[path] = ("near_duplicate", f"Looks like {Path(stays).name}, which stays.")
        clean = clean[clean["path"] == first]

    part_of = select(
        clean, dataset.labels, groups, {sha: part for sha, (part, _) in earlier.items()}, options
    )
    for sha, (part, name) in earlier.items():
        if part_of.get(sha, part) != part and name not in existing_split.ours:
            # It would have to change parts with its near duplicates, but is not ours to move.
            del part_of[sha]
            elsewhere[sha] = name
    files = pd.concat([dataset.pictures, dataset.refused.assign(sha="", bytes=0)])
    files = files[["path", "label", "sha", "bytes"]].sort_values(
        ["label", "path"], key=lambda names: names.map(natural_key)
    )
    chosen = files[files["sha"].isin(part_of) & ~files["path"].isin(rejected)]
    places = _places(chosen.assign(label=chosen["label"].map(folder_of)), part_of, existing_split, earlier)
    rows = []
    for path, label, sha, size in files.itertuples(index=False):
        place, part, issue, reason = "", "unused", "", ""
        if path in rejected:
            part, (issue, reason) = "rejected", rejected[path]
        elif sha in part_of:
            part, place = part_of[sha], places[sha]
            if place in existing_split.files and place not in existing_split.ours:
                reason = FOUND
        elif sha in elsewhere:
            reason = f"Is in the folder as {elsewhere[sha]} already."
        rows.append((path, place, label, part, sha, issue, reason, size))
    table = pd.DataFrame(rows, columns=[*COLUMNS, "bytes"])

    in_source, wanted = set(dataset.pictures["sha"]), set(table["destination"])
    stale = sorted(existing_split.ours - wanted)
    return Plan(
        dataset.labels,
        table,
        _shortfalls(dataset.labels, table, options),
        tuple(name for name in stale if existing_split.files[name] in in_source),
        tuple(name for name in stale if existing_split.files[name] not in in_source),
        frozenset(wanted & set(existing_split.files)),
        frozenset(existing_split.files),
    )


def _rejected(dataset: Dataset, issues: Iterable[Issue], options: SplitOptions) -> dict[str, tuple[str, str]]:
    """Find the files that cannot be taken, each with the check that found it: path -> (issue, reason)."""
    rejected = {
        path: ("unreadable", dataset.refusal(label, reason))
        for path, label, reason in dataset.refused[["path", "label", "reason"]].itertuples(index=False)
    }
    # That no content is taken twice must not depend on which checks were made.
    labels = dataset.pictures.groupby("sha")["label"].unique()
    for sha, names in labels[labels.map(len) > 1].items():
        reason = f"The same picture stands under {' and '.join(sorted(names, key=natural_key))}."
        copies = dataset.pictures.loc[dataset.pictures["sha"] == sha, "path"]
        rejected |= dict.fromkeys(copies, ("two_labels", reason))
    unwanted = (options.exclude | {"unreadable"}) - {"two_labels", "duplicate", "near_duplicate"}
    for issue in issues:
        if issue.issue in unwanted:
            rejected.setdefault(issue.path, (issue.issue, issue.detail))
    left = dataset.pictures[~dataset.pictures["path"].isin(rejected)]
    first = left.groupby("sha")["path"].transform("first")
    for path, label, stays in zip(left["path"], left["label"], first, strict=True):
        if path != stays:
            rejected[path] = ("duplicate", f"The same picture as {Path(stays).name} in {label}.")
    return rejected


def label_folder_names(dataset: Dataset) -> dict[str, str]:
    """Return the folder that each label gets: its own name, unless a CSV file has one that is none."""
    if not dataset.read_only:
        return {label: label for label in dataset.labels}
    names = {label: label for label in dataset.labels if is_name(label)}
    taken = {name.casefold() for name in names}
    for label in dataset.labels:
        if label not in names:
            plain = to_name(label, default="label")
            numbered = (f"{plain}_{number}" for number in count(2))
            names[label] = next(name for name in chain([plain], numbered) if name.casefold() not in taken)
            taken.add(names[label].casefold())
    return names


def _earlier(
    existing_split: ExistingSplit, folder_of: Mapping[str, str]
) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Find what is in the folder already: sha -> (part, destination), and sha -> where else it is.

    A content that someone put under another label, or into quarantine, must not come back.
    """
    earlier: dict[str, tuple[str, str]] = {}
    elsewhere: dict[str, str] = {}
    for name in sorted(existing_split.files, key=lambda name: (name not in existing_split.ours, name)):
        sha, parts = existing_split.files[name], PurePosixPath(name).parts
        if sha in folder_of:
            if len(parts) > 2 and parts[1] == folder_of[sha]:
                earlier.setdefault(sha, (parts[0], name))
            else:
                elsewhere.setdefault(sha, name)
    return {sha: where for sha, where in earlier.items() if sha not in elsewhere}, elsewhere


def _places(
    chosen: pd.DataFrame,
    part_of: Mapping[str, str],
    existing_split: ExistingSplit,
    earlier: Mapping[str, tuple[str, str]],
) -> dict[str, str]:
    """Name each chosen content's file: sha -> destination; what is there stays, no name occurs twice."""
    # Most systems hold A.jpg and a.jpg for the same name.
    used = {name.casefold() for name in existing_split.files}
    places: dict[str, str] = {}
    for source, label, sha in zip(chosen["path"], chosen["label"], chosen["sha"], strict=True):
        part = part_of[sha]
        before = earlier.get(sha, ("", ""))
        if before[0] == part:
            places[sha] = before[1]
            continue
        file = Path(source)
        names = [file.name, *(f"{file.stem[:100]}_{sha[:digits]}{file.suffix}" for digits in (8, 16, 64))]
        place = next(p for n in names if (p := f"{part}/{label}/{n}").casefold() not in used)
        used.add(place.casefold())
        places[sha] = place
    return places


def _shortfalls(labels: Iterable[str], table: pd.DataFrame, options: SplitOptions) -> tuple[Shortfall, ...]:
    counts = table.groupby(["label", "part"]).size()
    missing = (
        Shortfall(
            label,
            options.train_per_label - int(counts.get((label, "train"), 0)),
            options.demo_per_label - int(counts.get((label, "demo"), 0)),
        )
        for label in labels
    )
    return tuple(short for short in missing if short.train or short.demo)
