"""Datasets whose pictures have several labels.

A content has every label in whose folder a file of it lies, or that a CSV file gives it: in several rows, or
in one cell as `fire|smoke` or `fire;smoke`. Each content is one row, its `label` a label set (`label_sets`).
A near duplicate is another content: a resized copy in another label folder gives a picture no label.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from poetcore.data.dataset import Dataset, among_held_out, listed, scan
from poetcore.data.file_index import FileIndex
from poetcore.data.held_out import is_held_out, read_held_out
from poetcore.data.label_sets import by_label, join_set, split_set
from poetcore.data.listing import is_listing, read_listing
from poetcore.system.names import natural_key
from poetcore.system.progress import OnProgress

__all__ = ["label_sets_now", "labels_of_several", "scan_label_sets", "with_label_sets"]

#: What separates labels in the cell of a CSV file.
_IN_A_CELL = re.compile("[|;]")


def with_label_sets(dataset: Dataset) -> Dataset:
    """Return a dataset with one row a content, all of whose labels are one label set.

    Args:
        dataset: as `scan` returns it; a picture whose cell holds nothing but `|` or `;` is refused.
    """
    if dataset.multi_label:
        return dataset
    tables = [_in_one_form(table, dataset.read_only) for table in (dataset.pictures, dataset.refused)]
    pictures, refused = tables
    nameless = pictures["label"] == ""
    without = pictures.loc[nameless, ["path", "label"]].assign(reason="has no label")
    pictures, refused = pictures[~nameless], pd.concat([refused, without], ignore_index=True)
    names = [name for label in dataset.labels for name in split_set(_one_form(label, dataset.read_only))]
    labels = tuple(sorted(set(names), key=natural_key))
    order = {label: number for number, label in enumerate(labels)}
    given = by_label(pictures)
    sets = given.groupby("sha", sort=False)["label"].agg(
        lambda own: join_set(sorted(set(own), key=lambda label: order[label]))
    )
    first = pictures.drop_duplicates("sha")
    merged = first.assign(label=first["sha"].map(sets)).astype({"label": object})
    return replace(
        dataset, labels=labels, pictures=merged.reset_index(drop=True), refused=refused, multi_label=True
    )


def labels_of_several(dataset: Dataset) -> list[str]:
    """List the labels of a CSV file, read with one label a picture, that look like several: `fire|smoke`."""
    if dataset.multi_label or not dataset.read_only:
        return []
    return [label for label in dataset.labels if _IN_A_CELL.search(label)]


def label_sets_now(dataset: Dataset) -> Dataset | None:
    """Return a dataset that was scanned for one label a picture with label sets, as far as it tells them.

    Args:
        dataset: as `scan` returns it.

    Returns:
        None where rows of a CSV file may name a picture twice, which `scan` refuses.
    """
    unclear = dataset.read_only and not dataset.refused.empty
    return None if unclear else with_label_sets(dataset)


def scan_label_sets(
    folder: Path,
    file_index: FileIndex,
    *,
    verify: bool = False,
    on_progress: OnProgress | None = None,
    known_labels: Sequence[str] | None = (),
) -> Dataset:
    """Scan a folder of label folders, or a file that lists pictures, for pictures with several labels.

    Args:
        folder: as in `scan`.
        file_index: likewise.
        verify: likewise.
        on_progress: likewise.
        known_labels: likewise.

    Raises:
        DatasetError: as in `scan`.
    """
    folder = Path(os.path.abspath(folder))
    if is_held_out(folder):
        of = read_held_out(folder)
        whole = scan_label_sets(
            of.home, file_index, verify=verify, on_progress=on_progress, known_labels=None
        )
        return among_held_out(folder, of, whole)
    if is_listing(folder):
        listing = read_listing(folder, several=True)
        return with_label_sets(listed(listing, file_index, verify, on_progress))
    return with_label_sets(
        scan(folder, file_index, verify=verify, on_progress=on_progress, known_labels=known_labels)
    )


def _in_one_form(table: pd.DataFrame, cells: bool) -> pd.DataFrame:
    return table.assign(label=table["label"].map(lambda text: _one_form(text, cells)))


def _one_form(text: str, cell: bool) -> str:
    """Return a label, or the labels in the cell of a CSV file, as a label set."""
    names = [name.strip() for name in _IN_A_CELL.split(text)] if cell else split_set(text)
    return join_set(filter(None, names))
