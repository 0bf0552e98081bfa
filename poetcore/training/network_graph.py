"""The network of a run as TensorBoard's Graphs tab draws it: backbone, bottlenecks, last layer, training.

TensorFlow is not needed: the backbone's operators are read from its LiteRT file, and the last layer's nodes
have the names that the original `retrain` script gives them.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from poetcore.features.backbones import Backbone

if TYPE_CHECKING:
    from tensorboard.compat.proto.graph_pb2 import GraphDef

__all__ = ["network_graph"]

#: What TensorFlow calls the operators that LiteRT calls otherwise; others only change their case.
_OPERATORS = {
    "CONV_2D": "Conv2D",
    "DEPTHWISE_CONV_2D": "DepthwiseConv2dNative",
    "FULLY_CONNECTED": "MatMul",
    "CONCATENATION": "ConcatV2",
    "MAX_POOL_2D": "MaxPool",
    "AVERAGE_POOL_2D": "AvgPool",
}

#: A name of a layer such as blocks_3_depthwise_conv_1 or conv_dw_3_bn_1, of which a block is made.
_BLOCK = re.compile(r"^(?:blocks_(\d+)_(.+?)|conv_(dw|pw)_(\d+))(?:_\d+)?$")

#: A name of a layer that joins the branches of a block of Inception.
_MIXED = re.compile(r"^mixed\d+")


class _Graph:
    """A graph that is built node by node, each under a name of its own."""

    def __init__(self) -> None:
        from tensorboard.compat.proto.graph_pb2 import GraphDef

        self.definition = GraphDef()
        self.definition.versions.producer = 27
        self._names: set[str] = set()

    def add(
        self, name: str, operator: str, inputs: tuple[str, ...] = (), shape: tuple[int, ...] | None = None
    ) -> str:
        """Add a node and return its name.

        Args:
            name: with its scopes; a number is added where it is taken.
            operator: in TensorFlow's words.
            inputs: names of the nodes that it reads.
            shape: of what it gives, -1 for any number; None where that is not shown.
        """
        from tensorboard.compat.proto.types_pb2 import DT_FLOAT

        unique, number = name, 0
        while unique in self._names:
            number += 1
            unique = f"{name}_{number}"
        self._names.add(unique)
        node = self.definition.node.add(name=unique, op=operator, input=inputs)
        node.attr["dtype" if operator in ("Placeholder", "PlaceholderWithDefault") else "T"].type = DT_FLOAT
        if shape is not None:
            sizes = node.attr["_output_shapes"].list.shape.add()
            for size in shape:
                sizes.dim.add(size=size)
        return unique


def network_graph(
    backbone: Backbone,
    models: Callable[[Backbone], Path],
    labels: int,
    output: str = "final_result",
    several: bool = False,
    unit: bool = False,
) -> "GraphDef":
    """Return the graph of a run's network and of its training.

    Args:
        backbone: the pre-trained network, or networks side by side.
        models: returns the LiteRT file of a network; where there is none, or one that cannot be read, the
            network is a single node.
        labels: how many outputs the last layer has.
        output: what the run calls its output.
        several: whether a picture may have several labels, so that the outputs are sigmoids.
        unit: whether a feature vector is divided by its length before the last layer.
    """
    graph = _Graph()
    pixels = graph.add("pixels", "Placeholder", shape=(-1, backbone.input_size, backbone.input_size, 3))
    vectors = []
    for one in backbone.members:
        name, file = one.network.replace("@", "_"), models(one)  # a scope has no @ in its name
        found = _add_backbone(graph, pixels, name, file) if file.is_file() else None
        vectors.append(found or graph.add(name, "Backbone", (pixels,), (-1, one.vector_length)))
    vector = (-1, backbone.vector_length)
    if backbone.parts:
        units = [graph.add("side_by_side/unit", "L2Normalize", (found,)) for found in vectors]
        vectors = [graph.add("side_by_side/concat", "ConcatV2", tuple(units), vector)]
    bottleneck = graph.add(
        "input/BottleneckInputPlaceholder", "PlaceholderWithDefault", tuple(vectors), vector
    )
    if unit:
        bottleneck = graph.add("final_training_ops/unit", "L2Normalize", (bottleneck,), vector)
    _add_training(graph, bottleneck, (backbone.vector_length, labels), output, several)
    return graph.definition


def _add_training(graph: _Graph, bottleneck: str, sizes: tuple[int, int], output: str, several: bool) -> None:
    """Add the last layer, its loss, its training and its evaluation."""
    outputs, activation = (-1, sizes[1]), "Sigmoid" if several else "Softmax"
    truth = graph.add("input/GroundTruthInput", "Placeholder", shape=outputs)
    layer = "final_training_ops"
    weights = graph.add(f"{layer}/weights/final_weights", "VariableV2", shape=sizes)
    biases = graph.add(f"{layer}/biases/final_biases", "VariableV2", shape=sizes[1:])
    product = graph.add(f"{layer}/Wx_plus_b/MatMul", "MatMul", (bottleneck, weights), outputs)
    logits = graph.add(f"{layer}/Wx_plus_b/add", "Add", (product, biases), outputs)
    result = graph.add(output, activation, (logits,), outputs)
    loss = f"{activation}CrossEntropyWithLogits"
    each = graph.add(f"cross_entropy/{loss}", loss, (logits, truth), (-1,))
    mean = graph.add("cross_entropy/total/Mean", "Mean", (each,), ())
    graph.add("train/GradientDescent", "ApplyGradientDescent", (mean, weights, biases))
    right = graph.add("accuracy/correct_prediction/Equal", "Equal", (result, truth), (-1,))
    graph.add("accuracy/accuracy/Mean", "Mean", (right,), ())


class _Operator(NamedTuple):
    """An operator of a LiteRT file, in its words: tensors by number, and the shape of its output."""

    name: str
    kind: str
    inputs: list[int]
    outputs: list[int]
    shape: tuple[int, ...]


def _add_backbone(graph: _Graph, pixels: str, network: str, file: Path) -> str | None:
    """Add a node for each operator of a LiteRT file; return the name of the last, None if it cannot be read.

    Weights are excluded: they would be two thirds of the nodes.
    """
    try:
        pixels_tensor, operators = _operators(file)
    except Exception:  # of a damaged file almost any; for a drawing of the network no training is lost
        return None
    made, node = {pixels_tensor: pixels}, pixels
    for one, name in zip(operators, _names(operators), strict=True):
        node = graph.add(
            f"{network}/{name}",
            _OPERATORS.get(one.kind) or _camel_case(one.kind),
            tuple(made[tensor] for tensor in one.inputs if tensor in made),
            one.shape,
        )
        made |= dict.fromkeys(one.outputs, node)
    return node


def _names(operators: list[_Operator]) -> list[str]:
    """Return the names of operators within their network, those of a block in one scope.

    A block ends with the sum of a residual connection (EfficientNet) or a concatenation (mixed0 to mixed10 of
    Inception). What stands in no block would be drawn as one series, wherever in the network its parts are.
    """
    names = [_scoped(one.name, one.kind) for one in operators]
    start = 0
    for number, (one, name) in enumerate(zip(operators, names, strict=True)):
        if one.kind == "ADD" and number and "/" in names[number - 1]:
            names[number] = f"{names[number - 1].split('/')[0]}/add"
        if _MIXED.match(name):
            block = [inner if "/" in inner else f"{name}/{inner}" for inner in names[start:number]]
            names[start : number + 1] = [*block, f"{name}/concat"]
            start = number + 1
    return names


def _operators(file: Path) -> tuple[int, list[_Operator]]:
    """Return the number of a LiteRT file's input tensor, and its operators as they are executed."""
    from ai_edge_litert import schema_py_generated as schema

    kinds = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}
    model = schema.Model.GetRootAs(file.read_bytes(), 0)
    part, found = model.Subgraphs(0), []
    for number in range(part.OperatorsLength()):
        operator = part.Operators(number)
        code = model.OperatorCodes(operator.OpcodeIndex())
        outputs = operator.OutputsAsNumpy().tolist()
        tensor = part.Tensors(outputs[0])
        sizes = tensor.ShapeAsNumpy().tolist() if tensor.ShapeLength() else []
        found.append(
            _Operator(
                (tensor.Name() or b"").decode(),
                kinds[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())],
                operator.InputsAsNumpy().tolist(),
                outputs,
                (-1, *sizes[1:]),
            )
        )
    return part.Inputs(0), found


