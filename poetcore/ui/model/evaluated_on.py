"""On which pictures a training is evaluated: a demo folder, pictures kept aside, or the testing pictures."""

from dataclasses import replace
from pathlib import Path

import streamlit as st

from poetcore.data.held_out import is_held_out
from poetcore.data.labels import match_labels
from poetcore.training.config import RunConfig
from poetcore.ui.choice import Choice
from poetcore.ui.freshness import files_now
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import workspace
from poetcore.ui.text import few, plain
from poetcore.workspace.demo_sets import dataset_title, kept_aside, release

__all__ = ["pick_evaluation", "with_evaluation"]

_TESTING = "Its testing pictures"

#: What is offered where there is no demo folder: the option `keep_aside`, and what it means.
_OFFERS = {
    _TESTING: (
        "",
        "The training keeps a tenth of the pictures for its final test; they are shown and reviewed like a"
        " demo folder. Nothing has to be prepared.",
    ),
    "Keep 20 % aside": (
        "20%",
        "A fifth of each label's pictures are demo pictures from now on: no training of this dataset uses"
        " them, so all its runs can be compared on them. Files stay where they are.",
    ),
    "Keep 50 of each label aside": (
        "50",
        "50 pictures of each label, at most half of them, are demo pictures from now on: no training of this"
        " dataset uses them, so all its runs can be compared on them. Files stay where they are.",
    ),
}


def with_evaluation(choice: Choice, dataset: Path) -> RunConfig:
    """Return a configuration with the defaults, evaluated on the best that there is without being asked."""
    return RunConfig(dataset, demo_dir=_demo(choice, dataset), evaluate_after=True)


def pick_evaluation(choice: Choice, dataset: Path) -> RunConfig:
    """Draw on which pictures the run is evaluated, and return the configuration that does it.

    Args:
        choice: of dataset and demo folder.
        dataset: its dataset.
    """
    config = with_evaluation(choice, dataset)
    if choice.demo and (others := _other_labels(choice.demo, dataset)):
        st.caption(
            f":material/info: Not evaluated on {plain(dataset_title(choice.demo))}, which has labels that"
            f" this dataset has not: {plain(few(others))}."
        )
    if config.demo_dir is None:
        return replace(config, keep_aside=_pick_offer(dataset))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Evaluates on **{plain(dataset_title(config.demo_dir))}**.", width="content")
        if kept_aside(dataset, workspace()):
            st.button(
                "Train on all pictures again",
                icon=":material/undo:",
                key="release",
                help="The pictures kept aside are training pictures again; nothing is kept aside.",
                on_click=_release,
                args=(dataset,),
            )
    return config


def _pick_offer(dataset: Path) -> str:
    """Draw what is offered without a demo folder, and return the option `keep_aside`."""
    picked = st.segmented_control(
        "Evaluate on",
        list(_OFFERS),
        default=_TESTING,
        required=True,
        key=f"evaluate_on_{dataset}",
        persist_state="session",
    )
    keep_aside, meaning = _OFFERS[picked or _TESTING]
    st.caption(meaning)
    return keep_aside


def _demo(choice: Choice, dataset: Path) -> Path | None:
    """Return the chosen demo folder, if it has the dataset's labels, or what is kept aside of the dataset.

    The testing pictures of another run are no demo folder: this one gets its own.
    """
    demo = choice.demo
    if demo and not is_held_out(demo) and not _other_labels(demo, dataset):
        return demo
    return kept_aside(dataset, workspace())


def _other_labels(demo: Path, dataset: Path) -> list[str]:
    """Return the labels of a demo folder that a dataset does not have; none where either cannot be read."""
    shown, trained = files_now(demo), files_now(dataset)
    if shown is None or trained is None:
        return []
    known = match_labels(shown.labels, trained.labels)
    return [label for label in shown.labels if label not in known]


def _release(dataset: Path) -> None:
    release(dataset, workspace())
    st.session_state[f"evaluate_on_{dataset}"] = _TESTING  # else the next training keeps some aside again
    forget_scans()
