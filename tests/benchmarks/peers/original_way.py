"""The way of the codelab's scripts, done by TensorFlow 2: they themselves need TensorFlow 1 and are not run.

As `retrain.py` and `label_image.py` do it: a session, one picture at a time, decoded and scaled by one run of
the session and computed by another, each bottleneck written as text into a file of its own. The graph is the
frozen one that Poet exports; its last layer Poet has trained.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tests.benchmarks.peers.way import SIZE, Answer, Clock, Task, pictures, run_way

_LAYER = "final_training_ops/Wx_plus_b/MatMul"
_MIDDLE = 128.0  # what a graph in the codelab's form is fed: (RGB - 128) / 128


def original_way(task: Task) -> Answer:
    """Extract features as the codelab's scripts do."""
    v1: Any = tf.compat.v1
    with (
        tf.Graph().as_default() as graph,
        v1.Session(graph=graph) as session,
        tempfile.TemporaryDirectory() as kept,
    ):
        definition = v1.GraphDef()
        definition.ParseFromString(task.prepared("graph.pb").read_bytes())
        tf.import_graph_def(definition, name="")
        jpeg = v1.placeholder(tf.string)
        decoded = tf.expand_dims(tf.cast(tf.image.decode_jpeg(jpeg, channels=3), tf.float32), 0)
        scaled = (v1.image.resize_bilinear(decoded, [SIZE, SIZE]) - _MIDDLE) / _MIDDLE
        vector = next(op for op in graph.get_operations() if op.name == _LAYER).inputs[0]

        def run_it(wanted: Any, file: str) -> np.ndarray:
            pixels = session.run(scaled, {jpeg: Path(file).read_bytes()})
            return np.squeeze(session.run(wanted, {"input:0": pixels}))

        files = pictures(task.train)
        run_it(vector, files[0][0])
        ready_s, clock = task.ready_s(), Clock()
        for number, (file, _) in enumerate(files):
            Path(kept, f"{number}.txt").write_text(",".join(str(value) for value in run_it(vector, file)))
        answer = clock.rate(len(files)) | {"ready_s": ready_s}
        clock = Clock()
        for number in range(len(files)):
            np.array([float(value) for value in Path(kept, f"{number}.txt").read_text().split(",")])
        answer["second_s"] = clock.rate(len(files))["seconds"]
        if task.accurate:
            others = pictures(task.demo)
            right = [int(run_it("final_result:0", file).argmax()) == label for file, label in others]
            check = np.load(task.prepared("check.npz"))
            fed = (check["pixels"].astype(np.float32) - _MIDDLE) / _MIDDLE
            mine = np.stack([np.squeeze(session.run(vector, {"input:0": one[np.newaxis]})) for one in fed])
            answer |= {"correct": sum(right), "total": len(others)}
            answer["difference"] = float(np.abs(mine - check["vectors"]).max())
    return answer


if __name__ == "__main__":
    run_way(original_way)
