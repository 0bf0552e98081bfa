"""How fast the engine ray describes pictures with one worker, with two, and on two nodes. Run by hand.

    python -m tests.benchmarks.ray_scaling FOLDER

In each repeat every way describes the same pictures anew, in a process and a cache of its own: the engine
litert on one thread and on two, then Ray clusters of this machine, whose nodes are sets of processes that
know each other by the network only, as machines do. Prints a Markdown table of medians, with the slowest and
fastest: `steady` is the speed over the last three quarters of the pictures, when all workers have started;
`whole` has the start of the workers in it, but not that of the cluster. Ends with an error if a vector
differs in a bit.
"""

import argparse
import contextlib
import hashlib
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from poetcore.data.file_index import sha_of
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.features.engines import BATCH_SIZE
from poetcore.features.extraction import extract
from poetcore.features.litert import model_file
from poetcore.system.files import walk

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Way:
    """One way to describe the pictures; without nodes it is the engine litert."""

    name: str
    workers: int
    nodes: int = 0


@dataclass(frozen=True)
class Figures:
    """Pictures a second, and a hash of all vectors."""

    steady: float
    whole: float
    digest: str


WAYS = (
    Way("litert, 1 thread", 1),
    Way("litert, 2 threads", 2),
    Way("ray, 1 node, 1 worker", 1, 1),
    Way("ray, 1 node, 2 workers", 2, 1),
    Way("ray, 2 nodes, 1 worker each", 2, 2),
)


def describe(folder: Path, model: Path, engine: str, workers: int) -> Figures:
    """Describe every picture once."""
    found = {sha_of(content): path for path in map(Path, _files(folder)) if (content := path.read_bytes())}
    if len(found) < 20 * BATCH_SIZE:
        sys.exit(f"Too few pictures for a steady speed: give {20 * BATCH_SIZE} or more.")
    digest, vectors, times = hashlib.sha256(), {}, []
    with tempfile.TemporaryDirectory() as place:
        cache = FeatureCache(Path(place) / "vectors.sqlite")
        begun = time.perf_counter()
        for one in extract(found, find(DEFAULT), lambda: model, cache, workers=workers, engine=engine):
            vectors[one.sha] = one.vector
            times.append(time.perf_counter() - begun)
        cache.close()
    for sha in sorted(vectors):
        digest.update(sha.encode() + (vectors[sha].tobytes() if vectors[sha] is not None else b""))
    quarter = len(times) // 4
    steady = (len(times) - quarter) / (times[-1] - times[quarter - 1])
    return Figures(steady, len(times) / times[-1], digest.hexdigest())


def _files(folder: Path) -> list[str]:
    return [entry.path for entry in walk(folder)]


@contextlib.contextmanager
def cluster(way: Way) -> Iterator[dict[str, str]]:
    """Start what a way needs; gives the environment for its process."""
    if not way.nodes:
        yield {}
        return
    from ray.cluster_utils import Cluster

    each = way.workers // way.nodes
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": each, "include_dashboard": False})
    try:
        for _ in range(way.nodes - 1):
            nodes.add_node(num_cpus=each)
        yield {"RAY_ADDRESS": nodes.address}
    finally:
        nodes.shutdown()


def measure(way: Way, folder: Path, model: Path) -> Figures:
    """Describe the pictures one way, in a process of its own."""
    engine = "ray" if way.nodes else "litert"
    arguments = ["--measure", engine, str(way.workers), str(model), str(folder)]
    with cluster(way) as environment:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.ray_scaling", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return Figures(**json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--measure", nargs=3, metavar=("ENGINE", "WORKERS", "MODEL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    if arguments.measure:
        engine, workers, model = arguments.measure
        print(json.dumps(asdict(describe(folder, Path(model), engine, int(workers)))))
        return
    # Nodes and drivers share a secret of this run's own; without one Ray refuses strangers, and rightly.
    os.environ.update(
        RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32), RAY_USAGE_STATS_ENABLED="0"
    )
    found: dict[Way, list[Figures]] = {way: [] for way in WAYS}
    with tempfile.TemporaryDirectory() as models:
        model = model_file(find(DEFAULT), Path(models))
        for _ in range(arguments.repeat):
            for way in WAYS:
                found[way].append(measure(way, folder, model))
    digests = {one.digest for runs in found.values() for one in runs}
    if len(digests) != 1:
        sys.exit("The vectors are not the same bit for bit.")
    print("| way | steady, pictures a second | whole, pictures a second |\n|---|---|---|")
    for way, runs in found.items():
        steady, whole = (_spread([getattr(one, name) for one in runs]) for name in ("steady", "whole"))
        print(f"| {way.name} | {steady} | {whole} |")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    main()
