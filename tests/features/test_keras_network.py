"""Batches before a device: their order, and what becomes of them where it has too little memory."""

from collections.abc import Iterator

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.features.keras_network import Compiled, Queue, is_out_of_memory


class ResourceExhaustedError(Exception):
    """As TensorFlow names it, which derives from no exception of Python's own but `Exception`."""


class Device:
    """Computes of a picture its first byte, and has memory for so many at once."""

    def __init__(self, memory: int, late: bool = False, fixed: bool = False) -> None:
        self.memory, self.late, self.batches = memory, late, []
        self.network = Compiled(self.start, self.finish, fixed=fixed)

    def start(self, pixels: np.ndarray) -> np.ndarray:
        self.batches.append(len(pixels))
        return pixels if self.late else self.checked(pixels)

    def finish(self, pixels: np.ndarray) -> np.ndarray:
        return self.checked(pixels)[:, 0, 0, :1].astype(np.float32)

    def checked(self, pixels: np.ndarray) -> np.ndarray:
        if len(pixels) > self.memory:
            raise ResourceExhaustedError("OOM when allocating tensor")
        return pixels


def pictures(count: int) -> Iterator[np.ndarray]:
    return (np.full((2, 2, 3), number, np.uint8) for number in range(count))


def computed(queue: Queue, count: int) -> list[float]:
    for one in pictures(count):
        queue.add([one])
    queue.finish()
    return [vector[0] for vector in queue.done]


def test_pictures_come_out_in_the_order_in_which_they_went_in():
    device = Device(99)
    assert computed(Queue(device.network, 8), 29) == list(range(29))
    assert device.batches == [8, 8, 8, 5]


def test_two_batches_are_on_their_way_while_the_next_one_is_put_together():
    queue = Queue(Device(99).network, 4)
    queue.add(pictures(11))
    assert not queue.done
    queue.add(pictures(1))
    assert len(queue.done) == 4


@pytest.mark.parametrize("late", [False, True])
def test_a_batch_for_which_the_device_has_no_memory_is_halved_and_none_is_lost(late):
    device = Device(3, late)
    queue = Queue(device.network, 16)
    assert computed(queue, 50) == list(range(50))
    assert queue.size == 2
    assert set(device.batches[-5:]) == {2}


def test_a_device_without_memory_for_one_picture_is_told_in_one_sentence():
    with pytest.raises(OptionError, match=r"too little memory for a single picture \(OOM when .*litert\.$"):
        computed(Queue(Device(0).network, 4), 4)


def test_what_is_no_lack_of_memory_is_raised():
    network = Compiled(lambda pixels: 1 / 0, np.asarray)
    with pytest.raises(ZeroDivisionError):
        computed(Queue(network, 4), 4)


def test_a_network_that_is_compiled_for_each_size_sees_few_of_them():
    device = Device(99, fixed=True)
    queue = Queue(device.network, 16)
    for count in (5, 37, 6, 9):
        assert computed(queue, count) == list(range(count))
        queue.done.clear()
    assert device.batches == [8, 16, 16, 8, 8, 16]


@pytest.mark.parametrize(
    ("name", "base", "message", "expected"),
    [
        ("ResourceExhaustedError", Exception, "OOM when allocating tensor with shape[256]", True),
        ("OutOfMemoryError", RuntimeError, "CUDA out of memory. Tried to allocate 2.00 GiB.", True),
        ("JaxRuntimeError", RuntimeError, "RESOURCE_EXHAUSTED: Out of memory while trying to allocate", True),
        ("RuntimeError", RuntimeError, "MPS backend out of memory (MPS allocated: 1 GB)", True),
        ("RuntimeError", RuntimeError, "cuDNN error: CUDNN_STATUS_ALLOC_FAILED", True),
        ("RuntimeError", RuntimeError, "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED", False),
        ("ValueError", ValueError, "out of memory", False),
    ],
)
def test_each_backend_says_in_its_own_way_that_memory_is_short(name, base, message, expected):
    assert is_out_of_memory(type(name, (base,), {})(message)) is expected


@pytest.mark.parametrize(
    ("pixels", "on_card", "expected"),
    [(224, True, 256), (224, False, 32), (600, True, 32), (600, False, 4), (96, True, 1024)],
)
def test_a_batch_begins_with_fewer_of_larger_pictures(pixels, on_card, expected):
    assert Compiled(np.asarray, np.asarray, on_card).batch_size(pixels) == expected
