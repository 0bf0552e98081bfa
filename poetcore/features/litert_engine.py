"""The engine `litert`: one single-threaded LiteRT interpreter on every core of this machine."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path

from poetcore.features.backbones import Backbone
from poetcore.features.engines import Batch, Bottleneck, View, map_in_threads
from poetcore.features.feature_extractor import FeatureExtractor

__all__ = ["extract_batches", "extract_one"]


def extract_batches(
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures in the order given; see `ExtractBatches`.

    Each thread decodes pictures and runs them through an interpreter that belongs to it alone.
    """
    local = _ThreadLocal()
    file: Path | None = None

    def with_model() -> Iterator[Batch]:
        nonlocal file
        for batch in batches:
            if batch and file is None:
                file = model()
            yield batch

    def extractor() -> FeatureExtractor:
        if local.extractor is None:
            assert file is not None  # a picture to extract comes from a batch that is not empty
            local.extractor = FeatureExtractor(file)
        return local.extractor

    return map_in_threads(with_model(), lambda sha, path: extract_one(sha, path, view, extractor), workers)


def extract_one(sha: str, path: Path, view: View, extractor: Callable[[], FeatureExtractor]) -> Bottleneck:
    """Decode one picture and extract its features.

    Args:
        sha: sha256 of the content that is meant.
        path: a file that had it.
        view: what is seen of it.
        extractor: returns the interpreter of the current thread.
    """
    loaded = view.load(sha, path)
    if isinstance(loaded, Bottleneck):
        return loaded
    return loaded.bottleneck(extractor().extract(loaded.pixels))


class _ThreadLocal(threading.local):
    """A thread's interpreter, made when the thread first needs it."""

    extractor: FeatureExtractor | None = None
