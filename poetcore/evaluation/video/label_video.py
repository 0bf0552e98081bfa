"""Labels of a video file: its frames go through a run's network on every core, a few at a time."""

import math
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from poetcore.data import images
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.evaluation.video.frames import Frame, Video, open_video
from poetcore.evaluation.video.labelled import LabelledVideo, labelled
from poetcore.evaluation.video.options import VideoOptions
from poetcore.system.figures import clock
from poetcore.system.files import cores
from poetcore.system.progress import OnProgress, Progress
from poetcore.workspace.label_groups import LabelGroups
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["label_video"]

#: Seconds: a file that ends so much before what it says was broken off.
_SHORT = 1.0


def label_video(
    run: Run,
    workspace: Workspace,
    path: Path,
    options: VideoOptions | None = None,
    groups: LabelGroups | None = None,
    on_progress: OnProgress | None = None,
) -> LabelledVideo:
    """Predict which label a video shows when.

    A frame is seen exactly as a picture of the same pixels is. A video that breaks off is labelled as far as
    it goes, and that is told.

    Args:
        run: a finished one.
        workspace: where its network is.
        path: of the video file.
        options: how often it is looked at, how calm the answer is.
        groups: of the run, as they hold now.
        on_progress: called in the phase `predicting` with the frames.

    Raises:
        OptionError: PyAV is not installed.
        RunError: the run is unfinished or damaged.
        VideoError: the file is no video that can be read.
    """
    chosen = options or VideoOptions()
    with open_video(path) as video:
        classifier = Classifier(run, workspace)
        total = math.ceil(video.duration / chosen.every) if video.duration else 0
        times: list[float] = []
        found: list[Prediction] = []
        for time, prediction in _predicted(classifier, video.frames(chosen.every)):
            times.append(time)
            found.append(prediction)
            if on_progress:
                on_progress(Progress("predicting", len(times), max(total, len(times)) if total else 0))
        return labelled(
            path,
            run,
            times,
            np.stack([one.probabilities for one in found if one.probabilities is not None]),
            [one.unknown for one in found],
            groups=groups or LabelGroups(),
            smoothing=chosen.smoothing,
            end=round(video.end, 6),
            problem=_problem(video),
        )


def _problem(video: Video) -> str:
    """Return a sentence on what of a video is missing, or ""."""
    if video.duration and video.end < video.duration - _SHORT:
        return f"It breaks off at {clock(video.end)} of {clock(video.duration)}. {video.problem}".strip()
    return video.problem


def _predicted(classifier: Classifier, frames: Iterator[Frame]) -> Iterator[tuple[float, Prediction]]:
    """Predict frames in their order, on every core; a frame that stands is predicted once."""
    side, most = classifier.input_size, 2 * cores()
    waiting: deque[tuple[float, Future[Prediction]]] = deque()
    with ThreadPoolExecutor(cores()) as pool:
        try:
            for frame in frames:
                if frame.picture is not None:
                    small = images.halve(frame.picture, side)
                    future = pool.submit(classifier.classify_image, "", small)
                waiting.append((frame.time, future))
                while len(waiting) > most:
                    time, first = waiting.popleft()
                    yield time, first.result()
            for time, first in waiting:
                yield time, first.result()
        finally:
            # Where the caller stops early, frames that have not begun are dropped.
            pool.shutdown(cancel_futures=True)
