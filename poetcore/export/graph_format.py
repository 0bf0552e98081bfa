"""The format of the original TensorFlow for Poets scripts: a frozen TensorFlow 1 graph."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from poetcore.errors import OptionError
from poetcore.evaluation.frozen import labels_file
from poetcore.export.export_format import ExportFormat, Network, build_model
from poetcore.features.backbones import Backbone
from poetcore.system.tensorflow import tensorflow
from poetcore.workspace.head import Head

if TYPE_CHECKING:
    import keras

__all__ = ["FROZEN_GRAPH", "write_graph"]


def write_graph(backbone: Backbone, head: Head, file: Path, final_tensor_name: str = "final_result") -> None:
    """Write a frozen graph of a layer that is still being trained; imports TensorFlow.

    Args:
        backbone: the network below the layer.
        head: the layer.
        file: the `.pb` file; its folder is made.
        final_tensor_name: what the graph calls its output.

    Raises:
        OptionError: another layer has that name.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    _freeze(build_model(backbone, head), file, final_tensor_name)


def _freeze(model: "keras.Model", file: Path, output_layer: str) -> None:
    tf = tensorflow()
    from tensorflow.python.framework import op_def_registry
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    def label(fed: Any) -> Any:
        return tf.identity(model(fed * 128.0 + 128.0, training=False), name=output_layer)

    fed = tf.TensorSpec((1, *model.input_shape[1:]), tf.float32, name="input")
    function = tf.function(label, input_signature=[fed]).get_concrete_function()
    definition = convert_variables_to_constants_v2(function).graph.as_graph_def()
    if output_layer not in {node.name for node in definition.node}:
        raise OptionError(
            f"final_tensor_name cannot be {output_layer!r}: another layer has that name, choose another one."
        )
    definition = tf.compat.v1.graph_util.extract_sub_graph(definition, [output_layer])
    for node in definition.node:
        # Older versions refuse attributes and operations that came later, even where they say nothing new.
        if node.op == "AddV2":
            node.op = "Add"
        known = {attribute.name: attribute for attribute in op_def_registry.get(node.op).attr}
        for name in list(node.attr):
            default = known[name].default_value if name in known else None
            if default is None or (known[name].HasField("default_value") and node.attr[name] == default):
                del node.attr[name]
    file.write_bytes(definition.SerializeToString())


def _write(network: Network, file: Path) -> None:
    _freeze(network.model, file, network.output_layer)


FROZEN_GRAPH = ExportFormat(
    name="frozen_graph",
    purpose="Frozen graph (.pb), for the codelab's scripts",
    title="a frozen TensorFlow 1 graph, as the original TensorFlow for Poets scripts write it",
    default_name="retrained_graph.pb",
    labels_name=lambda graph: labels_file(graph).name,
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
    " --input_height={size} --input_width={size} --input_mean=128 --input_std=128.",
)
