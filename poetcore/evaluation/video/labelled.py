"""A labelled video: which label it shows when, as rows and as stretches of one label."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from poetcore.charts.video import OTHER
from poetcore.data.label_sets import join_set, set_words
from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.label_groups.decisions import Decision, decide_predictions, group_words
from poetcore.evaluation.unknown import UNKNOWN
from poetcore.evaluation.unsure import NOT_SURE, is_unsure
from poetcore.evaluation.video.smoothing import smooth
from poetcore.system.figures import clock, confidence
from poetcore.system.wording import in_sentence
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.run import Run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LabelledVideo", "Segment", "labelled"]

#: Points of a line of a chart, and lines, at the most.
_POINTS, _LINES = 600, 8


@dataclass(frozen=True)
class Segment:
    """A stretch of a video with one answer.

    Attributes:
        start: seconds from the beginning.
        end: seconds.
        label: the label, or a label set of a run of several labels a picture.
        unknown: whether it shows none of the labels; `label` is the most probable one all the same. None
            where that is not known.
        confidence: mean probability of the label; None of a label set.
        unsure: whether the model wavers.
        groups: those that are predicted for most of it, in words; "" where the run has none.
    """

    start: float
    end: float
    label: str
    unknown: bool | None
    confidence: float | None
    unsure: bool
    groups: str = ""

    @property
    def words(self) -> str:
        """What is shown of it, without its times: `rose 97 %`."""
        label = in_sentence(set_words(self.label) if self.confidence is None else self.label)
        share = "" if self.confidence is None else f" {confidence(self.confidence)}"
        if self.unknown:
            return f"{UNKNOWN.lower()} (most probable {label}{share})"
        return f"{label}{share}{f' ({NOT_SURE.lower()})' if self.unsure else ''}"

    @property
    def text(self) -> str:
        """It as a line: `0:00 to 0:12 rose 97 %`."""
        groups = f" [{self.groups}]" if self.groups else ""
        return f"{clock(self.start)} to {clock(self.end)} {self.words}{groups}"

    def values(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self) | {"text": self.text}


@dataclass(frozen=True, eq=False)
class LabelledVideo:
    """What a run predicts in the course of a video.

    Attributes:
        path: the file.
        times: `(n,) float64`, seconds from the beginning, rising.
        predictions: of each time, of smoothed probabilities.
        decisions: what the run's groups and costs make of each.
        end: seconds at which the last frame ends.
        problem: a sentence on what of the video could not be read, or "".
    """

    path: Path
    times: np.ndarray
    predictions: Sequence[Prediction]
    decisions: Sequence[Decision]
    end: float
    problem: str = ""

    def table(self) -> "pd.DataFrame":
        """Return one row a time: time, label, confidence, unknown, groups and costs if any, `p_<label>`."""
        import pandas as pd

        found: dict[str, Any] = {
            "time": self.times,
            "label": [join_set(one.predicted) for one in self.predictions],
            "confidence": [one.confidence for one in self.predictions],
            "unknown": [one.unknown for one in self.predictions],
        }
        if any(one.groups for one in self.decisions):
            found["groups"] = [
                join_set(call.group for call in one.groups if call.predicted) for one in self.decisions
            ]
        if any(one.label is not None for one in self.decisions):
            found["least_cost"] = [one.label for one in self.decisions]
        shares = self._shares
        columns = {f"p_{label}": shares[:, place] for place, label in enumerate(self.predictions[0].labels)}
        return pd.DataFrame(found | columns)

    @cached_property
    def _shares(self) -> np.ndarray:
        """Return the probabilities, `(n, labels)`."""
        return np.stack([one.probabilities for one in self.predictions if one.probabilities is not None])

    def curve(self) -> "pd.DataFrame":
        """Return time, label and probability of the labels that are most probable somewhere, for a chart.

        Of a long video it has means of as many stretches as can be seen.
        """
        import pandas as pd

        at = np.array_split(np.arange(len(self.times)), min(len(self.times), _POINTS))
        shares = np.stack([self._shares[places].mean(axis=0) for places in at])
        times = [float(self.times[places].mean()) for places in at]
        chosen = self._drawn()
        return pd.DataFrame(
            [
                (time, self.predictions[0].labels[place], float(own[place]))
                for place in chosen
                for time, own in zip(times, shares, strict=True)
            ],
            columns=["time", "label", "probability"],
        )

    def strip(self) -> "pd.DataFrame":
        """Return start, end, label and words of the segments, for a chart; of label sets nothing."""
        import pandas as pd

        drawn = {self.predictions[0].labels[place] for place in self._drawn()}
        rows = [
            (one.start, one.end, one.label if one.label in drawn and not one.unknown else OTHER, one.words)
            for one in self.segments()
            if one.confidence is not None
        ]
        return pd.DataFrame(rows, columns=["start", "end", "label", "words"])

    def _drawn(self) -> list[int]:
        """Return the numbers of the labels that a chart has, in their order: the most probable ones."""
        return sorted(np.argsort(-self._shares.max(axis=0), kind="stable")[:_LINES].tolist())

    def segments(self) -> list[Segment]:
        """Return the stretches of one answer, from the beginning to the end."""
        answers = [(join_set(one.predicted), bool(one.unknown)) for one in self.predictions]
        ends = [*self.times.tolist()[1:], max(self.end, float(self.times[-1]))]
        return [
            self._segment([*places], ends) for _, places in groupby(range(len(answers)), answers.__getitem__)
        ]

    def _segment(self, places: Sequence[int], ends: Sequence[float]) -> Segment:
        first = self.predictions[places[0]]
        shares = self._shares[[*places]].mean(axis=0)
        mean = Prediction(self.path, first.labels, shares, thresholds=first.thresholds)
        several = mean.thresholds is not None
        label = join_set(first.predicted)
        middle = self.decisions[places[len(places) // 2]]
        return Segment(
            float(self.times[places[0]]),
            ends[places[-1]],
            label,
            first.unknown,
            None if several else float(shares[first.labels.index(label)]),
            not several and not first.unknown and is_unsure(mean.top(2)),
            group_words(middle.groups, shares=False) if middle.groups else "",
        )


def labelled(
    path: Path,
    run: Run,
    times: Sequence[float],
    probabilities: np.ndarray,
    unknown: Sequence[bool | None],
    *,
    groups: LabelGroups,
    smoothing: float,
    end: float,
    problem: str = "",
) -> LabelledVideo:
    """Return a labelled video of what a run predicted for its frames one by one.

    Probabilities are averaged over time; it shows none of the labels where most of the frames, weighted
    alike, were called unknown.

    Args:
        path: the file.
        run: which predicted.
        times: `(n,)`, in seconds, rising; one at least.
        probabilities: `(n, labels)`, in the order of the run's labels.
        unknown: of each frame; None where that is not known.
        groups: of the run.
        smoothing: time constant in seconds, 0 for none.
        end: seconds at which the last frame ends.
        problem: a sentence on what could not be read, or "".
    """
    at = np.asarray(times, float)
    shares = smooth(at, probabilities, smoothing)
    known = None not in unknown
    strange = smooth(at, np.array([[bool(one)] for one in unknown]), smoothing)[:, 0] >= 0.5
    thresholds = run.record().thresholds
    labels = tuple(run.labels())
    least = np.array([thresholds[label] for label in labels]) if thresholds else None
    predictions = [
        Prediction(path, labels, own, thresholds=least, unknown=bool(there) if known else None)
        for own, there in zip(shares, strange, strict=True)
    ]
    return LabelledVideo(path, at, predictions, decide_predictions(groups, predictions), end, problem)
