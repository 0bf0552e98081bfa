"""What is said of pictures that are unlike the training pictures: pages, terminal and reports ask here.

That is another statement than "Not sure" (`unsure.py`), which says that the model wavers between its labels:
a picture of something else may get one of them with a high probability.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.novelty import PASS
from poetcore.system.figures import confidence, count, interval, percent
from poetcore.system.wording import counted, in_sentence
from poetcore.workspace.run_record import RunRecord

__all__ = [
    "NOT_KNOWN",
    "UNKNOWN",
    "UNKNOWN_LINES",
    "caught_sentence",
    "demo_sentence",
    "least_probability",
    "novelty_figures",
    "novelty_sentences",
    "unknown_sentence",
]

#: What stands in place of the label.
UNKNOWN = "Unknown"

#: The same in the lines of a card, which are short; what is most probable stands beside it.
UNKNOWN_LINES = ("It is unlike the training pictures", "and may be none of these labels")

#: What is said where a run has no threshold.
NOT_KNOWN = (
    "Whether a picture is unlike the training pictures is not known of this run, which was trained by an"
    " earlier version or on fewer than 40 pictures (200 where the network was fine-tuned): train again."
)


def unknown_sentence(label: str, probability: float) -> str:
    """Return what is said of a picture that is unlike the training pictures.

    Args:
        label: the most probable one, as it is to be shown.
        probability: its own.
    """
    return (
        "It is unlike the training pictures and may be none of these labels. Most probable among them is"
        f" {label}, with {confidence(probability)}."
    )


def least_probability(record: RunRecord, temperature: float) -> float | None:
    """Return the largest probability below which a picture is unknown by that alone, as in an export.

    Args:
        record: of the run.
        temperature: what its outputs are divided by.

    Returns:
        None where that is not known.
    """
    known = record.novelty
    if temperature == 1:
        least = known.get("least_probability")
    elif temperature == known.get("temperature"):
        least = known.get("least_probability_calibrated")
    else:
        least = None
    return None if least is None else float(least)


def novelty_figures(predictions: pd.DataFrame, record: RunRecord) -> dict[str, Any] | None:
    """Return what `Metrics.novelty` holds.

    Args:
        predictions: of pictures that the run has not seen, with the columns correct and unknown.
        record: of the run.

    Returns:
        `pictures`, `unknown` (how many are called so), `wrong` (of these), `expected` (the share that it is
        to be of pictures of its labels), and of the run's own `caught`, `auc` and `caught_mean`, see
        `Measured`; None where nothing is known.
    """
    if not record.novelty or "unknown" not in predictions or predictions["unknown"].isna().any():
        return None
    unknown = predictions["unknown"].astype(bool)
    return {
        "pictures": len(predictions),
        "unknown": int(unknown.sum()),
        "wrong": int((unknown & ~predictions["correct"]).sum()),
        "expected": round(1 - PASS, 6),
    } | {name: record.novelty.get(name) for name in ("caught", "auc", "caught_mean")}


def novelty_sentences(figures: Mapping[str, Any] | None) -> list[str]:
    """Return what an evaluation tells of pictures that are unlike the training pictures.

    Args:
        figures: `Metrics.novelty`; of None nothing is told.
    """
    return [demo_sentence(figures), caught_sentence(figures)] if figures else []


def demo_sentence(figures: Mapping[str, Any]) -> str:
    """Return how many demo pictures are called unknown, though they are of the labels.

    Args:
        figures: `Metrics.novelty`.
    """
    pictures, unknown = figures["pictures"], figures["unknown"]
    if not pictures:
        return "No picture is left that was not seen in training."
    share = Accuracy(unknown, pictures)
    around = f" ({percent(share.value)}, {interval(*share.interval)})" if share.interval else ""
    wrong = f", {count(figures['wrong'])} of them misclassified" if unknown else ""
    return (
        f"Of {counted(pictures, 'picture')} of its labels that were not seen in training, {count(unknown)}"
        f"{around} {'is' if unknown == 1 else 'are'} called unknown{wrong}; about"
        f" {percent(figures['expected'], 0)} are expected."
    )


def caught_sentence(figures: Mapping[str, Any]) -> str:
    """Return what is caught, as far as it was measured.

    Args:
        figures: `Metrics.novelty` or `RunRecord.novelty`.
    """
    caught = figures.get("caught") or {}
    if not caught:
        return (
            "How many pictures of other things are found is not known of this run: a training measures it, by"
            " leaving out one label at a time, where there are three labels and a cross validation; a run of"
            " an earlier version has to be trained again."
        )
    shares = {label: one["caught"] for label, one in caught.items()}
    least, most = min(shares, key=lambda one: shares[one]), max(shares, key=lambda one: shares[one])
    return (
        f"With {counted(len(caught), 'label')} held out in turn, as if nobody had ever shown them,"
        f" {percent(figures['caught_mean'])} of their pictures are called unknown: from"
        f" {percent(shares[least])} of {in_sentence(least)} to {percent(shares[most])} of"
        f" {in_sentence(most)}. The others get one of the known labels. How many pictures of quite different"
        " things are found was not measured."
    )
