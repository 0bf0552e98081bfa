"""The confusion matrix as a table whose cells can be chosen with mouse, finger or keyboard."""

from collections.abc import Callable, Sequence
from hashlib import sha1

import streamlit as st

from poetcore.evaluation.matrix_table import matrix_css
from poetcore.ui.components.assets import asset

__all__ = ["Cell", "matrix"]

#: True label, predicted label.
Cell = tuple[str, str]

_component = st.components.v2.component(
    "poet_matrix",
    html=asset("matrix.html"),
    css=matrix_css() + asset("matrix.css"),
    js=asset("matrix.js"),
    isolate_styles=True,
)


def matrix(
    html: str,
    labels: Sequence[str],
    chosen: Cell | None,
    on_choose: Callable[[Cell | None], None],
    *,
    key: str,
) -> None:
    """Draw a confusion matrix.

    Args:
        html: the table, as `matrix_table` returns it.
        labels: those that it shows, in its order.
        chosen: the cell that is framed.
        on_choose: called, before the page is drawn anew, with the cell that was chosen, None where it was
            cleared.
        key: tells this matrix from others of the page.
    """
    # Streamlit refuses keys with two underlines in a row, which may stand in the names of folders.
    name = f"matrix_{sha1(key.encode('utf-8', 'surrogateescape')).hexdigest()}"

    def tell() -> None:
        asked = st.session_state[name].cell
        if asked:
            cell = asked["chosen"]
            on_choose((str(cell[0]), str(cell[1])) if cell else None)

    data = {"html": html, "labels": list(labels), "chosen": list(chosen) if chosen else None}
    _component(key=name, data=data, on_cell_change=tell)
