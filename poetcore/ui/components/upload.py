"""The area on which folders, zip files and photos are dropped, and the buttons to choose them.

It sends the files itself (`upload_transfer.js`), one by one, to the routes in `ui/data/upload_routes.py`,
goes on while other pages are looked at, and tells Python once all of them are there.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from poetcore.ui.components.assets import asset

__all__ = ["Waiting", "upload_area"]

_component = st.components.v2.component(
    "poet_upload",
    html=asset("upload.html"),
    css=asset("button.css", "upload.css"),
    js=asset("amounts.js", "upload_transfer.js", "upload.js"),
    isolate_styles=True,
)


@dataclass(frozen=True)
class Waiting:
    """An upload that was broken off.

    Attributes:
        id: of the upload.
        name: of its folder or zip file.
        here: how many files have come.
        total: of how many.
    """

    id: str
    name: str
    here: int
    total: int


def upload_area(unfinished: Sequence[Waiting], *, key: str, ended: str = "") -> str | None:
    """Draw the area and return the upload that has just come whole, once: its id, a slash, and when.

    Args:
        unfinished: what was broken off earlier, to be gone on with, used as it is, or discarded.
        key: tells this area from others of the page.
        ended: what was returned and dealt with last, so that the area is ready for the next.
    """
    data = {"unfinished": [asdict(one) for one in unfinished], "ended": ended}
    done = _component(key=key, data=data, on_done_change=lambda: None).done
    return str(done) if done else None
