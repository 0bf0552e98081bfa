"""The engine keras on this machine, with a graphics card or without, beside its parts alone. Run by hand.

    KERAS_BACKEND=jax python -m tests.benchmarks.keras_backends FOLDER [--backbone NAME] [--pictures N]

Prints a Markdown table of pictures a second, medians with the slowest and fastest, each in a process of its
own, and the processor time of that process and its children a picture:

- network: the compiled network on batches that lie in memory, two of them in flight: the card's limit;
- decoding in threads, in processes: what comes before it, one a core, with nothing behind;
- transport: processes that decode nothing and a network that computes nothing, caches written: the limit of
  the one process that all pictures go through;
- engine: all of it into an empty cache.

Each is measured from a quarter of the pictures on: imports, compilation and the start of processes are not
counted. The engine should reach nine tenths of the slowest part; without a graphics card network and decoding
share the cores, so that it cannot, and decodes in threads.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from poetcore.data.file_index import sha_of
from poetcore.data.perceptual_hash import HashIndex, PerceptualHash
from poetcore.features import keras_engine
from poetcore.features.augmentation import NO_AUGMENTATION
from poetcore.features.backbones import DEFAULT, Backbone, find
from poetcore.features.cache import FeatureCache
from poetcore.features.decode_ahead import decode_in_processes
from poetcore.features.engines import BATCH_SIZE, ENGINES, Batch, Loaded, View, check_engine, concrete
from poetcore.features.extraction import extract
from poetcore.features.keras_network import Compiled, Queue, compile_network
from poetcore.features.threads import map_in_threads
from poetcore.system.files import cores, in_chunks, walk
from tests.benchmarks.generated import varied

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class NothingToDecode(View):
    """Stands for a `View` whose pictures cost nothing."""

    def load(self, sha: str, path: Path) -> Loaded:
        return Loaded(sha, np.zeros((self.size, self.size, 3), np.uint8), PerceptualHash(bytes(768)))


def network(pictures: Batch, backbone: Backbone) -> Iterator[int]:
    """Run batches that are there through the network."""
    compiled = compile_network(backbone, ENGINES[concrete("keras")].backend)
    size = compiled.batch_size(backbone.input_size)
    pixels = list(np.zeros((size, backbone.input_size, backbone.input_size, 3), np.uint8))
    queue = Queue(compiled, size)
    for _ in range(4 + len(pictures) // size):
        queue.add(pixels)
        yield len(queue.done)
        queue.done.clear()
    queue.finish()
    yield len(queue.done)


def threads(pictures: Batch, backbone: Backbone) -> Iterator[int]:
    """Decode in threads."""
    view = View(backbone.input_size, NO_AUGMENTATION, 0)
    yield from map(len, map_in_threads(in_chunks(pictures, BATCH_SIZE), view.load, cores()))


def processes(pictures: Batch, backbone: Backbone) -> Iterator[int]:
    """Decode in processes."""
    view = View(backbone.input_size, NO_AUGMENTATION, 0)
    yield from map(len, decode_in_processes(in_chunks(pictures, BATCH_SIZE), view, cores()))


def transport(pictures: Batch, backbone: Backbone) -> Iterator[int]:
    """Do everything but decode and compute."""
    from tests.benchmarks.keras_backends import NothingToDecode  # other processes know no `__main__` of ours

    vectors = np.zeros((1024, backbone.vector_length), np.float32)
    nothing = Compiled(len, lambda count: vectors[:count], on_card=True)
    vars(keras_engine).update(_CORES=1, _MANY=0)
    view = NothingToDecode(backbone.input_size, NO_AUGMENTATION, 0)
    batches = in_chunks(pictures, BATCH_SIZE)
    with caches() as (cache, hashes):
        for batch in keras_engine.extract_with(lambda: nothing, batches, view, cores()):
            cache.put({one.sha: one.vector for one in batch if one.vector is not None}, backbone)
            hashes.put({one.sha: one.hash for one in batch if one.hash})
            yield len(batch)


def engine(pictures: Batch, backbone: Backbone) -> Iterator[int]:
    """Extract features with the engine."""
    with caches() as (cache, hashes):
        for one in extract(dict(pictures), backbone, Path, cache, engine="keras", hashes=hashes):
            yield one.vector is not None


PARTS: tuple[Callable[[Batch, Backbone], Iterator[int]], ...] = (
    network,
    threads,
    processes,
    transport,
    engine,
)


@contextlib.contextmanager
def caches() -> Iterator[tuple[FeatureCache, HashIndex]]:
    """Open empty caches."""
    with tempfile.TemporaryDirectory() as place:
        vectors, hashes = Path(place) / "vectors.sqlite", Path(place) / "hashes.sqlite"
        with FeatureCache(vectors) as cache, HashIndex(hashes) as index:
            yield cache, index


def measure(part: str, pictures: Batch, backbone: Backbone) -> dict[str, float]:
    """Measure a part from a quarter of the pictures on, when everything has started."""
    count, begun = 0, None
    for number in {one.__name__: one for one in PARTS}[part](pictures, backbone):
        count += number
        if begun is None and count >= len(pictures) // 4:
            begun = (time.perf_counter(), _cpu(), count)
    assert begun is not None
    seconds, cpu, number = time.perf_counter() - begun[0], _cpu() - begun[1], count - begun[2]
    return {"rate": number / seconds, "cpu": 1000 * cpu / number}


def _cpu() -> float:
    """Return the seconds of processor time of this process and its children, those that ended too."""
    own = psutil.Process()
    times = [own.cpu_times(), *(child.cpu_times() for child in own.children())]
    ended = own.cpu_times()
    return sum(one.user + one.system for one in times) + ended.children_user + ended.children_system


def prepare(folder: Path, count: int, place: Path) -> None:
    """Write so many different pictures, the same ones again with another content where there are too few."""
    files = [Path(entry.path) for entry in walk(folder)]
    for number in range(count):
        original = files[number % len(files)]
        content = original.read_bytes()
        if number >= len(files):
            content = varied(content, number)
        (place / f"{number}{original.suffix}").write_bytes(content)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--backbone", default=DEFAULT)
    parser.add_argument("--pictures", type=int, default=2_000, help="on a graphics card 20,000 or more")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--part", choices=[one.__name__ for one in PARTS], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    backbone = find(arguments.backbone)
    check_engine("keras", backbone)
    if arguments.part:
        pictures = [(sha_of(path.read_bytes()), path) for path in arguments.folder.iterdir()]
        print(json.dumps(measure(arguments.part, pictures, backbone)))
        return
    found: dict[str, list[dict[str, float]]] = {one.__name__: [] for one in PARTS}
    with tempfile.TemporaryDirectory() as place:
        prepare(arguments.folder, arguments.pictures, Path(place))
        for _ in range(arguments.repeat):
            for part, figures in found.items():
                command = [sys.executable, "-m", __spec__.name, place, "--part", part]
                done = subprocess.run(
                    [*command, "--backbone", backbone.name], cwd=ROOT, stdout=subprocess.PIPE, check=True
                )
                figures.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{concrete('keras')}, {backbone.name}, {arguments.pictures} pictures, {cores()} cores\n")
    print("| part | pictures a second | CPU-ms a picture |\n|---|---|---|")
    for part, figures in found.items():
        print(f"| {part} | {_spread(figures, 'rate', '.0f')} | {_spread(figures, 'cpu', '.2f')} |")
    rate = {part: statistics.median(one["rate"] for one in figures) for part, figures in found.items()}
    limit = min(rate["network"], max(rate["threads"], rate["processes"]), rate["transport"])
    print(f"\nThe engine has {rate['engine'] / limit:.2f} of the slowest part.")


def _spread(figures: list[dict[str, float]], name: str, form: str) -> str:
    values = [one[name] for one in figures]
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


if __name__ == "__main__":
    main()
