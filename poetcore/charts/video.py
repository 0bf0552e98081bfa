"""The chart of a labelled video: which label it shows when, and how probable each is."""

import altair as alt
import pandas as pd

from poetcore.charts.style import GREY, LINES, percent

__all__ = ["OTHER", "video_chart"]

#: What stands for stretches that show none of the labels drawn.
OTHER = "none of these"

#: The colours of the theme (`.streamlit/config.toml`) and of the live view (`ui/components/live_view.js`).
_COLOURS = ("#5891cb", "#ee5f00", "#26a162", "#c8138b", "#5d50f4", "#007496", "#667350", "#db0b13")

#: Where the strip of labels lies, below the lines.
_STRIP = (-0.16, -0.05)

#: The Vega expression of a place in a video, `1:05`.
_CLOCK = "(floor({0} / 60) + ':' + format(floor({0} % 60), '02d'))"


def video_chart(curve: pd.DataFrame, strip: pd.DataFrame) -> alt.LayerChart:
    """Draw the probabilities of labels over time as lines, and below them what is shown when as a strip.

    Args:
        curve: columns time (seconds), label, probability (0 to 1); of eight labels at the most.
        strip: columns start, end (seconds), label (one of the curve's, or `OTHER`), words.
    """
    labels = list(dict.fromkeys(curve["label"]))
    colours = [_COLOURS[place % len(_COLOURS)] for place in range(len(labels))]
    scale = alt.Scale(domain=[*labels, OTHER], range=[*colours, GREY])
    legend = alt.Legend(**{**LINES.to_dict(), "values": labels, "columns": 3})
    axis = alt.Axis(labelExpr=_CLOCK.format("datum.value"), grid=False)
    end = max([*strip["end"], *curve["time"]])
    along = alt.Scale(domain=[0, end], nice=False)
    up = alt.Scale(domain=[_STRIP[0], 1], nice=False)
    share = alt.Axis(labelExpr=percent("value"), values=[0, 0.25, 0.5, 0.75, 1])
    base = alt.Chart(curve).encode(
        x=alt.X("time:Q", title=None, axis=axis, scale=along),
        y=alt.Y("probability:Q", title=None, axis=share, scale=up),
        color=alt.Color("label:N", title=None, scale=scale, legend=legend),
    )
    lines = base.mark_line(strokeWidth=2)
    points = (
        base.transform_calculate(at=_CLOCK.format("datum.time"), share=percent("probability", 1))
        .mark_point(opacity=0, size=60)
        .encode(
            tooltip=[
                alt.Tooltip("at:N", title="time"),
                "label:N",
                alt.Tooltip("share:N", title="probability"),
            ]
        )
    )
    shown = (
        alt.Chart(strip.assign(low=_STRIP[0], high=_STRIP[1]))
        .transform_calculate(begin=_CLOCK.format("datum.start"), finish=_CLOCK.format("datum.end"))
        .mark_rect()
        .encode(
            x=alt.X("start:Q", title=None, scale=along),
            x2="end:Q",
            y=alt.Y("low:Q", title=None, scale=up),
            y2="high:Q",
            color=alt.Color("label:N", title=None, scale=scale, legend=legend),
            tooltip=[
                alt.Tooltip("words:N", title="label"),
                alt.Tooltip("begin:N", title="from"),
                alt.Tooltip("finish:N", title="to"),
            ],
        )
    )
    chart: alt.LayerChart = (shown + lines + points).properties(height=300)
    return chart
