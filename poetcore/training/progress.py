"""The progress of a run: written into its folder, and passed on to the caller."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

from poetcore.data.dataset import Dataset
from poetcore.system.failures import as_poet_error
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.preview import PreviewReport
from poetcore.training.ridge_layer import Strength
from poetcore.training.train import StepReport
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import Status

__all__ = [
    "PreviewProgress",
    "Reporter",
    "ScannedProgress",
    "StrengthProgress",
    "TrainingProgress",
    "reporting",
]

#: Between two writes of the status, or two events, in the course of a phase.
_SECONDS = 0.5

#: Between two writes at all: replacing a file may wait for the disk, and nobody reads phases this short.
_LEAST_SECONDS = 0.1


@dataclass(frozen=True)
class TrainingProgress(Progress):
    """How far the training of the last layer is.

    Attributes:
        step: accuracy and cross entropy after `done` steps.
    """

    step: StepReport = field(kw_only=True)


@dataclass(frozen=True)
class StrengthProgress(Progress):
    """How far a ridge regression is, which has no steps.

    Attributes:
        strength: the one of the regularisation that was tried last, and how good it is.
    """

    strength: Strength = field(kw_only=True)


@dataclass(frozen=True)
class PreviewProgress(Progress):
    """How far the extraction is, with another preview of the training.

    Attributes:
        preview: how good a layer is on the pictures so far.
    """

    preview: PreviewReport = field(kw_only=True)


@dataclass(frozen=True)
class ScannedProgress(Progress):
    """Which pictures a run takes, before their features are extracted.

    Attributes:
        dataset: its pictures, those that are kept aside and labels that were not chosen excluded.
    """

    dataset: Dataset = field(kw_only=True)


class Reporter:
    """Writes progress into the run's folder, not more often than needed, and passes it on."""

    def __init__(self, run: Run, on_progress: OnProgress | None) -> None:
        self.started = run.status().started
        self._run = run
        self._on_progress = on_progress
        self._written = self._noted = 0.0
        self._phase = ""

    def __call__(self, progress: Progress) -> None:
        """Report how far the run is."""
        now = time.monotonic()  # a clock may be set back
        if isinstance(progress, TrainingProgress):
            self._run.append_event("step", **asdict(progress.step))
        if isinstance(progress, StrengthProgress):
            self._run.append_event("strength", **asdict(progress.strength))
        if isinstance(progress, PreviewProgress):
            self._run.append_event("preview", **asdict(progress.preview))
        waited, last = now - self._written, progress.done == progress.total
        if progress.phase == "bottlenecks" and (last or now - self._noted > _SECONDS):
            self._run.append_event("bottleneck", done=progress.done, total=progress.total)
            self._noted = now
        if waited > _LEAST_SECONDS and (progress.phase != self._phase or waited > _SECONDS or last):
            self._run.check_cancelled()
            self._run.write_status(
                Status(progress.phase, progress.done, progress.total, self.started, message=progress.message)
            )
            self._written, self._phase = now, progress.phase
        if self._on_progress:
            self._on_progress(progress)

    def end(self, phase: str, message: str) -> None:
        """Write how the run ended: one of `FINAL_PHASES`, and a sentence."""
        last = self._run.status()
        self._run.write_status(replace(last.of_process(os.getpid()), phase=phase, message=message))


@contextlib.contextmanager
def reporting(run: Run, on_progress: OnProgress | None) -> Iterator[Reporter]:
    """Write into the run's folder how it ended, whatever happens."""
    reporter = Reporter(run, on_progress)
    try:
        yield reporter
    except KeyboardInterrupt:
        reporter.end("cancelled", "Stopped before it was finished.")
        raise
    except BaseException as error:
        reporter.end("failed", str(as_poet_error(error) or f"{type(error).__name__}: {error}"))
        raise
