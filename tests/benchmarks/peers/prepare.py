"""What all ways share: the converted network, its weights, a few pixels with their vectors, an ONNX model."""

import shutil
from pathlib import Path

import numpy as np

from poetcore.api.trained_run import TrainedRun
from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.features.backbones import find
from poetcore.features.efficientnet_lite import EfficientNetLite
from poetcore.features.litert import model_file
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.lab import FLOAT
from tests.benchmarks.peers.way import SIZE, Answer, Task, pictures, run_way

#: How many pictures of the training folder the vectors of all ways are compared on.
_CHECKED = 20


def prepare(task: Task) -> Answer:
    """Write everything into the place of the task."""
    backbone, place = find(FLOAT), Workspace(Path(task.place))
    assert isinstance(backbone.source, EfficientNetLite)
    weights = backbone.source.weight_file()
    assert weights is not None
    shutil.copyfile(weights, task.prepared("weights.pth"))
    model = model_file(backbone, place.models)
    _write_check(task, model, backbone.vector_length)
    _export(task, place)
    return {"model": str(model)}


def _write_check(task: Task, model: Path, length: int) -> None:
    """Write pixels `(n, SIZE, SIZE, 3) uint8` and LiteRT's vectors of them `(n, length) float32`."""
    from ai_edge_litert.interpreter import Interpreter

    files = pictures(task.train)
    contents = [Path(file).read_bytes() for file, _ in files[:: max(1, len(files) // _CHECKED)]]
    pixels = np.stack([images.to_square(content, SIZE) for content in contents])
    interpreter = Interpreter(str(model), num_threads=1)
    interpreter.allocate_tensors()
    fed, given = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    vectors = np.empty((len(pixels), length), np.float32)
    for number, one in enumerate(pixels):
        interpreter.set_tensor(fed["index"], one[np.newaxis].astype(np.float32))
        interpreter.invoke()
        vectors[number] = interpreter.get_tensor(given["index"])[0]
    np.savez(task.prepared("check.npz"), pixels=pixels, vectors=vectors, shas=[sha_of(c) for c in contents])


def _export(task: Task, place: Workspace) -> None:
    """Train a run with the defaults, export it, and let the ONNX model tell its feature vectors too."""
    import onnx

    run = TrainedRun(retrain(RunConfig(Path(task.train), FLOAT), place), place)
    run.export("frozen_graph", task.prepared("graph.pb"))
    run.export("onnx", task.prepared("model.onnx"))
    model = onnx.load(task.prepared("model.onnx"))
    made_by = {node.output[0]: node for node in model.graph.node}
    last = made_by[model.graph.output[0].name]
    while last.op_type not in ("MatMul", "Gemm"):
        last = made_by[last.input[0]]
    for node in model.graph.node:
        for ends in (node.input, node.output):
            ends[:] = ["vector" if name == last.input[0] else name for name in list(ends)]
    model.graph.output.append(onnx.helper.make_tensor_value_info("vector", onnx.TensorProto.FLOAT, None))
    onnx.save(model, task.prepared("model.onnx"))


if __name__ == "__main__":
    run_way(prepare)
