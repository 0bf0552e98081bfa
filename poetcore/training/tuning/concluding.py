"""What a tuning chooses, once its trials have ended: the figures with their doubt, and the sentence."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from poetcore.errors import OptionError, RunError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.system.figures import count, with_interval
from poetcore.training.cross_validation import cross_validated_accuracy
from poetcore.training.tuning.choice import COMPARED, Choice, Separate
from poetcore.training.tuning.choosing import Evidence, compared, nested, picked
from poetcore.training.tuning.pictures import TunedPictures
from poetcore.training.tuning.settings import Setting, varying
from poetcore.training.tuning.study import Study

__all__ = ["conclude", "from_the_simplest"]


def conclude(study: Study, pictures: TunedPictures) -> Choice:
    """Choose among the trials of a tuning that have ended.

    Args:
        study: whose trials.
        pictures: on which they were tested, with the features by any of its backbones.

    Raises:
        OptionError: every training diverged.
        RunError: what a trial predicted cannot be read.
    """
    trials = [trial for trial in study.ended().values() if trial.accuracy is not None]
    if not trials:
        raise OptionError("Every training diverged: tune again with smaller learning rates.")
    numbers = [trial.number for trial in trials]
    tested = pictures.tested
    found = [study.predicted(number) for number in numbers]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        raise RunError(f"The tuning {study.name!r} is damaged: resume it.")
    evidence = Evidence(
        np.array([one["correct"][tested] for one in known]),
        np.array([one["loss"] for one in known]),
        pictures.folds[tested],
        pictures.groups[tested],
    )
    settings = study.settings()
    costs = study.costs()
    order = from_the_simplest([settings[number] for number in numbers], costs)
    right, loss = evidence.whole()
    table = compared(right, loss, evidence.groups)
    best, simplest = picked(right, loss, order, table)
    table.insert(0, "number", numbers)
    table = table.sort_values("difference", ascending=False, kind="stable")[list(COMPARED)]
    separate = [
        _separate(own, evidence, what)
        for own, what in zip(nested(evidence, order), ("best", "simplest as good"), strict=True)
    ]
    trial = dict(zip(numbers, trials, strict=True))
    names = [numbers[best], numbers[simplest]]
    told = [with_interval(trial[one].accuracy, (trial[one].low or 0, trial[one].high or 1)) for one in names]
    return Choice(
        names[0],
        names[1],
        table.reset_index(drop=True),
        separate[0],
        separate[1],
        _sentence([settings[one] for one in names], told, separate, len(trials), varying(settings)),
    )


def from_the_simplest(settings: Sequence[Setting], costs: dict[str, Any]) -> list[int]:
    """Return the places of settings, the simplest first.

    In this order counts: fewer networks, less work for a picture, fewer megabytes; no mirrored copies, no
    label smoothing, no weight decay, labels balanced as usual, all pictures; fewer steps, of which ridge
    regression has none; smaller batches; a learning rate nearer to the usual one.

    Args:
        settings: of the trials.
        costs: a `Cost` as a dict, by architecture.
    """

    def key(place: int) -> tuple[float, ...]:
        one, usual = settings[place], Setting("")
        cost = costs.get(one.architecture, {})
        work, size = (cost.get(name) for name in ("multiply_adds", "megabytes"))
        return (
            cost.get("networks", 1),
            float("inf") if work is None else work,
            float("inf") if size is None else size,
            one.flip_left_right,
            one.label_smoothing,
            one.weight_decay,
            one.class_weight != usual.class_weight,
            0 if one.max_pictures_per_label == -1 else 1 / one.max_pictures_per_label,
            0 if one.head == "ridge" else one.how_many_training_steps,
            one.train_batch_size,
            abs(float(np.log(one.learning_rate / usual.learning_rate))),
            place,
        )

    return sorted(range(len(settings)), key=key)


def _separate(right: np.ndarray, evidence: Evidence, what: str) -> Separate:
    accuracy: Accuracy = cross_validated_accuracy(
        int(right.sum()), np.unique(evidence.groups, return_inverse=True)[1]
    )
    folds = len(np.unique(evidence.folds))
    how = (
        f"The {what} was chosen again {folds} times, each time without one of {folds} parts of the pictures,"
        " and tried on that part (nested cross validation)."
    )
    return Separate(accuracy.value or 0.0, accuracy.total, accuracy.interval or (0.0, 1.0), how)


def _sentence(
    settings: Sequence[Setting],
    told: Sequence[str],
    separate: Sequence[Separate],
    trials: int,
    names: Sequence[str],
) -> str:
    """Return what was found, in words: of the best and of the simplest as good."""
    (best, simplest), (first, second) = ([one.words(names) for one in settings], told)
    again = [with_interval(one.accuracy, one.interval) for one in separate]
    if settings[0] == settings[1]:
        return (
            f"Best of {count(trials)} trials, and the simplest that is as good: {best}, {first}. On pictures"
            f" that took no part in choosing: {again[0]}."
        )
    return (
        f"Best of {count(trials)} trials: {best}, {first}. Simplest that is as good, as far as these pictures"
        f" can tell: {simplest}, {second}. On pictures that took no part in choosing: {again[0]} and"
        f" {again[1]}."
    )
