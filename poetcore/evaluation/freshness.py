"""Whether a figure is true of the files that are there now: what was added, removed, relabelled since."""

import contextlib
import math
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from poetcore.data.contents import count_changes
from poetcore.data.dataset import Dataset, scan
from poetcore.data.held_out import read_held_out
from poetcore.data.labels import match_labels
from poetcore.data.multi_label import label_sets_now
from poetcore.errors import DatasetError, PoetError, RunError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord
from poetcore.workspace.workspace import Workspace

__all__ = ["Difference", "current_files", "evaluation_difference", "files_as_trained", "run_difference"]


@dataclass(frozen=True)
class Difference:
    """How the files that are there now differ from those that a figure was computed on.

    Attributes:
        added: pictures that are new.
        removed: pictures that are gone.
        relabelled: pictures that have another label.
        known: whether the files could be compared at all; where not, the numbers are 0.
        subject: what was computed, as a sentence begins with it.
        calibrated: whether the run's probabilities were calibrated, or not any more, since.
        training: how the pictures differ that the evaluated run was trained on; None where not compared. The
            figure stays true of the model, so `any` and `sentence` are without it.
    """

    added: int = 0
    removed: int = 0
    relabelled: int = 0
    known: bool = True
    subject: str = "This figure"
    calibrated: bool = False
    training: "Difference | None" = None

    @property
    def any(self) -> bool:
        """Whether there is a known difference."""
        return bool(self.added or self.removed or self.relabelled or self.calibrated)

    @property
    def counts(self) -> str:
        """How many pictures were added, removed and relabelled; empty where none was."""
        counts = {"added": self.added, "removed": self.removed, "given another label": self.relabelled}
        return ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)

    @property
    def sentence(self) -> str:
        """What differs, in one sentence; empty where nothing is known to."""
        reasons = [f"the pictures in its folder are others now ({self.counts})"] if self.counts else []
        if self.calibrated:
            reasons.append("the run's probabilities were calibrated anew")
        return f"{self.subject} is out of date: {' and '.join(reasons)}." if reasons else ""


def current_files(folder: Path, workspace: Workspace) -> Dataset | None:
    """Scan a folder of label folders, unchanged files not again; None where it is gone.

    Also None in a workspace that may only be read: there the scan cannot be written down.
    """
    with contextlib.suppress(PoetError, OSError), workspace.file_index() as index:
        return scan(folder, index, known_labels=None)
    return None


def run_difference(run: Run, dataset: Dataset | None) -> Difference:
    """Compare the pictures that a run was trained, validated and tested on with those there now.

    Args:
        run: a finished run.
        dataset: its folder of training pictures as it is now; None where it is gone.
    """
    subject = f"What is told of the run {run.name}"
    with contextlib.suppress(RunError, DatasetError):
        record = run.record()
        dataset = files_as_trained(dataset, record)
        if dataset is not None:
            then = run.split()
            now = _chosen(_trainable(dataset, run).pictures, then, record)
            return _difference(then, now, subject)
    return Difference(known=False, subject=subject)


def evaluation_difference(
    evaluation: Evaluation, run: Run, dataset: Dataset | None, training: Difference | None = None
) -> Difference:
    """Compare the pictures that an evaluation was made on with those there now.

    Args:
        evaluation: of the run on a demo folder.
        run: the run as it is now.
        dataset: the demo folder as it is now; None where it is gone.
        training: made by `run_difference`; None where that is not asked.
    """
    subject = "This evaluation"
    then = evaluation.predictions
    calibrated = False
    with contextlib.suppress(RunError):
        calibrated = not math.isclose(evaluation.metrics.temperature, run.temperature(), rel_tol=1e-6)
    with contextlib.suppress(RunError):
        dataset = files_as_trained(dataset, run.record())
    if dataset is None or "sha" not in then:
        return Difference(known=False, subject=subject, calibrated=calibrated, training=training)
    now = dataset.pictures
    with contextlib.suppress(RunError):
        now = _of_chosen_labels(now, then, run.record())
    return replace(_difference(then, now, subject), calibrated=calibrated, training=training)


def files_as_trained(dataset: Dataset | None, record: RunRecord) -> Dataset | None:
    """Return the files there now with as many labels a picture as a run takes them to have.

    Args:
        dataset: as `scan` returns it; None where it is gone.
        record: of the run.

    Returns:
        None also where rows of a CSV file name one picture twice, which a plain scan refuses.
    """
    if dataset is None or record.multi_label is None:
        return dataset
    return label_sets_now(dataset)


def _trainable(dataset: Dataset, run: Run) -> Dataset:
    """Return a folder without the pictures that were kept aside when the run was trained."""
    if not run.kept_aside_file.exists():
        return dataset
    return dataset.among(read_held_out(run.kept_aside_file).contents, without=True)


def _chosen(now: pd.DataFrame, then: pd.DataFrame, record: RunRecord) -> pd.DataFrame:
    """Return the pictures of a folder without those that a run did not take, and would not take again.

    Args:
        now: the pictures there, columns sha and label.
        then: those that the run took, likewise.
        record: of the run, with the labels and the number that were chosen.
    """
    now = _of_chosen_labels(now, then, record)
    at_most = record.options.get("max_pictures_per_label", -1)
    if at_most == -1:
        return now
    counts = then["label"].value_counts()
    full = match_labels(now["label"].unique(), counts.index[counts >= at_most].tolist())
    copies = now["sha"].map(then["sha"].value_counts()).fillna(0)
    taken = now.groupby("sha").cumcount() < copies
    return now[taken | ~now["label"].isin(full)]


def _of_chosen_labels(now: pd.DataFrame, then: pd.DataFrame, record: RunRecord) -> pd.DataFrame:
    """Return the pictures of a folder without those of labels that a run was, on purpose, not trained on."""
    if not record.options.get("labels"):
        return now
    known = match_labels(now["label"].unique(), record.labels)
    return now[now["label"].isin(known) | now["sha"].isin(then["sha"])]


def _difference(then: pd.DataFrame, now: pd.DataFrame, subject: str) -> Difference:
    added, removed, relabelled = count_changes(then, now)
    return Difference(added, removed, relabelled, subject=subject)
