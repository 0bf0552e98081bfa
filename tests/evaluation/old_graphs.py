"""Graphs in the form of the old tutorials, and how their scripts resize a picture, worked out by hand."""

from pathlib import Path

import numpy as np

from poetcore.evaluation.frozen import labels_file

LABELS = ["cat", "dog", "cow"]


def resized(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Resize `(h, w, 3)` between the four nearest pixels; pixel `i` of the result is at `i * h / height`."""
    rows, columns = (
        np.arange(wanted) * there / wanted
        for wanted, there in zip((height, width), pixels.shape[:2], strict=True)
    )
    top, left = rows.astype(int), columns.astype(int)
    below, right = np.minimum(top + 1, len(pixels) - 1), np.minimum(left + 1, pixels.shape[1] - 1)
    down, across = (rows - top)[:, None, None], (columns - left)[None, :, None]
    values = pixels.astype(np.float64)
    above = values[top][:, left] * (1 - across) + values[top][:, right] * across
    beneath = values[below][:, left] * (1 - across) + values[below][:, right] * across
    return above * (1 - down) + beneath * down


def inception_graph(file: Path, placeholder: bool = False, size: int = 12) -> Path:
    """Write a graph that is fed a JPEG, as a retrained Inception v3, and its labels.

    `DecodeJpeg/contents` (a constant there, or a placeholder), decoding, resizing, subtraction, `Mul`, and in
    place of the network the mean red, green and blue; then `final_result`.
    """
    import tensorflow as tf

    v1 = tf.compat.v1
    with v1.Graph().as_default() as graph:
        if placeholder:
            contents = v1.placeholder(tf.string, [], "DecodeJpeg/contents")
        else:
            contents = tf.constant(b"", name="DecodeJpeg/contents")
        decoded = tf.cast(tf.io.decode_jpeg(contents, channels=3, name="DecodeJpeg"), tf.float32, "Cast")
        resizing = v1.image.resize_bilinear(tf.expand_dims(decoded, 0), [size, size], name="ResizeBilinear")
        scaled = tf.multiply(tf.subtract(resizing, 128, "Sub"), 1 / 128, "Mul")
        tf.nn.softmax(tf.reduce_mean(scaled, [1, 2]), name="final_result")
        file.write_bytes(graph.as_graph_def().SerializeToString())
    labels_file(file).write_text("".join(f"{label}\n" for label in LABELS))
    return file


def means_of(pixels: np.ndarray, size: int = 12) -> np.ndarray:
    """What `inception_graph` says of a picture's pixels, worked out by hand: `(3,)`."""
    powers = np.exp(((resized(pixels, size, size) - 128) / 128).mean(axis=(0, 1)))
    return powers / powers.sum()
