"""Where a model fails more than elsewhere: the accuracy of slices of the pictures, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from poetcore.evaluation.accuracy import Accuracy, independent_number
from poetcore.evaluation.paired import SURE, holm
from poetcore.system.figures import interval, p_words, percent
from poetcore.system.wording import counted, in_sentence

__all__ = ["FEWEST", "SlicedAccuracy", "exact_p_value", "slice_accuracies", "slices_sentence"]

#: Pictures that a slice, and the rest, need to be compared.
FEWEST = 10

#: Slices that a sentence names beside the first.
_LISTED = 3


@dataclass(frozen=True)
class SlicedAccuracy:
    """How good a model is on one slice of the pictures.

    Attributes:
        attribute: what the pictures are divided by, such as "brightness".
        name: of the slice, such as "brightest".
        accuracy: on its pictures.
        rest: on the other pictures of which the attribute is known.
        p_value: how often chance alone makes a slice fail so much more than the rest, corrected for how many
            slices were compared; None where one of both has too few pictures.
        p_within: likewise, compared among pictures of the same true label only; not corrected. None where
            that was not asked.
    """

    attribute: str
    name: str
    accuracy: Accuracy
    rest: Accuracy
    p_value: float | None = None
    p_within: float | None = None

    @property
    def fails_more(self) -> bool:
        """Whether it fails more than the rest, as far as these pictures can show."""
        return self.p_value is not None and self.p_value < SURE

    @property
    def order(self) -> tuple[bool, bool, float]:
        """By what slices are sorted: the surest to fail more first, after them where labels may be why."""
        by_labels = self.fails_more and self.p_within is not None and self.p_within >= SURE
        return not self.fails_more, by_labels, 1.0 if self.p_value is None else self.p_value

    @property
    def wrong(self) -> int:
        """How many of its pictures are labelled wrong."""
        return self.accuracy.total - self.accuracy.correct


def slice_accuracies(
    predictions: pd.DataFrame,
    slices: pd.DataFrame,
    groups: np.ndarray | None = None,
    *,
    within_labels: bool = True,
) -> list[SlicedAccuracy]:
    """Compute the accuracy of every slice, and which fail more than the rest.

    Each slice is compared with the other pictures by Fisher's exact test, one-sided; p-values are corrected
    by Holm's method for all slices of all attributes. Near duplicates are right or wrong together, so a group
    of them counts as one in the test, and widens the intervals.

    Args:
        predictions: n rows, columns label and correct.
        slices: n rows in the same order, a column an attribute: the name of each picture's slice, categories
            in their order; missing where the attribute of a picture is not known.
        groups: `(n,) int64`, the number of each picture's group of near duplicates; None where each stands by
            itself.
        within_labels: whether to compare within the true labels too.

    Returns:
        The slices, in the order of attributes and of their names.
    """
    wrong = ~predictions["correct"].to_numpy(bool)
    labels = pd.factorize(predictions["label"])[0]
    lot = np.arange(len(wrong)) if groups is None else np.asarray(groups)
    found: list[SlicedAccuracy] = []
    for attribute in slices:
        of = slices[attribute].astype("category")
        known = of.notna().to_numpy()
        for code, name in enumerate(of.cat.categories):
            inside = (of.cat.codes == code).to_numpy()
            outside = known & ~inside
            if not inside.any():
                continue
            p_value = p_within = None
            if all(len(np.unique(lot[side])) >= FEWEST for side in (inside, outside)):
                votes = _votes(wrong, inside, outside, labels, lot)
                p_value = exact_p_value(votes["wrong"], votes["inside"])
                if within_labels:
                    p_within = exact_p_value(votes["wrong"], votes["inside"], votes["label"])
            own, rest = (_accuracy(wrong, one, lot) for one in (inside, outside))
            found.append(SlicedAccuracy(str(attribute), str(name), own, rest, p_value, p_within))
    return _corrected(found)


def exact_p_value(wrong: np.ndarray, inside: np.ndarray, strata: np.ndarray | None = None) -> float:
    """Compute how often chance alone puts so many wrong pictures, or more, into a slice.

    With the number of wrong pictures of each stratum given, those inside are hypergeometric, and their sum
    over the strata is a convolution. One stratum is Fisher's exact test.

    Source: R. A. Fisher, "The Design of Experiments" (1935), section 11; with strata M. H. Gart, "Point and
    interval estimation of the common odds ratio in the combination of 2 x 2 tables with fixed marginals",
    Biometrika 57 (1970), 471-475.

    >>> round(exact_p_value(np.array([1, 1, 0, 0], bool), np.array([1, 1, 0, 0], bool)), 4)
    0.1667

    Args:
        wrong: `(n,) bool`.
        inside: `(n,) bool`, whether in the slice.
        strata: `(n,) int64`, such as labels, that are compared each by itself; None for one.

    Returns:
        The one-sided p-value, 0 to 1.
    """
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, len(wrong) + 1)))])
    chances = np.ones(1)
    for stratum in [np.ones(len(wrong), bool)] if strata is None else [strata == one for one in set(strata)]:
        total, bad, drawn = (int(one.sum()) for one in (stratum, wrong & stratum, inside & stratum))
        k = np.arange(min(bad, drawn) + 1)
        possible = drawn - k <= total - bad
        k = k[possible]
        logarithms = (
            _choose(factorials, bad, k)
            + _choose(factorials, total - bad, drawn - k)
            - _choose(factorials, total, drawn)
        )
        own = np.zeros(len(possible))
        own[possible] = np.exp(logarithms)
        chances = np.convolve(chances, own)
    return float(min(1.0, chances[int((wrong & inside).sum()) :].sum()))


def slices_sentence(found: Sequence[SlicedAccuracy]) -> str:
    """Return in words which slices fail more than the rest; that none is known to, too.

    The surest comes first, those of which the labels may be the reason last.
    """
    compared = [one for one in found if one.p_value is not None]
    if not compared:
        return (
            f"Too few pictures to compare slices of them: a slice, and the rest, need {FEWEST} that are not"
            " near duplicates."
        )
    attributes = list(dict.fromkeys(one.attribute for one in compared))
    looked = f"{counted(len(compared), 'slice')} of the pictures by {_listed(attributes)}"
    worst = sorted((one for one in compared if one.fails_more), key=lambda one: one.order)
    if not worst:
        low = min(compared, key=lambda one: one.accuracy.value or 0.0)
        return (
            f"No slice is known to fail more than the rest: {looked} were compared. The lowest accuracy,"
            f" {percent(low.accuracy.value)} of {counted(low.accuracy.total, 'picture')} in {_named(low)},"
            " is not lower than chance makes one of so many."
        )
    first, others = worst[0], worst[1:]
    ends = f"; 95 % interval {interval(*first.accuracy.interval)}" if first.accuracy.interval else ""
    sentence = (
        f"It fails more than elsewhere in {_named(first)}: {percent(1 - (first.accuracy.value or 0.0))} of"
        f" {counted(first.accuracy.total, 'picture')} are wrong, of the others"
        f" {percent(1 - (first.rest.value or 0.0))} (accuracy {percent(first.accuracy.value)}{ends}). That is"
        f" unlikely to be chance ({p_words(first.p_value or 0.0)}, corrected for the {looked})."
    ) + _explained(first)
    if others:
        named = [_named(one) for one in others[:_LISTED]]
        named += [counted(len(others) - _LISTED, "more slice")] if len(others) > _LISTED else []
        sentence += f" It also fails more in {_listed(named)}."
    return sentence


def _explained(one: SlicedAccuracy) -> str:
    """Return whether the slice's mix of labels may be the reason."""
    if one.p_within is None:
        return ""
    p_value = p_words(one.p_within)
    if one.p_within < SURE:
        return f" Its labels are not the reason: it fails more among pictures of one label too ({p_value})."
    return f" Its labels may be the reason: among pictures of one label it may be chance ({p_value})."


