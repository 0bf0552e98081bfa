"""The format of the original TensorFlow for Poets scripts: a frozen TensorFlow 1 graph.

Its last layer has the names that the original `retrain` gives it, so that scripts which look into a graph
find the logits in `final_training_ops/Wx_plus_b/add`. All that lies below stands under `poet/`, by which
`evaluation.frozen` knows a graph of Poet's.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from poetcore.errors import OptionError
from poetcore.evaluation.frozen import MADE_BY_POET, labels_file
from poetcore.evaluation.graphs import labels_in_original_form
from poetcore.export.export_format import ExportFormat, Network
from poetcore.system.tensorflow import tensorflow
from poetcore.workspace.head import Head

if TYPE_CHECKING:
    import keras

__all__ = ["FROZEN_GRAPH", "freeze", "put_head"]

#: The last layer's weights and logits: github.com/googlecodelabs/tensorflow-for-poets-2, scripts/retrain.py.
_KERNEL = "final_training_ops/weights/final_weights"
_BIAS = "final_training_ops/biases/final_biases"
_PRODUCT = "final_training_ops/Wx_plus_b/MatMul"
_LOGITS = "final_training_ops/Wx_plus_b/add"


def freeze(model: "keras.Model", output_layer: str = "final_result") -> Any:
    """Return a model as a TensorFlow 1 `GraphDef` whose weights are constants.

    Args:
        model: ends in the trained layer.
        output_layer: what the graph calls its output.

    Raises:
        OptionError: another layer has that name.
    """
    tf = tensorflow()
    import keras
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    trained = model.layers[-1]
    network = keras.Model(model.input, trained.input, name=MADE_BY_POET)
    weights = zip((_KERNEL, _BIAS), trained.get_weights(), strict=True)
    outputs: list[Any] = []

    def label(fed: Any) -> Any:
        bottleneck = network(fed * 128.0 + 128.0, training=False)
        kernel, bias = (
            tf.identity(tf.constant(numbers, name=name), name=f"{name}/read") for name, numbers in weights
        )
        logits = tf.add(tf.matmul(bottleneck, kernel, name=_PRODUCT), bias, name=_LOGITS)
        # Softmax, or sigmoid where a picture may have several labels.
        outputs.append(getattr(tf.nn, trained.activation.__name__)(logits, name=output_layer))
        return outputs[-1]

    fed = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="input")
    function = tf.function(label, input_signature=[fed], autograph=False).get_concrete_function()
    if outputs[-1].op.name != output_layer:
        raise OptionError(
            f"final_tensor_name cannot be {output_layer!r}: another layer has that name, choose another one."
        )
    definition = convert_variables_to_constants_v2(function).graph.as_graph_def()
    definition = tf.compat.v1.graph_util.extract_sub_graph(definition, [output_layer])
    _forget_news(definition)
    return definition


def put_head(definition: Any, head: Head) -> None:
    """Exchange the last layer's numbers in a graph of `freeze`.

    Args:
        definition: of a model with as many labels; is changed.
        head: the layer whose numbers it gets.
    """
    tf = tensorflow()
    weights = {_KERNEL: head.kernel, _BIAS: head.bias}
    for node in definition.node:
        if node.name in weights:
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(weights[node.name], tf.float32))


def _forget_news(definition: Any) -> None:
    """Write a graph as older versions of TensorFlow know it.

    They refuse attributes and operations that came later, even where these say nothing new.
    """
    from tensorflow.python.framework import op_def_registry

    for node in definition.node:
        if node.op == "AddV2":
            node.op = "Add"
        known = {attribute.name: attribute for attribute in op_def_registry.get(node.op).attr}
        for name in list(node.attr):
            default = known[name].default_value if name in known else None
            if default is None or (known[name].HasField("default_value") and node.attr[name] == default):
                del node.attr[name]


def _write(network: Network, file: Path) -> None:
    file.write_bytes(freeze(network.model, network.about.output_layer).SerializeToString())


FROZEN_GRAPH = ExportFormat(
    name="frozen_graph",
    purpose="Frozen graph (.pb), for the codelab's scripts",
    title="a frozen TensorFlow 1 graph, as the original TensorFlow for Poets scripts write it",
    default_name="retrained_graph.pb",
    labels_name=lambda graph: labels_file(graph).name,
    labels_form=labels_in_original_form,
    names_output=True,
    write=_write,
    requirements="tensorflow pillow",
    code="""
import tensorflow.compat.v1 as tf

graph, definition = tf.Graph(), tf.GraphDef()
definition.ParseFromString(Path({file}).read_bytes())
with graph.as_default():
    tf.import_graph_def(definition)
session = tf.Session(graph=graph)


def predict(pixels):
    return session.run("import/{output_layer}:0", {{"import/input:0": (pixels - 128) / 128}})[0]
""",
    remarks="Feed one picture at a time as (RGB - 128) / 128 to `input` and fetch `{output_layer}`. The"
    " original label_image script reads it with --input_layer=input --output_layer={output_layer}"
    " --input_height={size} --input_width={size} --input_mean=128 --input_std=128. Its logits, for which the"
    f" original evaluate script asks, are in `{_LOGITS}`.",
)
