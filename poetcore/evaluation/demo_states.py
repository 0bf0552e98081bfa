"""Whether a demo folder was changed after a model had been evaluated on it, and the accuracy before."""

from collections.abc import Callable, Iterable, Mapping
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
        first: the pictures as they were first evaluated, columns sha and label (as the model writes it; None
            for one that it does not know).
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
    ) -> Accuracy | None:
        """Compute a model's accuracy on the folder as it was first evaluated; None where nothing was changed.

        Args:
            predicted: sha -> the label predicted now.
            predict: returns likewise for the shas of removed pictures, as far as that can be done.

        Returns:
            Over the pictures for which a label can be predicted, and whose true label the model knows.
        """
        if not self.changed:
            return None
        removed = self.first.loc[~self.first["sha"].isin(predicted), "sha"]
        answers = self.first["sha"].map(dict(predicted) | dict(predict(removed.unique().tolist())))
        known = answers.notna() & self.first["label"].notna()
        return Accuracy(int((answers[known] == self.first["label"][known]).sum()), int(known.sum()))


def demo_state(
    folder: Path,
    pictures: pd.DataFrame,
    workspace: Workspace,
    match: Callable[[Iterable[str]], Mapping[str, str]],
) -> DemoState:
    """Compare a demo folder with how it was first evaluated; what is new in it is remembered from now on.

    Args:
        folder: absolute.
        pictures: those that are evaluated, columns sha and label (the label folder's name).
        workspace: where first labels are remembered.
        match: returns names of label folders as the model writes them, without those that it does not know:
            two names for one label are no difference.
    """
    with workspace.demo_folders() as folders:
        first = folders.remember(folder, pictures)
    known = match({*first["label"], *pictures["label"]})
    # That a model does not know a label, and its pictures do not count, is no change of the folder.
    first = first[first["label"].isin(known) | first["sha"].isin(pictures["sha"])]
    then, now = (
        table.assign(label=table["label"].map(lambda name: known.get(name, name)))
        for table in (first, pictures)
    )
    _, removed, relabelled = count_changes(then, now)
    return DemoState(
        state_of(pictures), relabelled, removed, first.assign(label=first["label"].map(dict(known)))
    )
