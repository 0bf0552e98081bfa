"""What is measured of feature extraction: Poet's, the bare loops that are its limits, and Keras's way."""

import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from poetcore.data import images
from poetcore.features.backbones import build, find
from poetcore.system.files import cores
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.clock import Answer, Clock, files_in

__all__ = ["bare", "bare_openvino", "convert", "extract", "extract_in_python", "keras_features", "predict"]

#: Of one thread: from some pictures, `(n, size, size, 3) float32`, to their features.
Network = Callable[[np.ndarray], np.ndarray]


def convert(backbone: str, models: str) -> Answer:
    """Convert a backbone once, so that nothing that is measured has to."""
    from poetcore.features.litert import model_file

    return {"model": str(model_file(find(backbone), Path(models)))}


def extract(
    folder: str,
    models: str,
    backbone: str,
    calibration: str = "",
    workspace: str = "",
    engine: str = "auto",
) -> Answer:
    """Poet's own extraction into an empty cache."""
    from poetcore.data.dataset import scan
    from poetcore.features.extraction import extract_features
    from poetcore.features.litert import model_file

    with tempfile.TemporaryDirectory() as fresh:
        place = Workspace(Path(workspace or fresh), models=Path(models))
        with place.file_index() as index, place.feature_cache() as cache, place.hash_index() as hashes:
            pictures = scan(Path(folder), index).pictures
            wanted = {sha: Path(path) for sha, path in zip(pictures["sha"], pictures["path"], strict=True)}
            network = find(backbone, calibration)
            files = {one.key: model_file(one, place.models) for one in network.members}
            clock = Clock()
            found = extract_features(
                wanted,
                network,
                lambda one: files[one.key],
                cache,
                index,
                hashes=hashes,
                sink=lambda sha, vector: None,  # in memory they would be what grows
                engine=engine,
            )
            return clock.rate(found.computed) | {"engines": found.engines}


def extract_in_python(folder: str, workspace: str) -> Answer:
    """Extract as people do from Python, scanning included; earlier and later code has it too."""
    import poetcore

    extract_features, files = poetcore.extract_features, files_in(folder)
    clock = Clock()
    return clock.rate(len(extract_features(files, workspace=workspace, progress=False)))


def bare(folder: str, model: str, size: int) -> Answer:
    """The limit with LiteRT: decode and interpreter on all cores; nothing is hashed, kept or reported."""
    from ai_edge_litert.interpreter import Interpreter

    def make() -> Network:
        interpreter = Interpreter(model, num_threads=1)
        interpreter.allocate_tensors()
        (before,), (after, *_) = interpreter.get_input_details(), interpreter.get_output_details()

        def run(pixels: np.ndarray) -> np.ndarray:
            interpreter.set_tensor(before["index"], pixels)
            interpreter.invoke()
            return interpreter.get_tensor(after["index"])

        return run

    clock = Clock()
    return clock.rate(_in_threads(folder, size, make))


def bare_openvino(folder: str, model: str, size: int, at_once: int = 2) -> Answer:
    """The same with OpenVINO, which reads and compiles the network within the time.

    Two pictures a call are what it does fastest; the last ones are left over where there is an odd number.
    """
    from poetcore.system.telemetry import silence_reports

    silence_reports()
    import openvino

    clock = Clock()
    core = openvino.Core()
    read = core.read_model(model)
    read.reshape([at_once, size, size, 3])
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",
        "NUM_STREAMS": str(cores()),
        "INFERENCE_NUM_THREADS": cores(),
    }
    compiled = core.compile_model(read, "CPU", settings)

    # Two threads that were the first to call it would wait for each other for ever.
    compiled.create_infer_request().infer([np.zeros((at_once, size, size, 3), np.float32)])

    def make() -> Network:
        request = compiled.create_infer_request()
        return lambda pixels: request.infer([pixels], share_inputs=True)[0]

    return clock.rate(_in_threads(folder, size, make, at_once))


def _in_threads(folder: str, size: int, make: Callable[[], Network], at_once: int = 1) -> int:
    """Decode every picture and run a network on some at once, one a thread; return how many."""
    own = threading.local()

    def extract_some(files: Sequence[Path]) -> int:
        if not hasattr(own, "network"):
            own.network = make()
        pixels = [images.to_square(file.read_bytes(), size) for file in files]
        return len(own.network(np.stack(pixels).astype(np.float32)))

    files = files_in(folder)
    some = [files[place : place + at_once] for place in range(0, len(files) - at_once + 1, at_once)]
    with ThreadPoolExecutor(cores()) as pool:
        return sum(pool.map(extract_some, some))


def predict(workspace: str, run: str, demo: str, engine: str) -> Answer:
    """Return what a run predicts of a folder that its workspace does not know, by file name."""
    from poetcore.evaluation.evaluate import evaluate

    place = Workspace(Path(workspace))
    found = evaluate(place.run(run), Path(demo), place, engine=engine).predictions
    return {"labels": dict(zip(found["path"].astype(str), found["predicted"].astype(str), strict=True))}


def keras_features(folder: str, backbone: str) -> Answer:
    """The usual way: a dataset from the folder, and `predict` with the same network.

    The network is built, and its graph traced, before the time begins.
    """
    import keras
    import tensorflow as tf

    network = find(backbone)
    model, size = build(network), (network.input_size, network.input_size)
    for batch in (32, 31):  # the second time it is traced for batches of any size
        model.predict(np.zeros((batch, *size, 3), np.float32), verbose=0)
    clock = Clock()
    pictures = keras.utils.image_dataset_from_directory(
        folder, image_size=size, shuffle=False, verbose=False
    ).prefetch(tf.data.AUTOTUNE)
    return clock.rate(len(model.predict(pictures, verbose=0)))
