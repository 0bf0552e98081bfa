"""Would more pictures help? A run trained on fewer than it has, and what follows from that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from poetcore.data.contents import paths_of
from poetcore.data.grouping import assign_folds
from poetcore.errors import DatasetError, OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.engines import DEFAULT_ENGINE, usable_again
from poetcore.features.extraction import extract_features
from poetcore.features.memmap import FeatureTable
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.cross_validation import FOLDS
from poetcore.training.forecast import Curve, Forecast, Point, advice, fit_curve
from poetcore.training.subsets import Subset, predict_from_subsets
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.backbones import backbone_of, models_of
from poetcore.workspace.job_folder import using_run
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.records import as_record, read_record
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import RunRecord
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LearningCurve", "learning_curve", "measure_curve", "why_no_learning_curve"]

#: The parts of the training pictures that are trained on: an eighth, a quarter, a half, all.
_PARTS = (8, 4, 2, 1)

#: With more labels than this, one draw of each size has to do.
_MANY_LABELS = 50


@dataclass(frozen=True, repr=False)
class LearningCurve:
    """Accuracy by the number of training pictures, measured and foretold.

    Attributes:
        run: name of the run.
        points: measured at an eighth, a quarter, half and all of the training pictures, as far as every label
            has enough; the fewest first.
        forecast: at twice and four times as many.
        per_label: the same for the pictures of each label, when all labels grow together.
        advice: one sentence on what to do.
    """

    run: str
    points: tuple[Point, ...]
    forecast: tuple[Forecast, ...]
    per_label: dict[str, Curve]
    advice: str

    def table(self, label: str | None = None) -> "pd.DataFrame":
        """Return the curve as a table.

        Args:
            label: that of a label; by default of all pictures.

        Returns:
            One row a number of pictures: pictures, accuracy, low, high (0 to 1), kind ("measured" or
            "forecast").
        """
        import pandas as pd

        curve = self if label is None else self.per_label[label]
        kinds = (("measured", curve.points), ("forecast", curve.forecast))
        rows = [
            {name: getattr(one, name) for name in ("pictures", "accuracy", "low", "high")} | {"kind": kind}
            for kind, found in kinds
            for one in found
        ]
        return pd.DataFrame(rows, columns=["pictures", "accuracy", "low", "high", "kind"])

    def __repr__(self) -> str:
        return f"LearningCurve({self.run!r})\n{self.table().to_string(index=False)}\n{self.advice}"

    def _repr_html_(self) -> str:
        from html import escape

        return f"{self.table().to_html(index=False)}<p>{escape(self.advice)}</p>"

    @classmethod
    def load(cls, run: Run) -> "LearningCurve | None":
        """Read the one that is stored with a run; None where there is none.

        Raises:
            RunError: it is damaged.
        """
        if not run.learning_curve_file.is_file():
            return None
        stored = read_record(run.learning_curve_file, cls, "compute it again (learning_curve)")
        return replace(stored, run=run.name)


def why_no_learning_curve(record: RunRecord) -> str:
    """Return why a run has no learning curve; "" where it has one."""
    if not record.fine_tuning.get("best"):
        return ""
    return (
        "There is no learning curve of a fine-tuned run, whose network was trained on all the pictures:"
        " measure that of a run on the same pictures without fine-tuning."
    )


@using_run("is being measured")
def learning_curve(run: Run, workspace: Workspace, on_progress: OnProgress | None = None) -> LearningCurve:
    """Measure how the accuracy of a run grows with its training pictures, and foretell how it goes on.

    Its pictures are divided into five folds as in the cross validation. What is not in a fold is divided into
    eighths, quarters and halves, groups undivided and labels even; a layer is trained on each and on all,
    with the settings of the run and without augmented copies, and tried on the fold. So every picture is
    tested at every size. The result is stored in the run's folder.

    Args:
        run: a finished run; feature vectors that are not cached any more are computed again.
        workspace: where its backbone and the feature cache are kept.
        on_progress: called in the phases `bottlenecks` and `learning_curve`.

    Raises:
        DatasetError: too few of the run's pictures are left.
        OptionError: a training diverged, a picture may have several labels, or the run was fine-tuned.
        RunError: the run is unfinished or damaged.
    """
    record = run.record()
    if record.multi_label:
        refuse_multi_label("learning_curve")
    if why := why_no_learning_curve(record):
        raise OptionError(why)
    known = {field.name for field in fields(TrainingOptions)}
    options = TrainingOptions(**{name: value for name, value in record.options.items() if name in known})
    backbone = backbone_of(run)
    with FeatureTable(workspace.bottlenecks, backbone.vector_length) as vectors:
        pictures = _extracted(run, backbone, workspace, vectors, on_progress)
        numbers = {label: number for number, label in enumerate(record.labels)}
        targets = pictures["label"].map(numbers).to_numpy(np.int64)
        examples = Examples(vectors.array, targets, vectors.rows(pictures["sha"]))
        groups = pictures["group"].to_numpy()
        made = measure_curve(run.name, examples, groups, record.labels, options, on_progress)
    run.write(run.learning_curve_file.name, as_record(made))
    return made


def measure_curve(
    name: str,
    examples: Examples,
    groups: np.ndarray,
    labels: Sequence[str],
    options: TrainingOptions,
    on_progress: OnProgress | None = None,
) -> LearningCurve:
    """Measure a learning curve on examples; see `learning_curve`.

    Args:
        name: what it is called.
        examples: of all pictures.
        groups: `(n,) int64`, the number of each one's group, which is not divided.
        labels: in the order of the targets.
        options: as the layers are trained.
        on_progress: called in the phase `learning_curve`.

    Raises:
        DatasetError: too few pictures.
        OptionError: a training diverged.
    """
    targets = examples.targets
    groups = np.unique(groups, return_inverse=True)[1]
    drawn = dict(_draws(targets, groups, assign_folds(targets, groups, FOLDS), len(labels)))
    subsets = [subset for of_size in drawn.values() for subset in of_size]

    def on_share(share: float) -> None:
        if on_progress:
            on_progress(Progress("learning_curve", int(share * len(subsets)), len(subsets)))

    found = iter(predict_from_subsets(examples, subsets, len(labels), options, on_share))
    correct, trained = np.zeros((len(targets), len(drawn))), np.zeros((len(labels), len(drawn)))
    for place, of_size in enumerate(drawn.values()):
        times = np.zeros(len(targets))
        for subset in of_size:
            predicted = next(found)
            if (predicted < 0).any():
                raise OptionError(
                    "There is no learning curve, because a training diverged with the run's learning_rate of"
                    f" {options.learning_rate}: train it with a smaller one."
                )
            correct[subset.tested, place] += predicted == targets[subset.tested]
            times[subset.tested] += 1
            trained[:, place] += np.bincount(targets[subset.trained], minlength=len(labels)) / len(of_size)
        correct[:, place] /= times
    curve = fit_curve(trained.sum(axis=0).tolist(), correct, groups)
    per_label, counts = {}, {}
    for number, label in enumerate(labels):
        own = targets == number
        own_groups = np.unique(groups[own], return_inverse=True)[1]
        per_label[label] = fit_curve(trained[number].tolist(), correct[own], own_groups)
        counts[label] = int(own.sum())
    said = advice(curve, per_label, counts)
    return LearningCurve(name, curve.points, curve.forecast, per_label, said)


def _extracted(
    run: Run,
    backbone: Backbone,
    workspace: Workspace,
    vectors: FeatureTable,
    on_progress: OnProgress | None,
) -> "pd.DataFrame":
    """Fill the table with the feature vectors of a run's pictures, and return those of them that have one.

    Raises:
        DatasetError: a label has none left.
    """
    import pandas as pd

    record, pictures = run.record(), run.split()
    if "group" not in pictures:  # a run of an earlier version kept only copies together
        pictures["group"] = pd.factorize(pictures["sha"])[0]
    with workspace.file_index() as index, workspace.feature_cache() as cache:
        extract_features(
            paths_of(pictures),
            backbone,
            models_of(run, workspace, on_progress),
            cache,
            index,
            sink=vectors.add,
            engine=usable_again(record.options.get("engine", DEFAULT_ENGINE)),
            on_progress=on_progress,
        )
    there = pictures[[sha in vectors for sha in pictures["sha"]]].reset_index(drop=True)
    gone = [label for label in record.labels if label not in set(there["label"])]
    if gone:
        raise DatasetError(
            f"The pictures of {', '.join(gone)} are gone, and so are their feature vectors: put them back, or"
            " train again."
        )
    return there


def _draws(
    targets: np.ndarray, groups: np.ndarray, folds: np.ndarray, labels: int
) -> Iterator[tuple[int, list[Subset]]]:
    """Return, for each part of `_PARTS` in which every label occurs in every draw, the draws.

    Raises:
        DatasetError: only all of the pictures have every label.
    """
    of_part: dict[int, list[Subset]] = {part: [] for part in _PARTS}
    for fold in np.unique(folds):
        others, tested = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        eighth = assign_folds(targets[others], groups[others], _PARTS[0])
        for part in _PARTS:
            draws = 1 if labels > _MANY_LABELS else part
            own = eighth % part
            of_part[part] += [Subset(others[own == draw], tested) for draw in range(draws)]
    whole = {
        part: subsets
        for part, subsets in of_part.items()
        if all(len(np.unique(targets[one.trained])) == labels for one in subsets)
    }
    if len(whole) < 2 or 1 not in whole:
        raise DatasetError(
            "There is no learning curve, because half of the pictures would leave a label without any, where"
            " those of a group, such as near duplicates, count as one: add different pictures, 20 or more a"
            " label."
        )
    yield from whole.items()
