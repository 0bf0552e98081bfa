"""The review of an evaluation: its verdicts, which of them count, and how another one is added."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

import pandas as pd

from poetcore.errors import OptionError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.verdicts import VERDICTS, Verdict, check_verdict
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.review_file import ReviewEntry, ReviewFile

__all__ = ["CHOICES", "Review", "record_verdicts", "reviewed", "rows_by_verdict"]

#: What `rows_by_verdict` can be asked for beside the verdicts.
CHOICES = ("all", "unreviewed", "reviewed", *VERDICTS)

_COLUMNS = [one.name for one in fields(ReviewEntry)]

#: What `reviewed` returns of each picture.
_SAID = ("verdict", "truth", "right_label", "comment", "outdated")


@dataclass(frozen=True)
class Review:
    """What was said of the pictures of an evaluation.

    Attributes:
        entries: the last entry of each content, by its sha; those without a verdict have a comment only, or
            were taken back.
    """

    entries: Mapping[str, ReviewEntry] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: EvaluationFolder) -> "Review":
        """Read the review of an evaluation, an empty one where there is none.

        Raises:
            RunError: it cannot be read.
        """
        return cls(ReviewFile(folder.review_file).last())

    @property
    def verdicts(self) -> pd.DataFrame:
        """One row a content with a verdict: time, sha, path, label, predicted, verdict, right_label, comment.

        `label` and `predicted` are those of the time of the verdict.
        """
        rows = [asdict(one) for one in self.entries.values() if one.verdict in VERDICTS]
        return pd.DataFrame(rows, columns=_COLUMNS)


def reviewed(predictions: pd.DataFrame, review: Review) -> pd.DataFrame:
    """Return what the review says of each picture.

    A verdict says what the true label is, so it holds for another prediction too; where the picture has been
    given another label since, which is not the one that the verdict says, it does not count.

    Args:
        predictions: as in `Evaluation.predictions`.
        review: of the same pictures.

    Returns:
        With the index of `predictions`: verdict ("" for none), truth (the label that it says, else the true
        label), right_label, comment, and outdated (bool): whether there is one that does not count.
    """
    columns: dict[str, list[Any]] = {name: [""] * len(predictions) for name in _SAID}
    columns["truth"] = predictions["label"].tolist()
    columns["outdated"] = [False] * len(predictions)
    # Tables of earlier versions do not know the contents.
    shas = predictions["sha"].tolist() if "sha" in predictions else []
    for place in [place for place, sha in enumerate(shas) if sha in review.entries]:
        said = _said(review.entries[shas[place]], columns["truth"][place])
        for name, value in zip(_SAID, said, strict=True):
            columns[name][place] = value
    return pd.DataFrame(columns, index=predictions.index, dtype=object).astype({"outdated": bool})


def _said(one: ReviewEntry, label: str) -> tuple[str, str, str, str, bool]:
    """Return what an entry says of a picture that has a label now, in the order of `_SAID`."""
    if one.verdict not in VERDICTS:
        return "", label, "", one.comment, False
    truth = one.right_label if one.verdict == "label_wrong" else one.label
    if one.verdict != "unusable" and label not in (one.label, truth):
        return "", label, "", one.comment, True
    says_it = one.verdict in ("label_wrong", "label_correct")
    return one.verdict, truth if says_it else label, one.right_label, one.comment, False


def rows_by_verdict(rows: pd.DataFrame, review: Review, wanted: str) -> pd.DataFrame:
    """Return the pictures with a verdict.

    Args:
        rows: of `Evaluation.predictions`.
        review: of the evaluation.
        wanted: one of `CHOICES`.

    Raises:
        OptionError: it is none of them.
    """
    if wanted not in CHOICES:
        raise OptionError(f"Choose pictures by one of {', '.join(CHOICES)}. Received: {wanted!r}.")
    if wanted == "all":
        return rows
    said = reviewed(rows, review)["verdict"]
    if wanted in VERDICTS:
        return rows[said == wanted]
    return rows[(said != "") == (wanted == "reviewed")]


def record_verdicts(
    folder: EvaluationFolder, evaluation: Evaluation, given: Sequence[Verdict]
) -> list[ReviewEntry]:
    """Add verdicts to the review of an evaluation, all of them or none.

    Args:
        folder: where it is kept.
        evaluation: what is reviewed.
        given: the verdicts, each on a picture of it.

    Returns:
        What was written.

    Raises:
        OptionError: a verdict is impossible, or of a picture that was not evaluated here.
        RunError: the review cannot be written.
    """
    if evaluation.metrics.multi_label:
        refuse_multi_label("review")
    if "sha" not in evaluation.predictions:
        raise OptionError("This evaluation is of an earlier version and cannot be reviewed: evaluate again.")
    meant = evaluation.predictions[evaluation.predictions["sha"].isin({one.sha for one in given})]
    wrong_first = meant.sort_values("correct", kind="stable").drop_duplicates("sha")
    known = {row["sha"]: row for row in wrong_first.to_dict("records")}
    time = datetime.now().astimezone().isoformat(timespec="milliseconds")
    entries = []
    for one in given:
        row = known.get(one.sha)
        if row is None:
            raise OptionError(
                f"No picture of this evaluation has the content {one.sha[:16]!r}: evaluate again."
            )
        checked = check_verdict(one, row["label"], evaluation.metrics.labels)
        said = (checked.verdict, checked.right_label, checked.comment)
        entries.append(ReviewEntry(time, one.sha, row["path"], row["label"], row["predicted"], *said))
    ReviewFile(folder.review_file).append(entries)
    return entries
