"""A tuning from its plan to its choice: the pictures, the trials on every core, the honest choice.

What has ended is on disk, so that a tuning that was stopped or killed goes on where it was.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from poetcore.errors import DatasetError
from poetcore.system.files import cores
from poetcore.system.progress import OnProgress, Progress
from poetcore.training.cross_validation import cross_validated_accuracy
from poetcore.training.tuning.choice import Choice
from poetcore.training.tuning.concluding import conclude
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.pictures import TunedPictures, prepare_pictures
from poetcore.training.tuning.records import Cost, Trial
from poetcore.training.tuning.reporting import TimeLeft, TuningProgress, reporting
from poetcore.training.tuning.study import Study
from poetcore.training.tuning.trials import Job, Predicted, jobs_of, predicted_by
from poetcore.workspace.workspace import Workspace

__all__ = ["run_study"]

#: Between two reports, seconds.
_SECONDS = 0.3


def run_study(study: Study, workspace: Workspace, on_progress: OnProgress | None = None) -> Choice:
    """Compute the trials of a tuning that have not ended yet, and choose.

    Whatever happens, how it ended is written into the tuning's folder.

    Args:
        study: new, or one that was stopped.
        workspace: where it is kept.
        on_progress: called often; an exception that it raises stops the tuning.

    Raises:
        DatasetError: the pictures cannot be used, or are others than when it began.
        OptionError: every training diverged, or another process works on it.
        PoetError: a backbone cannot be used.
    """
    with study.worked_on("is being worked on"), reporting(study, on_progress) as report:
        settings, options = study.settings(), study.options()
        jobs, left = jobs_of(settings), None
        ended = {number for number, trial in study.ended().items() if _is_whole(trial, study)}
        costs: dict[str, Cost] = {}
        for architecture in dict.fromkeys(one.architecture for one in settings):
            pictures = prepare_pictures(architecture, settings, options, workspace, report)
            if study.environment().get("state", pictures.state) != pictures.state:
                raise DatasetError(
                    f"The pictures are not those any more on which the tuning {study.name!r} began: begin"
                    " another."
                )
            costs[architecture] = pictures.cost
            study.write_environment(pictures.environment(costs))
            left = left or TimeLeft(jobs, ended, len(pictures.folds), pictures.labels)
            own = [job for job in jobs if job.setting.architecture == architecture]
            with left.running():
                _try(own, ended, pictures, options, study, left, report)
        report(Progress("tuning", len(settings), len(settings), "Choosing settings"))
        choice = conclude(study, pictures)
        study.write_choice(choice)
        report.end("done", choice.sentence)
    return choice


def _is_whole(trial: Trial, study: Study) -> bool:
    """Return whether what a trial predicted can be read, where it did not diverge."""
    return trial.accuracy is None or study.predicted(trial.number) is not None


def _try(
    jobs: Sequence[Job],
    ended: set[int],
    pictures: TunedPictures,
    options: TuneOptions,
    study: Study,
    left: TimeLeft,
    report: OnProgress,
) -> None:
    """Compute the jobs of one backbone on all cores, and write down each trial as it ends."""
    from threadpoolctl import threadpool_limits

    waiting = [job for job in jobs if not set(job.numbers.values()) <= ended]
    found: queue.Queue[tuple[int, Predicted | None, float]] = queue.Queue()
    stop, total = threading.Event(), len(study.settings())

    def work(job: Job) -> None:
        began = time.perf_counter()

        def on_share(share: float) -> None:
            left.note(job, share)
            if stop.is_set():
                raise InterruptedError

        for number, predicted in predicted_by(job, pictures, options, on_share):
            found.put((number, predicted, time.perf_counter() - began))
        left.note(job, 1)

    # A step's matrices are so small that BLAS's threads would wait for each other.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as pool:
        working = [pool.submit(work, job) for job in waiting]
        try:
            while working or not found.empty():
                trial = None
                with contextlib.suppress(queue.Empty):
                    number, predicted, seconds = found.get(timeout=_SECONDS)
                    if number not in ended:  # else of a job that had ended in part
                        trial, arrays = _kept(number, predicted, seconds, pictures)
                        study.add(trial, arrays)
                        ended.add(number)
                report(TuningProgress("tuning", len(ended), total, left=left.words, trial=trial))
                for one in [one for one in working if one.done()]:
                    one.result()
                    working.remove(one)
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _kept(
    number: int, predicted: Predicted | None, seconds: float, pictures: TunedPictures
) -> tuple[Trial, dict[str, np.ndarray]]:
    """Return the figures of a trial, and the arrays that are kept of it."""
    seconds = round(seconds, 3)
    if predicted is None:
        message = "The training diverged: a smaller learning rate is needed."
        return Trial(number, None, None, None, None, seconds, message), {}
    own = predicted.correct[np.arange(len(pictures.folds)), pictures.folds]
    groups = np.unique(pictures.groups[pictures.tested], return_inverse=True)[1]
    accuracy = cross_validated_accuracy(int(own[pictures.tested].sum()), groups)
    low, high = accuracy.interval or (0.0, 1.0)
    cross_entropy = float(predicted.loss.trace() / accuracy.total)
    trial = Trial(number, accuracy.value, low, high, cross_entropy, seconds)
    return trial, {"correct": predicted.correct, "loss": predicted.loss}
