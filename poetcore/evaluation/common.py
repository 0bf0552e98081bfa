"""Two evaluations brought together: the pictures and labels that both have, and what else must be said."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.grouping import group_pictures
from poetcore.errors import OptionError
from poetcore.evaluation.accuracy import independent_number
from poetcore.evaluation.comparison import Comparison, Evaluated
from poetcore.evaluation.graphs import match_graph_labels
from poetcore.evaluation.metrics import leak_counts_of
from poetcore.system.files import printable
from poetcore.system.wording import counted, few
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.workspace import Workspace

__all__ = ["compare_evaluations"]

#: What a table has of each model.
_OF_EACH = ("label", "predicted", "correct", "confidence", "seen", "known")


def compare_evaluations(
    a: Evaluated, b: Evaluated, workspace: Workspace, remarks: Sequence[str] = ()
) -> Comparison:
    """Compare two models on the pictures that are in both evaluations, known by their contents.

    Pictures that one of them has seen in training, exactly or as a near duplicate, do not count, unless
    that is half of them or more: then no difference is told. Neither do pictures that have another label in
    one evaluation than in the other.

    Args:
        a: the model that is compared with.
        b: the other one.
        workspace: where perceptual hashes are, by which near duplicates are counted once.
        remarks: what is known of the evaluations besides.

    Raises:
        OptionError: a picture may have several labels, or the evaluations have no picture in common.
    """
    metrics_a, metrics_b = a.evaluation.metrics, b.evaluation.metrics
    if metrics_a.multi_label or metrics_b.multi_label:
        refuse_multi_label("compare")
    names = _names_in_a(metrics_a.labels, metrics_b.labels)
    both = _joined(a, b, names)
    other_label = both["label_a"] != both["label_b"]
    same = both[~other_label]
    if same.empty:
        raise OptionError(
            f"{a.title!r} and {b.title!r} were evaluated on no common picture: evaluate both on the same"
            " demo pictures."
        )
    seen = same["seen_a"] | same["seen_b"]
    told = 2 * int(seen.sum()) < len(same)
    pictures = _counting(same[~seen] if told else same, workspace)
    said = [
        *_about_folders(a, b, len(both)),
        *_about_labels(a, b, names),
        *([_about_other_labels(int(other_label.sum()))] if other_label.any() else []),
        *_about_seen(a, b, same, told),
        *_about_changes(a, b),
        *_about_duplicates(pictures),
    ]
    only_b = [names.get(label, label) for label in metrics_b.labels]
    labels = tuple(dict.fromkeys([*metrics_a.labels, *only_b]))
    return Comparison(a, b, labels, pictures, told, tuple(dict.fromkeys([*remarks, *said])))


def _names_in_a(labels_a: Sequence[str], labels_b: Sequence[str]) -> dict[str, str]:
    """Return B's labels as A writes them, of those that A knows; two that A writes alike stay as they are."""
    found = match_graph_labels(labels_b, labels_a)
    often = Counter(found.values())
    return {label: name for label, name in found.items() if often[name] == 1 or label == name}


def _joined(a: Evaluated, b: Evaluated, names: dict[str, str]) -> pd.DataFrame:
    """Join the predictions by content, a copy with a copy; by path where one does not know contents."""
    tables = [one.evaluation.predictions for one in (a, b)]
    key = "sha" if all("sha" in table for table in tables) else "path"
    sides = []
    for side, table in zip("ab", tables, strict=True):
        (known, near), unseen = leak_counts_of(table)
        own = table.assign(seen=~unseen, known=known is not None and near is not None)
        if side == "b":
            own = own.assign(
                **{name: own[name].map(lambda one: names.get(one, one)) for name in _OF_EACH[:2]}
            )
        columns = own[[*_OF_EACH]].add_suffix(f"_{side}")
        if side == "a":
            columns = columns.assign(path=own["path"], sha=own.get("sha", ""))
        sides.append(columns.assign(key=own[key], copy=own.groupby(key).cumcount()))
    return sides[0].merge(sides[1], on=["key", "copy"]).drop(columns=["key", "copy"])


