"""Frozen graphs of a layer that is still being trained, as the original `retrain` stores them on its way."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from poetcore.evaluation.frozen import labels_file
from poetcore.evaluation.graphs import labels_in_original_form
from poetcore.export.export_format import build_model
from poetcore.export.graph_format import freeze, put_head
from poetcore.features.backbones import Backbone
from poetcore.system.outputs import write_output
from poetcore.workspace.head import Head

__all__ = ["IntermediateGraphs"]


class IntermediateGraphs:
    """Writes `intermediate_<steps>.pb` and its labels at the first report after every so many steps.

    The network is converted for the first graph, which imports TensorFlow and takes seconds; for each one
    that follows the last layer's numbers are exchanged.

    Args:
        backbone: the network below the layer.
        frequency: steps from one graph to the next, 1 or more.
        folder: where they go; it is made.
        final_tensor_name: what they call their output.
        force: whether to replace files in it that Poet did not write.
    """

    def __init__(
        self,
        backbone: Backbone,
        frequency: int,
        folder: Path,
        final_tensor_name: str,
        force: bool = False,
    ) -> None:
        self._backbone, self._frequency = backbone, frequency
        self._folder, self._final_tensor_name = folder, final_tensor_name
        self._force = force
        self._definition: Any = None
        self._last = 0

    def __call__(self, step: int, head: Head, labels: Sequence[str]) -> None:
        """Write a graph where one is due.

        Args:
            step: how many are done.
            head: the layer as it is now.
            labels: in the order of its outputs.

        Raises:
            OptionError: another layer of the network has the name of the output, or a file is not replaced.
        """
        due = step // self._frequency > self._last // self._frequency
        self._last = step
        if not due:
            return
        if self._definition is None:
            self._definition = freeze(build_model(self._backbone, head), self._final_tensor_name)
        put_head(self._definition, head)
        graph = self._folder / f"intermediate_{step}.pb"
        write_output(graph, self._definition.SerializeToString(), self._force)
        words = "".join(f"{label}\n" for label in labels_in_original_form(labels))
        write_output(labels_file(graph), words, self._force)
