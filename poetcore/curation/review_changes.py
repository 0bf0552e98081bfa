"""Verdicts of a review as repairs of the demo folder."""

from collections.abc import Collection
from pathlib import Path

from poetcore.curation.changes import Change
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.review import Review, reviewed
from poetcore.evaluation.review.verdicts import verdict_words

__all__ = ["review_changes"]

#: What is done with the picture, by verdict; nothing with one that is ambiguous.
_ACTIONS = {"label_wrong": "relabel", "unusable": "quarantine", "label_correct": "fine"}


def review_changes(evaluation: Evaluation, review: Review, verified: Collection[str] = ()) -> list[Change]:
    """Return the changes that a review asks for, to be proposed to `Repairs`.

    A wrong label becomes the right one, what is not usable is set aside, and a label that is correct is
    verified. A picture that has its right label already, or that is gone, needs none.

    Args:
        evaluation: of one label a picture.
        review: of it.
        verified: contents whose label is verified already.
    """
    rows = evaluation.predictions
    if "sha" not in rows:  # of an earlier version: it cannot be reviewed
        return []
    rows = rows[rows["sha"].isin(list(review.entries))]
    changes = []
    for row, said in zip(rows.to_dict("records"), reviewed(rows, review).to_dict("records"), strict=True):
        action = _ACTIONS.get(said["verdict"])
        if action is None or not Path(row["path"]).is_file():
            continue
        if action == "fine" and row["sha"] in verified:
            continue
        if action == "relabel" and said["truth"] == row["label"]:
            continue
        words = verdict_words(said["verdict"], misclassified=not row["correct"])
        reason = f"review: {words}, predicted label {row['predicted']}"
        if said["comment"]:
            reason += f"; {said['comment']}"
        label = said["truth"] if action == "relabel" else ""
        changes.append(Change(Path(row["path"]), action, row["sha"], reason, label))
    return changes
