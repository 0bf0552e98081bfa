"""Event files of a run for TensorBoard, written while it trains.

    training_summaries/<run>/              hyper-parameters
    training_summaries/<run>/train/        accuracy and cross entropy of the batches, the network, the layer's
                                           weights and activations
    training_summaries/<run>/validation/   accuracy and cross entropy of the validation, activations
    training_summaries/<run>/test/         accuracy of the final test, confusion matrix

TensorBoard's own writer imports all of TensorFlow to open a file; its record format and its messages do
not, so they are used directly.
"""

import os
import re
import struct
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np

from poetcore.training.matrix_picture import matrix_picture
from poetcore.training.train import StepReport

if TYPE_CHECKING:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

__all__ = ["Summaries"]

#: The end of the names of the files that are written here, and so may be replaced here.
_ENDING = ".poet"

#: The folders of a run; the first is the run's.
_PARTS = ("", "train", "validation", "test")


class Summaries:
    """The event files of one run, as a context manager; those of an earlier run of this name are replaced.

    Every event is in its file as soon as it is written, so that an open TensorBoard follows the training.

    Args:
        folder: of this run; its name is the run's name in TensorBoard. Made when something is written.

    Attributes:
        last_step: the last that was reported; 0 before any.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._started = time.time()
        self.last_step = 0
        self._files: dict[str, BinaryIO] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()

    def step(self, report: StepReport) -> None:
        """Write accuracy and cross entropy of the batch, and of the validation where there is one."""
        self.last_step = report.step
        self._scalars("train", report.step, report.train_accuracy, report.train_cross_entropy)
        self._scalars("validation", report.step, report.validation_accuracy, report.validation_cross_entropy)

    def graph(self, graph: "GraphDef") -> None:
        """Write the network, for the Graphs tab."""
        from tensorboard.compat.proto.event_pb2 import Event

        self._write_event("train", Event(wall_time=time.time(), graph_def=graph.SerializeToString()))

    def write(self, part: str, step: int, summary: "Summary") -> None:
        """Write what was made elsewhere.

        Args:
            part: "train", "validation" or "test"; "" for the run itself.
            step: steps done.
            summary: what is shown.
        """
        from tensorboard.compat.proto.event_pb2 import Event

        self._write_event(part, Event(wall_time=time.time(), step=step, summary=summary))

    def hparams(self, options: Mapping[str, Any], backbone: str, test_accuracy: float | None) -> None:
        """Write the hyper-parameters of the run, and its test accuracy.

        The table of TensorBoard's HParams tab then has a row a run, with every scalar of it as a metric.

        Args:
            options: the training options by their names; values that are None are excluded.
            backbone: name of the pre-trained network.
            test_accuracy: of the final test; None without one.
        """
        from tensorboard.plugins.hparams import metadata
        from tensorboard.plugins.hparams.api_pb2 import STATUS_SUCCESS
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData, SessionEndInfo
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb

        self._scalars("test", self.last_step, test_accuracy, None)
        values = {"architecture": backbone} | {
            name: value if isinstance(value, bool | int | float | str) else str(value)
            for name, value in options.items()
            if value is not None
        }
        # There is no summary of the experiment on purpose: TensorBoard believes the first that it finds,
        # whereas without one it works out columns, ranges and differences from all the runs.
        summary = hparams_pb(values, trial_id=self.folder.name, start_time_secs=self._started)
        end = SessionEndInfo(status=STATUS_SUCCESS, end_time_secs=time.time())
        summary.value.add(
            tag=metadata.SESSION_END_INFO_TAG,
            metadata=metadata.create_summary_metadata(HParamsPluginData(session_end_info=end)),
            tensor=metadata.NULL_TENSOR,
        )
        self.write("", 0, summary)

    def confusion(self, step: int, matrix: np.ndarray, labels: Sequence[str], part: str = "test") -> None:
        """Write a picture of the confusion matrix.

        Args:
            step: after how many steps it was made.
            matrix: `(n, n)` integers; `C[i, j]` pictures of label i that were predicted to be label j.
            labels: n of them, in the same order.
            part: the part of the split that was evaluated: "train", "validation" or "test".
        """
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.image import metadata
        from tensorboard.util.tensor_util import make_tensor_proto

        png = matrix_picture(matrix, labels)
        width, height = struct.unpack(">II", png[16:24])
        summary = Summary()
        summary.value.add(
            tag="confusion_matrix",
            metadata=metadata.create_summary_metadata(
                display_name="", description=_legend(labels), converted_to_tensor=True
            ),
            tensor=make_tensor_proto([str(width).encode(), str(height).encode(), png]),
        )
        self.write(part, step, summary)

    def _scalars(self, part: str, step: int, accuracy: float | None, cross_entropy: float | None) -> None:
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.scalar.summary_v2 import scalar_pb

        summary = Summary()
        for name, value in (("accuracy", accuracy), ("cross_entropy", cross_entropy)):
            if value is not None:
                summary.MergeFrom(scalar_pb(name, value))
        if summary.value:
            self.write(part, step, summary)

    def _write_event(self, part: str, event: "Event") -> None:
        self._writer(part).write(event.SerializeToString())

    def _writer(self, part: str) -> "RecordWriter":
        """Return the writer of a part's file, which is opened with the first event."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.record_writer import RecordWriter

        if part in self._files:
            return RecordWriter(self._files[part])
        if not self._files:  # a training that is refused before its first step replaces nothing
            for old in _PARTS:
                for file in (self.folder / old).glob(f"events.out.tfevents.*{_ENDING}"):
                    file.unlink()
        folder = self.folder / part
        folder.mkdir(parents=True, exist_ok=True)
        now = time.time()
        name = f"events.out.tfevents.{int(now)}.{os.getpid()}{_ENDING}"
        # Unbuffered: an event is one write, which readers see at once and whole.
        self._files[part] = (folder / name).open("xb", buffering=0)
        writer = RecordWriter(self._files[part])
        writer.write(Event(wall_time=now, file_version="brain.Event:2").SerializeToString())
        return writer


def _legend(labels: Sequence[str]) -> str:
    """Return in Markdown how to read the matrix, with all labels: the browser has fonts for every script."""
    lines = ["Rows are true labels, columns are predicted ones.", ""]
    for number, label in enumerate(labels, 1):
        plain = re.sub(r"([^\w\s])", r"\\\1", re.sub(r"\s+", " ", label))
        lines.append(f"{number}. {plain}")
    return "\n".join(lines)
