"""The engine `auto`: the fastest that is here for what there is to do.

OpenVINO takes a moment to be imported and to compile a network. So LiteRT begins, and where many pictures are
missing in the cache OpenVINO goes on, if it can run the network.
"""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path

from poetcore.errors import OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.engines import DEFAULT_ENGINE, Batch, Bottleneck, View, resolve
from poetcore.features.litert_engine import Extractors, extract_in_threads, interpreters
from poetcore.system.files import cores

__all__ = ["extract_batches"]

#: After how many pictures OpenVINO is prepared: so many more and it has paid for that. It takes 0.4 s of one
#: core and saves 1.5 ms a picture.
PREPARED_AFTER = 256

#: How many more pictures a core LiteRT extracts meanwhile. A number and no time, so that what is missing in
#: the cache decides which engine extracts a picture, and not how busy the machine is.
MEANWHILE = 40


def extract_batches(
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures in the order given; see `ExtractBatches`."""
    file = cache(model)
    litert = cache(lambda: interpreters(file()))
    faster = resolve(DEFAULT_ENGINE, backbone) == "openvino"

    def prepare() -> Extractors:
        from poetcore.features.openvino_engine import OpenVinoNetwork

        try:
            return OpenVinoNetwork(file(), backbone, workers).extractors
        except OptionError:  # it cannot run this network
            return litert()

    with ThreadPoolExecutor(1) as helper:

        @cache
        def prepared() -> Future[Extractors]:
            return helper.submit(prepare)

        def choose(done: int) -> Extractors:
            if not faster or done < PREPARED_AFTER:
                return litert()
            openvino = prepared()
            return litert() if done < PREPARED_AFTER + MEANWHILE * (workers or cores()) else openvino.result()

        yield from extract_in_threads(batches, view, workers, choose)
