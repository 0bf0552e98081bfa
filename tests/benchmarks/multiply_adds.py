"""Counts the table of `features/keras_applications.py` on the built networks, without their weights.

    python -m tests.benchmarks.multiply_adds

One line a network of `keras.applications`: name, pixels a side, features a picture, megabytes, million
multiply-adds, each without the ImageNet layer; "differs" where the table says otherwise. No weight is
downloaded; it takes four minutes.
"""

import math
from typing import Any

from poetcore.features.keras_applications import APPLICATIONS
from poetcore.system.tensorflow import tensorflow


def multiply_adds(layer: Any) -> int:
    """Count the multiplications with an addition of one picture in a layer, or in all layers of a model."""
    import keras

    if hasattr(layer, "layers"):
        return sum(multiply_adds(inner) for inner in layer.layers)
    if isinstance(layer, keras.layers.SeparableConv2D):
        kernels = [layer.depthwise_kernel, layer.pointwise_kernel]
    elif isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D | keras.layers.Dense):
        kernels = [layer.kernel]
    else:
        return 0
    positions = math.prod(layer.output.shape[1:-1])
    return positions * sum(math.prod(kernel.shape) for kernel in kernels)


def main() -> None:
    """Print what is counted."""
    tensorflow()
    import keras

    for one in APPLICATIONS:
        shape = (one.input_size, one.input_size, 3)
        function = getattr(keras.applications, one.name)
        model = function(weights=None, include_top=False, pooling="avg", input_shape=shape)
        megabytes = round(model.count_params() * 4 / 1e6, 1)
        counted = (model.output_shape[1], megabytes, round(multiply_adds(model) / 1e6))
        same = counted == (one.vector_length, one.megabytes, one.multiply_adds)
        print(one.name, one.input_size, *counted, "" if same else "differs", flush=True)
        keras.backend.clear_session()


if __name__ == "__main__":
    main()
