"""The slideshow as one file, on its page: how large it will be, the file made, and its download."""

import functools
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st

from poetcore.errors import PoetError
from poetcore.evaluation.slides import Slide
from poetcore.evaluation.slideshow.options import PIXELS, ShowOptions
from poetcore.evaluation.slideshow.show import Slideshow
from poetcore.evaluation.slideshow.show_file import expected_bytes, write_show
from poetcore.system.figures import file_size
from poetcore.system.names import to_name
from poetcore.system.options import options_of
from poetcore.ui.gallery.pictures import shas
from poetcore.ui.state import explain, progress_bar
from poetcore.ui.text import counted, plain
from poetcore.ui.use.look_routes import looker_of
from poetcore.version import __version__
from poetcore.workspace.run import Run

__all__ = ["draw_slide_file"]

_OPTIONS = options_of(ShowOptions)

#: Of the button, and what the keys of what is behind it begin with.
_KEY = "slide_file"


def draw_slide_file(run: Run, slides: Sequence[Slide], make: Callable[..., Slideshow]) -> None:
    """Draw the button *As one file* and what is behind it.

    The file is kept among the run's exports until another is made, so that a reload loses nothing.

    Args:
        run: whose slides they are.
        slides: of the show.
        make: returns the show of slides and the addresses of their pictures, as it is on the page now; `run`
            is the run whose heat maps it offers.
    """
    behind = st.popover("As one file", icon=":material/web_asset:", key=_KEY, on_change="rerun")
    if behind.open:
        with behind:
            _draw_choice(run, slides, make)


def _draw_choice(run: Run, slides: Sequence[Slide], make: Callable[..., Slideshow]) -> None:
    st.markdown(
        "A web page with the pictures in it: a double click opens it on any computer, without Poet and"
        " without a network."
    )
    pixels = st.segmented_control(
        "Longer side of a picture, in pixels",
        PIXELS,
        default=_OPTIONS["pixels"].default,
        required=True,
        key=f"{_KEY}_pixels",
        persist_state="session",
        help="640 is enough for a phone, 1280 for a projector, 1920 for a large screen. No picture is made"
        " larger than it is.",
    )
    heat_maps = st.toggle(
        "Heat maps", key=f"{_KEY}_heat_maps", persist_state="session", help="Shown by the key H there too."
    )
    make = functools.partial(make, run=run.name if heat_maps else "")
    show = make(slides, shas(tuple(slide.path for slide in slides)))
    file = _place(run, show, pixels)
    if not file.exists():
        expected = file_size(_expected(tuple(slides), pixels, heat_maps))
        st.caption(f"{counted(len(slides), 'picture')}: about {expected}.")
        if not st.button("Make the file", key=f"{_KEY}_make", icon=":material/file_save:"):
            return
        try:
            with progress_bar() as on_progress:
                looker = looker_of(run.name) if heat_maps else None
                made = write_show(file, slides, make, pixels=pixels, looker=looker, on_progress=on_progress)
        except PoetError as error:
            explain(error)
            return
        _delete_others(file)
        if not made.skipped:
            st.rerun()
        st.warning(f"Excluded, as they cannot be read: {counted(len(made.skipped), 'picture')}.")
    st.download_button(
        f"Download ({file_size(file.stat().st_size)})",
        file.read_bytes,
        file_name=f"{to_name(show.title, 'slideshow')}.html",
        mime="text/html",
        key=f"{_KEY}_download",
        icon=":material/download:",
        on_click="ignore",
        type="primary",
    )
    st.caption(f"On this computer it is {plain(file)}.")


@st.cache_data(max_entries=16, show_spinner=False)
def _expected(slides: tuple[Slide, ...], pixels: int, heat_maps: bool) -> int:
    return expected_bytes(slides, pixels, heat_maps=heat_maps)


def _place(run: Run, show: Slideshow, pixels: int) -> Path:
    """Return where the file of a show lies once it is made: another show has another name."""
    known = json.dumps([show.packed("file"), pixels, __version__])
    return run.exports / "slideshow" / f"{hashlib.sha256(known.encode()).hexdigest()[:16]}.html"


def _delete_others(file: Path) -> None:
    for other in file.parent.glob("*.html"):
        if other != file:
            with suppress(OSError):  # somebody looks at it
                other.unlink()
