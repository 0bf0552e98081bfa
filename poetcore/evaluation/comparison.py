"""What a comparison of two models on the same pictures found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from poetcore.evaluation.accuracy import Accuracy, independent_number
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.metrics import confusion_matrix
from poetcore.evaluation.paired import SURE, discordant, mcnemar, paired_difference
from poetcore.system.figures import count, p_words, points_interval
from poetcore.system.wording import counted

__all__ = ["Comparison", "Evaluated", "as_data"]


@dataclass(frozen=True)
class Evaluated:
    """A model that is compared.

    Attributes:
        name: of the run, or of the model's file.
        title: what people call it. Not escaped.
        evaluation: what it predicts.
    """

    name: str
    title: str
    evaluation: Evaluation


@dataclass(frozen=True)
class Comparison:
    """How much better a model B is than a model A, on the pictures that both were evaluated on.

    Attributes:
        a: the one that is compared with, such as the older one.
        b: the other.
        labels: of both, in the order of A's outputs: rows and columns of the confusion matrices.
        pictures: one row a picture that counts: path, label, group (int, of near duplicates), and of both
            `predicted_a`, `correct_a` (bool), `confidence_a`, `predicted_b` ...
        told: whether a difference may be told: not where half or more of the pictures were seen in training.
        remarks: what must be known to read it, full sentences in plain text.
    """

    a: Evaluated
    b: Evaluated
    labels: tuple[str, ...]
    pictures: pd.DataFrame
    told: bool
    remarks: tuple[str, ...] = ()

    @property
    def difference(self) -> float | None:
        """B's accuracy less A's, -1 to 1; None where none may be told."""
        return self._paired[0] if self.told else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the difference; see `paired_difference`."""
        return self._paired[1] if self.told else None

    @property
    def p_value(self) -> float | None:
        """McNemar's exact p-value, a group of near duplicates counted once; None where none may be told."""
        votes = discordant(self._right("a"), self._right("b"), self.pictures["group"].to_numpy())
        return mcnemar(*votes) if self.told else None

    @property
    def sentence(self) -> str:
        """The difference with its doubt, in words, of models called A and B."""
        if self.difference is None or self.interval is None or self.p_value is None:
            return "Most of these pictures were seen in training, so there is no difference to tell."
        n = counted(len(self.pictures), "picture")
        interval = f"95 % interval {points_interval(*self.interval)}"
        fixed, broken = len(self.fixed()), len(self.broken())
        if not fixed and not broken:
            return f"Both label the same of {n} right: no difference ({interval})."
        better = "more" if self.difference > 0 else "less"
        how = f"{100 * abs(self.difference):.1f} points {better} accurate than"
        chance = "unlikely to be chance" if self.p_value < SURE else "which may be chance"
        return (
            f"On {n} B is {how if fixed != broken else 'as accurate as'} A ({interval},"
            f" {p_words(self.p_value)}), {chance}: B alone labels {count(fixed)} right, A alone"
            f" {count(broken)}."
        )

    def accuracy(self, side: str) -> Accuracy:
        """Return the accuracy of "a" or "b" on the pictures that count."""
        groups = self.pictures["group"].to_numpy()
        return Accuracy(int(self._right(side).sum()), len(groups), independent_number(groups))

    def fixed(self) -> pd.DataFrame:
        """List the rows of `pictures` that B labels right and A wrong, most confident of B first."""
        return self._both(False, True)

    def broken(self) -> pd.DataFrame:
        """List the rows of `pictures` that A labels right and B wrong, most confident of B first."""
        return self._both(True, False)

    def both_wrong(self) -> pd.DataFrame:
        """List the rows of `pictures` that both label wrong, most confident of B first."""
        return self._both(False, False)

    def matrix(self, side: str) -> np.ndarray:
        """Return the confusion matrix of "a" or "b", `(labels, labels) int64`, of the pictures that count."""
        return confusion_matrix(self.pictures["label"], self.pictures[f"predicted_{side}"], self.labels)

    def per_label(self) -> pd.DataFrame:
        """Compare the recalls of each label with pictures.

        Returns:
            Columns label, support (its pictures), a and b (recall, 0 to 1), difference, low, high (its 95 %
            interval), fixed and broken (pictures), p_value. An interval of many labels lies beside the truth
            for one in twenty.
        """
        rows = []
        for label, own in self.pictures.groupby("label"):
            groups = own["group"].to_numpy()
            a, b = (own[f"correct_{side}"].to_numpy(bool) for side in "ab")
            difference, interval = paired_difference(a, b, groups)
            fixed, broken = int((b & ~a).sum()), int((a & ~b).sum())
            shares = (float(a.mean()), float(b.mean()))
            p_value = mcnemar(*discordant(a, b, groups))
            rows.append((label, len(own), *shares, difference, *interval, fixed, broken, p_value))
        columns = ["label", "support", "a", "b", "difference", "low", "high", "fixed", "broken", "p_value"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def _paired(self) -> tuple[float, tuple[float, float]]:
        return paired_difference(self._right("a"), self._right("b"), self.pictures["group"].to_numpy())

    def _right(self, side: str) -> np.ndarray:
        right: np.ndarray = self.pictures[f"correct_{side}"].to_numpy(bool)
        return right

    def _both(self, a: bool, b: bool) -> pd.DataFrame:
        rows: pd.DataFrame = self.pictures[(self._right("a") == a) & (self._right("b") == b)]
        return rows.sort_values("confidence_b", ascending=False, kind="stable")


def as_data(comparison: Comparison, settings: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Return what a comparison found, ready for JSON; what is not known or may not be told is None.

    Args:
        comparison: of two models.
        settings: in which they differ: name -> A's value, B's value.
    """
    per_label = comparison.per_label().set_index("label")
    return {
        "a": _side(comparison, "a"),
        "b": _side(comparison, "b"),
        "pictures": len(comparison.pictures),
        "difference": comparison.difference,
        "interval": comparison.interval and list(comparison.interval),
        "p_value": comparison.p_value,
        "sentence": comparison.sentence,
        "remarks": list(comparison.remarks),
        "labels": list(comparison.labels),
        "per_label": per_label.to_dict("index"),
        "fixed": comparison.fixed()["path"].tolist(),
        "broken": comparison.broken()["path"].tolist(),
        "both_wrong": comparison.both_wrong()["path"].tolist(),
        "settings": {name: {"a": a, "b": b} for name, (a, b) in settings.items()},
    }


def _side(comparison: Comparison, side: str) -> dict[str, Any]:
    model = comparison.a if side == "a" else comparison.b
    accuracy = comparison.accuracy(side)
    return {
        "name": model.name,
        "title": model.title,
        "accuracy": accuracy.value if comparison.told else None,
        "interval": list(accuracy.interval) if comparison.told and accuracy.interval else None,
        "correct": accuracy.correct,
        "total": accuracy.total,
        "confusion_matrix": comparison.matrix(side).tolist(),
    }
