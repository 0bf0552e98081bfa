"""A folder of folders, a CSV file or a list of held-out pictures, as a table of pictures."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from poetcore.data.file_index import FileEntry, FileIndex
from poetcore.data.held_out import HeldOut, home_of, is_held_out, read_held_out
from poetcore.data.label_files import label_files, may_be_pictures
from poetcore.data.label_folders import label_folders
from poetcore.data.label_sets import by_label
from poetcore.data.listing import Listing, check_listing, is_listing, read_listing
from poetcore.data.litter import without_litter
from poetcore.data.subset import chosen_labels, take_of_each
from poetcore.errors import DatasetError
from poetcore.system.files import printable
from poetcore.system.names import natural_key
from poetcore.system.progress import OnProgress

__all__ = ["Dataset", "among_held_out", "check_dataset", "dataset_exists", "listed", "scan"]

#: Below this many pictures a label is hard to train and to evaluate: the codelab's rule of thumb.
FEW_PICTURES = 20

_PICTURE_COLUMNS = ["path", "label", "width", "height", "format", "bytes", "sha"]
_REFUSED_COLUMNS = ["path", "label", "reason"]


@dataclass(frozen=True)
class Dataset:
    """The pictures of a folder that holds one folder per label, or those that a file lists.

    Attributes:
        folder: absolute path; of a CSV file or a split of it, or of a list of held-out pictures, where such a
            file lists them.
        labels: the label folders' names, or the labels in the CSV file, in natural order.
        pictures: one row a usable picture: path (absolute), label, width, height (pixels, upright), format,
            bytes, sha (sha256 of the file); sorted by label, then path.
        refused: one row a file that cannot be used: path, label, reason; also a folder whose name cannot be
            a label, its label empty.
        empty: the names of label folders without any file; they are not among `labels`.
        loose: the names of pictures that lie beside the label folders instead of in one, in natural order.
        hidden: the names of folders with pictures that are passed over, as a dot begins their name.
        litter: how many files that phones and desktops leave behind were passed over.
        multi_label: whether each content is one row, its `label` a label set; see `label_sets`.
    """

    folder: Path
    labels: tuple[str, ...]
    pictures: pd.DataFrame
    refused: pd.DataFrame
    empty: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    litter: int = 0
    multi_label: bool = False

    @property
    def home(self) -> Path:
        """Where the pictures lie and are repaired: of a list of held-out ones the folder that it is of.

        Raises:
            DatasetError: the list cannot be read any more.
        """
        return home_of(self.folder)

    def counts(self) -> dict[str, int]:
        """Count the usable pictures of each label, zeros included."""
        found = (by_label(self.pictures) if self.multi_label else self.pictures)["label"].value_counts()
        return {label: int(found.get(label, 0)) for label in self.labels}

    def skipped(self) -> list[dict[str, str]]:
        """List what is not used as `{"path": ..., "reason": ...}`: refused, empty folders, loose pictures."""
        pairs = [
            *zip(self.refused["path"], self.refused["reason"], strict=True),
            *((str(self.folder / name), "holds no pictures, so it is no label") for name in self.empty),
            *(
                (str(self.folder / name), "lies beside the label folders, so it has no label")
                for name in self.loose
            ),
        ]
        return [{"path": path, "reason": reason} for path, reason in pairs]

    def without(self, reasons: dict[str, str]) -> "Dataset":
        """Return the same dataset without some contents, which are listed as refused.

        Args:
            reasons: sha -> why a picture of that content cannot be used.
        """
        bad = self.pictures["sha"].isin(reasons)
        found = self.pictures[bad]
        refused = pd.DataFrame(
            {"path": found["path"], "label": found["label"], "reason": found["sha"].map(reasons)},
            columns=_REFUSED_COLUMNS,
        )
        return replace(
            self,
            pictures=self.pictures[~bad].reset_index(drop=True),
            refused=pd.concat([self.refused, refused], ignore_index=True),
        )

    def among(self, contents: Collection[str], *, without: bool = False) -> "Dataset":
        """Return the same dataset with pictures of these contents only.

        Args:
            contents: sha of each.
            without: the other way round, with all other pictures.
        """
        chosen = self.pictures["sha"].isin(contents) != without
        return replace(self, pictures=self.pictures[chosen].reset_index(drop=True))

    def subset(self, labels: str = "", at_most: int = -1) -> "Dataset":
        """Return the same dataset with some of its labels, and at most so many pictures of each.

        Args:
            labels: as the option of the same name has them, `daisy,rose`; all where empty.
            at_most: pictures of each label, by their contents; -1 for all. See `take_of_each`.

        Raises:
            OptionError: a name is none of the labels.
        """
        whole = self
        if labels.strip():
            chosen = chosen_labels(labels, self.labels)
            pictures, refused = (
                table[table["label"].isin(chosen)].reset_index(drop=True)
                for table in (self.pictures, self.refused)
            )
            whole = replace(self, labels=chosen, pictures=pictures, refused=refused, empty=())
        return replace(whole, pictures=take_of_each(whole.pictures, at_most).reset_index(drop=True))

    @property
    def read_only(self) -> bool:
        """Whether pictures cannot be moved or relabelled here: those of a CSV file."""
        return is_listing(self.home)

    def refusal(self, label: str, reason: str) -> str:
        """Return why a file, or a folder that is no label, cannot be used, as a sentence.

        Args:
            label: its label in `refused`.
            reason: its reason there.
        """
        return f"The {'file' if label or self.read_only else 'folder'} {reason}."


def dataset_exists(path: Path) -> bool:
    """Return whether a path is a folder, or a list of pictures, which can be scanned."""
    if is_held_out(path):
        with suppress(DatasetError):
            return dataset_exists(read_held_out(path).home)
        return False
    with suppress(OSError):  # a name may be too long, a folder above closed
        return path.is_dir() or is_listing(path)
    return False


def check_dataset(path: Path, known_labels: Sequence[str] | None = ()) -> tuple[str, ...]:
    """Check that a path is a folder that holds label folders, or a list of pictures.

    Args:
        path: the folder or file.
        known_labels: as in `scan`.

    Returns:
        The names of the label folders; none of a list.

    Raises:
        DatasetError: it is not, or cannot be read.
    """
    if is_held_out(path):
        check_dataset(read_held_out(path).home, None)
        return ()
    if is_listing(path):
        read_listing(path)
        return ()
    return tuple(folder.name for folder in label_folders(path, known_labels).folders)


def scan(
    folder: Path,
    file_index: FileIndex,
    *,
    verify: bool = False,
    on_progress: OnProgress | None = None,
    known_labels: Sequence[str] | None = (),
) -> Dataset:
    """Scan a folder that holds one folder of pictures per label, or a file that lists pictures.

    Sub-folders of a label folder belong to it. Hidden files and folders are ignored; a folder with nothing
    in it is no label, nor is one whose name cannot be one.

    Args:
        folder: the folder of label folders; a CSV file, see `poetcore.data.listing`; or a list of held-out
            pictures, see `poetcore.data.held_out`.
        file_index: remembers what is in unchanged files.
        verify: also decode every picture that never was decoded, so that truncated ones are refused now.
        on_progress: called in the phases `scanning` and, to verify, `decoding`.
        known_labels: where all its folders are called like these, such as the labels of a run, it is the
            right folder whatever they hold; None where it must be taken as it is.

    Raises:
        DatasetError: the folder is missing or holds no label folders.
        LevelError: it is one too high or too low.
    """
    folder = Path(os.path.abspath(folder))
    if is_held_out(folder):
        part = read_held_out(folder)
        whole = scan(part.home, file_index, verify=verify, on_progress=on_progress, known_labels=None)
        return among_held_out(folder, part, whole)
    if is_listing(folder):
        return listed(read_listing(folder), file_index, verify, on_progress)
    found = label_folders(folder, known_labels)
    inside = label_files(found.folders)
    label_of = inside.label_of
    entries, litter = without_litter(_entries(list(label_of), file_index, verify, on_progress))
    filled = {label_of[entry.path] for entry in entries}
    if not filled:
        raise DatasetError(
            f"No files in the label folders of {printable(folder)}: put the pictures of each category into"
            " its folder."
        )
    unusable = [
        (printable(path), "", reason) for path, reason in {**found.unusable, **inside.crossing}.items()
    ]
    return Dataset(
        folder,
        tuple(path.name for path in found.folders if path.name in filled),
        *_tables(entries, label_of, unusable),
        empty=tuple(path.name for path in found.folders if path.name not in filled),
        loose=tuple(p.path.name for p in file_index.lookup(may_be_pictures(found.loose)) if p.reason is None),
        hidden=tuple(path.name for path in found.hidden),
        litter=len(inside.passed_over) + litter,
    )


def among_held_out(file: Path, part: HeldOut, whole: Dataset) -> Dataset:
    """Return the listed pictures of a dataset; what else lies in its folder is none of the list."""
    pictures = whole.among(part.contents).pictures
    if pictures.empty:
        raise DatasetError(
            f"None of the {len(part.contents):,} pictures that were held out is in {printable(part.home)}"
            " any more: put them back, or hold out others."
        )
    there = set((by_label(pictures) if whole.multi_label else pictures)["label"])
    labels = tuple(label for label in whole.labels if label in there)
    return Dataset(file, labels, pictures, whole.refused.iloc[:0], multi_label=whole.multi_label)


def listed(listing: Listing, file_index: FileIndex, verify: bool, on_progress: OnProgress | None) -> Dataset:
    """Return the pictures of a CSV file; `verify` and `on_progress` as in `scan`."""
    label_of = listing.label_of
    paths = sorted(label_of, key=lambda path: (natural_key(label_of[path]), path))
    entries = _entries(paths, file_index, verify, on_progress)
    check_listing(listing, entries)
    labels = tuple(sorted(set(label_of.values()), key=natural_key))
    return Dataset(listing.folder, labels, *_tables(entries, label_of, listing.refused))


def _entries(
    paths: Sequence[Path], file_index: FileIndex, verify: bool, on_progress: OnProgress | None
) -> list[FileEntry]:
    entries = file_index.lookup(paths, on_progress)
    return file_index.verify(entries, on_progress) if verify else entries


def _tables(
    entries: Iterable[FileEntry], label_of: Mapping[Path, str], refused: Iterable[tuple[str, str, str]]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables of usable pictures and of refused files."""
    good = [_row(p, label_of[p.path]) for p in entries if p.reason is None]
    bad = [(printable(p.path), label_of[p.path], p.reason) for p in entries if p.reason is not None]
    return (
        pd.DataFrame(good, columns=_PICTURE_COLUMNS),
        pd.DataFrame([*bad, *refused], columns=_REFUSED_COLUMNS),
    )


def _row(found: FileEntry, label: str) -> tuple[str, str, int, int, str, int, str]:
    return (str(found.path), label, found.width, found.height, found.format, found.bytes, found.sha)
