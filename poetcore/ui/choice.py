"""The chosen dataset, demo folder and run: drawn in the sidebar, the same on every page.

The choice is kept in the session and in the page's address, so that an address can be sent to someone. The
three belong together: another dataset brings the demo folder and the run that go with it, or none, unless the
user chose others for it before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from poetcore.data.dataset import dataset_exists
from poetcore.data.layout import better_level, demo_beside
from poetcore.errors import OptionError
from poetcore.ui.address import write_address
from poetcore.ui.fields import dataset_path, explain_missing
from poetcore.ui.freshness import trained_on
from poetcore.ui.state import offer_level, workspace
from poetcore.ui.subsets import subset_words
from poetcore.ui.text import apart, plain, short_names
from poetcore.ui.views import view_to_restore
from poetcore.workspace.datasets import demo_folders, training_folders
from poetcore.workspace.run import Run

__all__ = ["Choice", "chosen", "draw_choice", "forget"]


@dataclass(frozen=True)
class Choice:
    """What the user works with; each may be None.

    Attributes:
        dataset: training pictures: a folder of label folders, or a CSV file.
        demo: the same to evaluate on.
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
    """Draw the three choices and remember them."""
    place = workspace()
    wanted = {name: _wanted(name) for name in ("dataset", "demo", "run")}
    datasets = [str(folder) for folder in training_folders(place)]
    dataset = _draw_folder(
        "dataset", "Dataset", datasets, wanted["dataset"], datasets[0] if datasets else None
    )
    follows = _Follower(dataset)
    beside = demo_beside(Path(dataset)) if dataset else None
    demos = list(dict.fromkeys([*([str(beside)] if beside else []), *map(str, demo_folders(place))]))
    automatic = str(beside) if beside else None
    demo = _draw_folder(
        "demo", "Demo folder", demos, follows.asked("demo", wanted["demo"], automatic), automatic
    )
    follows.keep("demo", wanted["demo"], demo)
    runs = {run.name: run for run in place.finished_runs()}
    _toast_finished(set(runs))
    own = next((name for name, run in runs.items() if dataset and trained_on(run, Path(dataset))), None)
    own = own if dataset else next(iter(runs), None)
    run = _draw_run(list(runs), follows.asked("run", wanted["run"], own), own, dataset)
    follows.keep("run", wanted["run"], run)
    _draw_story(runs[run] if run else None, dataset, demo)
    values = {"dataset": dataset, "demo": demo, "run": run}
    write_address(values | view_to_restore())
    for name, value in values.items():
        st.session_state[f"asked_{name}"] = value
    st.session_state["choice"] = Choice(
        Path(dataset) if dataset else None, Path(demo) if demo else None, runs[run] if run else None
    )


@dataclass(frozen=True)
class _Wanted:
    """What is to be chosen now.

    Attributes:
        value: its path or name; None for none.
        explicit: whether a page, a new address or the user chose it just now.
        linked: whether it came with a new address.
    """

    value: str | None
    explicit: bool
    linked: bool = False


def _wanted(name: str) -> _Wanted:
    """Return what a page set, what a new address holds, what the user picked, or the value so far.

    A widget's state is lost on some ways from page to page and an address arrives from outside, so the value
    is written into the widget's state before it is drawn, and into the address after it.
    """
    before: str | None = st.session_state.get(f"asked_{name}")
    if f"next_{name}" in st.session_state:
        return _Wanted(st.session_state.pop(f"next_{name}"), True)
    linked = st.query_params.get(name)
    if linked is not None and linked != before:
        return _Wanted(linked, True, True)
    picked: str | None = st.session_state.get(f"pick_{name}", before)
    return _Wanted(picked, picked != before)


