"""Tunings from Python: try many settings, see what is really better, train what was chosen."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from poetcore.api.arguments import PathLike, Progressing, built, on_progress, whole_number, workspace_at
from poetcore.api.runs import retrain
from poetcore.api.trained_run import TrainedRun
from poetcore.errors import OptionError, RunError
from poetcore.features.backbones import DEFAULT
from poetcore.system.figures import percent
from poetcore.system.options import flatten, options_of
from poetcore.training.tuning.checks import check_resumable, check_tuning
from poetcore.training.tuning.choice import Choice, Separate
from poetcore.training.tuning.options import TUNED, TuneOptions, joined
from poetcore.training.tuning.settings import varying
from poetcore.training.tuning.studies import create_study, find_study
from poetcore.training.tuning.study import Study
from poetcore.workspace.workspace import Workspace

__all__ = ["Tuning", "tune"]

#: What `Tuning.train` takes instead of a number.
_CHOSEN = ("simplest_as_good", "best")


class Tuning:
    """A finished tuning: its trials, and what was chosen with which doubt.

    Args:
        study: its folder.
        workspace: the workspace that it lies in.

    Example:
        >>> tuning
        Tuning('steps', 2 trials, best ... %, simplest as good ... %)
    """

    def __init__(self, study: Study, workspace: Workspace) -> None:
        choice = study.choice()
        if choice is None:
            raise RunError(f"The tuning {study.name!r} is not finished: resume it.")
        self._study, self._workspace = study, workspace
        self.choice: Choice = choice

    @property
    def name(self) -> str:
        """The tuning's name, which `tune(resume=...)` and the command line take."""
        return self._study.name

    @property
    def folder(self) -> Path:
        """Its folder in the workspace."""
        return self._study.folder

    @property
    def trials(self) -> pd.DataFrame:
        """The trials, the best first.

        One row a trial: number, what they differ in, accuracy with low and high (95 %), cross_entropy,
        difference (to the best), p_value, p_corrected (for the number of trials), as_good, seconds, and of
        the backbone multiply_adds (millions), megabytes and pictures_per_second (on one core); diverged
        ones last, with a message.

        Example:
            >>> tuning.trials[["how_many_training_steps", "as_good"]].shape
            (2, 2)
        """
        names = varying(self._study.settings())
        figures = ["accuracy", "low", "high", "cross_entropy"]
        compared = self.choice.comparisons.drop(columns=["low", "high"])
        table = self._study.trials().merge(compared, on="number", how="left")
        rest = ["seconds", "multiply_adds", "megabytes", "pictures_per_second", "message"]
        columns = ["number", *names, *figures, *compared.columns.drop("number"), *rest]
        ordered = table.sort_values(["difference", "cross_entropy"], ascending=[False, True])
        return ordered[columns].reset_index(drop=True)

    @property
    def best(self) -> dict[str, Any]:
        """The settings of the best trial, as `retrain` takes them.

        Example:
            >>> tuning.best["how_many_training_steps"] in (50, 100)
            True
        """
        return self.settings(self.choice.best)

    @property
    def simplest_as_good(self) -> dict[str, Any]:
        """The settings of the simplest trial that is not shown to be worse, as `retrain` takes them."""
        return self.settings(self.choice.simplest_as_good)

    @property
    def separate(self) -> Separate:
        """The accuracy of choosing the best, on pictures that took no part in choosing.

        Example:
            >>> 0 <= tuning.separate.accuracy <= 1
            True
        """
        return self.choice.separate

    def settings(self, number: int) -> dict[str, Any]:
        """Return the settings of a trial, those that are not the default, as `retrain` takes them.

        Args:
            number: of the trial.

        Raises:
            OptionError: there is no such trial.
        """
        config = self._study.config_of(whole_number(number, "number"))
        defaults = {name: one.default for name, one in options_of(type(config)).items()}
        values = {name: value for name, value in flatten(config).items() if value != defaults[name]}
        settings = self._study.settings()
        tried = {name: getattr(settings[number], name) for name in varying(settings)}
        return {name: value for name, value in (values | tried).items() if name != "image_dir"}

    def train(
        self,
        which: str | int = "simplest_as_good",
        *,
        name: str | None = None,
        progress: Progressing = None,
        **options: Any,
    ) -> TrainedRun:
        """Train a run with the settings of a trial on all pictures of the tuning.

        Args:
            which: "simplest_as_good", "best" or the number of a trial.
            name: the run's name; from date and time by default.
            progress: as for `retrain`.
            **options: of `retrain`, such as demo_dir.

        Raises:
            OptionError: there is no such trial, or an option is impossible.

        Example:
            >>> tuning.train("best", name="tuned").name
            'tuned'
        """
        if isinstance(which, str):
            if which not in _CHOSEN:
                raise OptionError(
                    f"which must be {' or '.join(map(repr, _CHOSEN))} or the number of a trial."
                    f" Received: {which!r}."
                )
            which = int(getattr(self.choice, which))
        config = self._study.config_of(whole_number(which, "which"))
        given = {"name": name, "workspace": self._workspace.root, "progress": progress}
        return retrain(config.image_dir, **(self.settings(which) | given | options))

    def __repr__(self) -> str:
        accuracy = {number: trial.accuracy for number, trial in self._study.ended().items()}
        best, simplest = (percent(accuracy[one]) for one in self._chosen)
        return f"Tuning({self.name!r}, {len(accuracy)} trials, best {best}, simplest as good {simplest})"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.choice.sentence)}</p>{self.trials.to_html(index=False)}"

    @property
    def _chosen(self) -> tuple[int, int]:
        return self.choice.best, self.choice.simplest_as_good


