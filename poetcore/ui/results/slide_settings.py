"""What a slideshow shows and how it is presented: kept in the address, and while other pages are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast, get_args

import streamlit as st

from poetcore.evaluation.slide_options import BATCHES, Order, Show
from poetcore.evaluation.slides import Filter
from poetcore.evaluation.slideshow.presenting import players
from poetcore.ui.access import access
from poetcore.ui.address import write_address
from poetcore.ui.audience.invitation import Invitation
from poetcore.ui.audience.panel import invited

__all__ = ["SlideSettings", "keep_guess_first", "pick_slides"]

#: What stands in the address, by its parameter: the value without it.
_DEFAULTS: dict[str, Any] = {
    "show": "all",
    "label": "any",
    "order": "shuffled",
    "seed_of_shuffle": 0,
    "below": "100 %",
    "guess": False,
    "batch": 1,
    "teams": False,
    "run_name": True,
    "confidence": True,
    "total": True,
}

#: The words stand in the address as they are shown, so they stay plain.
_ORDERS = [order.replace("_", " ") for order in get_args(Order)]
_SHARES = [f"{p} %" for p in range(10, 101, 10)]


@dataclass(frozen=True)
class SlideSettings:
    """Which slides are shown, and how.

    Attributes:
        filter: which pictures.
        order: in which order.
        seed: of the shuffle.
        guess_first: whether the audience guesses before the labels are shown.
        batch: pictures at once.
        players: who guesses, one after the other.
        run_name: whether the title names the run.
        confidence: whether the confidence is shown.
        total: whether the summary tells the accuracy on all pictures.
        audience: who votes with phones, or None.
    """

    filter: Filter
    order: Order
    seed: int
    guess_first: bool
    batch: int
    players: tuple[str, ...]
    run_name: bool
    confidence: bool
    total: bool
    audience: Invitation | None


def pick_slides(labels: Sequence[str]) -> SlideSettings:
    """Draw the settings, in the row of the container that this is called in, and return them."""
    known: dict[str, Sequence[Any]] = {
        "show": get_args(Show),
        "label": ["any", *labels],
        "order": _ORDERS,
        "below": _SHARES,
        "batch": BATCHES,
    }
    _take_from_address(known)
    show = st.segmented_control(
        "Show", get_args(Show), required=True, key=_key("show"), persist_state="session"
    )
    with st.popover("Order and filters", icon=":material/filter_list:"):
        order = st.selectbox(
            "Order",
            _ORDERS,
            key=_key("order"),
            persist_state="session",
            help="shuffled: at random, every label spread evenly; surest: most confident first; least"
            " sure: least confident first.",
        )
        if order == "shuffled":
            st.button("Shuffle again", icon=":material/shuffle:", on_click=_shuffle)
        label = st.selectbox("True label", ["any", *labels], key=_key("label"), persist_state="session")
        below = st.select_slider("Confidence below", _SHARES, key=_key("below"), persist_state="session")
    with st.popover("Presenter", icon=":material/co_present:"):
        batch = st.segmented_control(
            "Pictures at once",
            BATCHES,
            required=True,
            key=_key("batch"),
            persist_state="session",
            help="Of several, *Guess first* hides the labels until they are revealed, all or one by one;"
            " guesses are counted of single pictures.",
        )
        run_name = _switch("run_name", "Name of the run", "Over the slides and at the end.")
        confidence = _switch("confidence", "Confidence", "With the most probable labels.")
        teams = _switch(
            "teams",
            "Two teams",
            "They guess by turns, against each other and the model, one picture at a time.",
        )
        total = _switch("total", "Total at the end", "The accuracy on all pictures, not only those shown.")
    audience = None if access().public else invited()
    _write_to_address()
    share = int(below.removesuffix(" %")) / 100
    return SlideSettings(
        Filter(show or "all", None if label == "any" else label, share if share < 1 else None),
        cast(Order, order.replace(" ", "_")),
        st.session_state[_key("seed_of_shuffle")],
        st.session_state[_key("guess")],
        batch or 1,
        players(teams and batch == 1),
        run_name,
        confidence,
        total,
        audience,
    )


def keep_guess_first(on: bool) -> None:
    """Keep what the switch in the show says, for the address and the next visit."""
    st.session_state[_key("guess")] = on
    _write_to_address()


def _switch(name: str, label: str, help: str) -> bool:
    return st.toggle(label, key=_key(name), help=help, persist_state="session")


def _shuffle() -> None:
    st.session_state[_key("seed_of_shuffle")] += 1


def _key(name: str) -> str:
    return f"slides_{name}"


def _take_from_address(known: dict[str, Sequence[Any]]) -> None:
    """Set the state of every setting from the address, once for each new value there.

    Args:
        known: the values that are possible, of settings that are chosen from a list.
    """
    for name, default in _DEFAULTS.items():
        key, linked = _key(name), st.query_params.get(name)
        if linked is not None and linked != st.session_state.get(f"{key}_linked"):
            st.session_state[key] = _read(linked, default)
        value = st.session_state.get(key, default)
        st.session_state[key] = value if value in known.get(name, [value]) else default


def _write_to_address() -> None:
    """Write all settings that are not the default into the address, at once."""
    words = {name: _written(st.session_state[_key(name)], default) for name, default in _DEFAULTS.items()}
    for name, text in words.items():
        st.session_state[f"{_key(name)}_linked"] = text
    write_address(words)


def _written(value: Any, default: Any) -> str | None:
    if value == default:
        return None
    return str(value).lower() if isinstance(default, bool) else str(value)


def _read(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        return text == "true"
    if isinstance(default, int):
        return int(text) if text.isdecimal() else default
    return text
