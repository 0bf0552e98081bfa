"""Ways to bring pictures in: the drawn sample, the flower photos, a folder, a zip file."""

from pathlib import Path

import pandas as pd
import streamlit as st

from poetcore.errors import PoetError
from poetcore.sources.samples import download_flowers, make_sample
from poetcore.ui.state import choose, explain, progress_bar, workspace
from poetcore.ui.text import counted, plain
from poetcore.workspace.archives import Unpacked, unpack

__all__ = ["bring_dialog", "draw_unpacked", "draw_ways_in"]


@st.dialog("Bring pictures", width="large")
def bring_dialog() -> None:
    """Draw the ways to bring pictures in over the page; the dialog closes once something was brought in."""
    draw_ways_in("dialog")


def draw_ways_in(place: str = "page") -> None:
    """Draw the ways to bring pictures in; what was brought in is chosen at once.

    Args:
        place: tells these from others on the screen, such as those of the dialog over a page.
    """
    st.markdown(
        "Pictures lie in **one folder per label**; the folder's name is the label. To use a folder of this"
        " computer, type its path into *Dataset* in the sidebar."
    )
    with st.container(horizontal=True):
        sample = st.button("Draw the sample flowers", icon=":material/brush:", key=f"make_sample_{place}")
        flowers = st.button(
            "Download flower photos (229 MB)", icon=":material/download:", key=f"get_flowers_{place}"
        )
    try:
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
        _draw_upload(place)
    except PoetError as error:
        explain(error)


def draw_unpacked(folder: Path) -> None:
    """Tell what came out of the zip file that this dataset was in, for as long as it is chosen."""
    report: Unpacked | None = st.session_state.get("unpacked_report")
    if report is None or folder not in (report.folder, report.train):
        return
    words = f"{counted(report.pictures, 'picture')} {'was' if report.pictures == 1 else 'were'}"
    files = counted(report.litter, "file")
    litter = f" Passed over: {files} that phones and desktops leave behind." if report.litter else ""
    st.caption(f":material/folder_zip: {words} unpacked into {plain(report.folder)}.{litter}")
    if report.excluded:
        st.dataframe(pd.DataFrame(report.excluded, columns=["excluded", "because it"]), hide_index=True)


def _draw_upload(place: str) -> None:
    archive = st.file_uploader("Or a zip file of label folders", key=f"zip_{place}")
    if archive is None or st.session_state.get("unpacked") == archive.file_id:
        return
    with st.spinner(f"Unpacking {plain(archive.name)} ..."):
        unpacked = unpack(workspace(), archive.name, archive)
    st.session_state["unpacked"] = archive.file_id
    st.session_state["unpacked_report"] = unpacked
    choose(dataset=str(unpacked.train), demo=str(unpacked.demo) if unpacked.demo else None)
    st.rerun()
