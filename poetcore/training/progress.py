"""Signs of life of a run: written into its folder, and passed on to whoever watches."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace

from poetcore.errors import PoetError
from poetcore.training.train import StepReport
from poetcore.workspace.run import Run, Status

__all__ = ["Progress", "Reporter", "reporting"]


@dataclass(frozen=True)
class Progress:
    """A sign of life, for whoever watches.

    Attributes:
        phase: as in `Status`.
        done: pictures or steps done in this phase.
        total: pictures or steps of this phase; 0 where it is not known.
        message: a sentence, or empty.
        step: the report, in the training phase.
    """

    phase: str
    done: int = 0
    total: int = 0
    message: str = ""
    step: StepReport | None = None


class Reporter:
    """Writes what happens into the run's folder, not more often than needed, and passes it on."""

    def __init__(self, run: Run, watch: Callable[[Progress], None]) -> None:
        self.started = run.status().started
        self._run = run
        self._watch = watch
        self._written = 0.0
        self._phase = ""

    def __call__(self, progress: Progress) -> None:
        now = time.time()
        if progress.step is not None:
            self._run.append_event("step", **asdict(progress.step))
        if progress.phase != self._phase or now - self._written > 0.5 or progress.done == progress.total:
            if progress.phase == "bottlenecks":
                self._run.append_event("bottleneck", done=progress.done, total=progress.total)
            self._run.write_status(
                Status(
                    progress.phase, progress.done, progress.total, self.started, now, message=progress.message
                )
            )
            self._written, self._phase = now, progress.phase
        self._watch(progress)

    def end(self, phase: str, message: str) -> None:
        last = self._run.status()
        self._run.write_status(replace(last, phase=phase, heartbeat=time.time(), message=message))


@contextlib.contextmanager
def reporting(run: Run, watch: Callable[[Progress], None]) -> Iterator[Reporter]:
    """See to it that the run's folder says how it ended, whatever happens."""
    reporter = Reporter(run, watch)
    try:
        yield reporter
    except PoetError as error:
        reporter.end("failed", str(error))
        raise
    except KeyboardInterrupt:
        reporter.end("cancelled", "Stopped before it was finished.")
        raise
    except BaseException as error:
        reporter.end("failed", f"{type(error).__name__}: {error}")
        raise