def _camel_case(kind: str) -> str:
    """Return a name of LiteRT as TensorFlow writes it.

    >>> _camel_case("MEAN"), _camel_case("RESHAPE")
    ('Mean', 'Reshape')
    """
    return kind.title().replace("_", "")


def _scoped(name: str, kind: str) -> str:
    """Return the name of an operator within its network, its block as a scope.

    LiteRT joins the names of layers that it fused by semicolons; the one that counts is the convolution's.

    >>> _scoped("backbone_1/net_1/re_lu_4/Relu6;backbone_1/net_1/blocks_2_conv_pw_1/convolution", "CONV_2D")
    'block_2/conv_pw'
    >>> _scoped("StatefulPartitionedCall_1:0", "MEAN")
    'Mean'
    """
    parts = name.split(";")
    layers = [part.split("/") for part in parts if part.count("/") >= 2]
    if not layers:
        return _camel_case(kind)
    fused = [one for one in layers if one[-1].startswith(("convolution", "depthwise"))]
    layer = (fused or layers)[0][-2]
    if block := _BLOCK.match(layer):
        number, rest, which, counted = block.groups()
        return f"block_{number}/{rest}" if number else f"block_{counted}/conv_{which}"
    return re.sub(r"_\d+$", "", layer)  # Keras counts how often a layer is called
