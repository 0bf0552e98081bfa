"""Frozen graphs: TensorFlow 1 files that hold a network with its weights, loaded and run in a session."""

import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.allowed_operations import MOST_BYTES, foreign_operation
from poetcore.system.files import printable
from poetcore.system.options import check_limits, option
from poetcore.system.reading import read_limited
from poetcore.system.tensorflow import muted, tensorflow

__all__ = [
    "BATCH",
    "MADE_BY_POET",
    "FrozenGraph",
    "GraphOptions",
    "check_output_layer",
    "labels_file",
    "layer_name",
]

#: Batch size where the graph leaves it open.
BATCH = 16

#: Under which name the network stands in every graph that Poet writes, with a number behind it or without.
MADE_BY_POET = "poet"

#: A node below that name, also where the graph was imported into another one.
_OF_POET = re.compile(rf"{MADE_BY_POET}(_\d+)?/")

#: Where the graphs of Inception v3 take a JPEG, decoded inside.
_ENCODED = "DecodeJpeg/contents"

#: Pixels a side; 16 pictures of it take a gigabyte.
_MAX_SIDE = 2048

#: What TensorFlow allows as the name of an operation.
_LAYER_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")


@dataclass(frozen=True)
class GraphOptions:
    """How pictures are fed to a frozen graph: options of the original `label_image`, by their names.

    Attributes:
        input_height: pixels; by default as the graph has it, else 224 (299 for the input layer Mul).
        input_width: pixels, likewise.
        input_mean: subtracted from each pixel value in 0..255.
        input_std: what the result is then divided by.
        input_layer: the operation that is fed; by default DecodeJpeg/contents where the graph has it, else
            input.
        output_layer: the operation that is fetched.

    Raises:
        OptionError: a value is impossible.
    """

    input_height: int | None = field(
        default=None,
        metadata=option(
            "Height of the input in pixels, where the graph leaves it open.", minimum=1, maximum=_MAX_SIDE
        ),
    )
    input_width: int | None = field(
        default=None, metadata=option("Its width, likewise.", minimum=1, maximum=_MAX_SIDE)
    )
    input_mean: float = field(default=128, metadata=option("Subtracted from each pixel value."))
    input_std: float = field(
        default=128, metadata=option("What the difference is divided by.", positive=True)
    )
    input_layer: str | None = field(
        default=None,
        metadata=option(
            "The operation that is fed; DecodeJpeg/contents, with the picture's bytes, where the graph has"
            " it, else input."
        ),
    )
    output_layer: str = field(default="final_result", metadata=option("The operation that is fetched."))

    def __post_init__(self) -> None:
        check_limits(self)


def labels_file(graph: Path) -> Path:
    """Return where the labels of a frozen graph lie, as the original scripts name them.

    >>> labels_file(Path("retrained_graph.pb")).name
    'retrained_labels.txt'
    """
    return graph.with_name(f"{graph.stem.removesuffix('_graph')}_labels.txt")


def check_output_layer(name: str) -> None:
    """Check that a layer of a frozen graph can have a name.

    Args:
        name: what the graph's output is to be called.

    Raises:
        OptionError: the name is impossible.
    """
    if name == "input" or not _LAYER_NAME.fullmatch(name):
        raise OptionError(
            "final_tensor_name must be made of letters, digits, dots, slashes, _ and -, begin with a letter"
            f" or digit, and not be 'input'. Received: {name!r}."
        )


