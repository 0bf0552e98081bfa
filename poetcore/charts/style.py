"""What charts have in common: colours, and a legend of lines."""

import altair as alt

__all__ = ["BLUE", "FEW_LABELS", "GREY", "LINES", "ORANGE", "faint_ink", "percent"]

#: Blue and orange that read on white and on black, and for every kind of colour blindness.
BLUE, ORANGE = "#3b82f6", "#f08c00"

#: A grey for lines, that shows on white and on black; for text it is too faint on one of them (see
#: `faint_ink`).
GREY = "#7a8496"

#: More labels than this have no colours of their own and no legend; a matrix of them scrolls.
FEW_LABELS = 14

#: A legend that shows lines as lines.
LINES = alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3, columnPadding=24)


def percent(field: str = "value", digits: int = 0) -> str:
    """Return the Vega expression that writes a share, 0 to 1, as `poetcore.system.figures` does: `95.7 %`."""
    return f"(isValid(datum.{field}) ? format(100 * datum.{field}, '.{digits}f') + ' %' : '–')"


def faint_ink(dark: bool = False) -> str:
    """Return a colour for text that is less important, with a contrast of 4.5 at the least (WCAG 2.2)."""
    return "#a3adbf" if dark else "#596273"