def tune(
    image_dir: PathLike | None = None,
    *,
    architecture: str | Iterable[str] = DEFAULT,
    resume: str | None = None,
    name: str | None = None,
    workspace: PathLike | None = None,
    progress: Progressing = None,
    **options: Any,
) -> Tuning:
    """Try many settings of a training by cross validation on the same features, and choose honestly.

    Args:
        image_dir: one folder of pictures per label.
        architecture: backbones to try: a list, or text with commas between.
        resume: go on with a tuning that was stopped, by its name, or "latest"; then nothing else is given.
        name: the tuning's name; from date and time by default.
        workspace: the folder in which Poet keeps what it makes; by default TFP_WORKSPACE's, or tf_files.
        progress: None for a bar where there is a terminal or notebook, False for none, or a function that is
            called with a `Progress`.
        **options: lists of values, or single ones: `head`, `learning_rate`, `how_many_training_steps`,
            `train_batch_size`, `weight_decay`, `label_smoothing`, `class_weight`, `flip_left_right`,
            `max_pictures_per_label`; which of their combinations: `method`, `trials`, `seed`; on which
            pictures, and how they are seen: `labels`, `group_by`, `engine`, `input_scaling`; `poetcore tune
            --help` explains them.

    Returns:
        The finished tuning.

    Raises:
        OptionError: an option is unknown or has an impossible value, or there are too many trials.
        DatasetError: the folder cannot be trained on, or its pictures changed before a resume.

    Example:
        >>> tuning = poet.tune("sample/train", head="ridge", name="ridge")
        >>> tuning.choice.best
        0
    """
    from poetcore.training.tuning.tune import run_study

    place = workspace_at(workspace)
    if resume is not None:
        if image_dir is not None or options:
            raise OptionError("resume goes on with a tuning as it was planned: give nothing else but it.")
        study = find_study(resume, place)
        check_resumable(study)
    else:
        if image_dir is None:
            raise OptionError(
                "image_dir is missing: name the folder of label folders, or a tuning to resume."
            )
        texts = {key: joined(value) for key, value in options.items() if key in TUNED}
        listed = {"image_dir": image_dir, "architecture": joined(architecture), "name": name}
        config = built(TuneOptions, options | texts, **listed)
        check_tuning(config, place)
        study = create_study(config, place)
    with on_progress(progress) as show:
        run_study(study, place, show)
    return Tuning(study, place)
