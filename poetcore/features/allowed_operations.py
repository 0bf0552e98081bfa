"""Which operations a graph from elsewhere may have: what networks for pictures calculate with, nothing else.

A graph of TensorFlow is a program. Among its operations are some that read and write files, call Python or
ask other machines, and they run as the user. So a graph is looked through, also the functions in it, before
it is imported, and one operation that is not named here refuses it. Named are those of the scripts of 2016 to
2018 (Inception v3 and MobileNet as `retrain` wrote them, also quantized; what `graph_transforms` makes of
them), of `keras.applications` and of what Poet exports.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from poetcore.system.reading import read_limited

__all__ = ["MOST_BYTES", "foreign_operation", "foreign_operation_of_saved_model"]

#: Of a file with a graph: protobuf reads no larger message.
MOST_BYTES = 2**31 - 1

_CALCULATING = """
    Abs Add AddN AddV2 All Any ArgMax ArgMin AvgPool BatchMatMul BatchMatMulV2 BatchMatMulV3
    BatchNormWithGlobalNormalization BatchToSpaceND BiasAdd BiasAddV1 BroadcastArgs BroadcastTo Cast Ceil
    ClipByValue CheckNumerics Concat ConcatOffset ConcatV2 Const Conv2D Conv2DBackpropInput Cos Cumsum
    DepthToSpace DepthwiseConv2dNative Dequantize Div DivNoNan Einsum Elu Equal Erf Erfc Exp ExpandDims Expm1
    ExtractImagePatches FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars FakeQuantWithMinMaxVarsPerChannel Fill
    Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 FusedPadConv2D
    FusedResizeAndPadConv2D Gather GatherNd GatherV2 Greater GreaterEqual Identity IdentityN L2Loss LRN
    LeakyRelu Less LessEqual Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr MatMul Max MaxPool MaxPoolV2
    Maximum Mean Merge Min Minimum MirrorPad Mod Mul Neg NoOp NotEqual OneHot OnesLike Pack Pad PadV2
    ParallelConcat PartitionedCall Placeholder PlaceholderV2 PlaceholderWithDefault Pow PreventGradient Prod
    Range Rank RealDiv Reciprocal Relu Relu6 Reshape ReverseV2 Rint Round Rsqrt Select SelectV2 Selu Shape
    ShapeN Sigmoid Sign Sin Size Slice Snapshot Softmax Softplus Softsign SpaceToBatchND SpaceToDepth Split
    SplitV Sqrt Square SquaredDifference Squeeze StatefulPartitionedCall StopGradient StridedSlice Sub Sum
    Switch Tan Tanh Tile TopK TopKV2 Transpose TruncateDiv Unpack Where Xdivy ZerosLike
"""

_QUANTIZED = """
    QuantizeDownAndShrinkRange QuantizeV2 QuantizeAndDequantize QuantizeAndDequantizeV2
    QuantizeAndDequantizeV3 QuantizedAdd QuantizedAvgPool QuantizedBatchNormWithGlobalNormalization
    QuantizedBiasAdd QuantizedConcat QuantizedConcatV2 QuantizedConv2D QuantizedDepthwiseConv2D
    QuantizedInstanceNorm QuantizedMatMul QuantizedMaxPool QuantizedMul QuantizedRelu QuantizedRelu6
    QuantizedReluX QuantizedReshape QuantizedResizeBilinear Requantize RequantizationRange
"""

#: What makes pixels of a picture's bytes and resizes them, as the graphs of Inception v3 do.
_PICTURES = """
    AdjustContrastv2 CropAndResize DecodeBmp DecodeGif DecodeImage DecodeJpeg DecodePng DecodeRaw HSVToRGB
    RGBToHSV ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor
"""

#: Left in a network by what is used in training alone, off by a placeholder.
_TRAINING = """
    ImageProjectiveTransformV2 ImageProjectiveTransformV3 Multinomial RandomStandardNormal RandomUniform
    StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomNormalV2 StatelessRandomUniformIntV2
    StatelessRandomUniformV2
"""

_FUSED = "_FusedBatchNormEx _FusedConv2D _FusedDepthwiseConv2dNative _FusedMatMul"

ALLOWED = frozenset(" ".join((_CALCULATING, _QUANTIZED, _PICTURES, _TRAINING, _FUSED)).split())

#: What a SavedModel has besides: its variables.
_OF_VARIABLES = frozenset(("AssignVariableOp", "ReadVariableOp", "VarHandleOp", "VarIsInitializedOp"))

#: With what a SavedModel writes and reads its variables, in functions that its own loader never calls.
_OF_SAVING = frozenset(
    (
        "DisableCopyOnRead",
        "MergeV2Checkpoints",
        "RestoreV2",
        "SaveV2",
        "ShardedFilename",
        "StaticRegexFullMatch",
        "StringJoin",
    )
)
_SAVING = ("__inference__traced_save", "__inference__traced_restore")


def foreign_operation(graph: Any) -> str:
    """Return the first operation of a frozen graph that is not allowed; "" where all are.

    Args:
        graph: a GraphDef; the nodes in its functions count too, and functions are called by `PartitionedCall`
            alone, never as an operation of their own name.
    """
    inside = (function.node_def for function in graph.library.function)
    return next((name for nodes in (graph.node, *inside) for name in _foreign(nodes, ALLOWED)), "")


def foreign_operation_of_saved_model(folder: Path) -> str:
    """Return what the SavedModel in a folder has that is not allowed, in a few words; "" where nothing.

    Its functions that write and read variables are there in every SavedModel. They may use files, so nothing
    else may call them.

    Raises:
        OSError: it cannot be read.
        ValueError: it is damaged.
    """
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    read = SavedModel()
    try:
        read.ParseFromString(read_limited(folder / "saved_model.pb", MOST_BYTES))
    except Exception as error:  # protobuf's DecodeError has no stable address
        if isinstance(error, OSError):
            raise
        raise ValueError("it is damaged") from None
    allowed = ALLOWED | _OF_VARIABLES
    for graph in read.meta_graphs:
        objects = graph.object_graph_def
        if not objects.nodes:
            return "graphs of TensorFlow 1 without their objects"
        called = {node.bare_concrete_function.concrete_function_name for node in objects.nodes}
        called.update(name for node in objects.nodes for name in node.function.concrete_functions)
        for name in _foreign(graph.graph_def.node, allowed):
            return name
        for function in graph.graph_def.library.function:
            saves = function.signature.name.startswith(_SAVING)
            for name in _foreign(function.node_def, allowed | _OF_SAVING if saves else allowed):
                return name
            if not saves:
                called.update(_called(function.node_def))
        if any(name.startswith(_SAVING) for name in called):
            return "calls of what writes files"
    return ""


def _foreign(nodes: Iterable[Any], allowed: Collection[str]) -> Iterator[str]:
    return (node.op for node in nodes if node.op not in allowed)


def _called(nodes: Iterable[Any]) -> Iterator[str]:
    """Yield the names of the functions that nodes call."""
    for node in nodes:
        for value in node.attr.values():
            yield value.func.name
            yield from (function.name for function in value.list.func)
