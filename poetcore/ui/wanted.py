"""What is to be chosen now: set by a page, held by a new address, picked, or what goes with the dataset."""

from dataclasses import dataclass

import streamlit as st

from poetcore.ui.linked import drop_link, note_link

__all__ = ["Follower", "Wanted", "wanted_now"]


@dataclass(frozen=True)
class Wanted:
    """What is to be chosen now.

    Attributes:
        value: its path or name, as it was given; None for none.
        explicit: whether a page, a new address or the user chose it just now.
    """

    value: str | None
    explicit: bool


def wanted_now(name: str) -> Wanted:
    """Return what a page set, what a new address holds, what the user picked, or the value so far.

    A widget's state is lost on some ways from page to page and an address arrives from outside, so the value
    is written into the widget's state before it is drawn, and into the address after it.
    """
    before: str | None = st.session_state.get(f"asked_{name}")
    if f"next_{name}" in st.session_state:
        drop_link(name)
        return Wanted(st.session_state.pop(f"next_{name}"), True)
    linked = st.query_params.get(name)
    if linked is not None and linked != before:
        note_link(name, linked)
        return Wanted(linked, True)
    picked: str | None = st.session_state.get(f"pick_{name}", before)
    if picked != before:
        drop_link(name)
    return Wanted(picked, picked != before)


class Follower:
    """Demo folder and run follow the dataset, unless others were chosen for it.

    Args:
        dataset: the one that is chosen now.
    """

    def __init__(self, dataset: str | None) -> None:
        self._chosen: dict[tuple[str | None, str], str | None] = st.session_state.setdefault(
            "chosen_with", {}
        )
        self._automatic: dict[str, str | None] = st.session_state.setdefault("chosen_automatically", {})
        self._dataset = dataset
        self._changed = dataset != st.session_state.get("choice_goes_with", "")
        st.session_state["choice_goes_with"] = dataset

    def asked(self, name: str, wanted: Wanted, automatic: str | None, *, follow: bool = False) -> Wanted:
        """Return what is to be chosen with the dataset, and remember what was chosen on purpose.

        Args:
            name: "demo" or "run".
            wanted: what is to be chosen now.
            automatic: what is chosen unless somebody chose another.
            follow: whether another automatic value takes the place of the one before.
        """
        if wanted.explicit:
            if wanted.value == automatic:
                self._chosen.pop((self._dataset, name), None)
            else:
                self._chosen[self._dataset, name] = wanted.value
        elif self._changed or wanted.value is None or (follow and wanted.value == self._automatic.get(name)):
            wanted = Wanted(self._chosen.get((self._dataset, name), automatic), False)
        self._automatic[name] = automatic
        return wanted
