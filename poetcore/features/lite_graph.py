"""LiteRT files as graphs that can be read, added to and begun anew, without TensorFlow.

So a `.tflite` file from elsewhere gets Poet's interface (`(1, size, size, 3) float32`, RGB, 0 to 255, to
`(1, vector_length) float32`), and a last layer; and a network whose weights are known is written as one.

Source: the schema `schema.fbs` of github.com/google-ai-edge/litert, file identifier TFL3.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from poetcore.features.lite_content import IDENTIFIER, packed

__all__ = ["LiteGraph", "LiteTensor"]

#: Operators that change the type or the shape of numbers only.
_SAME_NUMBERS = ("DEQUANTIZE", "QUANTIZE", "RESHAPE", "SQUEEZE")

#: Of the operators that are added, the tables of their options; the others have none.
_OPTIONS = {
    "MUL": "MulOptions", "ADD": "AddOptions", "CAST": "CastOptions", "SOFTMAX": "SoftmaxOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions", "RESHAPE": "ReshapeOptions", "MEAN": "ReducerOptions",
    "L2_NORMALIZATION": "L2NormOptions", "DEQUANTIZE": "DequantizeOptions", "QUANTIZE": "QuantizeOptions",
    "CONV_2D": "Conv2DOptions", "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions",
}  # fmt: skip


class LiteTensor(NamedTuple):
    """What goes into a graph, or comes out.

    Attributes:
        place: its number among the graph's tensors.
        name: what it is called.
        shape: its sizes; -1 where the file leaves one open.
        dtype: such as "float32".
    """

    place: int
    name: str
    shape: tuple[int, ...]
    dtype: str


class LiteGraph:
    """A LiteRT model in memory.

    Args:
        content: of a `.tflite` file; the first of its graphs counts.

    Raises:
        ValueError: it is no such file, or damaged.
    """

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert import schema_py_generated as schema

        if content[4:8] != IDENTIFIER:
            raise ValueError("it does not begin as a LiteRT file does")
        self._schema = schema
        try:
            self._model = schema.ModelT.InitFromPackedBuf(content, 0)
            self._graph = self._model.subgraphs[0]
            for buffer in self._model.buffers:
                if buffer.offset > 1:  # weights behind the graph, as in files of more than 2 GB
                    buffer.data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
                    buffer.offset = buffer.size = 0
            self._inputs, self._outputs = list(self._graph.inputs), list(self._graph.outputs)
            self._types = {
                value: name.lower() for name, value in vars(schema.TensorType).items() if name.isupper()
            }
            # What a damaged one refers to is not there.
            _ = (self.inputs, self.outputs, self.last_operator, self.pooled_map())
            _ = [self._model.buffers[entry.buffer] for entry in self._model.metadata or ()]
        except Exception as error:  # the generated reader lets through whatever struct and numpy raise
            raise ValueError("it is damaged") from error

    @classmethod
    def begin(cls, name: str, shape: tuple[int, ...]) -> Self:
        """Return a graph without operators: its output is its input.

        Args:
            name: of its input, `float32`.
            shape: of its input.
        """
        from ai_edge_litert import schema_py_generated as schema

        model, graph, tensor = schema.ModelT(), schema.SubGraphT(), schema.TensorT()
        tensor.name, tensor.shape = name, list(shape)
        graph.tensors, graph.inputs, graph.outputs, graph.operators = [tensor], [0], [0], []
        # The first buffer is that of tensors without constant values.
        model.version, model.subgraphs, model.buffers = 3, [graph], [schema.BufferT()]
        model.operatorCodes = []
        return cls(packed(model))

    @property
    def inputs(self) -> list[LiteTensor]:
        """What it is fed."""
        return [self._described(index) for index in self._inputs]

    @property
    def outputs(self) -> list[LiteTensor]:
        """What it gives."""
        return [self._described(index) for index in self._outputs]

    @property
    def last_operator(self) -> str:
        """Name of the operator that makes its first output, such as "SOFTMAX"; "" for none."""
        operator = self._maker(self._outputs[0])
        return self._kind(operator) if operator else ""

    def pooled_map(self) -> LiteTensor | None:
        """Return the feature map whose mean over rows and columns is its first output.

        Returns:
            Of shape `(1, rows, columns, channels)`; None where the output is something else, such as a
            normalised mean or a classifier's.
        """
        place, operator = self._outputs[0], self._maker(self._outputs[0])
        for _ in self._graph.operators or ():  # of a damaged one some may lead back to themselves
            if operator is None or self._kind(operator) not in _SAME_NUMBERS:
                break
            place = int(operator.inputs[0])
            operator = self._maker(place)
        if operator is None:
            return None
        found, kind = self._described(int(operator.inputs[0])), self._kind(operator)
        if len(found.shape) != 4 or found.shape[-1] != self._described(place).shape[-1]:
            return None
        if kind == "MEAN":
            axes = self._graph.tensors[int(operator.inputs[1])]
            data = self._model.buffers[axes.buffer].data
            if data is None:  # they are computed
                return None
            over = np.frombuffer(bytes(bytearray(data)), np.int32)
            return found if sorted(over % 4) == [1, 2] else None
        pool = operator.builtinOptions
        if kind == "AVERAGE_POOL_2D" and (pool.filterHeight, pool.filterWidth) == found.shape[1:3]:
            return found if np.prod(self._described(place).shape[1:3]) == 1 else None
        return None

    def give_also(self, tensor: LiteTensor, name: str) -> None:
        """Make a tensor inside it another output, `float32`.

        Args:
            tensor: one of its own.
            name: of the output.
        """
        made = tensor.place
        if tensor.dtype != "float32":
            made = self._tensor(name, tensor.shape)
            operators = self._graph.operators or ()
            self._graph.operators = [*operators, self._operator("DEQUANTIZE", [tensor.place], made)]
        else:
            self._graph.tensors[made].name = name
        self._outputs = [*self._outputs, made]

    def metadata(self, name: str) -> bytes | None:
        """Return what is kept inside the file under a name, or None."""
        for entry in self._model.metadata or ():
            if (entry.name or b"").decode(errors="replace") == name:
                data = self._model.buffers[entry.buffer].data
                return None if data is None else bytes(bytearray(data))
        return None

    def feed(
        self, name: str, shape: tuple[int, ...], operators: Sequence[tuple[str, float | np.ndarray | None]]
    ) -> None:
        """Put operators before its input.

        Args:
            name: of the new input, `float32`.
            shape: of the new input.
            operators: in the order in which they are carried out: "MUL" or "ADD" with what is multiplied or
                added, "CAST" or "QUANTIZE" to the type of the input that there was.
        """
        old = self._inputs[0]
        self._graph.tensors[old].name = f"{name}_{len(self._graph.tensors)}"
        made, before = self._tensor(name, shape), []
        self._inputs, current = [made], made
        for number, (operator, value) in enumerate(operators):
            last = number == len(operators) - 1
            following = old if last else self._tensor(f"{name}_{number}", shape)
            inputs = [current] if value is None else [current, self._constant(np.asarray(value, np.float32))]
            before.append(self._operator(operator, inputs, following))
            current = following
        if not operators:  # the input itself, under its new name
            self._graph.tensors[old].name, self._inputs = name, [old]
        self._graph.operators = [*before, *(self._graph.operators or ())]

    def follow(
        self,
        operator: str,
        name: str,
        shape: tuple[int, ...],
        *values: np.ndarray | LiteTensor,
        **options: int,
    ) -> LiteTensor:
        """Put an operator behind its output, whose output becomes the graph's.

        Args:
            operator: such as "SOFTMAX".
            name: of its output, `float32`.
            shape: of its output.
            *values: what it takes beside the graph's output, such as weights, or tensors of the graph.
            **options: of the operator, by their names in the schema, where they are not the usual ones.

        Returns:
            Its output.
        """
        made = self._tensor(name, shape)
        taken = [one.place if isinstance(one, LiteTensor) else self._constant(one) for one in values]
        added = self._operator(operator, [self._outputs[0], *taken], made, options)
        self._graph.operators = [*(self._graph.operators or ()), added]
        self._outputs = [made]
        return self._described(made)

    def rename_output(self, name: str) -> None:
        """Give its output another name."""
        self._graph.tensors[self._outputs[0]].name = name

    def packed(self) -> bytes:
        """Return it as the content of a `.tflite` file, for one picture at a time, without metadata."""
        schema = self._schema
        for tensor in self._graph.tensors:
            tensor.shapeSignature = None
        self._graph.inputs, self._graph.outputs = self._inputs, self._outputs
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = "serving_default", 0
        signature.inputs, signature.outputs = [], []
        for tensors, maps in ((self.inputs, signature.inputs), (self.outputs, signature.outputs)):
            for tensor in tensors:
                entry = schema.TensorMapT()
                entry.name, entry.tensorIndex = tensor.name, tensor.place
                maps.append(entry)
        self._model.signatureDefs, self._model.metadata = [signature], []
        return packed(self._model)

    def _maker(self, place: int) -> Any:
        """Return the operator that makes a tensor; None of an input or a constant."""
        makers = (one for one in self._graph.operators or () if place in list(one.outputs))
        return next(makers, None)

    def _kind(self, operator: Any) -> str:
        code = self._model.operatorCodes[operator.opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        names = vars(self._schema.BuiltinOperator).items()
        return next((name for name, value in names if value == number and name.isupper()), "")

    def _described(self, index: int) -> LiteTensor:
        tensor = self._graph.tensors[index]
        sizes = tensor.shape if tensor.shapeSignature is None else tensor.shapeSignature
        name = tensor.name.decode(errors="replace") if isinstance(tensor.name, bytes) else tensor.name or ""
        shape = tuple(int(size) for size in sizes) if sizes is not None else ()
        return LiteTensor(index, name, shape, self._types[tensor.type])

    def _tensor(self, name: str, shape: tuple[int, ...], dtype: str = "FLOAT32", buffer: int = 0) -> int:
        tensor = self._schema.TensorT()
        tensor.name, tensor.buffer = name, buffer
        tensor.shape = [abs(size) for size in shape]  # an open number of pictures (-1) is one
        tensor.type = getattr(self._schema.TensorType, dtype)
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _constant(self, value: np.ndarray) -> int:
        buffer = self._schema.BufferT()
        buffer.data = np.frombuffer(np.ascontiguousarray(value).tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        name = f"constant_{len(self._graph.tensors)}"
        return self._tensor(name, value.shape, value.dtype.name.upper(), len(self._model.buffers) - 1)

    def _operator(self, kind: str, inputs: list[int], output: int, chosen: Mapping[str, int] = {}) -> Any:
        """Return an operator with its options; those that are not chosen are the schema's."""
        schema = self._schema
        made = schema.OperatorT()
        made.opcodeIndex, made.inputs, made.outputs = self._code(kind), inputs, [output]
        options = _OPTIONS.get(kind)
        if options:
            made.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            made.builtinOptions = getattr(schema, f"{options}T")()
        if kind == "SOFTMAX":
            made.builtinOptions.beta = 1.0
        for name, value in chosen.items():
            setattr(made.builtinOptions, name, value)
        return made

    def _code(self, kind: str) -> int:
        """Return the number of a kind of operator among those of the graph, in its first version."""
        number, codes = getattr(self._schema.BuiltinOperator, kind), self._model.operatorCodes
        for place, known in enumerate(codes):
            if max(known.builtinCode, known.deprecatedBuiltinCode) == number and known.version == 1:
                return place
        code = self._schema.OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = number, min(number, 127), 1
        codes.append(code)
        return len(codes) - 1
