"""The progress of a tuning: written into its folder and passed on; how much time is left."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil

from poetcore.system.failures import as_poet_error
from poetcore.system.figures import duration
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.tuning.records import Trial
from poetcore.training.tuning.study import Study
from poetcore.training.tuning.trials import Job
from poetcore.workspace.run_record import Status

__all__ = ["StudyReporter", "TimeLeft", "TuningProgress", "reporting", "stopped_after"]

#: Between two writes of the status, seconds.
_SECONDS = 0.5


@dataclass(frozen=True)
class TuningProgress(Progress):
    """How far the trials of a tuning are.

    Attributes:
        left: how long it will still take, in words; "" where that is not known yet.
        trial: the one that has just ended, or None.
    """

    left: str = field(default="", kw_only=True)
    trial: Trial | None = field(default=None, kw_only=True)


class StudyReporter:
    """Writes progress into a tuning's folder, not more often than needed, and passes it on."""

    def __init__(self, study: Study, on_progress: OnProgress | None) -> None:
        self._study = study
        self._started = study.began()
        self._on_progress = on_progress
        self._written, self._phase = 0.0, ""

    def __call__(self, progress: Progress) -> None:
        """Report how far the tuning is."""
        now = time.monotonic()  # a clock may be set back
        if progress.phase != self._phase or now - self._written > _SECONDS:
            self._study.check_cancelled()
            self._study.write_status(
                Status(
                    progress.phase,
                    progress.done,
                    progress.total,
                    self._started,
                    message=_message(progress),
                )
            )
            self._written, self._phase = now, progress.phase
        if self._on_progress:
            self._on_progress(progress)

    def end(self, phase: str, message: str) -> None:
        """Write how the tuning ended: one of `FINAL_PHASES`, and a sentence."""
        done, total = len(self._study.ended()), len(self._study.settings())
        self._study.write_status(Status(phase, done, total, self._started, message=message))


def _message(progress: Progress) -> str:
    """Return what the status holds beside the figures: the message, or the words with the time left."""
    left = progress.left if isinstance(progress, TuningProgress) else ""
    return f"{progress.words}, {left}" if left else progress.message


@contextlib.contextmanager
def reporting(study: Study, on_progress: OnProgress | None) -> Iterator[StudyReporter]:
    """Write into the tuning's folder how it ended, whatever happens."""
    reporter = StudyReporter(study, on_progress)
    try:
        yield reporter
    except KeyboardInterrupt:
        reporter.end("cancelled", stopped_after(study))
        raise
    except BaseException as error:
        reporter.end("failed", str(as_poet_error(error) or f"{type(error).__name__}: {error}"))
        raise


def stopped_after(study: Study) -> str:
    """Return the sentence on a tuning that was stopped."""
    return f"Stopped after {len(study.ended())} of {len(study.settings())} trials: resume it to go on."


class TimeLeft:
    """Tells how long trials will still take, from how long those before them took.

    Args:
        jobs: of the whole tuning.
        ended: numbers of the trials that had ended before.
        pictures: how many there are.
        labels: how many labels they have.
    """

    def __init__(self, jobs: Sequence[Job], ended: set[int], pictures: int, labels: int) -> None:
        self._costs = [job.cost(pictures, labels) for job in jobs]
        self._places = {id(job): place for place, job in enumerate(jobs)}
        self._shares = [float(set(job.numbers.values()) <= ended) for job in jobs]
        self._before = self._done()
        self._seconds = 0.0
        self._began: float | None = None

    def note(self, job: Job, share: float) -> None:
        """Note which part of a job is done, 0 to 1."""
        self._shares[self._places[id(job)]] = share

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Count the time meanwhile; what extracts features does not count."""
        self._began = time.monotonic()
        try:
            yield
        finally:
            self._seconds += time.monotonic() - self._began
            self._began = None

    @property
    def words(self) -> str:
        """What is shown: `about 40 s left`; "" where it is not known yet."""
        seconds = self._seconds + (0 if self._began is None else time.monotonic() - self._began)
        done, total = self._done(), sum(self._costs)
        new = done - self._before
        if seconds < 1 or new <= 0.02 * (total - self._before):
            return ""
        rest = (total - done) * seconds / new
        return f"about {duration(5 * ceil(rest / 5), whole=True)} left" if rest > 0 else ""

    def _done(self) -> float:
        return sum(cost * share for cost, share in zip(self._costs, self._shares, strict=True))
