"""Keras's usual way: a dataset from the folder, `predict` with the network, `fit` of the last layer."""

import keras
import numpy as np
import tensorflow as tf

from poetcore.features.backbones import build, find
from tests.benchmarks.lab import FLOAT
from tests.benchmarks.peers.way import BATCH, RATE, SIZE, STEPS, Answer, Clock, Task, pictures, run_way


def keras_way(task: Task) -> Answer:
    """Extract features as the guides of Keras do; its graph is traced before the time begins."""
    model = build(find(FLOAT))
    for batch in (32, 31):  # the second time it is traced for batches of any size
        model.predict(np.zeros((batch, SIZE, SIZE, 3), np.float32), verbose=0)
    ready_s, clock = task.ready_s(), Clock()
    vectors = model.predict(_dataset(task.train), verbose=0)
    answer = clock.rate(len(vectors)) | {"ready_s": ready_s}
    if task.accurate:
        clock = Clock()
        layer = _trained(vectors, _labels(task.train))
        answer["training_s"] = clock.rate(1)["seconds"]
        demo = _labels(task.demo)
        guesses = layer.predict(model.predict(_dataset(task.demo), verbose=0), verbose=0).argmax(axis=1)
        kept = np.load(task.prepared("check.npz"))
        difference = np.abs(model.predict(kept["pixels"].astype(np.float32), verbose=0) - kept["vectors"])
        answer |= {"correct": int((guesses == demo).sum()), "total": len(demo)}
        answer["difference"] = float(difference.max())
    return answer


def _dataset(folder: str) -> "tf.data.Dataset":
    found = keras.utils.image_dataset_from_directory(
        folder, image_size=(SIZE, SIZE), shuffle=False, verbose=False
    )
    return found.prefetch(tf.data.AUTOTUNE)


def _labels(folder: str) -> np.ndarray:
    """Return the numbers of the labels, `(n,) int64`, in the order of the dataset."""
    return np.array([number for _, number in pictures(folder)])


def _trained(vectors: np.ndarray, labels: np.ndarray) -> "keras.Model":
    model = keras.Sequential([keras.Input(vectors.shape[1:]), keras.layers.Dense(int(labels.max()) + 1)])
    model.compile(keras.optimizers.SGD(RATE), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    batches = tf.data.Dataset.from_tensor_slices((vectors, labels)).repeat().shuffle(len(labels)).batch(BATCH)
    model.fit(batches.prefetch(tf.data.AUTOTUNE), steps_per_epoch=STEPS, verbose=0)
    return model


if __name__ == "__main__":
    run_way(keras_way)
