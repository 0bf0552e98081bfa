"""Where a model fails more than elsewhere: an evaluation divided by what its pictures have in common."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.analysis.attributes import picture_attributes, slices_by_attribute
from poetcore.data.grouping import group_pictures
from poetcore.data.label_sets import has_label
from poetcore.errors import OptionError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.metrics import leak_counts_of
from poetcore.evaluation.slices import SlicedAccuracy, slice_accuracies, slices_sentence
from poetcore.system.names import natural_key
from poetcore.system.progress import OnProgress
from poetcore.system.wording import few
from poetcore.workspace.workspace import Workspace

__all__ = ["SlicedPictures", "Slices"]


@dataclass(frozen=True, repr=False)
class Slices:
    """The slices of the pictures of an evaluation, or of some of them.

    Attributes:
        accuracies: of each slice, in the order of attributes and names.
        predictions: the pictures, as in `Evaluation.predictions`.
        names: a column an attribute, the name of each picture's slice.
    """

    accuracies: list[SlicedAccuracy]
    predictions: pd.DataFrame
    names: pd.DataFrame

    @property
    def sentence(self) -> str:
        """Which slices fail more than the rest, in words."""
        return slices_sentence(self.accuracies)

    @property
    def attributes(self) -> list[str]:
        """What the pictures are divided by; first that with the slice that fails most surely."""
        ordered = sorted(self.accuracies, key=lambda one: one.order)
        return list(dict.fromkeys(one.attribute for one in ordered))

    def __repr__(self) -> str:
        return f"Slices({self.sentence})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>{self.table().to_html()}"

    def pictures(self, one: SlicedAccuracy) -> pd.DataFrame:
        """Return the predictions of the pictures of a slice."""
        return self.predictions[(self.names[one.attribute] == one.name).to_numpy(bool)]

    def table(self) -> pd.DataFrame:
        """List the slices: attribute, slice, pictures, wrong, accuracy, low, high, p_value, fails_more.

        accuracy and its 95 % interval, low to high, are 0 to 1; p_value is corrected for the number of
        slices, missing where there were too few pictures to compare; p_within_labels compares pictures of the
        same true label only, and is not corrected.
        """
        rows = []
        for one in self.accuracies:
            low, high = one.accuracy.interval or (None, None)
            rows.append(
                {
                    "attribute": one.attribute,
                    "slice": one.name,
                    "pictures": one.accuracy.total,
                    "wrong": one.wrong,
                    "accuracy": one.accuracy.value,
                    "low": low,
                    "high": high,
                    "p_value": one.p_value,
                    "p_within_labels": one.p_within,
                    "fails_more": one.fails_more,
                }
            )
        columns = ["attribute", "slice", "pictures", "wrong", "accuracy", "low", "high", "p_value"]
        return pd.DataFrame(rows, columns=[*columns, "p_within_labels", "fails_more"])


@dataclass(frozen=True)
class SlicedPictures:
    """The pictures of an evaluation that were not seen in training, with what they can be divided by.

    Attributes:
        predictions: n rows, as in `Evaluation.predictions`; where a picture may have several labels, one is
            correct only with every label.
        attributes: n rows, as `picture_attributes` returns them.
        groups: `(n,) int64`, the number of each picture's group of near duplicates.
        multi_label: whether labels are label sets.
    """

    predictions: pd.DataFrame
    attributes: pd.DataFrame
    groups: np.ndarray
    multi_label: bool

    @classmethod
    def of(
        cls, evaluation: Evaluation, workspace: Workspace, on_progress: OnProgress | None = None
    ) -> "SlicedPictures":
        """Find what the pictures of an evaluation can be divided by.

        Args:
            evaluation: of a model on a demo folder.
            workspace: where measures are kept; pictures that are new to it are decoded.
            on_progress: called in the phases `scanning` and `measuring`.
        """
        _, unseen = leak_counts_of(evaluation.predictions)
        rows = evaluation.predictions[unseen]
        attributes, shas = picture_attributes(rows, Path(evaluation.metrics.folder), workspace, on_progress)
        with workspace.hash_index() as index:
            hashes = index.get(shas)
        groups = group_pictures(rows[["path", "label"]].assign(sha=shas), "near", hashes=hashes)
        return cls(rows, attributes, groups, evaluation.metrics.multi_label is not None)

    def slices(self, true: str | None = None, predicted: str | None = None) -> Slices:
        """Divide the pictures, or those of one label, into slices.

        Args:
            true: only pictures whose true label is this; None for every label.
            predicted: only pictures that are predicted to have this label: where false alarms come from.

        Raises:
            OptionError: no picture has this label.
        """
        chosen = np.ones(len(self.predictions), bool)
        for column, label in (("label", true), ("predicted", predicted)):
            if label is None:
                continue
            own = self.predictions[column]
            of = (has_label(own, label) if self.multi_label else own == label).to_numpy(bool)
            if not of.any():
                there = sorted(set(self.predictions[column]), key=natural_key)
                what = "true" if column == "label" else "predicted"
                raise OptionError(f"No picture has the {what} label {label!r}: choose {few(there)}.")
            chosen &= of
        rows = self.predictions[chosen]
        names = slices_by_attribute(self.attributes[chosen])
        found = slice_accuracies(
            rows, names, self.groups[chosen], within_labels=true is None and predicted is None
        )
        return Slices(found, rows, names)
