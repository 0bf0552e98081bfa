"""The accuracy corrected by a review: wrong labels under their right one, unusable pictures taken out."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.headline import headline
from poetcore.evaluation.metrics import leak_counts_of
from poetcore.evaluation.review.estimate import Estimate, estimate
from poetcore.evaluation.review.review import Review, reviewed
from poetcore.evaluation.review.sample import random_sample, sample_reviewed
from poetcore.evaluation.review.verdicts import VERDICTS

__all__ = ["Corrected", "corrected"]

#: A sample of fewer pictures tells too little for an estimate.
_LEAST = 10


@dataclass(frozen=True)
class Corrected:
    """What the accuracy is after a review; all counts are of pictures that were not seen in training.

    Attributes:
        before: the accuracy by the labels as they are; None where half or more were seen in training.
        reviewed: the accuracy with the verdicts, in which pictures without one count by their label.
        estimate: likewise, with what a random sample says of the unreviewed pictures that are labelled as
            predicted; None without one.
        verdicts: verdict -> pictures that have it.
        mistakes: misclassified pictures.
        mistakes_seen: those that were seen in training, which are not among them.
        mistakes_reviewed: those with a verdict.
        right: pictures labelled as predicted.
        right_reviewed: those with a verdict.
        sample: how many of these are the beginning of the random sample.
        became_right: mistakes by the label as it is, where the prediction is the right label.
        became_wrong: the other way round.
        taken_out: pictures that are not usable.
        ambiguous_wrong: mistakes that are ambiguous; they count as mistakes.
        without_ambiguous: the accuracy as reviewed without ambiguous pictures; None where there are none.
        outdated: verdicts that do not count, because the label was changed since.
    """

    before: Accuracy | None
    reviewed: Accuracy | None
    estimate: Estimate | None
    verdicts: dict[str, int]
    mistakes: int
    mistakes_seen: int
    mistakes_reviewed: int
    right: int
    right_reviewed: int
    sample: int
    became_right: int
    became_wrong: int
    taken_out: int
    ambiguous_wrong: int
    without_ambiguous: Accuracy | None
    outdated: int

    @property
    def any(self) -> bool:
        """Whether there is a verdict that counts."""
        return bool(self.mistakes_reviewed or self.right_reviewed)

    @property
    def accuracy(self) -> float | None:
        """The corrected accuracy, 0 to 1: the estimate where there is one; None where none may stand."""
        if self.estimate is not None:
            return self.estimate.value
        return self.reviewed.value if self.reviewed else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 95 % interval."""
        if self.estimate is not None:
            return self.estimate.interval
        return self.reviewed.interval if self.reviewed else None

    @property
    def total(self) -> int:
        """The pictures that it is of: those that are usable, as far as is known."""
        return self.reviewed.total if self.reviewed else 0

    def as_json(self) -> dict[str, Any]:
        """Return all figures by name, what is not known as None."""
        known = self.reviewed
        found = self.estimate
        return {
            "accuracy": self.accuracy,
            "interval": list(self.interval) if self.interval else None,
            "correct": known.correct if known else None,
            "total": known.total if known else None,
            "accuracy_as_reviewed": known.value if known else None,
            "interval_as_reviewed": list(known.interval) if known and known.interval else None,
            "accuracy_before": self.before.value if self.before else None,
            "estimate": found.as_json() if found else None,
            "verdicts": self.verdicts,
            **{
                name: getattr(self, name)
                for name in (
                    "mistakes",
                    "mistakes_seen",
                    "mistakes_reviewed",
                    "right",
                    "right_reviewed",
                    "sample",
                    "became_right",
                    "became_wrong",
                    "taken_out",
                    "ambiguous_wrong",
                    "outdated",
                )
            },
        }


def corrected(evaluation: Evaluation, review: Review) -> Corrected:
    """Correct an accuracy by a review.

    A verdict says what the true label is: the picture counts as right where that is predicted. One that is
    not usable is taken out; an ambiguous one, and one without a verdict, counts by its label. Pictures that
    were seen in training are excluded as in `headline`, and as certain as near duplicates make the pictures
    before they are after.

    Args:
        evaluation: of one label a picture.
        review: of it.
    """
    before = headline(evaluation.metrics).accuracy
    _, unseen = leak_counts_of(evaluation.predictions)
    rows = evaluation.predictions[unseen]
    rows = rows.join(reviewed(rows, review if before else Review()))
    said = rows["verdict"] != ""
    was = rows["correct"].astype(bool)
    usable = rows["verdict"] != "unusable"
    now = usable & (rows["predicted"] == rows["truth"])
    ambiguous = rows["verdict"] == "ambiguous"
    found = Corrected(
        before=before,
        reviewed=_accuracy(now, usable, before),
        estimate=None,
        verdicts=dict.fromkeys(VERDICTS, 0) | dict(Counter(rows.loc[said, "verdict"])),
        mistakes=int((~was).sum()),
        mistakes_seen=int((~evaluation.predictions.loc[~unseen, "correct"].astype(bool)).sum()),
        mistakes_reviewed=int((said & ~was).sum()),
        right=int(was.sum()),
        right_reviewed=int((said & was).sum()),
        sample=_sampled(evaluation.predictions, rows[said], review),
        became_right=int((now & ~was).sum()),
        became_wrong=int((usable & ~now & was).sum()),
        taken_out=int((~usable).sum()),
        ambiguous_wrong=int((ambiguous & ~was).sum()),
        without_ambiguous=_accuracy(now & ~ambiguous, usable & ~ambiguous, before)
        if ambiguous.any()
        else None,
        outdated=int(rows["outdated"].sum()),
    )
    if found.reviewed is None or found.sample < min(_LEAST, found.right) or not found.sample:
        return found
    drawn = rows["sha"].isin(random_sample(evaluation.predictions, found.sample, review)["sha"])
    rest = int((was & ~said).sum())
    share = (int((now & drawn & was).sum()), int((usable & drawn & was).sum()), int((drawn & was).sum()))
    known = (int((now & (said | ~was)).sum()), int((usable & (said | ~was)).sum()))
    return replace(found, estimate=estimate(known, share, rest, found.reviewed))


def _accuracy(right: pd.Series, counted: pd.Series, before: Accuracy | None) -> Accuracy | None:
    """Return an accuracy on some of the pictures, as certain for their number as it was before."""
    if before is None:
        return None
    total = int(counted.sum())
    independent = before.independent
    if independent is not None and before.total:
        independent *= total / before.total
    return Accuracy(int(right.sum()), total, independent)


def _sampled(predictions: pd.DataFrame, said: pd.DataFrame, review: Review) -> int:
    drawn = random_sample(predictions, review=review)
    return 0 if drawn.empty else sample_reviewed(drawn, drawn["sha"].isin(said["sha"]))
