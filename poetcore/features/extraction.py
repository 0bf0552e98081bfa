"""From pictures to feature vectors: what is missing in the cache is computed by the chosen engine.

`extract` streams one bottleneck a picture; `extract_features` runs the stream to its end and sorts it into
feature vectors and reasons.
"""

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from poetcore.data.file_index import FileIndex
from poetcore.data.perceptual_hash import HashIndex
from poetcore.errors import BackboneError
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.backbones import Backbone
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import BATCH_SIZE, DEFAULT_ENGINE, ENGINES, Batch, Bottleneck, View, concrete
from poetcore.system.files import in_chunks
from poetcore.system.progress import OnProgress, Progress

__all__ = ["Extraction", "extract", "extract_features"]

#: A batch of pictures, and the feature vectors of those that are in the cache.
Lookup = tuple[Batch, dict[str, np.ndarray]]

#: Computes the bottlenecks of batches and commits them to the cache.
Compute = Callable[[Iterable[Batch]], Generator[list[Bottleneck], None, None]]


@dataclass
class Extraction:
    """The result of `extract_features`.

    Attributes:
        vectors: sha -> feature vector, `(vector_length,) float32`; empty where a sink received them.
        reasons: sha -> why the picture cannot be used.
        computed: how many feature vectors were computed.
        cached: how many were in the cache already.
        engines: how many of each network's were computed by which engine.
    """

    vectors: dict[str, np.ndarray] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    computed: int = 0
    cached: int = 0
    engines: Counter[str] = field(default_factory=Counter)

    @property
    def engine(self) -> str | None:
        """The engine that computed most; None where nothing had to be computed."""
        return max(self.engines, key=self.engines.__getitem__, default=None)


def extract_features(
    pictures: Mapping[str, Path],
    backbone: Backbone,
    models: Callable[[Backbone], Path],
    cache: FeatureCache,
    index: FileIndex,
    *,
    hashes: HashIndex | None = None,
    sink: Callable[[str, np.ndarray], object] | None = None,
    watch: Callable[[Bottleneck], object] | None = None,
    augmentation: Augmentation = NO_AUGMENTATION,
    copy: int = 0,
    engine: str = DEFAULT_ENGINE,
    on_progress: OnProgress | None = None,
    phase: str = "bottlenecks",
) -> Extraction:
    """Extract the features of pictures, computing only those that are missing in the cache.

    Of a combination one part after the other goes through all pictures, and each one's vectors are cached on
    their own.

    Args:
        pictures: sha -> a file of that content.
        backbone: which network, or networks.
        models: returns the LiteRT file of a single network, the backbone or a part of it; called only if
            there is something to compute.
        cache: where feature vectors are kept.
        index: where it is recorded which pictures were decoded, and why that failed.
        hashes: where the perceptual hashes are kept that are taken in the same decoding; None to drop them.
        sink: called with the sha and the feature vector, `(vector_length,) float32`, of each usable picture;
            without it they are collected in the result.
        watch: called with each bottleneck, of several networks side by side those of the first, before
            `on_progress`.
        augmentation: how an augmented copy is drawn.
        copy: which augmented copy, from 1; 0 for the pictures themselves.
        engine: one of `ENGINES` that can run the backbone (`check_engine`).
        on_progress: called after each picture, in `phase`; with a combination, after each picture by each
            part.
        phase: one of `PHASES`.

    Raises:
        BackboneError: the backbone's weights cannot be read or downloaded, or its conversion failed.
        OptionError: the engine failed.
    """
    result = Extraction()
    receive = sink or result.vectors.__setitem__
    decoded: dict[str, str | None] = {}
    computed: set[str] = set()
    engine = concrete(engine)
    suffix = augmentation.cache_key(copy) + ENGINES[engine].cache_suffix
    done, total, message = 0, len(pictures) * len(backbone.members), ""

    def report() -> None:
        if on_progress:
            on_progress(Progress(phase, done, total, message))

    def prepared_model(one: Backbone) -> Path:
        file = models(one)
        report()  # the conversion, where there was one, is over
        return file

    for number, one in enumerate(backbone.members, 1):
        last = number == len(backbone.members)
        wanted = pictures
        if result.reasons:
            wanted = {sha: path for sha, path in pictures.items() if sha not in result.reasons}
        done = total * number // len(backbone.members) - len(wanted)
        model = partial(prepared_model, one)
        if backbone.parts:
            message = f"Extracting features with {one.name}, network {number} of {len(backbone.parts)}"
        # Closed at once where `on_progress` or the sink raises: threads must not go on behind a closed cache.
        with closing(extract(wanted, one, model, cache, None, augmentation, copy, engine, hashes)) as stream:
            found = _joined(stream, backbone, cache, suffix) if last and backbone.parts else stream
            for bottleneck in found:
                done += 1
                if watch and number == 1:
                    watch(bottleneck)
                if bottleneck.vector is not None and not bottleneck.cached:
                    computed.add(bottleneck.sha)
                    result.engines[bottleneck.engine or engine] += 1
                if bottleneck.vector is not None and last:
                    receive(bottleneck.sha, bottleneck.vector)
                    result.computed += bottleneck.sha in computed
                    result.cached += bottleneck.sha not in computed
                if bottleneck.reason is not None:
                    result.reasons[bottleneck.sha] = bottleneck.reason
                if bottleneck.decoded:
                    decoded[bottleneck.sha] = bottleneck.reason
                report()
    index.record_decoded(decoded)
    return result