def _counting(rows: pd.DataFrame, workspace: Workspace) -> pd.DataFrame:
    """Return the pictures with the number of each one's group of near duplicates."""
    table = rows.rename(columns={"label_a": "label"}).drop(columns=["label_b"]).reset_index(drop=True)
    groups = np.arange(len(table))
    if table["sha"].ne("").all():
        with workspace.hash_index() as index:
            groups = group_pictures(table, "near", hashes=index.get(table["sha"]))
    each = [f"{name}_{side}" for side in "ab" for name in ("predicted", "correct", "confidence")]
    return table.assign(group=groups)[["path", "label", "sha", "group", *each]]


def _about_folders(a: Evaluated, b: Evaluated, common: int) -> Iterator[str]:
    """Return what is told where the evaluations are of different pictures."""
    first, second = a.evaluation.metrics, b.evaluation.metrics
    compared = f"{counted(common, 'picture')} that {'is' if common == 1 else 'are'} in both"
    if first.folder != second.folder:
        places = [printable(Path(one.folder)) for one in (first, second)]
        yield (
            f"A was evaluated on {first.total:,} pictures of {places[0]}, B on {second.total:,} of"
            f" {places[1]}: the {compared} are compared."
        )
    elif not common == first.total == second.total:
        yield (
            f"A was evaluated on {first.total:,} pictures of this folder, B on {second.total:,}: it was"
            f" changed in between, or they know other labels, and the {compared} are compared."
        )


def _about_labels(a: Evaluated, b: Evaluated, names: dict[str, str]) -> Iterator[str]:
    """Return what is told where the models know different labels."""
    of_b = [names.get(label, label) for label in b.evaluation.metrics.labels]
    of_a = a.evaluation.metrics.labels
    parts = {"A": [one for one in of_a if one not in of_b], "B": [one for one in of_b if one not in of_a]}
    alone = [f"only {model} knows {few(labels)}" for model, labels in parts.items() if labels]
    if alone:
        words, common = " and ".join(alone), counted(len(set(of_a) & set(of_b)), "label")
        yield (
            f"{words[:1].upper()}{words[1:]}: only pictures of the {common} that both know are compared,"
            " and a prediction of another label is an error."
        )


def _about_other_labels(number: int) -> str:
    had, does = ("1 picture has", "is") if number == 1 else (f"{number:,} pictures have", "are")
    return f"{had} another label in one evaluation than in the other and {does} not compared."


def _about_seen(a: Evaluated, b: Evaluated, rows: pd.DataFrame, told: bool) -> Iterator[str]:
    """Return what is told of pictures that a model has seen in training, or of which that is not known."""
    by = {"A": int(rows["seen_a"].sum()), "B": int(rows["seen_b"].sum())}
    if any(by.values()):
        n = int((rows["seen_a"] | rows["seen_b"]).sum())
        who = " and ".join(f"{number:,} by {model}" for model, number in by.items() if number)
        who = "by both" if set(by.values()) == {n} else who
        does = "do not count" if n > 1 else "does not count"
        end = f"and {does}" if told else "so there is no difference to tell: compare on other pictures"
        yield (
            f"{n:,} of the {counted(len(rows), 'picture')} {'were' if n > 1 else 'was'} seen in training"
            f" ({who}), exactly or as near duplicates, {end}."
        )
    for model, side in (("A", "a"), ("B", "b")):
        if not rows[f"known_{side}"].all():
            yield (
                f"Which pictures {model} was trained with is not known for certain: some of these may be"
                " among them."
            )


def _about_changes(a: Evaluated, b: Evaluated) -> Iterator[str]:
    """Return what is told where the demo folder was changed after a model had been evaluated on it."""
    for metrics in (a.evaluation.metrics, b.evaluation.metrics):
        counts = {"label": (metrics.relabelled, "changed"), "picture": (metrics.removed, "removed")}
        done = [f"{counted(n, what)} {how}" for what, (n, how) in counts.items() if n]
        if done:
            yield (
                f"The demo pictures were changed after a model had been evaluated on them"
                f" ({', '.join(done)}): that may favour the model that was looked at."
            )


def _about_duplicates(pictures: pd.DataFrame) -> Iterator[str]:
    independent = independent_number(pictures["group"].to_numpy())
    if independent < 0.75 * len(pictures):
        yield (
            f"Many of these pictures are near duplicates of each other: they tell as much as"
            f" {independent:.0f} that differ, and count so in the interval; for p a group counts once."
        )
