"""What garbage collection need not look at after every click: all that was imported."""

import gc
import sys

import streamlit as st

__all__ = ["spare_imports"]

#: So many new modules are worth freezing what is there once more.
_STEP = 100


def spare_imports() -> None:
    """Take what was imported so far out of garbage collection, once for each hundred modules.

    Streamlit collects all generations at the end of every run of the script, which holds its last messages
    up: with pandas, Altair and scikit-learn loaded by a tenth of a second, without them by hardly anything.
    """
    _freeze(len(sys.modules) // _STEP)


@st.cache_resource(show_spinner=False)
def _freeze(step: int) -> None:
    gc.collect()
    gc.freeze()
