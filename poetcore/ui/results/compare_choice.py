"""Which models are compared: runs by their titles, files by their paths; the choice stands in the address."""

from pathlib import Path

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.compare import Model, model_named
from poetcore.ui.choice import Choice, run_titles
from poetcore.ui.freshness import trained_on
from poetcore.ui.state import explain, workspace
from poetcore.workspace.run import Run

__all__ = ["open_comparison", "pick_models"]

#: Where the choice is kept, and its names in the address.
_A, _B = "compare_a", "compare_b"

_HELP = "A run, or the path of a frozen graph (.pb) or an exported file: type it and press Enter."


def open_comparison(runs: list[Run]) -> None:
    """Show the page with some runs: the oldest is what the others are compared with."""
    first, *others = sorted(runs, key=lambda run: run.began())
    st.switch_page("compare.py", query_params={"a": first.name, "b": [run.name for run in others]})


def pick_models(choice: Choice) -> list[Model]:
    """Draw the choice of a model A and of one or more models B; return those that can be compared.

    Args:
        choice: the chosen run is B unless others were chosen, A one that goes with it.
    """
    titles = run_titles(workspace().finished_runs())
    _remember(choice, list(titles))
    options = list(dict.fromkeys([*titles, *_typed(titles)]))

    def named(name: str) -> str:
        return titles.get(name, Path(name).name)

    first, second = st.columns(2)
    with first:
        a = st.selectbox(
            "A: compare with",
            options,
            key=f"pick_{_A}",
            index=None,
            format_func=named,
            accept_new_options=True,
            placeholder="A run, or a file's path",
            help=_HELP,
        )
    with second:
        b = st.multiselect(
            "B: what is compared",
            options,
            key=f"pick_{_B}",
            format_func=named,
            accept_new_options=True,
            placeholder="One or more runs, or files' paths",
            help=_HELP,
        )
    st.session_state[_A], st.session_state[_B] = a, list(b)
    _write_address(a, list(b))
    if a is None or not b:
        return []
    models: list[Model] = []
    for name in [a, *b]:
        try:
            models.append(model_named(name, workspace()))
        except PoetError as error:
            explain(error)
            return []
    return models


def _remember(choice: Choice, names: list[str]) -> None:
    """Set both fields to what a new address asks for, what was chosen before, or what goes with the run."""
    linked = (st.query_params.get("a"), tuple(st.query_params.get_all("b")))
    if linked != st.session_state.get("compare_linked") and (linked[0] or linked[1]):
        st.session_state[_A], st.session_state[_B] = linked[0], list(linked[1])
        st.session_state["compare_linked"] = linked
    elif f"pick_{_A}" in st.session_state:
        return  # what the user just picked
    elif not st.session_state.get(_B):
        st.session_state[_A], st.session_state[_B] = _usual(choice, names)
    st.session_state[f"pick_{_A}"] = st.session_state.get(_A)
    st.session_state[f"pick_{_B}"] = list(st.session_state.get(_B) or [])


def _usual(choice: Choice, names: list[str]) -> tuple[str | None, list[str]]:
    """Return the chosen run as B, and as A the newest other run on the same pictures, else the newest."""
    if choice.run is None or choice.run.name not in names:
        return None, []
    others = [run for run in workspace().finished_runs() if run.name != choice.run.name]
    folder = Path(choice.run.record().image_dir)
    alike = [run for run in others if trained_on(run, folder)]
    a = next((run.name for run in [*alike, *others]), None)
    return a, [choice.run.name]


def _typed(titles: dict[str, str]) -> list[str]:
    """Return what is chosen and is no finished run: paths, and runs that are gone."""
    chosen = [st.session_state.get(f"pick_{_A}"), *st.session_state.get(f"pick_{_B}", [])]
    return [name for name in chosen if name and name not in titles]


def _write_address(a: str | None, b: list[str]) -> None:
    wanted = (a, tuple(b))
    if wanted == (st.query_params.get("a"), tuple(st.query_params.get_all("b"))):
        return
    st.session_state["compare_linked"] = wanted
    for name, value in (("a", a), ("b", b)):
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)
