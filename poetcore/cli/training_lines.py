"""What a terminal shows of a training while it goes on: doubts about its pictures, and how well it does."""

from typing import TYPE_CHECKING, Annotated

import typer

from poetcore.system.figures import percent
from poetcore.system.progress import Progress

if TYPE_CHECKING:
    from poetcore.cli.terminal import Terminal
    from poetcore.system.progress_bars import Bars
    from poetcore.training.ridge_layer import Strength
    from poetcore.training.train import StepReport

__all__ = ["TrainingLines", "VerboseOption"]

#: Reports that are printed in the course of a training; all with --verbose.
_PRINTED = 10

#: How many times more pictures the next preview that is printed has.
_GROWTH = 2

VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose", help=f"Print every report of the training instead of {_PRINTED}, one every tenth of it."
    ),
]


class TrainingLines:
    """Prints a line at every tenth of a training's steps beside its bars, as the original script does.

    Args:
        terminal: where the lines go.
        bars: shown beside them.
        verbose: print all reports.

    Attributes:
        warnings: what may spoil the training, in sentences; none before its pictures were scanned.
    """

    def __init__(self, terminal: "Terminal", bars: "Bars", verbose: bool = False) -> None:
        self.warnings: list[str] = []
        self._terminal = terminal
        self._bars = bars
        self._verbose = verbose
        self._parts = 0
        self._previewed = 0

    def show(self, progress: Progress) -> None:
        """Show how far the run is, to be given as `on_progress`."""
        from poetcore.training.progress import (
            PreviewProgress,
            ScannedProgress,
            StrengthProgress,
            TrainingProgress,
        )
        from poetcore.workspace.datasets import dataset_warnings

        self._bars.show(progress)
        if isinstance(progress, ScannedProgress):
            self.warnings = dataset_warnings(progress.dataset)
            for sentence in self.warnings:
                self._terminal.line(sentence)
        if isinstance(progress, PreviewProgress):
            found = progress.preview
            if self._verbose or found.pictures >= _GROWTH * self._previewed:
                self._terminal.line(f"{found.text}; the training on all follows.")
                self._previewed = found.pictures
        if isinstance(progress, TrainingProgress):
            parts = _PRINTED * progress.done // progress.total
            if self._verbose or parts > self._parts:
                self._terminal.line(_report(progress.step, progress.total))
            self._parts = parts
        if isinstance(progress, StrengthProgress):
            self._terminal.line(_tried(progress.strength))


def _report(report: "StepReport", steps: int) -> str:
    """Return a report of the training in one line, no wider than 80 columns, figures below each other.

    Args:
        report: accuracy and cross entropy.
        steps: of the whole training.
    """
    figures = [
        f"train accuracy {_accuracy(report.train_accuracy)}",
        f"cross entropy {report.train_cross_entropy:.3f}",
    ]
    if report.validation_accuracy is not None:
        figures.append(f"validation {_accuracy(report.validation_accuracy)}")
    return f"Step {report.step:>{len(f'{steps:,}')},}: {', '.join(figures)}"


def _tried(strength: "Strength") -> str:
    """Return how good a strength of ridge regression is, in one line as those of steps."""
    return (
        f"Strength {strength.strength:<5g}: train accuracy {_accuracy(strength.train_accuracy)}, left out"
        f" {_accuracy(strength.left_out_accuracy)}, cross entropy {strength.left_out_cross_entropy:.3f}"
    )


def _accuracy(share: float) -> str:
    return f"{percent(share):>{len(percent(1.0))}}"
