"""A run at work on one frame after the other of a camera or a video: what a viewer is told of each.

A frame is seen exactly as a picture of the same pixels: `Classifier.classify_bytes` decodes and predicts. It
is told without regard to the frames before; whoever shows it smooths what flickers, probabilities and
answers alike.
"""

from dataclasses import dataclass
from typing import Any

from poetcore.errors import PictureError
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.evaluation.label_groups.decisions import Decision, decide_predictions
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.unsure import is_unsure
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["NONE_OF_THESE", "LiveFrame", "LiveModel"]

#: What stands in place of the label of a frame that is unlike the training pictures.
NONE_OF_THESE = "None of these?"


@dataclass(frozen=True, eq=False)
class LiveFrame:
    """What a run makes of one frame.

    Attributes:
        prediction: its probabilities, and whether it is unlike the training pictures.
        decision: what the run's groups and costs make of it.
    """

    prediction: Prediction
    decision: Decision

    def values(self) -> dict[str, Any]:
        """Return it as JSON has it, probabilities in the order of the run's labels.

        `unsure` is None of a run that gives a picture several labels, `unknown` and `novelty` where that is
        not known; `groups` holds [name, probability, whether it is predicted] of each group.
        """
        one = self.prediction
        assert one.probabilities is not None
        return {
            "probabilities": [round(float(share), 5) for share in one.probabilities],
            "unknown": one.unknown,
            "novelty": None if one.novelty is None else round(one.novelty, 4),
            "unsure": is_unsure(one.top(2)) if one.thresholds is None else None,
            "groups": [
                [call.group, round(call.probability, 5), call.predicted] for call in self.decision.groups
            ],
            "least_cost": self.decision.label,
        }


class LiveModel:
    """A finished run that is asked about frames, from any thread.

    Args:
        run: which one.
        workspace: where its backbone is kept.

    Raises:
        RunError: the run is unfinished or damaged.
    """

    def __init__(self, run: Run, workspace: Workspace) -> None:
        self.run = run
        self._classifier = Classifier(run, workspace)
        self._groups: tuple[int, LabelGroups] | None = None

    def see(self, content: bytes) -> LiveFrame:
        """Predict the labels of a frame.

        Args:
            content: of a JPEG or any other picture that can be read.

        Raises:
            BackboneError: the network cannot be loaded.
            PictureError: it is no picture that can be used.
            RunError: the run's groups of labels are damaged.
        """
        prediction = self._classifier.classify_bytes("frame", content)
        if prediction.reason is not None:
            raise PictureError(f"The frame {prediction.reason}.")
        (decision,) = decide_predictions(self._current_groups(), [prediction])
        return LiveFrame(prediction, decision)

    def _current_groups(self) -> LabelGroups:
        """Return the run's groups, read again where they were changed since the last frame."""
        try:
            stamp = self.run.label_groups_file.stat().st_mtime_ns
        except OSError:
            return LabelGroups()
        if self._groups is None or self._groups[0] != stamp:
            self._groups = stamp, current_label_groups(self.run)
        return self._groups[1]
