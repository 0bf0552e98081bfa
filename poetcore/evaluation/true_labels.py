"""The true labels of a demo folder as a model writes them; its folders' names may be written otherwise."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from poetcore.data.dataset import Dataset
from poetcore.data.labels import match_labels, nearly
from poetcore.errors import DatasetError
from poetcore.system.files import printable
from poetcore.system.wording import few

__all__ = ["listed_labels", "true_labels", "without_other_labels"]

#: Labels that a message lists at the most.
_LISTED = 30


def true_labels(
    folders: Iterable[str],
    known: Sequence[str],
    model: str,
    demo: Path,
    match: Callable[[Iterable[str], Sequence[str]], Mapping[str, str]] = match_labels,
) -> Mapping[str, str]:
    """Return each label folder's label as a model writes it; several folders may have one label.

    Args:
        folders: names of label folders.
        known: the model's labels.
        model: what a sentence calls it: "The run 'roses'".
        demo: the demo folder, to be named in the message.
        match: finds names among the model's labels.

    Raises:
        DatasetError: the model does not know a label, or the name fits several of its labels alike.
    """
    names = list(folders)
    matched = match(names, known)
    unknown = [name for name in names if name not in matched]
    if unknown:
        almost = nearly(unknown, known)
        meant = f" {almost}: rename {'these folders' if '; ' in almost else 'the folder'} if that is meant."
        it = "them" if len(unknown) > 1 else "it"
        other = f" Evaluate on a folder without {it}, or train a run that knows {it}."
        raise DatasetError(
            f"{model} was not trained on the label{'s' * (len(unknown) > 1)} {listed_labels(unknown)} of"
            f" {printable(demo)}: it was trained on {listed_labels(known)}.{meant if almost else other}"
        )
    return matched


def without_other_labels(demo: Dataset, known: Sequence[str]) -> tuple[Dataset, dict[str, int]]:
    """Return a demo folder without the labels that a model was, on purpose, not trained on.

    Args:
        demo: the demo folder.
        known: the model's labels.

    Returns:
        The rest, or all where nothing would be left; and how many pictures of each other label there are.
    """
    matched = match_labels(demo.labels, known)
    if not matched:
        return demo, {}
    others = {label: count for label, count in demo.counts().items() if label not in matched}
    pictures, refused = (
        table[~table["label"].isin(others)].reset_index(drop=True) for table in (demo.pictures, demo.refused)
    )
    labels = tuple(label for label in demo.labels if label in matched)
    there = {label: count for label, count in others.items() if count}
    return replace(demo, labels=labels, pictures=pictures, refused=refused), there


def listed_labels(labels: Sequence[str]) -> str:
    """Return labels in quotes, so that blanks show, with commas between."""
    return few([repr(label) for label in labels], _LISTED)
