"""A tour in four clicks, on drawn flowers: sample, train, evaluate, present."""

import streamlit as st

from poetcore.errors import PoetError
from poetcore.sources.samples import make_sample
from poetcore.ui.address import write_address
from poetcore.ui.choice import Choice
from poetcore.ui.state import choose, explain, progress_bar, workspace

__all__ = ["draw_tour", "draw_tour_offer"]

#: What each click leads to: the words of the line, then the page and the words of its link.
_STOPS = {
    2: ("Five kinds of flowers are drawn. Now **train** a model on them: press *Train and evaluate*.",
        "home", "To the button"),
    3: ("The model is **evaluated** on pictures that it never saw: see where it is wrong.",
        "evaluate", "See the evaluation"),
    4: ("Each cell of the table below holds pictures: a click shows them. Now **present** them.",
        "slideshow", "Start the slideshow"),
    5: ("That was the tour. The same four clicks work with your own pictures; on the page **Live** a camera"
        " will do.", "home", "Bring my own"),
}  # fmt: skip


def draw_tour_offer() -> None:
    """Draw the first click of the tour: it draws the sample flowers and chooses them."""
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(
            "**New here? A tour in four clicks**, without photos of your own:"
            " draw sample flowers, train, evaluate, present.",
            width="stretch",
        )
        begun = st.button("Take the tour", icon=":material/tour:", key="tour_begin")
    if not begun:
        return
    try:
        with progress_bar() as show:
            folder = make_sample(workspace().datasets / "sample", on_progress=show)
    except PoetError as error:
        explain(error)
        return
    choose(dataset=str(folder / "train"), demo=str(folder / "demo"))
    st.session_state["tour"] = 2
    st.rerun()


def draw_tour(page_name: str, choice: Choice, working: bool) -> bool:
    """Draw the next click of the tour, and return whether one was begun.

    Args:
        page_name: of the page that is shown.
        choice: what is chosen.
        working: whether something is being trained.
    """
    stop = st.session_state.get("tour", _linked())
    if stop is None:
        return False
    if stop == 2 and choice.run:
        stop = 3
    elif stop == 3 and page_name == "evaluate":
        stop = 4
    elif stop == 4 and page_name == "slideshow":
        stop = 5
    st.session_state["tour"] = stop
    write_address({"tour": str(stop)})
    if working:
        return True
    words, target, link = _STOPS[stop]
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        place = "The end" if stop == 5 else f"Click {stop} of 4"
        st.markdown(f":material/tour: **{place}** · {words}", width="stretch")
        if target != page_name:
            st.page_link(f"{target}.py", label=link, icon=":material/arrow_forward:")
        st.button("End the tour", key="tour_end", on_click=_end)
    return True


def _linked() -> int | None:
    """Return the stop that the address holds, after a reload; None for none."""
    linked = st.query_params.get("tour", "")
    return int(linked) if linked in map(str, _STOPS) else None


def _end() -> None:
    st.session_state.pop("tour", None)
    st.query_params.pop("tour", None)
