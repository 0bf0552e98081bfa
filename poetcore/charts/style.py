"""What charts have in common: colours, and a legend of lines."""

import altair as alt

__all__ = ["BLUE", "FEW_LABELS", "GREY", "LINES", "ORANGE", "percent"]

#: Blue and orange that read on white and on black, and for every kind of colour blindness.
BLUE, ORANGE = "#3b82f6", "#f08c00"

#: A grey that reads on white and on black.
GREY = "#7a8496"

#: More labels than this have no colours of their own and no legend; a matrix of them scrolls.
FEW_LABELS = 14

#: A legend that shows lines as lines.
LINES = alt.Legend(orient="top", symbolOpacity=1, symbolType="stroke", symbolStrokeWidth=3, columnPadding=24)


def percent(field: str = "value", digits: int = 0) -> str:
    """Return the Vega expression that writes a share, 0 to 1, as `poetcore.system.figures` does: `95.7 %`."""
    return f"(isValid(datum.{field}) ? format(100 * datum.{field}, '.{digits}f') + ' %' : '–')"
