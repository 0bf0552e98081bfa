"""How fast the engine ray extracts features with one worker, with two, and on two nodes. Run by hand.

    python -m tests.benchmarks.ray_scaling FOLDER

In each repeat every setup extracts the features of the same pictures, in a new process with an empty cache:
the engine litert on one thread and on two, then Ray clusters of this machine, whose nodes are sets of
processes that reach each other by the network only, as machines do. Prints a Markdown table of medians, with
the slowest and fastest: `steady` is the speed over the last three quarters of the pictures, when all workers
have started; `whole` has the start of the workers in it, but not that of the cluster. Ends with an error if a
feature vector differs in a bit.
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
class Setup:
    """An engine and its workers; without nodes it is the engine litert."""

    name: str
    workers: int
    nodes: int = 0


@dataclass(frozen=True)
class Figures:
    """Pictures a second, and a hash of all feature vectors."""

    steady: float
    whole: float
    digest: str


SETUPS = (
    Setup("litert, 1 thread", 1),
    Setup("litert, 2 threads", 2),
    Setup("ray, 1 node, 1 worker", 1, 1),
    Setup("ray, 1 node, 2 workers", 2, 1),
    Setup("ray, 2 nodes, 1 worker each", 2, 2),
)


def extract_all(folder: Path, model: Path, engine: str, workers: int) -> Figures:
    """Extract the features of every picture once."""
    found = {sha_of(content): path for path in map(Path, _files(folder)) if (content := path.read_bytes())}
    if len(found) < 20 * BATCH_SIZE:
        sys.exit(f"Too few pictures for a steady speed: give {20 * BATCH_SIZE} or more.")
    digest, vectors, times = hashlib.sha256(), {}, []
    with tempfile.TemporaryDirectory() as place, FeatureCache(Path(place) / "vectors.sqlite") as cache:
        start = time.perf_counter()
        for one in extract(found, find(DEFAULT), lambda: model, cache, workers=workers, engine=engine):
            vectors[one.sha] = one.vector
            times.append(time.perf_counter() - start)
    for sha in sorted(vectors):
        digest.update(sha.encode() + (vectors[sha].tobytes() if vectors[sha] is not None else b""))
    quarter = len(times) // 4
    steady = (len(times) - quarter) / (times[-1] - times[quarter - 1])
    return Figures(steady, len(times) / times[-1], digest.hexdigest())


def _files(folder: Path) -> list[str]:
    return [entry.path for entry in walk(folder)]


@contextlib.contextmanager
def cluster(setup: Setup) -> Iterator[dict[str, str]]:
    """Start what a setup needs, and yield the environment for its process."""
    if not setup.nodes:
        yield {}
        return
    from ray.cluster_utils import Cluster

    each = setup.workers // setup.nodes
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": each, "include_dashboard": False})
    try:
        for _ in range(setup.nodes - 1):
            nodes.add_node(num_cpus=each)
        yield {"RAY_ADDRESS": nodes.address}
    finally:
        nodes.shutdown()


def measure(setup: Setup, folder: Path, model: Path) -> Figures:
    """Extract the features with one setup, in a new process."""
    engine = "ray" if setup.nodes else "litert"
    arguments = ["--measure", engine, str(setup.workers), str(model), str(folder)]
    with cluster(setup) as environment:
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
        print(json.dumps(asdict(extract_all(folder, Path(model), engine, int(workers)))))
        return
    # Nodes and drivers share a secret; without one Ray refuses connections.
    os.environ.update(
        RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=secrets.token_hex(32), RAY_USAGE_STATS_ENABLED="0"
    )
    found: dict[Setup, list[Figures]] = {setup: [] for setup in SETUPS}
    with tempfile.TemporaryDirectory() as models:
        model = model_file(find(DEFAULT), Path(models))
        for _ in range(arguments.repeat):
            for setup in SETUPS:
                found[setup].append(measure(setup, folder, model))
    digests = {one.digest for runs in found.values() for one in runs}
    if len(digests) != 1:
        sys.exit("The feature vectors are not the same bit for bit.")
    print("| setup | steady, pictures a second | whole, pictures a second |\n|---|---|---|")
    for setup, runs in found.items():
        steady, whole = (_spread([getattr(one, name) for one in runs]) for name in ("steady", "whole"))
        print(f"| {setup.name} | {steady} | {whole} |")


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


if __name__ == "__main__":
    main()
