"""The network of a run for TensorBoard's Graphs tab: of what backbone and last layer are made, and joined."""

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from poetcore.features.backbones import DEFAULT, find
from poetcore.training import network_graph as drawn
from poetcore.training.network_graph import network_graph

BACKBONE = find(DEFAULT)


def nodes(graph: Any) -> dict[str, Any]:
    return {node.name: node for node in graph.node}


def shape(node: Any) -> tuple[int, ...]:
    (sizes,) = node.attr["_output_shapes"].list.shape
    return tuple(dim.size for dim in sizes.dim)


def before(found: dict[str, Any], name: str) -> set[str]:
    """The names of all nodes on which one depends."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        inputs = set(found[waiting.pop()].input) - reached
        reached |= inputs
        waiting += inputs
    return reached


@pytest.fixture(scope="module")
def found(backbone_file: Path) -> dict[str, Any]:
    return nodes(network_graph(BACKBONE, lambda _: backbone_file, 5))


def test_every_input_is_a_node(found):
    assert {name for node in found.values() for name in node.input} <= set(found)


def test_the_output_comes_from_the_pixels_through_backbone_and_bottleneck(found):
    reached = before(found, "final_result")
    assert {
        "pixels",
        "input/BottleneckInputPlaceholder",
        f"{DEFAULT}/block_7/depthwise_conv",
    } <= reached
    assert all(name in reached for name in found if name.startswith(f"{DEFAULT}/"))


def test_the_last_layer_has_the_names_of_the_original(found):
    operators = {name: node.op for name, node in found.items() if not name.startswith(DEFAULT)}
    assert operators == {
        "pixels": "Placeholder",
        "input/BottleneckInputPlaceholder": "PlaceholderWithDefault",
        "input/GroundTruthInput": "Placeholder",
        "final_training_ops/weights/final_weights": "VariableV2",
        "final_training_ops/biases/final_biases": "VariableV2",
        "final_training_ops/Wx_plus_b/MatMul": "MatMul",
        "final_training_ops/Wx_plus_b/add": "Add",
        "final_result": "Softmax",
        "cross_entropy/SoftmaxCrossEntropyWithLogits": "SoftmaxCrossEntropyWithLogits",
        "cross_entropy/total/Mean": "Mean",
        "train/GradientDescent": "ApplyGradientDescent",
        "accuracy/correct_prediction/Equal": "Equal",
        "accuracy/accuracy/Mean": "Mean",
    }


def test_what_is_trained_is_the_last_layer(found):
    assert {"final_training_ops/weights/final_weights", "cross_entropy/total/Mean"} <= set(
        found["train/GradientDescent"].input
    )


def test_nodes_know_the_shapes_of_what_flows(found):
    names = (
        "pixels",
        f"{DEFAULT}/conv_stem",
        "input/BottleneckInputPlaceholder",
        "final_result",
        "final_training_ops/weights/final_weights",
    )
    assert [shape(found[name]) for name in names] == [
        (-1, 224, 224, 3),
        (-1, 112, 112, 32),
        (-1, 1280),
        (-1, 5),
        (1280, 5),
    ]


def test_a_block_is_a_scope_of_its_convolutions_and_their_sum(found):
    block = {name: node.op for name, node in found.items() if name.startswith(f"{DEFAULT}/block_2/")}
    assert block == {
        f"{DEFAULT}/block_2/expand_conv": "Conv2D",
        f"{DEFAULT}/block_2/depthwise_conv": "DepthwiseConv2dNative",
        f"{DEFAULT}/block_2/project_conv": "Conv2D",
        f"{DEFAULT}/block_2/add": "Add",
    }


def test_a_block_of_inception_is_a_scope_that_ends_with_its_concatenation(tmp_path, monkeypatch):
    def operator(name: str, kind: str, output: int, *inputs: int) -> drawn._Operator:
        return drawn._Operator(f"backbone_1/inception_v3_1/{name}", kind, list(inputs), [output], (-1, 8))

    layers = [
        operator("conv2d_1/convolution", "CONV_2D", 1, 0),
        operator("conv2d_1_1/convolution", "CONV_2D", 2, 0),
        operator("mixed0_1/concat", "CONCATENATION", 3, 1, 2),
        operator("conv2d_2_1/convolution", "CONV_2D", 4, 3),
        operator("mixed1_1/concat", "CONCATENATION", 5, 3, 4),
    ]
    monkeypatch.setattr(drawn, "_operators", lambda file: (0, layers))
    (tmp_path / "model.tflite").touch()
    found = nodes(network_graph(find("inception_v3"), lambda _: tmp_path / "model.tflite", 5))
    assert {name: list(node.input) for name, node in found.items() if "mixed" in name} == {
        "inception_v3/mixed0/conv2d": ["pixels"],
        "inception_v3/mixed0/conv2d_1": ["pixels"],
        "inception_v3/mixed0/concat": ["inception_v3/mixed0/conv2d", "inception_v3/mixed0/conv2d_1"],
        "inception_v3/mixed1/conv2d_2": ["inception_v3/mixed0/concat"],
        "inception_v3/mixed1/concat": ["inception_v3/mixed0/concat", "inception_v3/mixed1/conv2d_2"],
    }


def test_the_output_is_called_as_the_run_calls_it_and_several_labels_are_sigmoids(backbone_file):
    found = nodes(network_graph(BACKBONE, lambda _: backbone_file, 5, "flowers", several=True))
    assert found["flowers"].op == "Sigmoid" and "final_result" not in found
    assert "cross_entropy/SigmoidCrossEntropyWithLogits" in found


@pytest.mark.parametrize("content", [None, b"", b"no LiteRT file at all, but long enough to be one"])
def test_a_backbone_that_cannot_be_read_is_one_node(tmp_path, content):
    file = tmp_path / "model.tflite"
    if content is not None:
        file.write_bytes(content)
    found = nodes(network_graph(BACKBONE, lambda _: file, 5))
    assert found[DEFAULT].op == "Backbone" and list(found[DEFAULT].input) == ["pixels"]
    assert DEFAULT in before(found, "final_result")


def test_the_graph_of_a_run_is_read_by_tensorboard(trained, monkeypatch):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    monkeypatch.setitem(sys.modules, "tensorboard.compat.notf", types.ModuleType("tensorboard.compat.notf"))
    events = EventAccumulator(str(trained.workspace.summaries / trained.run.name / "train"))
    events.Reload()
    assert events.Tags()["graph"]
    found = nodes(events.Graph())
    assert shape(found["final_result"]) == (-1, len(trained.run.record().labels))
    assert f"{DEFAULT}/conv_stem" in found


def test_several_networks_stand_side_by_side_on_the_same_pixels(backbone_file, tmp_path):
    both = find(f"{DEFAULT}+mobilenet_0.25_160")
    files = {DEFAULT: backbone_file}
    found = nodes(network_graph(both, lambda one: files.get(one.name, tmp_path / "none.tflite"), 5))
    first, second = found["side_by_side/unit"], found["side_by_side/unit_1"]
    assert first.input[0].startswith(f"{DEFAULT}/") and list(second.input) == ["mobilenet_0.25_160_224"]
    assert list(found["side_by_side/concat"].input) == ["side_by_side/unit", "side_by_side/unit_1"]
    assert {"pixels", *second.input} <= before(found, "final_result")