def _joined(
    stream: Iterable[Bottleneck], backbone: Backbone, cache: FeatureCache, suffix: str
) -> Iterator[Bottleneck]:
    """Put the vectors of all parts, as the cache joins them, into the bottlenecks of the last part."""
    for chunk in in_chunks(stream, BATCH_SIZE):
        vectors = cache.get([one.sha for one in chunk if one.vector is not None], backbone, suffix)
        yield from (replace(one, vector=vectors.get(one.sha)) for one in chunk)


def extract(
    pictures: Mapping[str, Path],
    backbone: Backbone,
    model: Callable[[], Path],
    cache: FeatureCache,
    workers: int | None = None,
    augmentation: Augmentation = NO_AUGMENTATION,
    copy: int = 0,
    engine: str = DEFAULT_ENGINE,
    hashes: HashIndex | None = None,
) -> Generator[Bottleneck, None, None]:
    """Stream the bottleneck of each picture by a single network, computing those that the cache lacks.

    Batches are looked up, computed, committed and yielded one after the other, with the next one already in
    progress: memory does not grow with the number of pictures.

    Args:
        pictures: sha -> a file of that content.
        backbone: which network; a single one.
        model: returns its LiteRT file; called only if there is something to compute.
        cache: where feature vectors are kept.
        workers: threads of this machine; one per core by default.
        augmentation: how an augmented copy is drawn.
        copy: which augmented copy, from 1; 0 for the pictures themselves.
        engine: one of `ENGINES` that can run the backbone (`check_engine`).
        hashes: as in `extract_features`.

    Returns:
        One bottleneck a picture, in the order of `pictures`; from an unordered engine first those that are
        cached, then the others as they are computed.

    Raises:
        BackboneError: as it goes, where the network makes features that are not finite.
    """
    chosen = ENGINES[concrete(engine)]
    key = augmentation.cache_key(copy) + chosen.cache_suffix
    view = View(backbone.input_size, augmentation, copy)
    extract_batches = chosen.load()

    def lookups() -> Iterator[Lookup]:
        for chunk in in_chunks(pictures.items(), BATCH_SIZE):
            yield chunk, cache.get([sha for sha, _ in chunk], backbone, key)

    def compute(batches: Iterable[Batch]) -> Generator[list[Bottleneck], None, None]:
        with closing(extract_batches(batches, backbone, model, view, workers)) as computed:
            for batch in computed:
                _check_finite(batch, pictures, backbone)
                cache.put({one.sha: one.vector for one in batch if one.vector is not None}, backbone, key)
                if hashes is not None:
                    hashes.put({one.sha: one.hash for one in batch if one.hash is not None})
                yield batch

    return (_unordered if chosen.unordered else _ordered)(lookups(), compute)


def _check_finite(batch: Iterable[Bottleneck], pictures: Mapping[str, Path], backbone: Backbone) -> None:
    for one in batch:
        if one.vector is not None and not np.isfinite(one.vector).all():
            raise BackboneError(
                f"{backbone.name} makes features of {pictures[one.sha]} that are no finite numbers, so that"
                " nothing can be trained on them: choose another network, or another scaling of its pixels."
            )


def _ordered(lookups: Iterable[Lookup], compute: Compute) -> Generator[Bottleneck, None, None]:
    """Yield bottlenecks in the order of the pictures, cached and computed ones merged."""
    in_progress: deque[Lookup] = deque()

    def missing() -> Iterator[Batch]:
        for batch, cached in lookups:
            in_progress.append((batch, cached))
            yield [(sha, path) for sha, path in batch if sha not in cached]

    with closing(compute(missing())) as computed:
        for bottlenecks in computed:
            batch, cached = in_progress.popleft()
            new = {one.sha: one for one in bottlenecks}
            yield from (new.get(sha) or Bottleneck(sha, cached[sha], cached=True) for sha, _ in batch)


def _unordered(lookups: Iterable[Lookup], compute: Compute) -> Generator[Bottleneck, None, None]:
    """Yield cached bottlenecks first, then the others as they are computed."""
    missing: list[tuple[str, Path]] = []
    for batch, cached in lookups:
        missing += [(sha, path) for sha, path in batch if sha not in cached]
        yield from (Bottleneck(sha, vector, cached=True) for sha, vector in cached.items())
    with closing(compute([missing])) as computed:
        for bottlenecks in computed:
            yield from bottlenecks
