"""Whether a demo folder was changed after a model had been evaluated on it, and the accuracy before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from poetcore.data.contents import count_changes, state_of
from poetcore.evaluation.accuracy import Accuracy
from poetcore.workspace.workspace import Workspace

__all__ = ["DemoState", "demo_state"]


@dataclass(frozen=True)
class DemoState:
    """A demo folder as it is evaluated now, against how any model was first evaluated on it.

    Attributes:
        state: hash of the contents and labels now.
        relabelled: pictures that have another label now.
        removed: pictures that are not there any more.
        first: the pictures as they were first evaluated, columns sha and label.
    """

    state: str
    relabelled: int
    removed: int
    first: pd.DataFrame

    @property
    def changed(self) -> bool:
        """Whether the folder was changed otherwise than by adding pictures."""
        return bool(self.relabelled or self.removed)

    def accuracy_before(
        self,
        predicted: Mapping[str, str],
        predict: Callable[[list[str]], Mapping[str, str]],
        label_of: Mapping[str, str],
    ) -> Accuracy | None:
        """Compute a model's accuracy on the folder as it was first evaluated; None where nothing was changed.

        Args:
            predicted: sha -> the label predicted now.
            predict: returns likewise for the shas of removed pictures, as far as that can be done.
            label_of: a folder's label -> the same as the model writes it; pictures of other labels, which the
                model does not know, do not count.

        Returns:
            Over the pictures for which a label can be predicted.
        """
        if not self.changed:
            return None
        removed = self.first.loc[~self.first["sha"].isin(predicted), "sha"]
        answers = self.first["sha"].map(dict(predicted) | dict(predict(removed.unique().tolist())))
        true = self.first["label"].map(dict(label_of))
        known = answers.notna() & true.notna()
        return Accuracy(int((answers[known] == true[known]).sum()), int(known.sum()))


def demo_state(folder: Path, pictures: pd.DataFrame, workspace: Workspace) -> DemoState:
    """Compare a demo folder with how it was first evaluated; what is new in it is remembered from now on.

    Args:
        folder: absolute.
        pictures: those that are evaluated, columns sha and label (the label folder's name).
        workspace: where first labels are remembered.
    """
    with workspace.demo_folders() as folders:
        first = folders.remember(folder, pictures)
    _, removed, relabelled = count_changes(first, pictures)
    return DemoState(state_of(pictures), relabelled, removed, first)
