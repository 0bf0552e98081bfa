"""What cannot be read: named in one line, with a button that deletes it once that was confirmed."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from poetcore.errors import PoetError, RunError
from poetcore.system.failures import as_poet_error
from poetcore.training.tuning.studies import delete_study, studies
from poetcore.ui.access import access
from poetcore.ui.state import explain, metrics_of, workspace
from poetcore.ui.text import plain
from poetcore.workspace.finding import delete
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import DAMAGED

__all__ = ["draw_damaged_evaluations", "draw_damaged_tunings"]


def draw_damaged_tunings() -> None:
    """Show the tunings whose settings cannot be read."""
    for study in studies(workspace()):
        status = study.current_status()
        if status.phase == DAMAGED:
            _draw(study.folder, status.message, lambda study=study: delete_study(study))  # type: ignore[misc]


def draw_damaged_evaluations(run: Run) -> None:
    """Show the evaluations of a run whose figures cannot be read; what was said in a review stays."""
    for folder in run.evaluations():
        try:
            metrics_of(folder)
        except RunError as error:
            files = (folder.metrics_file, folder.predictions_file)
            _draw(folder.folder, str(error), lambda files=files: [delete(file) for file in files])  # type: ignore[misc]


def _draw(place: Path, sentence: str, remove: Callable[[], object]) -> None:
    """Show what is wrong with something, and offer to delete it; visitors are told nothing of it."""
    if access().public:
        return
    with st.container(horizontal=True):
        st.warning(plain(sentence), icon=":material/report:", width="stretch")
        with st.popover("Delete", icon=":material/delete:", key=f"damaged_{place}"):
            st.markdown(f"**{plain(place.name)}** cannot be read, and will be gone. The pictures stay.")
            sure = st.checkbox("Yes, I am sure", key=f"sure_damaged_{place}")
            if st.button("Delete for good", key=f"delete_damaged_{place}", disabled=not sure):
                try:
                    remove()
                except (OSError, PoetError) as error:
                    explain(as_poet_error(error) or PoetError(str(error)))
                    return
                st.rerun()
