"""A backbone's Keras model on the device that its backend has, in batches that fit into its memory."""

import contextlib
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.backbones import Backbone, build
from poetcore.system.tensorflow import muted

__all__ = ["Compiled", "Queue", "compile_network", "is_out_of_memory"]

#: The size of a batch at 224 x 224 pixels: enough for a graphics card to be busy; on processors, which more
#: than some do not make faster, as little as is lost with a killed process.
_CARD_BATCH, _CPU_BATCH = 256, 32

#: How many batches a device computes, or is given, while the next one is put together.
_IN_FLIGHT = 2

#: What a device says that has too little memory: the names of the exceptions of TensorFlow and PyTorch, and
#: the words of those that have none of their own (JAX, cuDNN, cuBLAS, Apple's graphics cards).
_MEMORY_ERRORS = ("ResourceExhaustedError", "OutOfMemoryError")
_MEMORY_WORDS = re.compile(r"RESOURCE_EXHAUSTED|out of memory|OUT_OF_MEMORY|ALLOC_FAILED", re.IGNORECASE)


@dataclass(frozen=True)
class Compiled:
    """A network as its backend runs it.

    Attributes:
        start: takes `(n, size, size, 3) uint8`, RGB, 0 to 255, and returns what `finish` takes; where the
            backend is asynchronous, before the device has computed it.
        finish: waits, and returns `(n, vector_length) float32`.
        on_card: whether it runs on something else than this machine's processors.
        fixed: whether it is compiled anew for each size of a batch, which takes seconds.
    """

    start: Callable[[np.ndarray], Any]
    finish: Callable[[Any], np.ndarray]
    on_card: bool = False
    fixed: bool = False

    def batch_size(self, input_size: int) -> int:
        """Return with how many pictures to begin: a power of two, fewer of larger ones."""
        most = _CARD_BATCH if self.on_card else _CPU_BATCH
        return _power_below(max(1, round(most * (224 / input_size) ** 2)))


