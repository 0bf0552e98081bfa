"""What charts have in common: colours, and a legend of lines."""

import altair as alt

__all__ = ["BLUE", "FAINT_INK", "FEW_LABELS", "GREY", "INK", "LINES", "ORANGE", "PAPER", "percent"]

#: Blue and orange with a contrast of 3 on white and on black (WCAG 2.2), told apart with every kind of colour
#: blindness.
BLUE, ORANGE = "#3b82f6", "#cc6f00"

#: A grey for lines, that shows on white and on black; for text it is too faint on one of them.
GREY = "#7a8496"

#: Words on a page, those that are less important (a contrast of 4.5), and the page around words that cross
#: lines. The browser chooses, so that an open page follows when its theme changes; for web pages alone.
INK, FAINT_INK, PAPER = (
    "light-dark(#0f172a, #ffffff)",
    "light-dark(#596273, #a3adbf)",
    "light-dark(#ffffff, #0f141c)",
)

#: More labels than this have no colours of their own and no legend; a matrix of them scrolls.
FEW_LABELS = 14

#: A legend that shows lines as lines.
LINES = alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3, columnPadding=24)


def percent(field: str = "value", digits: int = 0) -> str:
    """Return the Vega expression that writes a share, 0 to 1, as `poetcore.system.figures` does: `95.7 %`."""
    return f"(isValid(datum.{field}) ? format(100 * datum.{field}, '.{digits}f') + ' %' : '–')"
