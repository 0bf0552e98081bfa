"""What a trained run can do, as Python sees it: its figures, its model, its verbs."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from poetcore.api.arguments import PathLike, Progressing, on_progress, path_of, pictures_in
from poetcore.api.exported_run import ExportedRun
from poetcore.api.kept_run import KeptRun
from poetcore.api.reports import Report
from poetcore.api.shown import accuracies, run_html
from poetcore.api.video_run import VideoRun
from poetcore.errors import PictureError, RunError
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.freshness import Difference, current_files, run_difference
from poetcore.training.curves import history
from poetcore.workspace.demo_sets import demo_of
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

if TYPE_CHECKING:
    from poetcore.training.learning_curve import LearningCurve
    from poetcore.training.temperature import Calibrated

__all__ = ["TrainedRun"]


class TrainedRun(KeptRun, ExportedRun, VideoRun):
    """A finished run: its figures, and the model it became.

    Args:
        folder: the run's folder.
        workspace: the workspace that it lies in.

    Example:
        >>> run = poet.load_run("first", workspace="tf_files")
        >>> run
        TrainedRun('first', 5 labels, cross-validated accuracy ... %, test accuracy ... %)
    """

    def __init__(self, folder: Run, workspace: Workspace) -> None:
        super().__init__(folder, workspace)
        self._record = folder.record()

    @property
    def classes_(self) -> np.ndarray:
        """The labels in the order of the model's outputs, `(labels,) str`.

        Example:
            >>> run.classes_.tolist()
            ['daisy', 'dandelion', 'rose', 'sunflower', 'tulip']
        """
        return np.array(self._record.labels)

    @property
    def metrics(self) -> dict[str, Any]:
        """The final figures of the training: accuracies from 0 to 1, counts, cross entropies in nats.

        `cross_validation` has those of the five-fold cross validation: `accuracy`, `n`, its 95 % `interval`,
        `per_label`, `cross_entropy` and more; None where there was none. `multi_label` has those of a run of
        several labels a picture, with `thresholds`; else None.

        Example:
            >>> sorted(run.metrics)[:3]
            ['cross_validation', 'final_test_accuracy', 'final_test_count']
        """
        names = ("cross_validation", "multi_label")
        return {name: getattr(self._record, name) for name in names} | self._record.metrics

    @cached_property
    def cross_validation(self) -> pd.DataFrame:
        """Each picture of the training folder as predicted by the layer that was trained without it.

        Columns path, label, predicted, correct, confidence (0 to 1), fold, and p_<label> for each label.

        Example:
            >>> bool(run.cross_validation["correct"].mean() == run.metrics["cross_validation"]["accuracy"])
            True
        """
        return self._run.cross_validation()

    @property
    def temperature(self) -> float:
        """What the model's outputs are divided by before the softmax; 1 unless it was calibrated.

        Example:
            >>> run.temperature
            1.0
        """
        return self._run.temperature()

    @property
    def options(self) -> dict[str, Any]:
        """The training options by the original script's names.

        Example:
            >>> run.options["how_many_training_steps"]
            300
        """
        return dict(self._record.options)

    @property
    def difference(self) -> Difference:
        """How the pictures in its folder differ now from those that its figures are of.

        Example:
            >>> run.difference.any
            False
        """
        return run_difference(self._run, current_files(Path(self._record.image_dir), self._workspace))

    @cached_property
    def history(self) -> pd.DataFrame:
        """Accuracy (0 to 1) and cross entropy (nats) in the course of the training, one row a report.

        Of ridge regression, which has no steps, one row a strength that was tried.

        Raises:
            RunError: the run's folder does not have them any more.

        Example:
            >>> list(run.history.columns)[:3]
            ['step', 'train_accuracy', 'train_cross_entropy']
        """
        table = history(self._run.events())
        if table.empty:
            raise RunError(f"The run {self.name!r} has no history: its events.jsonl is missing or damaged.")
        return table

    def evaluate(self, demo_dir: PathLike | None = None, *, progress: Progressing = None) -> Report:
        """Count how many pictures of a demo folder the run labels right, and keep the result with the run.

        Args:
            demo_dir: one folder of pictures per label, which the run has never seen; by default the demo
                folder beside the training pictures, else what is kept aside of them, else its testing
                pictures.
            progress: None for a bar where there is a terminal or notebook, False for none, or a function.

        Raises:
            DatasetError: the folder cannot be used, or has a label that the run was not trained on.

        Example:
            >>> report = run.evaluate("sample/demo")
            >>> report.total
            20
        """
        with on_progress(progress) as show:
            default = demo_dir is None
            folder = demo_of(self._run, self._workspace) if default else path_of(demo_dir, "demo_dir")
            evaluation = evaluate(self._run, folder, self._workspace, on_progress=show)
            return Report(evaluation, self._run, self._workspace)

    def predict(self, path: PathLike) -> Prediction:
        """Predict the label of one picture; for many, `predict_proba` is faster.

        Raises:
            PictureError: the file is not a picture that can be used.

        Example:
            >>> run.predict("sample/demo/rose/rose_001.jpg").label
            'rose'
        """
        prediction = self._classifier.classify([path_of(path, "path")])[0]
        if prediction.reason is not None:
            raise PictureError(f"{prediction.path} {prediction.reason}.")
        return prediction

    def predict_proba(
        self, paths: PathLike | Iterable[PathLike], *, progress: Progressing = None
    ) -> pd.DataFrame:
        """Compute the probability of each label for pictures.

        Args:
            paths: files, or folders of pictures.
            progress: as in `evaluate`.

        Returns:
            One row a file in the order given, its path as index; one column a label, 0 to 1. The row of a
            file that cannot be used is NaN.

        Example:
            >>> run.predict_proba(["sample/demo/rose/rose_001.jpg"]).shape
            (1, 5)
        """
        files = pictures_in(paths)
        with on_progress(progress) as show:
            found = self._classifier.classify(files, show)
        unusable = np.full(len(self.classes_), np.nan, np.float32)
        rows = [unusable if one.probabilities is None else one.probabilities for one in found]
        index = pd.Index([str(file) for file in files], name="path")
        return pd.DataFrame(np.stack(rows), index=index, columns=list(self.classes_))

    def learning_curve(self, *, again: bool = False, progress: Progressing = None) -> "LearningCurve":
        """Measure how the accuracy grows with the training pictures, and foretell what more would bring.

        It takes seconds for a thousand pictures, and is kept with the run.

        Args:
            again: measure it also where it is there already.
            progress: as in `evaluate`.

        Returns:
            `.table()`: pictures, accuracy, its band, and its kind; `.per_label`; `.advice`, a sentence.

        Raises:
            DatasetError: the run has too few pictures, or they are gone.

        Example:
            >>> run.learning_curve().table()["kind"].tolist()[-3:]
            ['measured', 'forecast', 'forecast']
        """
        from poetcore.training.learning_curve import LearningCurve, learning_curve

        there = None if again else LearningCurve.load(self._run)
        if there is not None:
            return there
        with on_progress(progress) as show:
            return learning_curve(self._run, self._workspace, show)

    def calibrate(self, *, undo: bool = False) -> "Calibrated":
        """Correct the probabilities where the cross validation found them off by more than noise.

        The temperature, fitted on held-out predictions, is kept with the run and goes into every export.

        Args:
            undo: restore the probabilities of the training.

        Example:
            >>> run.calibrate(undo=True).temperature
            1.0
        """
        from poetcore.training.temperature import calibrate

        done = calibrate(self._run, undo=undo)
        self.__dict__.pop("_classifier", None)
        return done

    @cached_property
    def _classifier(self) -> Classifier:
        return Classifier(self._run, self._workspace)

    def __repr__(self) -> str:
        figures = ", ".join(f"{name} {value}" for name, value in accuracies(self._record).items())
        return f"TrainedRun({self.name!r}, {len(self._record.labels)} labels, {figures})"

    def _repr_html_(self) -> str:
        return run_html(self._run, self._record)
