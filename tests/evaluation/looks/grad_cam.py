"""Gradient-weighted class activation maps by TensorFlow, to compare heat maps with.

Source: R. R. Selvaraju et al., "Grad-CAM", ICCV 2017, equations 1 and 2: each channel of the last feature map
is weighed with the mean over its places of the gradient of the label's logit; of the sum the positive part.
"""

import numpy as np

from poetcore.features.backbones import Backbone, build
from poetcore.system.tensorflow import tensorflow
from poetcore.workspace.head import Head


def grad_cam(backbone: Backbone, head: Head, pixels: np.ndarray) -> np.ndarray:
    """Compute the map of every label by automatic differentiation.

    Args:
        backbone: a single network whose vector is the mean of its last feature map.
        head: the layer behind it. Where it divides by the vector's length, that is held fixed.
        pixels: `(n, size, size, 3) uint8`, RGB.

    Returns:
        `(n, rows, columns, labels) float32`.
    """
    tf = tensorflow()
    import keras

    whole = build(backbone)
    *scaling, network = whole.layers[1:]
    pool = network.layers[-1]
    assert isinstance(pool, keras.layers.GlobalAveragePooling2D)
    maps_of = keras.Model(network.inputs, pool.input)
    found = []
    for picture in pixels.astype(np.float32):
        fed = picture[np.newaxis]
        for layer in scaling:
            fed = layer(fed)
        maps = tf.constant(maps_of(fed))
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(maps)
            vector = tf.reduce_mean(maps, axis=(1, 2))
            if head.unit:
                vector = vector / tf.stop_gradient(tf.norm(vector))
            logits = tf.linalg.matmul(vector, head.kernel) + head.bias
            each = [logits[:, label] for label in range(len(head.bias))]
        weights = [tf.reduce_mean(tape.gradient(logit, maps), axis=(1, 2)) for logit in each]
        found.append([tf.nn.relu(tf.reduce_sum(maps * one[:, None, None], axis=-1))[0] for one in weights])
    return np.moveaxis(np.asarray(found), 1, -1)
