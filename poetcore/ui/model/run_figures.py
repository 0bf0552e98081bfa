"""The figures of a finished run: by cross validation, by its test, and on which pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from poetcore.evaluation.accuracy import Accuracy
from poetcore.system.figures import count, duration
from poetcore.training.augmented import about_augmentation
from poetcore.training.final_test import why_they_differ
from poetcore.training.fine_tuning.brought import about_fine_tuning
from poetcore.ui.freshness import run_changes
from poetcore.ui.glossary import term
from poetcore.ui.headline import figure_metric, metric, two_pairs
from poetcore.ui.model.settings import GROUPS
from poetcore.ui.results.evaluation import draw_label_table
from poetcore.ui.results.label_sets import draw_label_figures
from poetcore.ui.subsets import subset_words
from poetcore.ui.text import plain
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord

__all__ = ["draw_run"]


def draw_run(run: Run) -> None:
    """Show the figures of a run with what must be known to read them."""
    record = run.record()
    first, second = two_pairs()
    if several := record.multi_label:
        draw_label_figures(first, several["macro_f1"], several["subset_accuracy"], several["n"])
    else:
        _draw_accuracies(record, first, second)
    metric(
        second,
        "Time",
        _time(record.timings["total_s"]),
        f"{count(record.bottlenecks['computed'])} new, {count(record.bottlenecks['cached'])} cached",
        "Of the whole training, and for how many pictures features were extracted anew or were cached;"
        " copies of a picture count once.",
    )
    if several:
        draw_label_table(several["per_label"])
    changes = run_changes(run)
    if changes.any:
        sentence = plain(changes.sentence)
        st.warning(f"{sentence} Train again to include what is there now.", icon=":material/warning:")
    elif not changes.known:
        st.caption("Whether its pictures are still the same is not known: they are not where they were.")
    sentences = (
        plain(subset_words(run)),
        about_fine_tuning(record.fine_tuning),
        _about_validation(record),
        _groups(record),
        about_augmentation(record.augmentation),
    )
    st.caption(" ".join(filter(None, sentences)))


def _time(seconds: float) -> str:
    """Return a time in words that fit a phone: of five minutes and more the whole minutes.

    >>> _time(5.4), _time(125), _time(539)
    ('5 s', '2 min 5 s', '9 min')
    """
    return duration(60 * round(seconds / 60) if seconds >= 300 else seconds, whole=True)


def _draw_accuracies(record: RunRecord, first: DeltaGenerator, second: DeltaGenerator) -> None:
    """Draw the accuracies by cross validation, by the test and on the validation pictures."""
    metrics, found = record.metrics, record.cross_validation or {}
    several = bool(found) or not record.fine_tuning.get("best")
    if several:
        figure_metric(
            first,
            "Cross-validated",
            found.get("accuracy"),
            found.get("interval"),
            found.get("n", 0),
            term("cross validation"),
        )
    figure_metric(
        first,
        "Test accuracy",
        metrics.get("final_test_accuracy"),
        metrics.get("final_test_interval"),
        metrics.get("final_test_count") or 0,
        f"The original script's figure. {term('testing pictures')}",
    )
    figure_metric(
        second if several else first,
        "Validation accuracy",
        metrics.get("validation_accuracy"),
        _validation_interval(metrics),
        metrics.get("validation_count") or 0,
        term("validation pictures"),
    )


def _validation_interval(metrics: Mapping[str, Any]) -> Sequence[float] | None:
    """Return the interval of the validation accuracy; runs of earlier versions did not write it down."""
    count, value = metrics.get("validation_count"), metrics.get("validation_accuracy")
    if metrics.get("validation_interval") or not count or value is None:
        return metrics.get("validation_interval")
    return Accuracy(round(value * count), count).interval


def _about_validation(record: RunRecord) -> str:
    """Return a sentence on why cross-validated and test accuracy differ, or why there is only one."""
    if record.multi_label:
        return (
            "A picture may have several labels: figures and thresholds are by cross validation,"
            f" {record.multi_label['folds']} more trainings, each without another part of the pictures. In"
            " the curves accuracy is the share of right decisions, label by label, at a threshold of 0.5."
        )
    if record.cross_validation:
        return why_they_differ(record)
    if record.fine_tuning.get("best") and record.metrics.get("final_test_count"):
        return (
            "Its accuracy is that of the test pictures, which took no part in the training; the validation"
            " pictures chose the epoch and the learning rate."
        )
    # A run of this version knows its groups.
    if record.groups:
        without = "There is no cross validation: all pictures of each label are one group, or it diverged."
        if record.metrics.get("final_test_count") == 0:
            without += (
                " Nor was a picture held out for testing, as every one is needed to train on: evaluate the"
                " run on a demo folder to know how good it is."
            )
        return without
    return "Trained by an earlier version of Poet, without cross validation: train again to see it."


def _groups(record: RunRecord) -> str:
    """Return how many groups the split kept together, where any has two pictures or more."""
    groups = record.groups
    if groups and groups["by"] == "exact":
        return (
            "Only copies of one file were kept together: if there are near duplicates, such as frames of one"
            " burst, these figures may be too high."
        )
    if not groups or groups["largest"] < 2:
        return ""
    what = GROUPS.get(groups["by"], "what belongs together").lower()
    return (
        f"The pictures are {groups['count']:,} groups ({what}); the largest has {groups['largest']:,}"
        " pictures. A group is never divided between training and testing."
    )
