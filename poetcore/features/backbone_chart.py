"""The chart of all backbones as a file that opens anywhere, without a connection."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd

from poetcore.features.litert import ListedBackbone
from poetcore.system.outputs import check_ending, write_output

__all__ = ["write_chart"]

#: By the ending of a file's name: the arguments of `altair.Chart.save` for that format.
_FORMATS: dict[str, dict[str, Any]] = {
    ".html": {"inline": True, "embed_options": {"actions": False}},
    ".png": {"scale_factor": 2},
    ".svg": {},
}

_WIDTH, _HEIGHT = 860, 480


def write_chart(file: Path, backbones: Sequence[ListedBackbone], chosen: str, force: bool = False) -> None:
    """Write the chart of backbones into a file: accuracy against computation, and how large each is.

    An HTML file has everything in it that it needs, and shows the figures of the circle under the mouse.

    Args:
        file: ends in .html, .png or .svg.
        backbones: which ones.
        chosen: name of the one that is marked, or "".
        force: whether to replace a file that Poet did not write.

    Raises:
        OptionError: the name has another ending, or the file cannot be written.
    """
    from poetcore.charts.backbones import backbone_chart

    check_ending(file, _FORMATS, "A chart is")
    ending = file.suffix.lower()
    chart = backbone_chart(pd.DataFrame(backbones), chosen, named=True).properties(
        width=_WIDTH, height=_HEIGHT, title="Backbones: the larger a circle, the larger the network"
    )
    out: io.BytesIO | io.StringIO = io.BytesIO() if ending == ".png" else io.StringIO()
    chart.save(out, format=cast(Any, ending[1:]), **_FORMATS[ending])
    write_output(file, out.getvalue(), force)
