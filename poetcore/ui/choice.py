"""The chosen dataset, demo folder and run: drawn in the sidebar, the same on every page.

The choice is kept in the session and in the page's address, so that an address can be sent to someone. The
three belong together: another dataset brings the demo folder and the run that go with it, or none, unless the
user chose others for it before.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from poetcore.errors import OptionError
from poetcore.ui.address import write_address
from poetcore.ui.fields import dataset_path
from poetcore.ui.freshness import trained_on
from poetcore.ui.glossary import term
from poetcore.ui.linked import is_new_link
from poetcore.ui.missing import Missing, missing_folder, missing_run, new_folder
from poetcore.ui.state import workspace
from poetcore.ui.subsets import subset_words
from poetcore.ui.text import apart, dataset_names, plain
from poetcore.ui.views import view_to_restore
from poetcore.ui.wanted import Follower, Wanted, wanted_now
from poetcore.workspace.browse import remember_folder
from poetcore.workspace.datasets import demo_folders, training_folders
from poetcore.workspace.demo_sets import automatic_demo, kept_aside, testing_list
from poetcore.workspace.run import Run

__all__ = ["Choice", "chosen", "draw_choice", "forget", "missing", "run_titles"]


@dataclass(frozen=True)
class Choice:
    """What the user works with; each may be None.

    Attributes:
        dataset: training pictures: a folder of label folders, or a CSV file.
        demo: the same to evaluate on, or a list of held-out pictures.
        run: a finished run.
    """

    dataset: Path | None
    demo: Path | None
    run: Run | None


def chosen() -> Choice:
    """Return what is chosen; the shell has drawn the choice before any page runs."""
    choice = st.session_state.get("choice")
    return choice if isinstance(choice, Choice) else Choice(None, None, None)


def forget(name: str) -> None:
    """Drop a choice whose folder or run was deleted; the next rerun takes another."""
    for key in (f"pick_{name}", f"asked_{name}"):
        st.session_state.pop(key, None)
    st.session_state.pop("choice_goes_with", None)
    chosen_with = st.session_state.get("chosen_with", {})
    st.session_state["chosen_with"] = {key: value for key, value in chosen_with.items() if key[1] != name}
    st.query_params.pop(name, None)


def draw_choice() -> None:
    """Draw the three choices and remember them; of what is missing, the page tells (see notices.py)."""
    place = workspace()
    wanted = {name: wanted_now(name) for name in ("dataset", "demo", "run")}
    datasets = [str(folder) for folder in training_folders(place)]
    runs = {run.name: run for run in place.finished_runs()}
    first = _first_dataset(datasets, runs.values())
    if wanted["dataset"].value is None and first:
        wanted["dataset"] = Wanted(first, False)
    dataset = _draw_folder("dataset", "Dataset", datasets, wanted["dataset"], first)

    follows = Follower(dataset.value)
    titles = run_titles(runs.values())
    _toast_finished(titles)
    own = next((name for name, run in runs.items() if dataset.path and trained_on(run, dataset.path)), None)
    own = own if dataset.value else next(iter(runs), None)
    asked_run = follows.asked("run", wanted["run"], own)
    trained = runs.get(asked_run.value or "")
    beside = automatic_demo(dataset.path, trained, place)
    demos = _demos(beside, dataset.path, trained)
    usual = str(beside) if beside else None
    asked_demo = follows.asked("demo", wanted["demo"], usual, follow=True)
    demo = _draw_folder("demo", "Demo pictures", demos, asked_demo, usual)
    run = _draw_run(titles, asked_run)

    choice = Choice(dataset.path, demo.path, runs.get(run or ""))
    _draw_story(choice)
    values = {"dataset": dataset.value, "demo": demo.value, "run": run}
    write_address(values | view_to_restore())
    for name, value in values.items():
        st.session_state[f"asked_{name}"] = value
    st.session_state["choice"] = choice
    st.session_state["missing"] = [
        *dataset.missing,
        *demo.missing,
        *([missing_run(run, list(runs), own, place)] if run and run not in runs else []),
    ]


def missing() -> Sequence[Missing]:
    """Return what is chosen and not there."""
    found: Sequence[Missing] = st.session_state.get("missing", ())
    return found


def run_titles(runs: Iterable[Run]) -> dict[str, str]:
    """Return what people call each run, by its name; where two are called alike, the name stands behind."""
    titles = {run.name: run.title for run in runs}
    often = Counter(titles.values())
    return {name: f"{title} ({name})" if often[title] > 1 else title for name, title in titles.items()}


def _first_dataset(datasets: Sequence[str], runs: Iterable[Run]) -> str | None:
    """Return what a new visit begins with: that of the newest run, so that there is something to see."""
    newest = next(iter(runs), None)
    trained = (folder for folder in datasets if newest and trained_on(newest, Path(folder)))
    return next(trained, None) or next(iter(datasets), None)


def _demos(automatic: Path | None, dataset: Path | None, run: Run | None) -> list[str]:
    """List what is offered as demo pictures, what goes with the dataset and the run first."""
    own = [
        automatic,
        kept_aside(dataset, workspace()) if dataset else None,
        testing_list(run) if run else None,
    ]
    found = [path for path in own if path] + demo_folders(workspace())
    return list(dict.fromkeys(map(str, found)))


def _draw_story(choice: Choice) -> None:
    """Show in a line or two how the three choices go together, where that is not plain."""
    run, dataset = choice.run, choice.dataset
    if run and dataset and not trained_on(run, dataset):
        other, _ = apart(run.record().image_dir, dataset)
        st.caption(f"Trained on {plain(other)}, not on the dataset above.")
    if run and (part := subset_words(run)):
        st.caption(plain(part))


def _toast_finished(titles: Mapping[str, str]) -> None:
    """Show which trainings ended well since the last rerun; this session's own has a message already."""
    done = set(titles)
    known = st.session_state.get("runs_done", done)
    st.session_state["runs_done"] = done
    for name in sorted(done - known - {st.session_state.get("ended_run")}):
        st.toast(
            f"The run {plain(titles[name])} is ready: choose it under *Run*.", icon=":material/check_circle:"
        )


