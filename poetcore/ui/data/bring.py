"""Ways to bring pictures in: drop them, browse this computer, the camera, a sample, gather from the web."""

from contextlib import suppress

import streamlit as st

from poetcore.errors import DatasetError, PoetError
from poetcore.sources.samples import download_flowers, make_sample
from poetcore.system.failures import as_poet_error
from poetcore.ui.components.upload import Waiting, upload_area
from poetcore.ui.data.browsing import draw_browser
from poetcore.ui.data.naming import draw_naming
from poetcore.ui.own_machine import is_own_machine
from poetcore.ui.scans import forget_scans
from poetcore.ui.state import choose, explain, progress_bar, workspace
from poetcore.ui.text import counted, plain
from poetcore.workspace.arrivals import Arrived
from poetcore.workspace.uploads import Upload, find_upload, finish_upload, unfinished_uploads

__all__ = ["bring_dialog", "draw_bring_button", "draw_ways_in"]

#: The place of the ways in the dialog; a rerun of the whole page would close it.
_DIALOG = "dialog"


def draw_bring_button() -> None:
    """Draw the button that opens the dialog, and whether an upload waits there to be gone on with."""
    if st.button("Bring pictures", icon=":material/add_photo_alternate:", width="stretch", key="bring"):
        bring_dialog()
    if number := len(unfinished_uploads(workspace())):
        verb = "is" if number == 1 else "are"
        st.caption(
            f":material/upload: {counted(number, 'upload')} {verb} not finished: see *Bring pictures*."
        )


def bring_dialog() -> None:
    """Draw the ways to bring pictures in over the page; the dialog closes once something was brought in."""
    st.session_state.pop("upload_problem", None)  # of what was dropped before it was opened
    _dialog()


@st.dialog("Bring pictures", width="large")
def _dialog() -> None:
    draw_ways_in(_DIALOG)


def draw_ways_in(place: str = "page") -> None:
    """Draw the ways to bring pictures in; what was brought in is chosen at once.

    Args:
        place: tells these from others on the screen, such as those of the dialog over a page.
    """
    try:
        _draw_upload(place)
        _draw_others(place)
    except PoetError as error:
        explain(error)
    if st.session_state.pop("browse_chosen", False):
        st.rerun()  # of the whole page, from which the dialog is gone


def _draw_upload(place: str) -> None:
    """Draw the area to drop on, and what is to be said of what was dropped."""
    unnamed: set[str] = st.session_state.setdefault("uploads_to_name", set())
    waiting, to_name = [], []
    for upload in unfinished_uploads(workspace()):
        with suppress(DatasetError):  # discarded meanwhile
            offer, missing = upload.offer, len(upload.missing())
            if offer.only_folder is not None and (not missing or upload.id in unnamed):
                to_name.append(upload)
            else:
                total = sum(one is not None for one in offer.places)
                waiting.append(Waiting(upload.id, offer.name, total - missing, total))
    sent = upload_area(waiting, key=f"upload_{place}", ended=st.session_state.get("upload_ended", ""))
    if sent and sent != st.session_state.get("upload_ended"):
        _take(sent, place)
    if problem := st.session_state.get("upload_problem"):
        st.error(plain(problem), icon=":material/error:")
    for upload in to_name:
        if arrived := draw_naming(upload, place):
            _use(arrived)


def _take(sent: str, place: str) -> None:
    """Make a dataset of the upload that has come, or have its label asked for where it was dropped."""
    st.session_state["upload_ended"] = sent
    st.session_state.pop("upload_problem", None)
    try:
        upload = find_upload(workspace(), sent.partition("/")[0])
        if upload.offer.only_folder is not None:
            st.session_state["uploads_to_name"].add(upload.id)
        else:
            _use(_finished(upload))
    except (PoetError, OSError) as error:
        st.session_state["upload_problem"] = str(as_poet_error(error) or error)
    st.rerun(scope="fragment" if place == _DIALOG else "app")


def _finished(upload: Upload) -> Arrived:
    with st.spinner(f"Looking at {plain(upload.offer.name)} ..."):
        return finish_upload(workspace(), upload)


def _use(arrived: Arrived) -> None:
    """Choose what came in, and keep the report of it for the page on which it was brought in."""
    forget_scans()
    st.session_state["arrived"] = arrived
    st.session_state["arrived_on"] = st.session_state.get("page")
    choose(dataset=str(arrived.train), demo=str(arrived.demo) if arrived.demo else None)
    st.rerun()


def _draw_others(place: str) -> None:
    """Draw the other ways, which need no file of one's own or no upload."""
    own, browse = is_own_machine(), f"browse_{place}"
    with st.container(horizontal=True):
        if own and st.button("Browse this computer", icon=":material/folder_open:", key=f"open_{browse}"):
            st.session_state[browse] = not st.session_state.get(browse)
        camera = st.button("Use the camera", icon=":material/photo_camera:", key=f"camera_{place}")
        sample = st.button("Take the sample flowers", icon=":material/brush:", key=f"make_sample_{place}")
        flowers = st.button(
            "Download flower photos (229 MB)", icon=":material/download:", key=f"get_flowers_{place}"
        )
        gather = st.button("Gather from the web", icon=":material/travel_explore:", key=f"gather_{place}")
    if camera:
        st.session_state["live_section_next"] = st.session_state["view_at_live"] = "Collect"
        st.switch_page("live.py")
    if gather:
        st.session_state["prepare_section"] = st.session_state["view_at_prepare"] = "Gather pictures"
        st.switch_page("prepare.py")
    if sample:
        with progress_bar() as show:
            folder = make_sample(workspace().datasets / "sample", on_progress=show)
        choose(dataset=str(folder / "train"), demo=str(folder / "demo"))
        st.rerun()
    if flowers:
        with progress_bar() as show:
            folder = download_flowers(workspace().datasets, on_progress=show)
        choose(dataset=str(folder))
        st.rerun()
    if own and st.session_state.get(browse):
        draw_browser(place)
