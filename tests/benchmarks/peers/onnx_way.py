"""ONNX Runtime's way with the model that Poet exports, whose last layer Poet has trained.

The settings: "usual" is a loop over the files, one picture at a time, the whole picture decoded, the session
as it comes; "best" is a thread a core, each with one thread of the session, JPEGs decoded at reduced scale.
"""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import onnxruntime
from PIL import Image

from tests.benchmarks.peers.way import SIZE, Answer, Clock, Task, cores, pictures, run_way


def onnx_way(task: Task) -> Answer:
    """Extract features, and the probabilities, with ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    if task.how == "best":
        options.intra_op_num_threads = 1
    file = str(task.prepared("model.onnx"))
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    session.run(["vector"], {"pixels": np.zeros((1, SIZE, SIZE, 3), np.float32)})

    def vector(picture: tuple[str, int]) -> np.ndarray:
        return session.run(["vector"], {"pixels": _read(picture[0], task.how)})[0][0]

    def is_right(picture: tuple[str, int]) -> bool:
        (answer,) = session.run(["probabilities"], {"pixels": _read(picture[0], task.how)})[0]
        return int(answer.argmax()) == picture[1]

    ready_s, clock = task.ready_s(), Clock()
    files = pictures(task.train)
    with ThreadPoolExecutor(cores() if task.how == "best" else 1) as pool:
        answer = clock.rate(sum(1 for _ in pool.map(vector, files))) | {"ready_s": ready_s}
        if task.accurate:
            others = pictures(task.demo)
            answer |= {"correct": sum(pool.map(is_right, others)), "total": len(others)}
            kept = np.load(task.prepared("check.npz"))
            fed = [{"pixels": one[np.newaxis].astype(np.float32)} for one in kept["pixels"]]
            mine = np.concatenate([session.run(["vector"], one)[0] for one in fed])
            answer["difference"] = float(np.abs(mine - kept["vectors"]).max())
    return answer


def _read(file: str, how: str) -> np.ndarray:
    """Return the pixels of a picture, `(1, SIZE, SIZE, 3) float32`, 0 to 255."""
    with Image.open(file) as picture:
        if how == "best":
            picture.draft("RGB", (SIZE, SIZE))
        whole = picture.convert("RGB")
        box = (0, 0, *whole.size)
        small = (
            whole.transform((SIZE, SIZE), Image.Transform.EXTENT, box, Image.Resampling.BILINEAR)
            if how == "best"
            else whole.resize((SIZE, SIZE), Image.Resampling.BILINEAR)
        )
    return np.asarray(small, np.float32)[np.newaxis]


if __name__ == "__main__":
    run_way(onnx_way)