class _Follower:
    """Demo folder and run follow the dataset, unless others were chosen for it.

    Args:
        dataset: the one that is chosen now.
    """

    def __init__(self, dataset: str | None) -> None:
        self._chosen: dict[tuple[str | None, str], str | None] = st.session_state.setdefault(
            "chosen_with", {}
        )
        self._dataset = dataset
        self._changed = dataset != st.session_state.get("choice_goes_with", "")
        st.session_state["choice_goes_with"] = dataset

    def asked(self, name: str, wanted: _Wanted, automatic: str | None) -> _Wanted:
        """Return what is to be chosen with the dataset."""
        if wanted.explicit or not self._changed:
            return wanted
        return _Wanted(self._chosen.get((self._dataset, name), automatic), False)

    def keep(self, name: str, wanted: _Wanted, value: str | None) -> None:
        """Remember what was chosen on purpose."""
        if wanted.explicit:
            self._chosen[self._dataset, name] = value


def _draw_story(run: Run | None, dataset: str | None, demo: str | None) -> None:
    """Say in a line or two how the three choices go together, where that is not plain."""
    if run and dataset and not trained_on(run, Path(dataset)):
        other, _ = apart(run.record().image_dir, dataset)
        st.caption(f"Trained on {plain(other)}, not on the dataset above.")
    if run and (part := subset_words(run)):
        st.caption(plain(part))
    for name, folder in (("dataset", dataset), ("demo", demo)):
        if folder and (level := better_level(Path(folder))):
            offer_level(level, name, "sidebar")


def _toast_finished(done: set[str]) -> None:
    """Show which trainings ended well since the last rerun; this session's own has a message already."""
    known = st.session_state.get("runs_done", done)
    st.session_state["runs_done"] = done
    for name in sorted(done - known - {st.session_state.get("ended_run")}):
        st.toast(f"The run {plain(name)} is ready: choose it under *Run*.", icon=":material/check_circle:")


_HELP = {
    "dataset": "A folder with one folder of pictures per label, or a CSV file with columns path and label.",
    "demo": "Labelled pictures that the model was not trained on, in the same form.",
}


def _draw_folder(
    name: str, label: str, options: Sequence[str], wanted: _Wanted, automatic: str | None
) -> str | None:
    """Draw the choice of a folder, which may also be typed; return its path.

    Args:
        name: "dataset" or "demo".
        label: over the field.
        options: what is offered.
        wanted: what is to be chosen.
        automatic: what is chosen where that cannot be.
    """
    known = list(options)
    if wanted.value is None and name == "dataset":
        wanted = _Wanted(automatic, False)
    value, missing = _found(wanted.value, known), None
    if wanted.value is not None and value is None:
        missing = wanted.value
        before = st.session_state.get(f"asked_{name}")
        value = before if before and dataset_exists(Path(before)) else automatic
    if value is not None and value not in known:
        known.insert(0, value)
    st.session_state[f"pick_{name}"] = value
    names = short_names(known)
    picked = st.selectbox(
        label,
        known,
        index=0 if name == "dataset" and known else None,
        key=f"pick_{name}",
        format_func=lambda path: names.get(path, path),
        help=_HELP[name],
        accept_new_options=True,
        placeholder="None: type a folder's path",
        persist_state="session",
    )
    if missing is not None:
        explain_missing(label, missing)
    return picked


def _found(text: str | None, known: Sequence[str]) -> str | None:
    """Return the path that is meant by what was chosen, typed or linked to; None where it is not there."""
    if text is None or text in known:
        return text
    try:
        path = dataset_path(text)
    except OptionError:
        return None
    return str(path) if path else None


def _draw_run(
    known: Sequence[str], wanted: _Wanted, automatic: str | None, dataset: str | None
) -> str | None:
    """Draw the choice of a run; return its name."""
    there = wanted.value is None or wanted.value in known
    st.session_state["pick_run"] = wanted.value if there else automatic
    run = st.selectbox(
        "Run",
        known,
        index=None,
        key="pick_run",
        help="A finished training.",
        placeholder="None on this dataset yet" if known and dataset else "None yet",
        persist_state="session",
    )
    if not there:
        st.warning(f"Run not found: {plain(wanted.value)}")
    return run
