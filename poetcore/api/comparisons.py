"""Comparing models from Python: how much better one is, how surely, and the pictures behind it."""

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from poetcore.api.arguments import PathLike, Progressing, on_progress, path_of, workspace_at
from poetcore.api.trained_run import TrainedRun
from poetcore.errors import OptionError
from poetcore.evaluation.compare import Model, model_named, stored_comparison
from poetcore.evaluation.compare import compare as compare_models
from poetcore.evaluation.comparison import Comparison, as_data
from poetcore.training.differing import settings_between
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["ComparisonReport", "compare"]


class ComparisonReport:
    """A model B compared with a model A, on the pictures that both were evaluated on.

    Pictures that one of them has seen in training do not count.

    Args:
        comparison: what was found.
        settings: in which they differ: name -> A's value, B's value.

    Example:
        >>> comparison = poet.compare("first", "first", "sample/demo")
        >>> comparison.difference, comparison.p_value
        (0.0, 1.0)
    """

    def __init__(self, comparison: Comparison, settings: dict[str, tuple[Any, Any]]) -> None:
        self.comparison = comparison
        self._settings = settings

    @property
    def difference(self) -> float | None:
        """B's accuracy less A's, -1 to 1; None where most of the pictures were seen in training."""
        return self.comparison.difference

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the difference, near duplicates counted once."""
        return self.comparison.interval

    @property
    def p_value(self) -> float | None:
        """McNemar's exact p-value: how often chance alone makes two equal models differ this much."""
        return self.comparison.p_value

    @property
    def remarks(self) -> tuple[str, ...]:
        """What must be known to read the difference, in sentences.

        Example:
            >>> comparison.remarks
            ()
        """
        return self.comparison.remarks

    @property
    def fixed(self) -> pd.DataFrame:
        """The pictures that B labels right and A wrong: path, label, and what each predicts, how surely."""
        return self.comparison.fixed()

    @property
    def broken(self) -> pd.DataFrame:
        """The pictures that A labels right and B wrong, likewise."""
        return self.comparison.broken()

    @property
    def both_wrong(self) -> pd.DataFrame:
        """The pictures that both label wrong, likewise."""
        return self.comparison.both_wrong()

    @property
    def per_class(self) -> pd.DataFrame:
        """The recall of each label by both, with the difference, its interval, and what was fixed and broken.

        Example:
            >>> comparison.per_class.loc["rose", "difference"]
            np.float64(0.0)
        """
        return self.comparison.per_label().set_index("label")

    @property
    def confusion_matrices(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """A's and B's confusion matrix of the pictures that count; rows true labels, columns predicted."""
        labels = list(self.comparison.labels)
        first, second = (
            pd.DataFrame(self.comparison.matrix(side), index=labels, columns=labels).rename_axis(
                index="true label", columns="predicted label"
            )
            for side in ("a", "b")
        )
        return first, second

    @property
    def settings(self) -> pd.DataFrame:
        """The settings in which two runs differ, and only those: columns a and b.

        Example:
            >>> len(comparison.settings)
            0
        """
        rows = {name: {"a": a, "b": b} for name, (a, b) in self._settings.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=["a", "b"]).rename_axis("setting")

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as the command line's JSON has it.

        Example:
            >>> sorted(comparison.to_dict())[:4]
            ['a', 'b', 'both_wrong', 'broken']
        """
        return as_data(self.comparison, self._settings)

    def __repr__(self) -> str:
        return f"ComparisonReport({self.comparison.sentence})"

    def _repr_html_(self) -> str:
        models = f"A: {self.comparison.a.title}, B: {self.comparison.b.title}"
        said = "".join(f"<p>{escape(one)}</p>" for one in (models, self.comparison.sentence, *self.remarks))
        return f"{said}{self.per_class.to_html()}"


def compare(
    run_a: TrainedRun | PathLike,
    run_b: TrainedRun | PathLike,
    demo: PathLike | None = None,
    *,
    workspace: PathLike | None = None,
    progress: Progressing = None,
) -> ComparisonReport:
    """Compare two models on the same pictures.

    Args:
        run_a: the one that is compared with: a run, its name, or the path of a frozen graph or exported file.
        run_b: the other.
        demo: the demo pictures; None for those that are in the newest evaluations of both runs.
        workspace: where the runs are; by default that of a run that is given, or of the environment.
        progress: None for a bar where there is a terminal or notebook, False for none, or a function.

    Raises:
        DatasetError: the demo pictures cannot be used.
        OptionError: there is no common label or picture, a picture may have several labels, or a file cannot
            be run.
        RunError: a run is missing, unfinished or damaged.

    Example:
        >>> poet.compare("first", "first", "sample/demo").difference
        0.0
    """
    given = (run_a, run_b)
    runs = [one for one in given if isinstance(one, TrainedRun)]
    # The workspace of a run is where its folder lies: <workspace>/runs/<run>.
    place = workspace_at(runs[0].folder.parents[1] if runs and workspace is None else workspace)
    models = [_model(one, place) for one in given]
    if demo is not None:
        with on_progress(progress) as show:
            (found,) = compare_models(models, path_of(demo, "demo"), place, on_progress=show)
    else:
        stored = [model for model in models if isinstance(model, Run)]
        if len(stored) < len(models):
            raise OptionError("Name the demo pictures (demo): a file keeps no evaluations.")
        (found,) = stored_comparison(stored, place)
    return ComparisonReport(found, settings_between(*models))


def _model(given: TrainedRun | PathLike, workspace: Workspace) -> Model:
    if isinstance(given, TrainedRun):
        return Run(given.folder)
    return model_named(str(path_of(given, "A run")) if isinstance(given, Path) else str(given), workspace)
