"""The engine `auto`: the fastest that is here for what there is to do.

OpenVINO takes a moment to be imported and to compile a network. So LiteRT begins, and where many pictures are
missing in the cache OpenVINO goes on, if it can run the network.
"""

from collections.abc import Callable, Generator, Iterable
from functools import cache
from pathlib import Path

from poetcore.errors import OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.engines import DEFAULT_ENGINE, Batch, Bottleneck, View, resolve
from poetcore.features.litert_engine import Extractors, extract_in_threads, interpreters

__all__ = ["LITERT_FIRST", "extract_batches"]

#: How many pictures LiteRT extracts before OpenVINO goes on. A number and no time, so that what is missing in
#: the cache decides which engine extracts a picture, and not how fast the machine is at the moment.
LITERT_FIRST = 128


def extract_batches(
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures in the order given; see `ExtractBatches`."""
    try_openvino = resolve(DEFAULT_ENGINE, backbone) == "openvino"

    @cache
    def litert() -> Extractors:
        return interpreters(model())

    @cache
    def fastest() -> Extractors:
        from poetcore.features.openvino_engine import OpenVinoNetwork

        try:
            return OpenVinoNetwork(model(), backbone, workers).extractor
        except OptionError:  # this network it cannot run
            return litert()

    def choose(done: int) -> Extractors:
        return fastest() if try_openvino and done >= LITERT_FIRST else litert()

    return extract_in_threads(batches, view, workers, choose)
