"""The scripts of 2017 read a frozen graph: the calls of each, as it makes them.

Source: github.com/googlecodelabs/tensorflow-for-poets-2, scripts/. What label_image does is in test_formats.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.data import images
from poetcore.evaluation.classifier import Classifier
from tests.conftest import Trained

pytestmark = pytest.mark.slow


def load_graph(file_name: Path) -> Any:
    """As count_ops, which evaluate imports it from, and graph_pb2tb have it."""
    import tensorflow.compat.v1 as tf

    graph_def = tf.GraphDef()
    graph_def.ParseFromString(file_name.read_bytes())
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
    return graph


@pytest.fixture(scope="module")
def photo(trained: Trained) -> tuple[np.ndarray, np.ndarray]:
    """A demo picture as the scripts feed it, `(1, 224, 224, 3)`, and what the app says of it, `(labels,)`."""
    path = sorted((trained.sample / "demo").glob("*/*"))[0]
    (predicted,) = Classifier(trained.run, trained.workspace).classify([path])
    return (images.to_square(path.read_bytes(), 224)[None] - np.float32(128)) / 128, predicted.probabilities


def test_evaluate_finds_the_logits_and_gets_accuracy_and_cross_entropy(poet_graph, photo):
    import tensorflow.compat.v1 as tf

    pixels, probabilities = photo
    with load_graph(poet_graph).as_default() as graph:
        ground_truth_input = tf.placeholder(tf.float32, [None, 5], name="GroundTruthInput")
        image_buffer_input = graph.get_tensor_by_name("input:0")
        final_tensor = graph.get_tensor_by_name("final_result:0")
        correct_prediction = tf.equal(tf.argmax(final_tensor, 1), tf.argmax(ground_truth_input, 1))
        accuracy = tf.reduce_mean(tf.cast(correct_prediction, tf.float32))
        logits = graph.get_tensor_by_name("final_training_ops/Wx_plus_b/add:0")
        xent = tf.reduce_mean(
            tf.nn.softmax_cross_entropy_with_logits(labels=ground_truth_input, logits=logits)
        )
    likeliest = int(probabilities.argmax())
    feed_dict = {image_buffer_input: pixels, ground_truth_input: np.eye(5)[[likeliest]]}
    with tf.Session(graph=graph) as sess:
        eval_accuracy, eval_xent = sess.run([accuracy, xent], feed_dict)
    assert eval_accuracy == 1
    assert eval_xent == pytest.approx(-np.log(probabilities[likeliest]), abs=1e-3)


def test_the_last_layer_is_named_as_the_original_names_it(poet_graph):
    kinds = {operation.name: operation.type for operation in load_graph(poet_graph).get_operations()}
    assert {name: kind for name, kind in kinds.items() if name.startswith(("final", "input"))} == {
        "input": "Placeholder",
        "final_training_ops/weights/final_weights": "Const",
        "final_training_ops/weights/final_weights/read": "Identity",
        "final_training_ops/biases/final_biases": "Const",
        "final_training_ops/biases/final_biases/read": "Identity",
        "final_training_ops/Wx_plus_b/MatMul": "MatMul",
        "final_training_ops/Wx_plus_b/add": "Add",
        "final_result": "Softmax",
    }


def test_count_ops_counts(poet_graph):
    operations = load_graph(poet_graph).get_operations()
    assert sum(1 for op in operations if op.name == "final_result") == 1


def test_graph_pb2tb_writes_it_for_tensorboard(poet_graph, tmp_path):
    import tensorflow.compat.v1 as tf
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with tf.Graph().as_default(), tf.Session():
        train_writer = tf.summary.FileWriter(str(tmp_path))
        train_writer.add_graph(load_graph(poet_graph))
        train_writer.close()
    shown = EventAccumulator(str(tmp_path)).Reload().Graph()
    assert "final_result" in {node.name for node in shown.node}


def test_quantize_graph_rounds_the_weights_and_the_rest_still_runs(poet_graph, photo):
    """Its mode weights_rounded: each constant of numbers gets 256 different ones, under the same name."""
    import tensorflow.compat.v1 as tf

    definition = load_graph(poet_graph).as_graph_def()
    for node in definition.node:
        if node.op != "Const" or node.attr["dtype"].type != tf.float32.as_datatype_enum:
            continue
        values = tf.make_ndarray(node.attr["value"].tensor)
        if values.size < 1024:
            continue
        width = (values.max() - values.min()) / 256
        place = np.minimum(np.floor((values - values.min()) / width), 255)
        node.attr["value"].tensor.CopyFrom(
            tf.make_tensor_proto(values.min() + width * (place + 0.5), tf.float32)
        )
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(definition, name="")
    with tf.Session(graph=graph) as sess:
        (found,) = sess.run("final_result:0", {"input:0": photo[0]})
    assert found.argmax() == photo[1].argmax()
