"""A trained run in groups of labels: labels that mean one thing to you, and what mistakes cost."""

from collections.abc import Iterable, Mapping

from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.label_groups.decisions import Decision, decide_predictions
from poetcore.evaluation.label_groups.recall import current_label_groups, set_label_groups
from poetcore.workspace.label_groups import Cost, LabelGroups
from poetcore.workspace.run import Run

__all__ = ["GroupedRun"]


class GroupedRun:
    """What a run can do with groups of its labels; `TrainedRun` is one.

    Args:
        folder: the run's folder.
    """

    def __init__(self, folder: Run) -> None:
        self._run = folder

    @property
    def label_groups(self) -> LabelGroups:
        """The groups of the run's labels with their thresholds, and what mistakes cost; empty without any.

        Example:
            >>> bool(run.label_groups)
            False
        """
        return current_label_groups(self._run)

    def set_label_groups(
        self,
        groups: Mapping[str, Iterable[str]] | None = None,
        *,
        recalls: Mapping[str, float] | None = None,
        thresholds: Mapping[str, float] | None = None,
        costs: Mapping[tuple[str, str], float] | None = None,
    ) -> LabelGroups:
        """Name labels that mean one thing to you, and what mistakes cost; in place of those before.

        Nothing of the model changes. Called with nothing, the run has no groups and costs any more.

        Args:
            groups: name -> labels; a label is in one group at the most.
            recalls: name of a group -> the recall that is wanted, 0 to 1. Its threshold is chosen on the
                cross-validated predictions of the training pictures.
            thresholds: name of a group -> the probability from which on it is predicted, where you choose it.
            costs: (true label or group, predicted label or group) -> cost; any other mistake costs 1.

        Raises:
            OptionError: a group, recall, threshold or cost is impossible.
            RunError: a recall is wanted, and the run has no cross validation.

        Example:
            >>> wanted = {"garden": ["rose", "tulip"], "wild": ["daisy", "dandelion"]}
            >>> found = run.set_label_groups(wanted, recalls={"garden": 0.8}, costs={("garden", "wild"): 20})
            >>> 0 < found.thresholds["garden"] < 1
            True
            >>> bool(run.set_label_groups())
            False
        """
        try:
            listed = tuple(Cost(true, predicted, float(c)) for (true, predicted), c in (costs or {}).items())
            given = LabelGroups(
                {name: _labels(own) for name, own in (groups or {}).items()},
                dict(thresholds or {}),
                dict(recalls or {}),
                listed,
            )
            return set_label_groups(self._run, given)
        except (TypeError, ValueError, AttributeError) as error:
            raise OptionError(
                'Label groups are {"alarm": ["fire", "smoke"]}, recalls and thresholds {"alarm": 0.95}, costs'
                f' {{("alarm", "misc"): 50}}. Received something else: {error}.'
            ) from None

    def decide(self, prediction: Prediction) -> Decision:
        """Return what the run's groups and costs make of a prediction.

        Returns:
            `.groups`, each with `group`, `probability`, `threshold`, `predicted`; `.label`, the answer with
            the least expected cost, with `.cost`, where there are costs.

        Example:
            >>> found = run.set_label_groups({"garden": ["rose", "tulip"]}, costs={("rose", "daisy"): 9})
            >>> decision = run.decide(run.predict("sample/demo/rose/rose_001.jpg"))
            >>> decision.groups[0].predicted, decision.label
            (True, 'rose')
            >>> bool(run.set_label_groups())
            False
        """
        return decide_predictions(self.label_groups, [prediction])[0]


def _labels(own: Iterable[str]) -> tuple[str, ...]:
    """Return the labels of a group; one label alone may be given as it is."""
    return (own,) if isinstance(own, str) else tuple(map(str, own))
