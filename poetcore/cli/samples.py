"""The commands for a start without pictures: the demo on a drawn sample set, and known photos to download."""

from typing import Annotated

import typer

from poetcore.cli.options import DEFAULT_WORKSPACE, JsonOption, RunNameOption, WorkspaceOption
from poetcore.cli.training_lines import TrainingLines, VerboseOption
from poetcore.errors import OptionError
from poetcore.system.figures import duration
from poetcore.workspace.workspace import Workspace

__all__ = ["demo", "download"]


def demo(
    run_name: RunNameOption = None,
    verbose: VerboseOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Draw a sample set, train on it and evaluate. Works offline."""
    from poetcore.cli.terminal import Terminal, next_line
    from poetcore.evaluation.headline import headline
    from poetcore.training.retrain import demo as run_demo
    from poetcore.training.verdict import run_verdict

    terminal = Terminal(json)
    with terminal.bars() as bars:
        lines = TrainingLines(terminal, bars, verbose)
        run, evaluation = run_demo(Workspace(workspace), lines.show, run_name)
    record, told, about_curves = run.record(), headline(evaluation.metrics), run_verdict(run)
    terminal.answer(
        {
            "run": run.name,
            "final_test_accuracy": record.metrics["final_test_accuracy"],
            "demo_accuracy": told.accuracy.value if told.accuracy else None,
            "demo_mark": told.mark,
            "curves": {"kind": about_curves.kind, "sentence": about_curves.sentence},
            "timings": record.timings,
        },
        f"Run {run.name} in {duration(record.timings['total_s'])}, trained on {record.image_dir}.",
        run.status().message,
        about_curves.sentence,
        next_line("dashboard", workspace),
    )


def download(
    what: Annotated[str, typer.Argument(help="`flowers`: the tutorial's 3,670 flower photos, 229 MB.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    json: JsonOption = False,
) -> None:
    """Download a known set of photos."""
    from poetcore.cli.terminal import Terminal
    from poetcore.sources.samples import download_flowers
    from poetcore.system.files import walk

    if what != "flowers":
        raise OptionError(f"Unknown set {what!r}: choose flowers.")
    terminal = Terminal(json)
    with terminal.bars() as bars:
        path = download_flowers(
            Workspace(workspace).datasets,
            on_progress=bars.show,
        )
    count = sum(1 for _ in walk(path))
    terminal.answer({"path": str(path), "files": count}, f"{count} files in {path}")