class Queue:
    """Pictures on their way through a network, in order.

    A batch that the device has no memory for is halved, with all that follow.

    Args:
        network: what computes.
        size: of a batch.

    Attributes:
        size: of a batch, as it is now.
        done: feature vectors, `(vector_length,) float32`, in the order in which pictures were added; for the
            caller to take.
    """

    def __init__(self, network: Compiled, size: int) -> None:
        self.size = size
        self.done: deque[np.ndarray] = deque()
        self._network = network
        self._waiting: deque[np.ndarray] = deque()
        self._started: deque[tuple[list[np.ndarray], Any]] = deque()
        self._compiled_for: set[int] = set()

    def add(self, pictures: Iterable[np.ndarray]) -> None:
        """Add pictures, `(size, size, 3) uint8` each, and compute whole batches."""
        self._waiting.extend(pictures)
        self._advance(self.size, _IN_FLIGHT)

    def finish(self) -> None:
        """Compute all that were added."""
        self._advance(1, _IN_FLIGHT)
        self._advance(1, 0)

    def _advance(self, at_least: int, in_flight: int) -> None:
        """Start batches while so many pictures wait, and wait for the oldest while too many are in flight."""
        while len(self._waiting) >= min(at_least, self.size) or len(self._started) > in_flight:
            try:
                if len(self._started) > in_flight or not self._waiting:
                    self._finish_oldest()
                else:
                    self._start_next()
                continue
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:150]
            # Outside of `except`, whose traceback keeps the arrays on the device.
            self._halve(reason)

    def _start_next(self) -> None:
        pictures = [self._waiting.popleft() for _ in range(min(self.size, len(self._waiting)))]
        self._started.append((pictures, None))  # where the start fails they are not lost
        handle = self._network.start(self._padded(pictures))
        self._started[-1] = (pictures, handle)

    def _finish_oldest(self) -> None:
        pictures, handle = self._started[0]
        self.done.extend(self._network.finish(handle)[: len(pictures)])
        self._started.popleft()

    def _padded(self, pictures: list[np.ndarray]) -> np.ndarray:
        """Return a batch; where each size would be compiled, of one that was, or else a power of two."""
        count = len(pictures)
        if self._network.fixed:
            known = [size for size in self._compiled_for if size >= count]
            count = min(known, default=min(_power_above(count), self.size))
            self._compiled_for.add(count)
        batch = np.zeros((count, *pictures[0].shape), np.uint8)
        np.stack(pictures, out=batch[: len(pictures)])
        return batch

    def _halve(self, reason: str) -> None:
        for pictures, _ in reversed(self._started):
            self._waiting.extendleft(reversed(pictures))
        self._started.clear()
        if self.size == 1:
            raise OptionError(
                f"The graphics card has too little memory for a single picture ({reason}): close other"
                " programs that use it, or choose a smaller network or the engine litert."
            )
        self.size //= 2
        self._compiled_for = {size for size in self._compiled_for if size <= self.size}
        if torch := sys.modules.get("torch"):
            torch.cuda.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an exception of a backend says that its device has too little memory."""
    return type(error).__name__ in _MEMORY_ERRORS or (
        isinstance(error, RuntimeError) and bool(_MEMORY_WORDS.search(str(error)))
    )


def compile_network(backbone: Backbone, backend: str) -> Compiled:
    """Build a backbone with its weights on a backend of Keras.

    Numbers of 32 bits are multiplied as such, which graphics cards do not by default (TF32 keeps 10 of 23
    bits), so that features from a card differ from others by rounding only.

    Args:
        backbone: which network.
        backend: one of `BACKENDS`.

    Raises:
        BackboneError: its weights cannot be read or downloaded.
        OptionError: Keras runs on another backend in this process.
    """
    # Keras draws the progress of a download on standard output, where only results belong.
    with contextlib.redirect_stdout(sys.stderr):
        model = build(backbone, backend)
    return {"tensorflow": _on_tensorflow, "jax": _on_jax, "torch": _on_torch}[backend](model)


def _on_tensorflow(model: Any) -> Compiled:
    import tensorflow as tf

    tf.config.experimental.enable_tensor_float_32_execution(False)
    size = model.input_shape[1]

    def forward(pixels: Any) -> Any:
        return model(tf.cast(pixels, tf.float32), training=False)

    # Bytes travel to a graphics card four times as fast as floating-point numbers.
    compiled = tf.function(forward, input_signature=[tf.TensorSpec((None, size, size, 3), tf.uint8)])
    return Compiled(compiled, np.asarray, on_card=bool(tf.config.list_physical_devices("GPU")))


def _on_jax(model: Any) -> Compiled:
    import jax
    import keras

    with muted():
        on_card = jax.default_backend() != "cpu"
    # Once on the device, as arguments: constants would be copied into each compiled program.
    weights = [
        [one.value for one in some] for some in (model.trainable_variables, model.non_trainable_variables)
    ]

    @jax.jit  # type: ignore[untyped-decorator]
    def forward(trainable: Any, others: Any, pixels: Any) -> Any:
        scaled = keras.ops.cast(pixels, "float32")
        return model.stateless_call(trainable, others, scaled, training=False)[0]

    def start(pixels: np.ndarray) -> Any:
        with jax.default_matmul_precision("float32"):
            return forward(*weights, pixels)

    return Compiled(start, np.asarray, on_card, fixed=True)


def _on_torch(model: Any) -> Compiled:
    import keras
    import torch

    torch.backends.cudnn.allow_tf32 = False

    def start(pixels: np.ndarray) -> Any:
        with torch.no_grad():
            scaled = keras.ops.cast(keras.ops.convert_to_tensor(pixels, "uint8"), "float32")
            return model(scaled, training=False)

    device = next(iter(model.weights)).value.device.type
    return Compiled(start, keras.ops.convert_to_numpy, on_card=device != "cpu")


def _power_below(number: int) -> int:
    return 1 << (number.bit_length() - 1)


def _power_above(number: int) -> int:
    return 1 << (number - 1).bit_length()
