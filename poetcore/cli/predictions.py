"""How a terminal shows predictions: one as the original label_image prints it, several as a table."""

import os
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from poetcore.cli.group_tables import decision_lines
from poetcore.cli.terminal import table
from poetcore.data.label_sets import NO_LABEL, join_set, set_words
from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.label_groups.decisions import Decision, group_words
from poetcore.evaluation.unknown import UNKNOWN, unknown_sentence
from poetcore.evaluation.unsure import NOT_SURE, is_unsure, unsure_sentence
from poetcore.system.figures import count
from poetcore.system.files import one_line, printable

__all__ = ["prediction_lines"]


def prediction_lines(
    found: Sequence[Prediction], top: int | None, seconds: float | None, decisions: Sequence[Decision] = ()
) -> list[str | Table]:
    """Return what is shown of predictions.

    Args:
        found: of pictures that can be used.
        top: labels of each; None for five of a single picture, and in a table for the first, with the next
            one where it is unsure.
        seconds: what the network took for a single picture; None where it was not measured.
        decisions: what the groups and costs of the run make of each, where it has any.
    """
    if len(found) == 1:
        lines = [line for decision in decisions for line in decision_lines(decision)]
        return [*_single(found[0], top or 5, seconds), *lines]
    return _several(found, top, decisions) if found else []


def _single(one: Prediction, top: int, seconds: float | None) -> list[str | Table]:
    """Return the time and a label a line, word for word as the original script does."""
    lines = [] if seconds is None else [f"\nEvaluation time (1-image): {seconds:.3f}s\n"]
    lines += [f"{one_line(label)} (score={_score(share)})" for label, share in one.top(top)]
    if one.thresholds is not None:
        lines.append(f"\nLabels over their thresholds: {one_line(set_words(join_set(one.predicted)))}.")
    elif one.unknown or is_unsure(one.top(2)):
        label, share = one.top(1)[0]
        word, sentence = (UNKNOWN, unknown_sentence) if one.unknown else (NOT_SURE, unsure_sentence)
        lines.append(f"\n{word}. {sentence(one_line(label), share)}")
    return list(lines)


def _several(
    found: Sequence[Prediction], top: int | None, decisions: Sequence[Decision]
) -> list[str | Table]:
    """Return a table, a picture a row; where all are in one folder, that is named once."""
    folder = _common_folder([one.path for one in found])
    rows, unsure, unknown = [], 0, 0
    for one in found:
        doubtful = one.thresholds is None and is_unsure(one.top(2)) and not one.unknown
        unsure, unknown = unsure + doubtful, unknown + bool(one.unknown)
        shown = one.top(top or (2 if doubtful else 1)) if one.thresholds is None else _over_thresholds(one)
        rows.append(
            [
                one_line(printable(one.path.relative_to(folder) if folder else one.path)),
                "\n".join(one_line(label) for label, _ in shown),
                "\n".join("" if share is None else _score(share) for _, share in shown),
                UNKNOWN.lower() if one.unknown else NOT_SURE.lower() if doubtful else "",
            ]
        )
    columns = ["picture", "label", "score", ""]
    if not (unsure or unknown):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    if decisions and decisions[0].groups:
        columns = [*columns, "groups"]
        rows = [[*row, one_line(group_words(one.groups))] for row, one in zip(rows, decisions, strict=True)]
    if decisions and decisions[0].label is not None:
        columns = [*columns, "least cost"]
        rows = [[*row, one_line(one.label or "")] for row, one in zip(rows, decisions, strict=True)]
    title = f"Predictions in {one_line(printable(folder))}" if folder else "Predictions"
    doubt = (
        f"{NOT_SURE} of {count(unsure)} of {count(len(found))} pictures: each may be something else, or none"
        " of these labels."
    )
    strange = (
        f"{UNKNOWN}: {count(unknown)} of {count(len(found))} pictures. Each is unlike the training"
        " pictures and may be none of these labels."
    )
    return [
        table(title, columns, rows),
        *([strange] if unknown else []),
        *([doubt] if unsure else []),
    ]


def _over_thresholds(one: Prediction) -> Sequence[tuple[str, float | None]]:
    """Return the predicted labels, most probable first; without any the most probable one is no answer."""
    over = [(label, share) for label, share in one.top(len(one.labels)) if label in one.predicted]
    return over or [(NO_LABEL, None)]


def _common_folder(paths: Sequence[Path]) -> Path | None:
    """Return the folder in which files lie together; None where there is none, or it says nothing."""
    try:
        folder = Path(os.path.commonpath([path.parent for path in paths]))
    except ValueError:  # on several drives, or some from here and some from the root
        return None
    return folder if folder.name else None


def _score(share: float) -> str:
    return f"{share:.5f}"
