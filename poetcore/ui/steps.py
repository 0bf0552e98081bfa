"""The menu as the order of work: which page's work is done for what is chosen, which is next, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from poetcore.data.dataset import Dataset
from poetcore.system.files import is_same_place
from poetcore.ui.choice import Choice
from poetcore.ui.freshness import Checked, files_now, run_changes, trained_on
from poetcore.ui.menu import MenuPage, page_named
from poetcore.ui.state import workspace
from poetcore.ui.text import apart, dataset_name, plain
from poetcore.ui.tune.studies import has_tuning
from poetcore.workspace.demo_sets import kept_aside, left_out
from poetcore.workspace.run import Run

__all__ = ["Step", "next_step", "steps"]


@dataclass(frozen=True)
class Step:
    """A page's work.

    Attributes:
        page: in the menu.
        done: whether it is done for what is chosen; None for what never is, such as showing the slideshow.
        note: why it is next, is not done although it may look so, or should be done again, as Markdown;
            "" for nothing to say.
    """

    page: MenuPage
    done: bool | None
    note: str = ""


def steps(choice: Choice, checked: Checked | None) -> list[Step]:
    """Return the work of each page of the menu but home, in the order of the menu.

    Args:
        choice: dataset, demo pictures and run.
        checked: the evaluation of that run on those pictures; None where there is none.
    """
    dataset = files_now(choice.dataset) if choice.dataset else None
    trained = _trained(choice)
    aged = (True, _aged(choice.run)) if trained[0] and choice.run else trained
    evaluated = _evaluated(choice, trained[0], checked)
    shown = "Everything is evaluated: show it." if evaluated[0] else ""
    work: dict[str, tuple[bool | None, str]] = {
        "prepare": _prepared(choice, dataset),
        "overview": _gathered(choice.dataset, dataset),
        "train": aged,
        "evaluate": evaluated,
        "tune": (has_tuning(choice.dataset), ""),
        "compare": (None, ""),
        "slideshow": (None, shown),
        "predict": (None, ""),
        "live": (None, ""),
    }
    return [Step(page_named(name), done, note) for name, (done, note) in work.items()]


def next_step(todo: Sequence[Step]) -> Step:
    """Return what to do next: the first that is not done and must be, else the slideshow."""
    by_name = {step.page.name: step for step in todo}
    must = ["overview", *(["prepare"] if by_name["prepare"].note else []), "train", "evaluate"]
    return next((by_name[name] for name in must if not by_name[name].done), by_name["slideshow"])


def _gathered(folder: Path | None, dataset: Dataset | None) -> tuple[bool, str]:
    if folder is None:
        return False, "There are no pictures yet."
    name = plain(dataset_name(folder))
    if dataset is None or dataset.pictures.empty:
        return False, f"{name} has no label folder with a usable picture."
    if dataset.pictures["label"].nunique() < 2:
        return False, f"{name} has one label only: a classifier needs at least two to tell apart."
    return True, ""


def _prepared(choice: Choice, dataset: Dataset | None) -> tuple[bool, str]:
    if choice.demo is None:
        return False, ""
    name = plain(dataset_name(choice.demo))
    if choice.dataset and is_same_place(choice.demo, choice.dataset):
        return False, f"{name} is the training folder itself: choose another folder for the demo pictures."
    demo = files_now(choice.demo)
    if demo is None or demo.pictures.empty:
        return False, f"{name} has no label folder with a usable picture."
    if choice.dataset and demo.home != demo.folder and is_same_place(demo.home, choice.dataset):
        return _held_out(choice, choice.demo, choice.dataset, name)
    # Not by `isin`, which takes a second for 200,000.
    known = set() if dataset is None else set(dataset.pictures["sha"].tolist())
    both = sum(sha in known for sha in demo.pictures["sha"].tolist())
    if 2 * both >= len(demo.pictures):
        return False, f"{both:,} of the {len(demo.pictures):,} pictures in {name} are training pictures too."
    return True, ""


def _held_out(choice: Choice, demo: Path, dataset: Path, name: str) -> tuple[bool, str]:
    """Return whether demo pictures that lie among the training pictures are left out of the training."""
    if choice.run is None:
        return demo == kept_aside(dataset, workspace()), ""
    if left_out(choice.run, demo):
        return True, ""
    if not trained_on(choice.run, dataset):
        return False, ""
    title = plain(choice.run.title)
    return False, f"{title} was not trained without {name}: choose its testing pictures, or train again."


def _trained(choice: Choice) -> tuple[bool, str]:
    if choice.dataset is None:
        return False, ""
    if choice.run is None:
        return False, f"No model was trained on {plain(dataset_name(choice.dataset))} yet."
    if trained_on(choice.run, choice.dataset):
        return True, ""
    other, this = map(plain, apart(choice.run.record().image_dir, choice.dataset))
    return False, (
        f"The run {plain(choice.run.title)} was trained on another folder,"
        f" {other}: train on {this}, or choose"
        " another run."
    )


def _aged(run: Run) -> str:
    """Return a note that the pictures have changed since a run was trained; "" where they have not."""
    changed = run_changes(run).any
    return "Its pictures have changed since: train again to include what is there now." if changed else ""


def _evaluated(choice: Choice, trained: bool, checked: Checked | None) -> tuple[bool, str]:
    if not trained or choice.run is None:
        return False, ""
    if checked is None:
        on = f" on {plain(dataset_name(choice.demo))}" if choice.demo else ""
        return False, f"{plain(choice.run.title)} was not evaluated{on} yet."
    if checked.headline.accuracy is None and not checked.headline.multi_label:
        return False, "Most of these demo pictures were seen in training: choose or prepare others."
    if checked.changes.any:
        return False, "The evaluation is out of date: evaluate again."
    if not checked.changes.known:
        return False, "Whether the files are still those that were evaluated is not known: evaluate again."
    return True, ""
