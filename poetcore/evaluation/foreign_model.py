"""A model that is a file, run by a child process: one that crashes, hangs or takes all memory ends the child.

The child is started once, for a command or an evaluation, and gives back numbers, which are checked here.
"""

import base64
import json
import os
import subprocess
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Prediction
from poetcore.evaluation.frozen import GraphOptions
from poetcore.evaluation.model_file_kinds import labels_of
from poetcore.system.files import in_chunks, printable
from poetcore.system.processes import converse, ended_after
from poetcore.system.progress import OnProgress, Progress

__all__ = ["ForeignModel"]

#: Pictures that are asked for at a time.
_CHUNK = 16

#: Seconds until the child has to have answered; TensorFlow may take a minute to start on a busy machine.
_PATIENCE = 600.0

#: Seconds later it ends by itself, should nobody be left to end it.
_GRACE = 5


class ForeignModel:
    """A model file as a `PictureClassifier`, which is run by a process of its own and ends with the object.

    Args:
        path: the file; of a SavedModel, a web page or a model for OpenVINO the folder.
        labels_file: one label a line; None for the one that lies beside it or in it.
        options: how pictures are fed to a frozen graph.
        patience: seconds that it may take to start, and for a few pictures.

    Attributes:
        labels: in the order of the probabilities.

    Raises:
        OptionError: it cannot be run, does not fit its labels, or ended its process.
    """

    def __init__(
        self,
        path: Path,
        labels_file: Path | None = None,
        options: GraphOptions | None = None,
        *,
        patience: float = _PATIENCE,
    ) -> None:
        self.labels = labels_of(path, labels_file)
        self._path, self._patience = path, patience
        self._child = converse("poetcore.evaluation.foreign_model_run", [str(patience + _GRACE)])
        self._end = weakref.finalize(self, _end, self._child)
        self._asked = threading.Lock()  # a page may ask from several threads
        asked = {
            "path": os.path.abspath(path),
            "labels_file": labels_file and os.path.abspath(labels_file),
            "options": asdict(options or GraphOptions()),
        }
        try:
            self._ask(asked)
        except BaseException:
            self._end()
            raise

    def classify(
        self, paths: Sequence[Path], on_progress: OnProgress | None = None, *, phase: str = "predicting"
    ) -> list[Prediction]:
        """Predict the labels of files, in the order given; one that cannot be used gets its reason."""
        found: list[Prediction] = []
        for chunk in in_chunks(paths, _CHUNK):
            found += self._predictions(chunk, {"paths": [os.path.abspath(path) for path in chunk]})
            if on_progress:
                on_progress(Progress(phase, len(found), len(paths)))
        return found

    def classify_bytes(self, name: str, content: bytes) -> Prediction:
        """Predict the label of one picture that is no file on this machine, such as an upload."""
        (found,) = self._predictions([Path(name)], {"content": base64.b64encode(content).decode()})
        return found

    def _predictions(self, paths: Sequence[Path], asked: dict[str, Any]) -> list[Prediction]:
        answer = self._ask(asked)
        try:
            rows = answer["found"]
            return [self._prediction(path, row) for path, row in zip(paths, rows, strict=True)]
        except (KeyError, TypeError, ValueError):
            raise self._ended("answered nonsense") from None

    def _prediction(self, path: Path, one: dict[str, Any]) -> Prediction:
        if one["row"] is None:
            return Prediction(path, self.labels, None, str(one["sha"]), str(one["reason"]))
        row = np.frombuffer(base64.b64decode(one["row"]), "<f4").astype(np.float32)
        if row.shape != (len(self.labels),):
            raise OptionError(
                f"{printable(self._path)} gives {len(row)} numbers a picture, but there are"
                f" {len(self.labels)} labels: give the labels file that was written together with it."
            )
        seconds = None if one["seconds"] is None else float(one["seconds"])
        return Prediction(path, self.labels, row, str(one["sha"]), seconds=seconds)

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what the child answers.

        Raises:
            OptionError: it tells what is wrong, answers nothing, or does not answer in time.
        """
        child = self._child
        assert child.stdin is not None and child.stdout is not None
        with self._asked, ended_after(self._patience, child.kill) as late:
            try:
                child.stdin.write(json.dumps(asked) + "\n")
                child.stdin.flush()
                line = child.stdout.readline()
            except (OSError, ValueError):  # it has ended
                line = ""
        if not line:
            raise self._ended("took too long" if late.is_set() else "ended the process that ran it")
        try:
            answer = json.loads(line)
            error = answer.get("error")
        except (ValueError, AttributeError, RecursionError):
            raise self._ended("answered nonsense") from None
        if error:
            raise OptionError(str(error))
        return dict(answer)

    def _ended(self, what: str) -> OptionError:
        self._end()
        return OptionError(
            f"{printable(self._path)} {what}: it is damaged, or needs more memory or time than it gets; give"
            " another file."
        )


def _end(child: "subprocess.Popen[str]") -> None:
    """End a child and close what leads to it."""
    child.kill()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with suppress(OSError):  # what was not written yet is lost on it
                stream.close()
    child.wait()
