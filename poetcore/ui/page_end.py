"""The early end of a page, after what it lacks was said.

`st.stop` ends more than the page: Streamlit keeps the fragments of a run that was stopped, also those of a
dialog that has been closed. If the browser asks for one of these once more, as it may while the dialog goes,
its content has no place any more, and the whole page turns blank.
"""

from typing import NoReturn

__all__ = ["PageEnd", "end_page"]


class PageEnd(BaseException):
    """Raised to end a page, past every `except Exception` of it."""


def end_page() -> NoReturn:
    """Draw nothing more of the page. Not in fragments and dialogs, which end by `return`."""
    raise PageEnd
