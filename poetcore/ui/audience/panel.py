"""Invite the audience, beside the settings of the slideshow: what is opened is said before."""

import sys

import streamlit as st

from poetcore.errors import PoetError
from poetcore.ui.audience.addresses import HERE_ONLY, LanAddress, lan_addresses
from poetcore.ui.audience.invitation import Invitation, invitations
from poetcore.ui.audience.server import PORTS, SILENCE
from poetcore.ui.own_machine import is_own_machine
from poetcore.ui.state import explain

__all__ = ["invited"]

_NAME = "Invite the audience"

#: Of the address that is chosen.
_ADDRESS = "audience_address"

#: What each system's firewall asks, by the beginning of `sys.platform`.
_FIREWALLS = {
    "win": "Windows asks whether Python may be reached: allow it in private networks.",
    "darwin": "macOS asks whether Python may accept incoming connections: allow it.",
    "linux": "A firewall needs that port open, with ufw by `sudo ufw allow {port}/tcp`.",
}


def invited() -> Invitation | None:
    """Draw what opens and ends an audience; return the one that is open, for the slideshow."""
    if not is_own_machine():
        with st.popover(_NAME, icon=":material/groups:"):
            st.markdown("It can be started on the computer that runs the dashboard only.")
        return None
    one = invitations().current()
    with st.popover("Audience" if one else _NAME, icon=":material/groups:"):
        if one:
            _draw_open(one)
        else:
            _draw_closed()
    return one


def _draw_closed() -> None:
    """Draw what would be opened, and the button that opens it."""
    if error := st.session_state.pop("audience_problem", None):
        explain(error)
    st.markdown(
        "Phones vote for a label while a picture is up. Then the slide shows the votes, what the model says"
        " and the true label, and the score: who is right more often. Until then a vote can be changed. A tie"
        " counts as wrong."
    )
    found = [*lan_addresses(), HERE_ONLY]
    if len(found) == 1:
        st.warning(
            "This computer is in no network that phones could be in: join a Wi-Fi or start a hotspot, then"
            " reload this page.",
            icon=":material/wifi_off:",
        )
    chosen = st.selectbox(
        "Address",
        found,
        format_func=lambda one: one.words,
        key=_ADDRESS,
        help="Of several networks choose the one that the phones are in.",
    )
    st.markdown(_what_is_open(chosen))
    st.button("Open the vote page", type="primary", icon=":material/lock_open:", on_click=_open)


def _what_is_open(chosen: LanAddress) -> str:
    who = "this computer alone" if chosen == HERE_ONLY else "**everyone in this network**, without a password"
    return (
        f"This opens port {PORTS.start} (the next one where it is taken) of {chosen.host} to {who},"
        " until the show ends. There is the vote page and nothing else: the names of the labels, and after"
        " each slide the true and the predicted one. No picture, no file and no page of the dashboard. No"
        " names are kept."
    )


def _draw_open(one: Invitation) -> None:
    """Draw what is open, what may stand in the way, and the button that ends it."""
    here = one.host == HERE_ONLY.host
    who = "this computer alone" if here else "everyone in this network"
    st.markdown(
        f"The vote page is open to {who} at `{one.address}`. It closes {SILENCE:.0f} seconds after this page"
        " was left, and with the dashboard. **A** in the show makes the code large."
    )
    if not here:
        st.caption(
            "No phone gets through? It must be in the same network; networks for guests often keep devices"
            " apart, a phone's hotspot does not. " + _firewall(one.port)
        )
    st.button("End the audience", icon=":material/stop_circle:", on_click=invitations().end)


def _firewall(port: int) -> str:
    return next((hint for name, hint in _FIREWALLS.items() if sys.platform.startswith(name)), "").format(
        port=port
    )


def _open() -> None:
    """Open the vote page; the show hides the labels then, of one picture at a time."""
    try:
        # As it is chosen now: whoever is quick presses a button that was drawn for another one.
        invitations().open(st.session_state[_ADDRESS].host)
    except PoetError as error:
        st.session_state["audience_problem"] = error
        return
    st.session_state["slides_guess"] = True
    st.session_state["slides_batch"] = 1
