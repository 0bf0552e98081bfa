"""A small browser of this computer's folders: choose a dataset or demo pictures without typing a path.

Drawn only where the browser runs on the same machine as the server: to anyone else these folders are none of
their business, and "this computer" would be the wrong one.
"""

import time
from pathlib import Path

import streamlit as st

from poetcore.data.layout import folders_in
from poetcore.ui.state import choose, workspace
from poetcore.ui.text import counted, plain
from poetcore.workspace.browse import (
    Place,
    inside,
    looked_at,
    recent_folders,
    remember_folder,
    starting_places,
)

__all__ = ["draw_browser"]

#: Folders that are listed of one; of more the others can be searched.
_LISTED = 200

#: More folders than this can be searched.
_SEARCHED = 12

#: Pixels of the list, and of a row in it.
_HEIGHT, _ROW = 380, 48


def draw_browser(place: str) -> None:
    """Draw the folder that is looked at, what is in it, and the buttons to use it.

    Args:
        place: tells this browser from others on the screen.
    """
    key = f"browse_at_{place}"
    at: Path | None = st.session_state.get(key)
    if at is not None and not at.is_dir():
        st.warning(f"{plain(at)} is not there any more.")
        at = st.session_state[key] = None
    if at is None:
        _draw_start(key)
    else:
        _draw_folder(at, key)


def _draw_start(key: str) -> None:
    """Draw where to begin: what was used lately, then the usual places."""
    recent, places = [one for one in recent_folders(workspace()) if one.is_dir()], starting_places()
    height = min(_HEIGHT, _ROW * (len(recent) + len(places)) + 100)
    with st.container(height=height, gap="xsmall", key=f"{key}_list"):
        if recent:
            st.caption("Used lately")
            until = time.monotonic() + 1
            for folder in recent:
                _draw_row(looked_at(folder, until), key, f"{folder.name} · {folder.parent}")
        st.caption("On this computer")
        for folder in places:
            _draw_open(folder, key, str(folder), "start")


def _draw_folder(at: Path, key: str) -> None:
    """Draw a folder: the way up, what it holds, and the folders in it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        _draw_way(None, "Start", ":material/home_storage:", key)
        for parent in [*reversed(at.parents), at][-4:]:
            _draw_way(parent, parent.name or str(parent), ":material/chevron_right:", key)
    here = looked_at(at, time.monotonic() + 1)
    with st.container(border=True):
        st.markdown(f"**{plain(at.name or at)}** · {_words(here)}")
        if here.train and here.labels > 1:
            _draw_use(here, key)
        elif here.labels:
            st.caption("One folder with pictures only; a dataset has one for each of its labels.")
        elif here.pictures:
            st.caption(
                "Its pictures lie in no label folder. If its name is their label, choose the folder around"
                " it; else drop them above, which asks for their label."
            )
    wanted = ""
    if len(folders_in(at)) > _SEARCHED:
        wanted = st.text_input("Find a folder here", key=f"{key}_find_{at}", icon=":material/search:")
    found = [one for one in _inside(at) if wanted.strip().casefold() in one.path.name.casefold()]
    if found:
        height = min(_HEIGHT, _ROW * len(found) + 32)
        with st.container(height=height, gap="xsmall", key=f"{key}_list"):
            for one in found[:_LISTED]:
                _draw_row(one, key, one.path.name)
        if len(found) > _LISTED:
            st.caption(f"{len(found) - _LISTED:,} more: type a part of the name above.")
    else:
        st.caption("No folders in it.")


@st.cache_data(ttl="20s", max_entries=32, show_spinner="Counting pictures ...")
def _inside(at: Path) -> list[Place]:
    return inside(at)


def _draw_row(one: Place, key: str, name: str) -> None:
    """Draw a folder of the list: its name opens it, the button uses it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _draw_open(one.path, key, name, "in")
        st.caption(_words(one), width="content")
        if one.train and one.labels > 1:
            st.button(
                "Use",
                key=f"{key}_use_{one.path}",
                on_click=_use,
                args=(one,),
                help=f"Use {plain(one.train)} as the dataset",
            )


def _draw_use(here: Place, key: str) -> None:
    with st.container(horizontal=True):
        st.button(
            "Use as dataset",
            type="primary",
            icon=":material/check:",
            key=f"{key}_use",
            on_click=_use,
            args=(here,),
        )
        st.button(
            "Use as demo pictures",
            icon=":material/fact_check:",
            key=f"{key}_demo",
            on_click=_use,
            args=(here, True),
            help="To evaluate a model on; it must not be trained on them.",
        )


def _draw_open(folder: Path, key: str, name: str, where: str) -> None:
    st.button(
        plain(name),
        key=f"{key}_{where}_{folder}",
        icon=":material/folder:",
        type="tertiary",
        on_click=_go,
        args=(key, folder),
    )


def _draw_way(folder: Path | None, name: str, icon: str, key: str) -> None:
    st.button(
        plain(name), key=f"{key}_way_{folder}", icon=icon, type="tertiary", on_click=_go, args=(key, folder)
    )


def _go(key: str, folder: Path | None) -> None:
    st.session_state[key] = folder


def _use(place: Place, as_demo: bool = False) -> None:
    """Choose a folder, and the demo folder beside it; the next run of the whole script shows it."""
    train = place.train or place.path
    remember_folder(workspace(), train)
    if as_demo:
        choose(demo=str(train))
    elif place.demo:
        choose(dataset=str(train), demo=str(place.demo))
    else:
        choose(dataset=str(train))
    st.session_state["browse_chosen"] = True


def _words(one: Place) -> str:
    """Return what a folder holds, in a few words."""
    more = "" if one.whole else "at least "
    if one.labels:
        labels = counted(one.labels, "label") if one.labels > 1 else "1 folder"
        return f"{more}{labels} · {more}{counted(one.pictures, 'picture')}"
    if one.pictures:
        return counted(one.pictures, "picture")
    return "no pictures" if one.whole else "not counted"