class FrozenGraph:
    """A frozen graph in its own TensorFlow 1 session, which ends with the object; imports TensorFlow.

    Args:
        file: a GraphDef whose weights are constants.
        input_layer: the operation that is fed, with or without `import/` before and `:0` behind; by default
            DecodeJpeg/contents where the graph has it, else input.
        output_layer: the operation that is fetched, likewise.

    Attributes:
        input_layer: the operation that is fed, by its bare name.
        takes_bytes: whether it is fed a picture's bytes, and not its pixels.
        made_by_poet: whether Poet wrote it.
        shape: the input's `(batch, height, width)`; None where the graph leaves it open.
        outputs: how many numbers come out for a picture; None where the graph leaves it open.
        seconds: what the session took for the last pictures that were fed together.

    Raises:
        OptionError: the file cannot be used, or has no such layer.
    """

    def __init__(
        self, file: Path, input_layer: str | None = None, output_layer: str = "final_result"
    ) -> None:
        self._file = file
        definition = _read(file)
        if foreign := foreign_operation(definition):
            why = (
                "so that its weights are not in it: give a frozen graph, which has them inside"
                if foreign.startswith("Var")
                else "which networks for pictures do not use, and which may read or write files: give a graph"
                " of a network alone"
            )
            raise OptionError(
                f"The graph {printable(file)} was not run: it has the operation {foreign[:60]}, {why}."
            )
        tf = tensorflow()
        v1 = tf.compat.v1
        with v1.Graph().as_default() as graph:
            try:
                v1.import_graph_def(definition, name="")
            except (tf.errors.OpError, ValueError, KeyError, TypeError) as error:
                raise OptionError(
                    f"The graph {file} cannot be read by this TensorFlow: {_first_sentence(error)}."
                ) from None
        names = [layer_name(node.name) for node in definition.node]
        self.input_layer = layer_name(input_layer or (_ENCODED if _ENCODED in names else "input"))
        self.made_by_poet = any(map(_OF_POET.match, names))
        self._input = _tensor(graph, file, "input", input_layer or self.input_layer)
        self._output = _tensor(graph, file, "output", output_layer)
        self.takes_bytes = self._input.dtype == tf.string
        rank = self._input.shape.rank
        if rank not in (None, 0 if self.takes_bytes else 4):
            raise OptionError(
                f"The input layer {self.input_layer!r} of {file} takes {self._input.shape}, not pictures"
                f" (batch, height, width, 3): name the layer that does. {_listed(graph)}"
            )
        dimensions = self._input.shape.as_list()[:3] if rank else (None,) * 3
        self.shape: tuple[int | None, int | None, int | None] = tuple(dimensions)
        self.outputs: int | None = self._output.shape[-1] if self._output.shape.rank else None
        self.seconds = 0.0
        self._session = v1.Session(graph=graph)

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """Feed pictures as the graph wants them.

        Args:
            pixels: `(n, height, width, 3) float32`, scaled already; any n.

        Returns:
            `(n, outputs) float32`.

        Raises:
            OptionError: the graph does not run, for instance because its weights are not in it.
        """
        size = self.shape[0] or BATCH
        parts = []
        for start in range(0, len(pixels), size):
            part = pixels[start : start + size]
            missing = (self.shape[0] or len(part)) - len(part)
            # A graph for exactly so many pictures gets the last one again until there are enough.
            full = np.concatenate([part, *[part[-1:]] * missing]) if missing else part
            parts.append(self._step(full).reshape(len(full), -1)[: len(part)])
        return np.concatenate(parts)

    def run_encoded(self, content: bytes) -> np.ndarray:
        """Feed one picture's bytes to a graph that takes them.

        Args:
            content: a JPEG, or another format that the graph decodes.

        Returns:
            `(outputs,) float32`.

        Raises:
            OptionError: the graph does not run, or cannot decode the picture.
        """
        with muted():  # what is wrong with a picture is said by its reason
            return self._step(np.array(content, object)).reshape(-1)

    def _step(self, values: np.ndarray) -> np.ndarray:
        fed = values.astype(self._input.dtype.as_numpy_dtype)
        before = time.perf_counter()
        try:
            return np.asarray(self._session.run(self._output, {self._input: fed}), np.float32)
        except (tensorflow().errors.OpError, ValueError) as error:
            raise OptionError(
                f"The graph {self._file} does not run ({_first_sentence(error)}): give a frozen graph,"
                " which has its weights inside, and the layers and the input size that it was made with."
            ) from None
        finally:
            self.seconds = time.perf_counter() - before


def _read(file: Path) -> Any:
    """Parse a GraphDef."""
    wanted = "give a frozen graph of the original scripts, such as retrained_graph.pb"
    try:
        content = read_limited(file, MOST_BYTES)
    except OSError as error:
        raise OptionError(f"The graph {file} cannot be read ({error.strerror or error}): {wanted}.") from None
    definition = tensorflow().compat.v1.GraphDef()
    try:
        definition.ParseFromString(content)
    except Exception:  # protobuf's DecodeError has no stable address
        definition.Clear()
    if not definition.node:
        raise OptionError(f"{file} is not a TensorFlow graph: {wanted}.")
    return definition


def layer_name(layer: str) -> str:
    """Return the bare name of a layer, which scripts also write as `import/input:0`.

    >>> layer_name("import/input:0")
    'input'
    """
    return layer.removeprefix("import/").removesuffix(":0")


def _tensor(graph: Any, file: Path, what: str, layer: str) -> Any:
    names = {operation.name for operation in graph.get_operations()}
    for name in (layer.removesuffix(":0"), layer_name(layer), f"import/{layer_name(layer)}"):
        if name in names and graph.get_operation_by_name(name).outputs:
            return graph.get_tensor_by_name(f"{name}:0")
    raise OptionError(
        f"The graph {file} has no {what} layer {layer!r}: choose one with --{what}_layer. {_listed(graph)}"
    )


def _listed(graph: Any) -> str:
    """List in a sentence what a graph most likely is fed with and fetched from."""
    operations = graph.get_operations()
    inputs = [o.name for o in operations if o.type.startswith("Placeholder")] or [operations[0].name]
    used = {tensor.op.name for operation in operations for tensor in operation.inputs}
    ends = [o.name for o in operations if o.outputs and o.name not in used] or [operations[-1].name]
    return f"It has the inputs {', '.join(inputs[:5])} and ends in {', '.join(ends[-5:])}."


def _first_sentence(error: Exception) -> str:
    """Return the first sentence of TensorFlow's message, which may go on for pages."""
    text = str(getattr(error, "message", None) or error).strip().splitlines()
    return text[0].split(". ")[0][:200].rstrip(".") if text else type(error).__name__
