"""What `pages.py` opens: each page and each of its sections, what a person came for there, and a click."""

from dataclasses import dataclass

__all__ = ["LOOKS", "Look"]

_FIGURE = ".poet-grid figure img"
_CHART = "[data-testid=stVegaLiteChart] :is(svg, canvas)"
_CELL = "table[role=grid] td[tabindex]"
_TABLE = "[data-testid=stDataFrame] canvas"


def _choice(words: str) -> str:
    """Return what is not chosen of a segmented control or of pills."""
    return f"[data-testid=stButtonGroup] button[aria-checked=false]:has-text('{words}')"


def _button(words: str) -> str:
    return f"[data-testid=stMain] button:has-text('{words}')"


@dataclass(frozen=True)
class Look:
    """A page, or a section of one.

    Attributes:
        page: its address.
        section: as it is called on the page; "" of a page without any.
        content: selector of what a person came for, to be seen.
        click: selector of what is clicked then, the first of these; "" where nothing asks the server.
        query: of the address, beside what is chosen.
        number: which of what `click` selects is meant.
    """

    page: str
    section: str
    content: str
    click: str = ""
    query: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        return f"{self.page.capitalize()}{f': {self.section}' if self.section else ''}"


_NEXT_PAGE = "[data-testid=stPagination] button:has-text('2')"

LOOKS = (
    Look("home", "", "[data-testid=stMetric]", _button("See the mistakes")),
    Look("prepare", "Split into training and demo", "[data-testid=stMetric]", _choice("Gather pictures")),
    Look("prepare", "Gather pictures", "[data-testid=stTextInput]", _choice("Split into")),
    Look("overview", "Pictures", _FIGURE, _NEXT_PAGE),
    Look("overview", "Health", _TABLE, _choice("(")),
    Look("overview", "Suspect labels", _FIGURE, _NEXT_PAGE),
    Look("overview", "Map", ".map canvas.points", _choice("PCA")),
    Look("train", "New training", _button("Train and evaluate"), _choice("This run")),
    Look("train", "This run", _CHART, _choice("All runs")),
    Look("train", "All runs", _TABLE, _choice("This run")),
    Look("evaluate", "Mistakes", _CELL, _CELL, number=1),
    Look("evaluate", "Where it fails", _CHART, _choice("wrong")),
    Look("evaluate", "Confidence", _CHART, _choice("Mistakes")),
    Look("evaluate", "Groups and costs", "h2:has-text('Groups')", _choice("Mistakes")),
    Look("tune", "New tuning", _button("Start"), _choice("Result")),
    Look("tune", "Result", _TABLE, _choice("New tuning")),
    Look("compare", "", "[data-testid=stMetric]", _CELL, number=1),
    Look("slideshow", "", ".show .picture img", _choice("mistakes")),
    Look("predict", "", "[data-testid=stFileUploader]", "[data-testid=stCheckbox] label"),
    Look("live", "Camera", _button("Start the camera"), _choice("Video")),
    Look("live", "Video", _button("Choose a video"), _choice("Camera")),
    Look("live", "Collect", "input", _choice("Camera")),
)
