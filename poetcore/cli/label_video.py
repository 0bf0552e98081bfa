"""The command that predicts which label a video shows when."""

from pathlib import Path
from typing import Annotated, Any

import typer

from poetcore.cli.options import (
    DEFAULT_WORKSPACE,
    ForceOption,
    JsonOption,
    RunOption,
    WorkspaceOption,
    takes_options_of,
)
from poetcore.errors import OptionError
from poetcore.evaluation.video.options import VideoOptions
from poetcore.system.figures import clock
from poetcore.system.files import is_same_place, one_line, printable
from poetcore.system.options import build
from poetcore.system.outputs import check_output, write_output
from poetcore.system.wording import counted
from poetcore.workspace.records import to_csv
from poetcore.workspace.workspace import Workspace

__all__ = ["label_video"]

#: More stretches than this would hide what a terminal has to say.
_SHOWN = 100


@takes_options_of(VideoOptions, after="run")
def label_video(
    file: Annotated[Path, typer.Argument(help="A video file, such as .mp4, .mov, .webm, .mkv or .avi.")],
    run: RunOption = "latest",
    out: Annotated[
        Path | None,
        typer.Option(help="Write a CSV file there: time, label, confidence, unknown, and each probability."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many labels of each frame --json has.")] = 5,
    force: ForceOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
    **options: Any,
) -> None:
    """Predict which label a video shows when: a line for each stretch of one label.

    The video is read by PyAV, an extra package, frame by frame: its length does not matter to the memory.
    """
    from poetcore.cli.group_tables import groups_of
    from poetcore.cli.terminal import Terminal
    from poetcore.evaluation.video.label_video import label_video as label

    terminal, place, chosen_options = Terminal(json), Workspace(workspace), build(VideoOptions, options)
    if out and (out.is_dir() or not out.parent.is_dir()):
        raise OptionError(f"{out} can be no CSV file: name a file in a folder that is there.")
    if out and is_same_place(out, file):
        raise OptionError(f"{printable(out)} is the video itself, which would be lost: give another file.")
    if out:
        check_output(out, force)
    chosen = place.run(run)
    with terminal.bars() as bars:
        found = label(chosen, place, file, chosen_options, groups_of(chosen, terminal), bars.show)
    if found.problem:
        terminal.message(f"{printable(file)}: {found.problem}")
    if out:
        write_output(out, to_csv(found.table()), force)
    segments = found.segments()
    more = len(segments) - _SHOWN
    terminal.answer(
        {
            "path": str(file),
            "run": chosen.name,
            "labels": chosen.labels(),
            "seconds": found.end,
            "every": chosen_options.every,
            "smoothing": chosen_options.smoothing,
            "segments": [one.values() for one in segments],
            "frames": [
                {
                    "time": time,
                    "labels": list(one.predicted),
                    "scores": [{"label": name, "score": score} for name, score in one.top(top)],
                    "unknown": one.unknown,
                }
                | decision.values()
                for time, one, decision in zip(
                    found.times.tolist(), found.predictions, found.decisions, strict=True
                )
            ],
            "problem": found.problem or None,
            "out": str(out) if out else None,
        },
        *(one_line(one.text) for one in segments[:_SHOWN]),
        *([f"... and {counted(more, 'segment')} more: --json has all."] if more > 0 else []),
        f"{counted(len(found.times), 'frame')} of {clock(found.end)}, one every {chosen_options.every:g} s,"
        f" by {chosen.name}" + (f": {printable(out)}." if out else "."),
    )
