"""What a slideshow shows: its filters and order, kept in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast, get_args

import streamlit as st

from poetcore.evaluation.slides import Filter, Order, Show

__all__ = ["SlideSettings", "pick_slides"]


@dataclass(frozen=True)
class SlideSettings:
    """Which slides are shown, and how.

    Attributes:
        filter: which pictures.
        order: in which order.
        seed: of the shuffle.
        guess_first: whether the audience guesses before the labels are shown.
    """

    filter: Filter
    order: Order
    seed: int
    guess_first: bool


def pick_slides(labels: Sequence[str]) -> SlideSettings:
    """Draw the settings in one row and return them; the address holds them too."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # The words stand in the address as they are shown here, so they stay plain.
        show = st.segmented_control(
            "Show", list(get_args(Show)), default="all", required=True, key="show", bind="query-params"
        )
        label = st.selectbox("True label", ["any", *labels], key="label", bind="query-params", width=150)
        orders = [order.replace("_", " ") for order in get_args(Order)]
        order = st.selectbox(
            "Order",
            orders,
            key="order",
            bind="query-params",
            width=150,
            help="surest: most confident first; least sure: least confident first.",
        )
        seed = (
            st.number_input("Shuffle", 0, 9999, 0, key="seed_of_shuffle", bind="query-params", width=110)
            if order == "shuffled"
            else 0
        )
        below = st.select_slider(
            "Confidence below", [f"{p} %" for p in range(10, 101, 10)], "100 %", key="below",
            bind="query-params", width=200,
        )  # fmt: skip
        guess = st.toggle(
            "Guess first", key="guess", bind="query-params", help="Hide the labels until they are revealed."
        )
    share = int(below.removesuffix(" %")) / 100
    return SlideSettings(
        Filter(show or "all", None if label == "any" else label, share if share < 1 else None),
        cast(Order, order.replace(" ", "_")),
        seed,
        guess,
    )
