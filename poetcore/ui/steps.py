"""The seven steps of the workflow: which are done for what is chosen, and which is next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poetcore.data.dataset import Dataset
from poetcore.errors import RunError
from poetcore.system.options import options_of
from poetcore.training.config import RunConfig
from poetcore.ui.choice import Choice
from poetcore.ui.freshness import Checked, files_now, files_of, run_changes, same_folder, trained_on
from poetcore.ui.text import apart, plain, short
from poetcore.workspace.run import Run

__all__ = ["Step", "next_step", "steps", "were_tuned"]

_OPTIONS = options_of(RunConfig)

#: Options that change how a training is watched or drawn, not what it learns from.
_NO_SETTINGS = {
    "seed",
    "eval_step_interval",
    "test_batch_size",
    "validation_batch_size",
    "final_tensor_name",
    "engine",
}


@dataclass(frozen=True)
class Step:
    """One of the seven steps.

    Attributes:
        name: a word.
        what: a sentence.
        page: the page that does it, by its file's name.
        done: whether it is done for what is chosen.
        note: why it is not done although it may look so, or should be done again, as Markdown; "" for
            nothing to say.
    """

    name: str
    what: str
    page: str
    done: bool
    note: str = ""


def steps(choice: Choice, checked: Checked | None, runs: Iterable[Run]) -> list[Step]:
    """Return the steps, each with whether it is done for what is chosen.

    Args:
        choice: dataset, demo folder and run.
        checked: the evaluation of that run on that demo folder; None where there is none.
        runs: the finished runs.
    """
    dataset = files_now(choice.dataset) if choice.dataset else None
    gathered, missing = _gathered(choice.dataset, dataset)
    prepared, mixed = _prepared(choice, dataset)
    trained, other = _trained(choice)
    aged = _aged(choice.run) if trained and choice.run else ""
    evaluated, doubtful = _evaluated(trained, checked)
    tuned = choice.dataset is not None and were_tuned(runs, choice.dataset)
    return [
        Step(
            "Gather",
            "Put the pictures of each category into a folder of its own.",
            "prepare",
            gathered,
            missing,
        ),
        Step(
            "Prepare",
            "Look at them; keep some as a demo folder that the model never sees.",
            "prepare",
            prepared,
            mixed,
        ),
        Step(
            "Choose a model",
            "Pick the pre-trained network (backbone) that turns a picture into features.",
            "train",
            trained,
            other,
        ),
        Step(
            "Train", "Train its last layer on your categories and watch the curves.", "train", trained, aged
        ),
        Step(
            "Evaluate",
            "Measure the accuracy on the demo pictures; look at the misclassified ones.",
            "evaluate",
            evaluated,
            doubtful,
        ),
        Step("Tune", "Repair labels, add pictures or steps, train again and compare.", "train", tuned),
        Step(
            "Predict and present", "Label new pictures; show predictions on a projector.", "slideshow", False
        ),
    ]


def next_step(todo: Sequence[Step]) -> Step:
    """Return the step to do next: the first that is not done, but showing what was evaluated first."""
    following = next(step for step in todo if not step.done)
    return todo[-1] if following.name == "Tune" else following


def were_tuned(runs: Iterable[Run], dataset: Path) -> bool:
    """Return whether two finished runs on a dataset differ in their settings or in their pictures."""
    tried = set()
    for run in runs:
        try:
            record = run.record()
            if same_folder(Path(record.image_dir), dataset):
                options = {name: v for name, v in record.options.items() if _chosen(name, v)}
                tried.add((record.backbone, str(sorted(options.items())), files_of(run)))
        except RunError:
            continue
    return len(tried) > 1


def _chosen(name: str, value: Any) -> bool:
    """Return whether an option is a setting of one's own; runs of earlier versions lack newer options."""
    return name not in _NO_SETTINGS and not (name in _OPTIONS and _OPTIONS[name].default == value)


def _gathered(folder: Path | None, dataset: Dataset | None) -> tuple[bool, str]:
    if folder is None:
        return False, ""
    name = plain(short(folder))
    if dataset is None or dataset.pictures.empty:
        return False, f"{name} has no label folder with a usable picture."
    if dataset.pictures["label"].nunique() < 2:
        return False, f"{name} has one label only: a classifier needs at least two to tell apart."
    return True, ""


def _prepared(choice: Choice, dataset: Dataset | None) -> tuple[bool, str]:
    if choice.demo is None:
        return False, ""
    name = plain(short(choice.demo))
    if choice.dataset and same_folder(choice.demo, choice.dataset):
        return False, f"{name} is the training folder itself: choose another folder for the demo pictures."
    demo = files_now(choice.demo)
    if demo is None or demo.pictures.empty:
        return False, f"{name} has no label folder with a usable picture."
    both = 0 if dataset is None else int(demo.pictures["sha"].isin(set(dataset.pictures["sha"])).sum())
    if 2 * both >= len(demo.pictures):
        return False, f"{both:,} of the {len(demo.pictures):,} pictures in {name} are training pictures too."
    return True, ""


def _trained(choice: Choice) -> tuple[bool, str]:
    if choice.run is None or choice.dataset is None:
        return False, ""
    if trained_on(choice.run, choice.dataset):
        return True, ""
    other, this = map(plain, apart(choice.run.record().image_dir, choice.dataset))
    return False, (
        f"The run {plain(choice.run.name)} was trained on another folder,"
        f" {other}: train on {this}, or choose"
        " another run."
    )


def _aged(run: Run) -> str:
    """Return a note that the pictures have changed since a run was trained; "" where they have not."""
    changed = run_changes(run).any
    return "Its pictures have changed since: train again to include what is there now." if changed else ""


def _evaluated(trained: bool, checked: Checked | None) -> tuple[bool, str]:
    if checked is None or not trained:
        return False, ""
    if checked.headline.accuracy is None:
        return False, "Most of these demo pictures were seen in training: choose or prepare others."
    if checked.changes.any:
        return False, "The evaluation is out of date: evaluate again."
    if not checked.changes.known:
        return False, "Whether the files are still those that were evaluated is not known: evaluate again."
    return True, ""
