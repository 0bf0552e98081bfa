"""The small place where an owner says what visitors of the public view see: a button, and a dialog."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from poetcore.data.dataset import dataset_exists
from poetcore.errors import PoetError
from poetcore.ui.own_machine import is_own_machine
from poetcore.ui.state import explain, workspace
from poetcore.ui.text import counted, dataset_name, plain
from poetcore.workspace.published import (
    evaluations_of,
    publish_dataset,
    publish_run,
    read_published,
    withdraw,
)
from poetcore.workspace.run import Run

__all__ = ["draw_publish_button"]


def draw_publish_button(run: Run) -> None:
    """Draw the button, on the machine that the server runs on alone."""
    if is_own_machine():
        st.button(
            "Publish",
            key="publish",
            icon=":material/public:",
            type="tertiary",
            help="Show this model to visitors, who can try it and change nothing.",
            on_click=_dialog,
            args=(run,),
        )


@st.dialog("Publish")
def _dialog(run: Run) -> None:
    st.markdown(
        "Visitors of a *public view* see what you publish here and nothing else of this computer. They try"
        " the models with pictures of their own, of which none is kept, and can change nothing."
    )
    try:
        published = read_published(workspace())
        there = published.runs.get(run.name)
        evaluations = counted(len(there.evaluations if there else run.evaluations()), "evaluation")
        _draw_thing(
            f"The model **{plain(run.title)}**, {evaluations} with all their pictures",
            "run",
            run.name if there else None,
            lambda: publish_run(workspace(), run),
            changed=there is not None and len(evaluations_of(workspace(), there)) < len(there.evaluations),
        )
        dataset = Path(run.record().image_dir)
        if dataset_exists(dataset):
            names = [name for name, one in published.datasets.items() if one.folder == str(dataset)]
            _draw_thing(
                f"The pictures that it was trained on, **{plain(dataset_name(dataset))}** as it is now",
                "dataset",
                names[0] if names else None,
                lambda: publish_dataset(workspace(), dataset),
            )
    except PoetError as error:
        explain(error)
    st.caption("What was published is shown by")
    st.code("python -m poetcore dashboard --public", language="bash")


def _draw_thing(
    words: str, key: str, name: str | None, publish: Callable[[], object], changed: bool = False
) -> None:
    """Draw what can be published, and the buttons for it.

    Args:
        words: what it is, as Markdown.
        key: tells it from the other.
        name: under which it is published; None where it is not.
        publish: publishes it as it is now.
        changed: whether something of it was made again since, which visitors do not see.
    """
    with st.container(border=True):
        st.markdown(words)
        if failed := st.session_state.pop(f"publish_failed_{key}", None):
            explain(failed)
        with st.container(horizontal=True, vertical_alignment="center"):
            label = "Publish again" if name else "Publish"
            st.button(
                label,
                key=f"publish_{key}",
                type="secondary" if name else "primary",
                on_click=_do,
                args=(key, publish),
            )
            if name:
                take_back = _withdrawing(name)
                st.button("Withdraw", key=f"withdraw_{key}", on_click=_do, args=(key, take_back))
                st.caption(
                    "An evaluation was made again: publish it again to show it." if changed else "Published."
                )


def _withdrawing(name: str) -> Callable[[], object]:
    return lambda: withdraw(workspace(), name)


def _do(key: str, act: Callable[[], object]) -> None:
    """Do something before the dialog is drawn anew; what goes wrong is told in it."""
    try:
        act()
    except PoetError as error:
        st.session_state[f"publish_failed_{key}"] = error
