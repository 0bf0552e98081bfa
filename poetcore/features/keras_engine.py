"""The engine `keras`: the backbone's own Keras model, in batches, for a machine with a graphics card.

Keras runs on TensorFlow, JAX or PyTorch, whichever is set for it, so that there is a graphics card to use on
Windows too, where TensorFlow has none. Pictures are decoded ahead, and a batch is started before the last one
is finished, so that the card does not wait.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from poetcore.features.backbones import Backbone
from poetcore.features.decode_ahead import decode_in_processes
from poetcore.features.engines import BATCH_SIZE, Batch, Bottleneck, Loaded, View
from poetcore.features.keras_network import Compiled, Queue, compile_network
from poetcore.features.threads import map_in_threads
from poetcore.system.files import cores

__all__ = ["extract_on", "extract_with", "on_jax", "on_tensorflow", "on_torch"]

#: From how many pictures and cores on processes decode. They take half a second to start and a tenth more
#: work than threads, which on fewer cores are as fast. Only before a graphics card: processors compute any
#: network for longer than they decode.
_MANY, _CORES = 2_000, 4

#: How many batches are looked through for so many pictures, where most are in the cache.
_LOOKED_THROUGH = 256

#: How many batches may wait for a picture more, where most of their pictures are in the cache.
_MOST_WAITING = 64


def extract_on(
    backend: str,
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures with Keras on a backend; see `ExtractBatches`.

    Raises:
        BackboneError: the backbone's weights cannot be read or downloaded.
        OptionError: Keras runs on another backend in this process, or the device has too little memory.
        ResourceError: a process that decodes was ended by something else.
    """
    return extract_with(lambda: compile_network(backbone, backend), batches, view, workers)


on_tensorflow, on_jax, on_torch = (partial(extract_on, backend) for backend in ("tensorflow", "jax", "torch"))


def extract_with(
    compiled: Callable[[], Compiled], batches: Iterable[Batch], view: View, workers: int | None
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures with a compiled network, in the order given.

    Args:
        compiled: called only if there is something to compute.
        batches: taken one by one, in the caller's thread; a batch may be empty.
        view: what is seen of a picture.
        workers: threads, or processes that decode; one per core by default.
    """
    left = iter(batches)
    for batch in left:
        if batch:
            left = chain([batch], left)
            break
        yield []
    else:
        return
    network = compiled()
    queue = Queue(network, network.batch_size(view.size))
    waiting: deque[list[Loaded | Bottleneck]] = deque()
    for decoded in _decoded(left, view, workers or cores(), network.on_card):
        waiting.append(decoded)
        queue.add(one.pixels for one in decoded if isinstance(one, Loaded))
        if len(waiting) > max(_MOST_WAITING, 4 * queue.size // BATCH_SIZE):
            queue.finish()
        yield from _finished(waiting, queue)
    queue.finish()
    yield from _finished(waiting, queue)


def _decoded(
    batches: Iterator[Batch], view: View, workers: int, on_card: bool
) -> Iterator[list[Loaded | Bottleneck]]:
    """Decode batches ahead, in threads or, where a graphics card has much to do, in processes."""
    first: list[Batch] = []
    if on_card and workers >= _CORES:
        for batch in batches:
            first.append(batch)
            if sum(map(len, first)) >= _MANY:
                return decode_in_processes(chain(first, batches), view, workers)
            if len(first) == _LOOKED_THROUGH:
                break
    return map_in_threads(chain(first, batches), view.load, workers)


def _finished(waiting: deque[list[Loaded | Bottleneck]], queue: Queue) -> Iterator[list[Bottleneck]]:
    """Yield the batches whose pictures have all been computed."""
    while waiting and sum(isinstance(one, Loaded) for one in waiting[0]) <= len(queue.done):
        yield [
            one.bottleneck(queue.done.popleft()) if isinstance(one, Loaded) else one
            for one in waiting.popleft()
        ]