_HELP = {
    "dataset": "A folder with one folder of pictures per label, or a CSV file with columns path and label.",
    "demo": term("demo pictures"),
}


@dataclass(frozen=True)
class _Folder:
    """A folder as it was given, and its path or that it is missing."""

    value: str | None
    path: Path | None
    missing: tuple[Missing, ...]


def _draw_folder(name: str, label: str, options: Sequence[str], wanted: Wanted, usual: str | None) -> _Folder:
    """Draw the choice of a folder, which may also be typed; what is not there stays to be corrected.

    Args:
        name: "dataset" or "demo".
        label: over the field.
        options: what is offered.
        wanted: what is to be chosen.
        usual: what would be chosen automatically.
    """
    known = list(options)
    new = is_new_link(name, wanted.value, known)
    path = None if new else _found(wanted.value, known)
    value = path or wanted.value
    names = dataset_names([*known, *([path] if path and path not in known else [])])
    if value is not None and value not in known:
        if path and wanted.explicit:  # after a reload it is not asked about again
            remember_folder(workspace(), Path(path))
        known.insert(0, value)
    st.session_state[f"pick_{name}"] = value
    st.selectbox(
        label,
        known,
        index=0 if name == "dataset" and known else None,
        key=f"pick_{name}",
        format_func=lambda path: names.get(path, path),
        help=_HELP[name],
        accept_new_options=True,
        placeholder="None: choose one, or type a path",
        persist_state="session",
    )
    if value is None or path:
        return _Folder(value, Path(path) if path else None, ())
    return _Folder(
        value, None, (new_folder(name, value) if new else missing_folder(name, label, value, usual),)
    )


def _found(text: str | None, known: Sequence[str]) -> str | None:
    """Return the path that is meant by what was chosen, typed or linked to; None where it is not there."""
    if text is None or text in known:
        return text
    try:
        path = dataset_path(text)
    except OptionError:
        return None
    return str(path) if path else None


def _draw_run(titles: Mapping[str, str], wanted: Wanted) -> str | None:
    """Draw the choice of a run; return its name, or that of the one that was asked for and is gone."""
    gone = [wanted.value] if wanted.value is not None and wanted.value not in titles else []
    st.session_state["pick_run"] = wanted.value
    st.selectbox(
        "Run",
        [*gone, *titles],
        index=None,
        key="pick_run",
        format_func=lambda name: titles.get(name, name),
        help=term("run"),
        placeholder="None on this dataset yet" if titles else "None yet",
        persist_state="session",
    )
    return wanted.value
