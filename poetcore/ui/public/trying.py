"""A published model at work on a visitor's own pictures and camera; nothing of them is kept."""

import threading

import streamlit as st

from poetcore.errors import PoetError
from poetcore.system.files import cores
from poetcore.system.names import natural_key
from poetcore.ui.gallery.about import about_run
from poetcore.ui.label_groups.predicted import decisions_of
from poetcore.ui.live.camera_section import draw_camera
from poetcore.ui.public.chosen import explain_nothing, shown
from poetcore.ui.text import few, plain
from poetcore.ui.use.predictions import draw_predictions, predict
from poetcore.workspace.run import Run

__all__ = ["draw_live", "draw_predict"]

#: Pictures that are labelled at once.
_PICTURES = 8

#: Seconds for which a visitor waits for others.
_PATIENCE = 20

_at_once = threading.BoundedSemaphore(cores())


def draw_predict() -> None:
    """Draw the fields for pictures and what the chosen model says of them."""
    run = shown().run
    if run is None:
        explain_nothing()
        return
    try:
        _draw_tried(run)
    except PoetError as error:
        explain_nothing(error)


def draw_live() -> None:
    """Draw the camera, and what the chosen model says of it."""
    if shown().run is None:
        explain_nothing()
        return
    draw_camera()


def _draw_tried(run: Run) -> None:
    labels = sorted(run.labels(), key=natural_key)
    st.markdown(f"Model **{plain(run.title)}** ({len(labels)} labels): {plain(few(labels))}.")
    words = f"Pictures, {_PICTURES} at the most"
    files = st.file_uploader(words, accept_multiple_files=True, key="public_files")
    photos = [(file.name, file.getvalue()) for file in files[:_PICTURES]]
    if st.toggle("Use the camera", key="public_camera_on"):
        shot = st.camera_input("Take a picture", key="public_camera")
        if shot:
            photos.insert(0, ("camera.jpg", shot.getvalue()))
    if not photos:
        return
    if not _at_once.acquire(timeout=_PATIENCE):
        st.info("Many people ask just now: try again in a minute.", icon=":material/hourglass:")
        return
    try:
        found = predict(run, photos)
    finally:
        _at_once.release()
    for one in found:
        if one.probabilities is None:
            st.warning(f"{plain(one.path)} {plain(one.reason)}.", icon=":material/warning:")
    usable = [
        (one, content)
        for one, (_, content) in zip(found, photos, strict=True)
        if one.probabilities is not None
    ]
    if usable:
        draw_predictions(usable, about_run(run), decisions_of(run, [one for one, _ in usable]))
