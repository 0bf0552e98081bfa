"""The bar of a review: how far it is, live, and the button that opens the next picture without a verdict.

It hears of verdicts from the light-box in the browser, and asks for a new run of the script only once that
is closed, so that the figures of the page follow.
"""

from collections.abc import Callable, Mapping
from hashlib import sha1

import streamlit as st

from poetcore.ui.components.assets import asset

__all__ = ["review_bar"]

_component = st.components.v2.component(
    "poet_review",
    html=asset("review.html"),
    css=asset("review.css"),
    js=asset("review.js"),
    isolate_styles=True,
)


def review_bar(
    run: str,
    evaluation: str,
    *,
    words: str,
    reviewed: int,
    mistakes: int,
    button: str,
    ask: Mapping[str, str] | None,
    on_show: Callable[[], None],
) -> None:
    """Draw the bar, and with it open a picture.

    Args:
        run: name of the run.
        evaluation: name of its evaluation.
        words: how far the review is.
        reviewed: misclassified pictures with a verdict.
        mistakes: misclassified pictures.
        button: what stands on the button.
        ask: opens a picture at once, where its `id` is another than before: that with the hash `sha`, or the
            next misclassified one without a verdict where this is "".
        on_show: called, before the page is drawn anew, where it shows none and one was asked for.
    """
    # Streamlit refuses keys with two underlines in a row, which may stand in the names of folders.
    name = f"review_{sha1(f'{run}/{evaluation}'.encode()).hexdigest()}"
    data = {
        "run": run,
        "evaluation": evaluation,
        "words": words,
        "reviewed": reviewed,
        "mistakes": mistakes,
        "button": button,
        "ask": dict(ask) if ask else None,
    }
    _component(key=name, data=data, on_show_change=on_show, on_changed_change=lambda: None)
