"""Comparing runs and model files on demo pictures: what was evaluated already is not evaluated again."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from poetcore.data.contents import state_of
from poetcore.data.dataset import Dataset, scan
from poetcore.data.listing import demo_part
from poetcore.errors import OptionError, RunError
from poetcore.evaluation.common import compare_evaluations
from poetcore.evaluation.comparison import Comparison, Evaluated
from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.freshness import current_files, evaluation_difference
from poetcore.evaluation.frozen import GraphOptions
from poetcore.evaluation.graphs import match_graph_labels
from poetcore.evaluation.model_file import ModelFile
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.paths import to_path
from poetcore.system.progress import OnProgress
from poetcore.system.unkept import kept_if_possible
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Model", "compare", "find_comparison", "model_named", "stored_comparison"]

#: What is compared: a run, or a file that predicts.
Model = Run | ModelFile


def model_named(
    name: str, workspace: Workspace, labels: Path | None = None, options: GraphOptions | None = None
) -> Model:
    """Return the run of a name, or the model that a path leads to.

    Args:
        name: a run's name, `latest`, or the path of a frozen graph or an exported model.
        workspace: where the runs are.
        labels: the labels file of a model that is a file; by default the one beside it or in it.
        options: how pictures are fed to a frozen graph.

    Raises:
        OptionError: the path is of no model.
        RunError: there is neither, or the run is not finished.
    """
    path = to_path(name)
    is_run = name == "latest" or any(run.name == name for run in workspace.all_runs())
    if is_run or not path.exists():
        return workspace.run(name)
    return ModelFile(path, labels, options or GraphOptions())


def compare(
    models: Sequence[Model],
    demo: Path,
    workspace: Workspace,
    *,
    on_progress: OnProgress | None = None,
    engine: str = DEFAULT_ENGINE,
) -> list[Comparison]:
    """Compare models with the first of them on the demo pictures as they are now.

    Models that know different labels are compared on those that all know.

    Args:
        models: two or more.
        demo: the demo folder, a CSV file or a list of held-out pictures.
        workspace: where evaluations, caches and first labels are kept.
        on_progress: called while a model is evaluated.
        engine: what extracts features, one of `ENGINES`.

    Returns:
        One comparison for each but the first.

    Raises:
        DatasetError: the folder cannot be used.
        OptionError: there is no common label, a picture may have several labels, or a file cannot be run.
        RunError: a run is unfinished or damaged.
    """
    dataset, only = _asked(models, demo, workspace)
    found = []
    for model in models:
        evaluation = _known(model, dataset, only, workspace)
        if evaluation is None:
            evaluation = _evaluate(model, dataset, only, workspace, on_progress, engine)
        found.append(_evaluated(model, evaluation))
    return _with_first(models, found, workspace)


def find_comparison(models: Sequence[Model], demo: Path, workspace: Workspace) -> list[Comparison] | None:
    """Return what `compare` would, from evaluations that are there; None where one must be made first."""
    dataset, only = _asked(models, demo, workspace)
    found = []
    for model in models:
        evaluation = _known(model, dataset, only, workspace)
        if evaluation is None:
            return None
        found.append(_evaluated(model, evaluation))
    return _with_first(models, found, workspace)


def stored_comparison(runs: Sequence[Run], workspace: Workspace) -> list[Comparison]:
    """Compare runs by their newest evaluations, whatever pictures these were made on.

    Raises:
        OptionError: they have no picture in common, or a picture may have several labels.
        RunError: a run was never evaluated.
    """
    found, remarks = [], []
    for run in runs:
        if not (folders := run.evaluations()):
            raise RunError(f"The run {run.title!r} was not evaluated yet: name the demo pictures.")
        evaluation = Evaluation.load(folders[0])
        now = current_files(Path(evaluation.metrics.folder), workspace)
        difference = evaluation_difference(evaluation, run, now)
        if difference.any:
            remarks.append(difference.sentence.replace("This evaluation", f"The evaluation of {run.title}"))
        found.append(_evaluated(run, evaluation))
    return _with_first(runs, found, workspace, remarks)


def _with_first(
    models: Sequence[Model], found: Sequence[Evaluated], workspace: Workspace, remarks: Sequence[str] = ()
) -> list[Comparison]:
    """Compare what each model but the first predicts with what the first does."""
    return [
        compare_evaluations(found[0], other, workspace, [*_about_itself(models[0], model), *remarks])
        for model, other in zip(models[1:], found[1:], strict=True)
    ]


def _about_itself(a: Model, b: Model) -> list[str]:
    """Return what is said where a model is compared with itself."""
    if isinstance(a, Run):
        same = isinstance(b, Run) and a.folder == b.folder
    else:
        same = isinstance(b, ModelFile) and a.version == b.version
    return [f"A and B are the same model, {b.title}, so nothing differs: name another one."] if same else []


def _asked(models: Sequence[Model], demo: Path, workspace: Workspace) -> tuple[Dataset, list[str] | None]:
    """Return the demo pictures, and the label folders that all models know; None where they know all."""
    if any(isinstance(model, Run) and model.record().multi_label for model in models):
        refuse_multi_label("compare")
    known = [list(model.labels()) for model in models]
    with workspace.file_index() as index:
        dataset = scan(
            demo_part(demo), index, known_labels=sorted({one for labels in known for one in labels})
        )
    common = [name for name in dataset.labels if all(match_graph_labels([name], one) for one in known)]
    if not common:
        raise OptionError(
            f"None of the labels in {dataset.folder} is known to all of these models: compare models that"
            " were trained on some of the same labels, on pictures of these."
        )
    return dataset, None if len(common) == len(dataset.labels) else common


def _known(model: Model, dataset: Dataset, only: list[str] | None, workspace: Workspace) -> Evaluation | None:
    """Return the evaluation of a model on pictures as they are now; None where there is none to be read."""
    try:
        if isinstance(model, Run) and only is None:
            for folder in model.evaluations():
                evaluation = Evaluation.load(folder)
                if evaluation.metrics.folder == str(dataset.folder):
                    changed = evaluation_difference(evaluation, model, dataset)
                    return evaluation if changed.known and not changed.any else None
            return None
        kept = _kept(model, dataset, only, workspace)
        return Evaluation.load(kept) if kept.exists() else None
    except RunError:
        return None  # a damaged one is as good as none


def _evaluate(
    model: Model,
    dataset: Dataset,
    only: list[str] | None,
    workspace: Workspace,
    on_progress: OnProgress | None,
    engine: str,
) -> Evaluation:
    if isinstance(model, Run):
        evaluation = evaluate(
            model, dataset.folder, workspace, on_progress=on_progress, engine=engine, only=only
        )
        if only is None:
            return evaluation  # which is kept with the run
    else:
        evaluation = model.evaluate(dataset.folder, workspace, on_progress=on_progress, only=only)
    # What could not be decoded is known only now.
    now = current_files(dataset.folder, workspace) or dataset
    place = _kept(model, now, only, workspace)
    with kept_if_possible(place.folder, "The result is not kept in the workspace"):
        place.write(evaluation.predictions, asdict(evaluation.metrics))
    return evaluation


def _evaluated(model: Model, evaluation: Evaluation) -> Evaluated:
    return Evaluated(model.name, model.title, evaluation)


def _kept(model: Model, dataset: Dataset, only: list[str] | None, workspace: Workspace) -> EvaluationFolder:
    """Return where an evaluation is kept that does not belong to a run: named after all that it hangs on."""
    if isinstance(model, ModelFile):
        what = model.version
    else:  # a run that was deleted may have had the name of a later one
        what = f"{model.folder} {model.record().created} {model.temperature()}"
    parts = (what, str(dataset.folder), state_of(dataset.pictures), *(only or ()))
    name = hashlib.sha256("\n".join(parts).encode(errors="surrogateescape")).hexdigest()[:16]
    return EvaluationFolder(workspace.comparisons / name)
