"""What was found in a whole video: a chart and a table of label over time, and both as CSV."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from poetcore.charts.video import video_chart
from poetcore.errors import RunError
from poetcore.evaluation.label_groups.recall import current_label_groups
from poetcore.evaluation.video.labelled import LabelledVideo, labelled
from poetcore.evaluation.video.options import VideoOptions
from poetcore.system.figures import clock, duration
from poetcore.system.names import to_name
from poetcore.system.wording import counted
from poetcore.ui.chart_specs import chart_spec
from poetcore.ui.text import plain
from poetcore.workspace.records import to_csv
from poetcore.workspace.run import Run

__all__ = ["Found", "as_found", "draw_found", "place_to_show"]

_TABLE = "live_video_segments"

#: Where the session keeps the beginnings of the segments that its table shows.
_STARTS = "live_video_starts"


@dataclass(frozen=True, eq=False)
class Found:
    """What a run found in a video.

    Attributes:
        run: its name.
        video: what it found.
    """

    run: str
    video: LabelledVideo


def as_found(run: Run, sent: dict[str, Any]) -> Found:
    """Return what a browser sent of a video, put together as the command label_video does it.

    Args:
        run: which one is chosen now.
        sent: see `live_video`.

    Raises:
        RunError: it is of another run, or the run has changed since.
    """
    shares = np.array(sent["probabilities"], float)
    if sent["run"] != run.name or shares.shape != (len(sent["times"]), len(run.labels())):
        raise RunError("The run has changed while the video was labelled: label it again.")
    return Found(
        run.name,
        labelled(
            Path(sent["name"]),
            run,
            sent["times"],
            shares,
            sent["unknown"],
            groups=current_label_groups(run),
            smoothing=VideoOptions().smoothing,
            end=sent["end"],
            problem=sent["problem"],
        ),
    )


def place_to_show() -> tuple[float, int] | None:
    """Return the beginning of the segment that is selected in the table, and a number that tells it apart."""
    rows = st.session_state.get(_TABLE, {}).get("selection", {}).get("rows", [])
    starts = st.session_state.get(_STARTS, [])
    return (starts[rows[0]], rows[0] + 1) if rows and rows[0] < len(starts) else None


def draw_found(video: LabelledVideo) -> None:
    """Draw what was found in a video."""
    st.header(f"Labels over time: {plain(video.path.name)}")
    segments = video.segments()
    if video.problem:
        st.warning(f"{plain(video.problem)} What follows is of its first {duration(video.end)}.")
    st.vega_lite_chart(
        chart_spec(video_chart, video.curve(), video.strip()), width="stretch", alt=_in_words(video)
    )
    with_groups = any(one.groups for one in segments)
    table = pd.DataFrame(
        {
            "from": [clock(one.start) for one in segments],
            "to": [clock(one.end) for one in segments],
            "label": [one.words for one in segments],
        }
        | ({"groups": [one.groups for one in segments]} if with_groups else {})
    )
    st.session_state[_STARTS] = [one.start for one in segments]
    st.dataframe(
        table,
        key=_TABLE,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"label": st.column_config.TextColumn(width="large")},
    )
    st.caption(
        f"{counted(len(segments), 'segment')} of {counted(len(video.times), 'frame')}. Select a row to see"
        " where it begins."
    )
    st.download_button(
        "Every frame (CSV)",
        lambda: to_csv(video.table()).encode(),
        file_name=f"{to_name(video.path.stem, 'video')}-labels.csv",
        mime="text/csv",
        icon=":material/table_view:",
        on_click="ignore",
    )


def _in_words(video: LabelledVideo) -> str:
    """Return what the chart shows, for those who do not see it."""
    told = "; ".join(one.text for one in video.segments()[:20])
    return f"Probability of each label over {clock(video.end)}: {told}."