def _named(one: SlicedAccuracy) -> str:
    return f"“{one.attribute}: {in_sentence(one.name)}”"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _accuracy(wrong: np.ndarray, of: np.ndarray, lot: np.ndarray) -> Accuracy:
    return Accuracy(int((~wrong & of).sum()), int(of.sum()), _independent(lot[of]))


def _independent(lot: np.ndarray) -> float:
    return independent_number(np.unique(lot, return_inverse=True)[1]) if len(lot) else 0.0


def _votes(
    wrong: np.ndarray, inside: np.ndarray, outside: np.ndarray, labels: np.ndarray, lot: np.ndarray
) -> dict[str, np.ndarray]:
    """Count a group of near duplicates as one on each side, wrong where most of its pictures there are."""
    known = inside | outside
    table = pd.DataFrame({"lot": lot, "inside": inside, "wrong": wrong, "label": labels})[known]
    one = table.groupby(["lot", "inside"], as_index=False).agg({"wrong": "mean", "label": "first"})
    return {
        "wrong": one["wrong"].to_numpy() > 0.5,
        "inside": one["inside"].to_numpy(bool),
        "label": one["label"].to_numpy(),
    }


def _choose(factorials: np.ndarray, n: int, k: np.ndarray | int) -> np.ndarray:
    """Return the logarithms of n over k, from those of factorials."""
    found: np.ndarray = factorials[n] - factorials[k] - factorials[n - np.asarray(k)]
    return found


def _corrected(found: list[SlicedAccuracy]) -> list[SlicedAccuracy]:
    """Correct the p-values for how many slices were compared."""
    corrected = iter(holm([one.p_value for one in found if one.p_value is not None]))
    return [one if one.p_value is None else replace(one, p_value=next(corrected)) for one in found]
