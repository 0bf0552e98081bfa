"""Which figure of an evaluation may stand as "the accuracy", and what must be said beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

from poetcore.evaluation.accuracy import Accuracy
from poetcore.evaluation.freshness import Difference
from poetcore.evaluation.label_set_metrics import label_set_remarks, label_set_words
from poetcore.evaluation.metrics import Metrics
from poetcore.evaluation.uneven import about_uneven
from poetcore.system.figures import interval, percent
from poetcore.system.wording import counted, few

__all__ = [
    "Headline",
    "calibration_pictures",
    "calibration_sentence",
    "headline",
    "label_doubt",
    "leak_counts",
]

#: Labels that a sentence lists at the most.
_LISTED = 10


@dataclass(frozen=True)
class Headline:
    """The accuracy that may stand alone, and what must be known to read it.

    Attributes:
        accuracy: on pictures that are not known to have been seen in training; None where half or
            more were seen, and where a picture may have several labels: then there is no accuracy to show.
        mark: a few words to stand wherever the figure appears, such as "seen in training", "3 labels changed:
            85.6 % before" or "out of date"; "" for none.
        remarks: full sentences, plain text.
        multi_label: whether a picture may have several labels, so that there is no one accuracy to tell.
    """

    accuracy: Accuracy | None
    mark: str = ""
    remarks: tuple[str, ...] = ()
    multi_label: bool = False

    @property
    def warning(self) -> str:
        """What of the mark warns: the figures that stand in it for an accuracy do not."""
        return self.mark.partition("; ")[2] if self.multi_label else self.mark

    @property
    def sentence(self) -> str:
        """The accuracy in words with the mark behind it; where there is none, why, or what stands for it."""
        if self.multi_label:
            return self.mark
        accuracy = str(self.accuracy) if self.accuracy else "no accuracy"
        return f"{accuracy} ({self.mark})" if self.mark else accuracy


def headline(metrics: Metrics, difference: Difference | None = None) -> Headline:
    """Decide which figure may stand as the accuracy on a demo folder.

    Args:
        metrics: of the evaluation.
        difference: of the files then and now; None where that was not compared.
    """
    if metrics.multi_label:
        return _of_label_sets(metrics, difference)
    seen = _seen(metrics)
    most = 2 * seen >= metrics.total
    accuracy = None if most else _unseen(metrics, seen)
    marks = ["seen in training"] if most else []
    remarks = _about_leaks(metrics, seen)
    if metrics.independent is not None and metrics.independent < 0.75 * metrics.total:
        remarks.append(
            "Many of these pictures are near duplicates of each other: they tell as much as"
            f" {metrics.independent:.0f} that differ."
        )
    if metrics.excluded:
        remarks.append(_about_excluded(metrics.excluded))
    there = sum(one["support"] > 0 for one in metrics.per_label.values())
    if 0 < there < len(metrics.labels):
        remarks.append(
            f"The demo pictures are of {there:,} of the {len(metrics.labels):,} labels only: how well"
            " the others are recognised it does not show."
        )
    if not most and (uneven := about_uneven(metrics.per_label)):
        remarks.append(uneven)
    if metrics.relabelled or metrics.removed:
        marks.append(_changes_mark(metrics))
        remarks.append(_about_changes(metrics))
    if difference is not None and difference.any:
        marks.append("out of date")
        remarks.append(difference.sentence)
    elif difference is not None and not difference.known:
        remarks.append("Whether the demo folder still holds these pictures is not known.")
    training = difference.training if difference else None
    if training and training.any:
        remarks.append(
            f"The pictures in the folder that the model was trained on are others now ({training.counts}):"
            " this is the accuracy of the model as it was trained."
        )
    return Headline(accuracy, "; ".join(marks), tuple(remarks))


def leak_counts(metrics: Metrics) -> str:
    """Return how many pictures were seen in training, both kinds apart: "1 exact, 3 near duplicates"."""
    if metrics.leaked is None and metrics.leaked_near is None:
        return "not known"
    kinds = {"exact": metrics.leaked, "near duplicates": metrics.leaked_near}
    return ", ".join(f"{what} not known" if n is None else f"{n:,} {what}" for what, n in kinds.items())


def calibration_sentence(metrics: Metrics) -> str:
    """Return a sentence on how far the confidences can be believed; "" where that is not known."""
    found = metrics.calibration
    if found is None:
        return ""
    verdict = "more than" if found["off"] else "no more than"
    pictures = calibration_pictures(metrics)
    which = f"the {pictures:,} pictures" + (" not seen in training" if pictures < metrics.total else "")
    loss = "" if found["log_loss"] is None else f" Log loss {found['log_loss']:.3f}."
    return (
        f"The confidences of {which} are off by {percent(found['error'])} on average (expected calibration"
        f" error), {verdict} chance explains (up to {percent(found['noise'])}).{loss}"
    )


def label_doubt(metrics: Metrics) -> str:
    """Return how sure the lowest recall is, as an example of all figures per label; "" without pictures.

    Where most pictures were seen in training it is "" too: an interval would make more of the figures.
    """
    found = {label: one["recall"] for label, one in metrics.per_label.items() if one["recall"] is not None}
    if not found or 2 * _seen(metrics) >= metrics.total:
        return ""
    label = min(found, key=lambda one: found[one])
    place = metrics.labels.index(label)
    total = metrics.per_label[label]["support"]
    # Near duplicates among the pictures make each label's figures as much less sure as the accuracy.
    share = 1 if metrics.independent is None else metrics.independent / metrics.total
    recall = Accuracy(metrics.confusion_matrix[place][place], total, max(1.0, share * total))
    return (
        f"Figures per label are of fewer pictures: the recall of {label}, {recall.correct:,} of {total:,},"
        f" has the 95 % interval {interval(*(recall.interval or (0.0, 1.0)))}."
    )


def calibration_pictures(metrics: Metrics) -> int:
    """Count the pictures that the calibration is of: those not known to have been seen in training."""
    return sum(int(one["n"]) for one in metrics.calibration["bins"]) if metrics.calibration else 0


def _of_label_sets(metrics: Metrics, difference: Difference | None) -> Headline:
    """Return what is told where a picture may have several labels: there is no one accuracy."""
    marks, remarks = [label_set_words(metrics)], label_set_remarks(metrics)
    if metrics.unseen == 0:
        marks.append("seen in training")
    if difference is not None and difference.any:
        marks.append("out of date")
        remarks.append(difference.sentence)
    return Headline(None, "; ".join(marks), tuple(remarks), multi_label=True)


def _seen(metrics: Metrics) -> int:
    """Count the pictures that are known to have been seen in training, exactly and as near duplicates."""
    counted = (metrics.leaked or 0) + (metrics.leaked_near or 0)
    # Of near duplicates some may be known while others are not.
    return counted if metrics.unseen is None else max(counted, metrics.total - metrics.unseen)


def _unseen(metrics: Metrics, seen: int) -> Accuracy:
    """Return the accuracy on the pictures that are not known to have been seen."""
    if not seen or metrics.accuracy_without_leaked is None:
        return Accuracy(metrics.correct, metrics.total, metrics.independent)
    total = metrics.total - seen
    correct = round(metrics.accuracy_without_leaked * total)
    return Accuracy(correct, total, metrics.independent_without_leaked)


def _about_leaks(metrics: Metrics, seen: int) -> list[str]:
    """Return sentences on how many pictures were seen in training, and on what is not known of that."""
    if metrics.leaked is None:
        return ["Which pictures this model was trained with is not known: some of these may be among them."]
    found = []
    near = seen - metrics.leaked
    kinds = {"exactly": metrics.leaked, f"as {'a near duplicate' if near == 1 else 'near duplicates'}": near}
    there = [what for what, count in kinds.items() if count]
    listed = there[0] if len(there) == 1 else ", ".join(f"{kinds[what]:,} {what}" for what in there)
    of_all = f"{seen:,} of these {metrics.total:,} pictures were"
    if seen == metrics.total:
        of_all = f"All {seen:,} of these pictures were" if seen > 1 else "The only picture was"
    elif seen == 1:
        of_all = f"1 of these {metrics.total:,} pictures was"
    if 2 * seen >= metrics.total:
        found.append(
            f"{of_all} seen in training ({listed}), so there is no accuracy to tell:"
            f" {percent(metrics.accuracy)} labelled right says how well the model remembers. Evaluate it on"
            " other pictures."
        )
    elif seen:
        found.append(
            f"{of_all} seen in training ({listed}) and excluded from the accuracy; with them it is"
            f" {percent(metrics.accuracy)}."
        )
    if metrics.leaked_near is None:
        more = "more " if near else ""
        found.append(f"Whether {more}near duplicates of these pictures were trained on is not known.")
    return found


def _about_excluded(excluded: Mapping[str, int]) -> str:
    """Return a sentence on pictures of labels that a run of chosen labels does not know."""
    number = sum(excluded.values())
    count = f"{counted(number, 'picture')} {'is' if number == 1 else 'are'}"
    which = "a label that was" if len(excluded) == 1 else f"{len(excluded):,} labels that were"
    return f"{count} excluded, of {which} not chosen for the training: {few(list(excluded), _LISTED)}."


def _changes_mark(metrics: Metrics) -> str:
    """Return in a few words how the demo folder was changed, and the accuracy before."""
    counts = {"label": (metrics.relabelled, "changed"), "picture": (metrics.removed, "removed")}
    done = ", ".join(f"{counted(n, what)} {how}" for what, (n, how) in counts.items() if n)
    before = metrics.accuracy_before
    return done if before is None else f"{done}: {percent(before)} before"


def _about_changes(metrics: Metrics) -> str:
    """Return a sentence on how the demo folder was changed after a model had been evaluated on it."""
    done = []
    if metrics.relabelled:
        done.append(_were(metrics.relabelled, "label", "changed"))
    if metrics.removed:
        done.append(_were(metrics.removed, "picture", "removed"))
    before = "the accuracy on the folder as it was is not known"
    if metrics.correct_before is not None and metrics.total_before:
        was = Accuracy(metrics.correct_before, metrics.total_before)
        before = f"on the folder as it was the accuracy is {percent(was.value)}"
        before += f" ({was.correct:,} of {was.total:,}"
        before += ", those seen in training included" if _seen(metrics) else ""
        lost = metrics.total + metrics.removed - was.total
        before += f", without {lost:,} that cannot be predicted any more)" if lost > 0 else ")"
    return f"{' and '.join(done)} after a model had been evaluated here: {before}."


def _were(count: int, what: str, done: str) -> str:
    return f"{counted(count, what)} {'was' if count == 1 else 'were'} {done}"
