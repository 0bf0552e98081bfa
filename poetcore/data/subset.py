"""A part of a dataset: some of its labels, and at most so many pictures of each."""

import csv
import io
from collections.abc import Iterable, Sequence

import pandas as pd

from poetcore.data.labels import match_labels, nearly
from poetcore.errors import OptionError
from poetcore.system.wording import few

__all__ = ["chosen_labels", "join_labels", "split_labels", "spread", "take_of_each"]

#: Labels that a message lists at the most.
_LISTED = 30


def split_labels(text: str) -> list[str]:
    """Return the names in a list such as `daisy,rose`; one that holds a comma stands in double quotes.

    >>> split_labels('daisy, "rose, wild"')
    ['daisy', 'rose, wild']

    Raises:
        OptionError: it cannot be read.
    """
    try:
        names = [name for row in csv.reader(io.StringIO(text), skipinitialspace=True) for name in row]
    except csv.Error as error:
        raise OptionError(f"labels cannot be read ({error}): list names with commas between.") from None
    return [name for name in names if name.strip()]


def join_labels(labels: Iterable[str]) -> str:
    """Return names as a list that `split_labels` reads.

    >>> join_labels(["daisy", "rose, wild"])
    'daisy,"rose, wild"'
    """
    names = list(labels)
    out = io.StringIO()
    blanks = any(name[:1].isspace() for name in names)  # they count in quotes only
    csv.writer(out, lineterminator="", quoting=csv.QUOTE_ALL if blanks else csv.QUOTE_MINIMAL).writerow(names)
    return out.getvalue()


def chosen_labels(text: str, known: Sequence[str]) -> tuple[str, ...]:
    """Return the labels that the option `labels` names, in the order of all; see `match_labels`.

    Args:
        text: names with commas between; one that holds a comma stands in double quotes, unless it stands
            alone. Nothing but blanks names all.
        known: every label of the dataset.

    Raises:
        OptionError: a name is none of them.
    """
    if not text.strip():
        return tuple(known)
    names = [text] if text in known else split_labels(text)
    matched = match_labels(names, known)
    unknown = [name for name in names if name not in matched]
    if unknown or not names:
        almost = nearly(unknown, known)
        raise OptionError(
            f"labels names {', '.join(map(repr, unknown)) or 'none'}: choose from"
            f" {few(known, _LISTED)}, with commas between, and a name that holds a comma in double quotes."
            f"{f' {almost}.' if almost else ''}"
        )
    wanted = set(matched.values())
    return tuple(label for label in known if label in wanted)


def take_of_each(pictures: pd.DataFrame, at_most: int) -> pd.DataFrame:
    """Return at most so many pictures of each label.

    Which ones hangs on their contents alone, so that a larger number takes all that a smaller one takes, and
    those of a group of near duplicates are as likely as any other. Copies of a content come last.

    Args:
        pictures: columns label and sha.
        at_most: how many of each label; -1 for all.

    Returns:
        Some of the rows, in the same order.
    """
    if at_most == -1:
        return pictures
    order = pictures.assign(copy=pictures.groupby(["label", "sha"]).cumcount())
    rank = order.sort_values(["copy", "sha"], kind="stable").groupby("label").cumcount()
    return pictures[rank.reindex(pictures.index) < at_most]


def spread(pictures: pd.DataFrame) -> pd.DataFrame:
    """Return the same pictures in an order in which the first so many are a fair sample of every label.

    One of each label comes after the other; of a label they stand by their contents, which is as by lot, and
    always the same.

    Args:
        pictures: columns label and sha.
    """
    by_lot = pictures.sort_values("sha", kind="stable")
    return by_lot.iloc[by_lot.groupby("label").cumcount().argsort(kind="stable")]
