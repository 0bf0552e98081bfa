"""Which tuning is shown: the one in the address, the one at work, or the newest of the dataset."""

from pathlib import Path

import streamlit as st

from poetcore.errors import PoetError
from poetcore.system.files import is_same_place
from poetcore.training.tuning.studies import studies
from poetcore.training.tuning.study import Study
from poetcore.ui.address import write_address
from poetcore.ui.state import workspace

__all__ = ["has_tuning", "pick_study", "show_study"]

_KEY = "pick_tuning"


def has_tuning(dataset: Path | None) -> bool:
    """Return whether a finished tuning of a dataset is there."""
    return any(_is_of(study, dataset) and study.current_status().phase == "done" for study in _sound())


def show_study(study: Study) -> None:
    """Have a tuning shown from the next rerun on."""
    st.session_state["next_tuning"] = study.name


def pick_study(dataset: Path | None) -> Study | None:
    """Draw the choice among tunings, where there are several; return the chosen one, or None.

    Args:
        dataset: the chosen one, whose tunings come first.
    """
    every = {study.name: study for study in sorted(_sound(), key=lambda one: not _is_of(one, dataset))}
    if not every:
        return None
    linked = st.query_params.get("tuning")
    wanted = st.session_state.pop("next_tuning", None)
    if wanted is None and linked != st.session_state.get("tuning_linked"):
        wanted = linked
    if wanted in every:
        st.session_state[_KEY] = wanted
    elif st.session_state.get(_KEY) not in every:
        st.session_state[_KEY] = next(iter(every))
    if len(every) > 1:
        titles = {name: study.title for name, study in every.items()}
        st.selectbox(
            "Tuning",
            list(every),
            key=_KEY,
            format_func=titles.__getitem__,
            persist_state="session",
            width=520,
        )
    name = str(st.session_state[_KEY])
    st.session_state["tuning_linked"] = name
    write_address({"tuning": name})
    return every[name]


def _sound() -> list[Study]:
    """Return the tunings whose plan can be read, the newest first."""
    found = []
    for study in studies(workspace()):
        try:
            study.options()
        except PoetError:
            continue
        found.append(study)
    return found


def _is_of(study: Study, dataset: Path | None) -> bool:
    return dataset is not None and is_same_place(study.options().image_dir, dataset)
