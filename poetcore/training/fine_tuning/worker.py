"""The process that fine-tunes: `python -m poetcore.training.fine_tuning.worker`.

`front NAME FILE` writes the frozen first part of a network as a LiteRT file. `train FOLDER` reads a `Job`
from a folder, writes an `Outcome` and the trained network there, and prints its progress, one JSON object a
line.
"""

import json
import signal
import sys
import time
from pathlib import Path

import numpy as np

from poetcore.features.backbones import build, find
from poetcore.system.figures import duration, percent
from poetcore.system.files import write_whole
from poetcore.system.processes import run_to_exit
from poetcore.system.tensorflow import tensorflow
from poetcore.training.fine_tuning.cut import Halves, cut
from poetcore.training.fine_tuning.job import KERAS_FILE, LITE_FILE, Job, Outcome
from poetcore.training.fine_tuning.maps import MapCache, front_of, read_maps
from poetcore.training.fine_tuning.tail import TailTrainer, steps_of

__all__ = ["train", "write_front"]

#: Seconds between two lines.
_SECONDS = 0.5


def write_front(architecture: str, file: Path) -> None:
    """Write the first part of a network as a LiteRT file; imports TensorFlow.

    Raises:
        BackboneError: its weights cannot be had, or it cannot be cut.
    """
    tf = tensorflow()
    halves = cut(build(find(architecture)), architecture)
    write_whole(file, tf.lite.TFLiteConverter.from_keras_model(halves.front).convert())


def train(folder: Path) -> None:
    """Do the job in a folder, and write there what came of it; imports TensorFlow.

    Raises:
        BackboneError: the network's weights cannot be had, or it cannot be cut.
    """
    tf = tensorflow()
    import keras

    job = Job.read(folder)
    keras.utils.set_random_seed(job.seed)
    backbone = find(job.architecture)
    halves = cut(build(backbone), job.architecture)
    lines = _Lines(job)
    with MapCache(Path(job.maps)) as cache:
        read = read_maps(cache, front_of(backbone), job.shas, halves.front.output_shape[1:])
        trainer = TailTrainer(halves, job, read, lines, Path(job.stop).exists)
        everything = np.arange(len(job.shas))
        training, validation = everything[job.part == 0], everything[job.part == 1]
        rate = trainer.choose_rate(training, validation)
        course = trainer.train(training, validation, rate)
        kernel, bias = trainer.layer()
        if course.best:
            _write_network(tf, halves, folder)
        held_out = np.empty((0, len(bias)), np.float32)
        if course.best and not course.stopped and (job.folds >= 0).any():
            held_out = _cross_validate(trainer, job, rate, course.best)
    Outcome(
        best=course.best,
        epochs=course.epochs,
        rate=rate,
        share=halves.share,
        parameters=trainer.parameters,
        stopped=course.stopped,
        curve=course.curve,
        kernel=kernel,
        bias=bias,
        held_out=held_out,
    ).write(folder)


def _write_network(tf: object, halves: Halves, folder: Path) -> None:
    halves.whole.save(folder / KERAS_FILE)
    converter = tf.lite.TFLiteConverter.from_keras_model(halves.whole)  # type: ignore[attr-defined]
    write_whole(folder / LITE_FILE, converter.convert())


def _cross_validate(trainer: TailTrainer, job: Job, rate: float, best: int) -> np.ndarray:
    """Predict each picture by a network that was trained without its fold; nothing where that is stopped."""
    found = np.zeros((len(job.shas), len(job.bias)), np.float32)
    nothing = np.empty(0, np.int64)
    for fold in np.unique(job.folds[job.folds >= 0]):
        # The run's own last layer was trained on pictures of this fold too.
        trainer.begin_without(job.folds == fold)
        course = trainer.train(np.flatnonzero(job.folds != fold), nothing, rate, until=best)
        if course.stopped:
            return found[:0]
        inside = np.flatnonzero(job.folds == fold)
        found[inside] = trainer.probabilities(inside)
    return found


class _Lines:
    """Prints how far the training is, now and then, with the time left."""

    def __init__(self, job: Job) -> None:
        self._epochs = job.epochs
        per_epoch = steps_of(np.flatnonzero(job.part == 0))
        folds = np.unique(job.folds[job.folds >= 0])
        in_folds = sum(steps_of(np.flatnonzero(job.folds != fold)) for fold in folds)
        self._total = TailTrainer.steps_to_choose(job) + job.epochs * (per_epoch + in_folds)
        self._done, self._began, self._written = 0, 0.0, 0.0

    def __call__(self, epoch: int, accuracy: float | None) -> None:
        self._done = min(self._done + 1, self._total)
        now = time.monotonic()
        if self._done == 1:  # the first step is slow, since TensorFlow prepares itself
            self._began = now
        if now - self._written < _SECONDS:
            return
        self._written = now
        words = f"epoch {epoch} of {self._epochs}" if epoch else "choosing the learning rate"
        if accuracy is not None:
            words += f", {percent(accuracy)} of the validation pictures right"
        if self._done > 5:
            left = (now - self._began) / (self._done - 1) * (self._total - self._done)
            words += f", about {_roughly(left)} left"
        line = {"done": self._done, "total": self._total, "message": f"Fine-tuning, {words}"}
        print(json.dumps(line), flush=True)


def _roughly(seconds: float) -> str:
    """Return a time that changes seldom, since a log gets a line whenever the words are new."""
    if seconds > 90:
        return f"{round(seconds / 60)} min"
    return duration(max(10, 10 * round(seconds / 10)), whole=True)


def main(command: str, *arguments: str) -> None:
    """Do what the command line says."""
    # Ctrl-C is the caller's, who leaves a file where this process is to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if command == "front":
        name, file = arguments
        run_to_exit(lambda: write_front(name, Path(file)))
    else:
        (folder,) = arguments
        run_to_exit(lambda: train(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
