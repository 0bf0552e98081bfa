"""What a map of pictures costs, and what it keeps. Run by hand on a folder of label folders.

    python -m tests.benchmarks.maps FOLDER [--pictures 1000 4000 20000] [--workspace DIR]

First the share of the pictures whose label is that of most of their five nearest neighbours, by all features
and on the map by each method. Then, for so many pictures (mixtures of two of the folder's each, with noise),
the seconds and the memory of the process that arranges the map, and of what the page itself computes. Prints
Markdown tables.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from threadpoolctl import threadpool_limits

from poetcore.analysis.embedding import features_of, to_unit_length
from poetcore.analysis.projection.methods import components_of, project_to_2d
from poetcore.analysis.projection.stored import Projections
from poetcore.data.dataset import scan
from poetcore.features.backbones import DEFAULT, find
from poetcore.workspace.workspace import Workspace, default_workspace

NEIGHBOURS = 5


def same_label(places: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of the pictures whose label most of their nearest neighbours have."""
    from sklearn.neighbors import KNeighborsClassifier

    # Of a picture itself nothing is asked: its neighbours are those after it.
    nearest = KNeighborsClassifier(NEIGHBOURS).fit(places, labels).kneighbors(return_distance=False)
    right = 0
    for row, own in zip(nearest, labels, strict=True):
        names, counts = np.unique(labels[row], return_counts=True)
        right += names[counts.argmax()] == own
    return right / len(labels)


def drawn(vectors: np.ndarray, count: int) -> np.ndarray:
    """Return feature vectors of so many pictures, like the given ones: `(count, d) float32`."""
    rng = np.random.default_rng(0)
    unit = to_unit_length(vectors)
    first, second = rng.integers(0, len(unit), (2, count))
    noise = rng.normal(0, 0.004, (count, unit.shape[1]))
    return (0.75 * unit[first] + 0.25 * unit[second] + noise).astype(np.float32)


def arranged(vectors: np.ndarray, method: str) -> tuple[float, float, float]:
    """Arrange a map as the dashboard does; return seconds, CPU seconds and megabytes of its process."""
    shas = [f"{number:064x}" for number in range(len(vectors))]
    with tempfile.TemporaryDirectory() as folder:
        maps = Projections(Workspace(Path(folder)))
        began, used, most = time.perf_counter(), 0.0, 0
        projection = maps.start(shas, components_of(vectors), find(DEFAULT), method)
        process = psutil.Process(projection.status().pid)
        while not projection.current_status().final:
            try:
                times, memory = process.cpu_times(), process.memory_info()
            except psutil.Error:
                break
            used, most = times.user + times.system, max(most, memory.rss)
            time.sleep(0.05)
        seconds = time.perf_counter() - began
        assert maps.places(shas, find(DEFAULT), method) is not None
    return seconds, used, most / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, nargs="*", default=[1000, 4000, 20000])
    parser.add_argument("--workspace", type=Path)
    arguments = parser.parse_args()
    workspace = Workspace(arguments.workspace) if arguments.workspace else default_workspace()
    with workspace.file_index() as index:
        dataset = scan(arguments.folder, index)
    known = features_of(dataset, find(DEFAULT), workspace)
    pictures = dataset.pictures[dataset.pictures["sha"].isin(known)]
    vectors, labels = np.stack([known[sha] for sha in pictures["sha"]]), pictures["label"].to_numpy(str)
    components = components_of(vectors)
    print(f"| of {len(vectors)} pictures, label of most of {NEIGHBOURS} neighbours |\n|---|---|")
    print(f"| all features | {same_label(to_unit_length(vectors), labels):.1%} |")
    with threadpool_limits(1):
        for method in ("pca", "tsne"):
            print(f"| map by {method} | {same_label(project_to_2d(components, method), labels):.1%} |")
    print("\n| pictures | PCA in the page | t-SNE | its CPU time | its memory |\n|---|---|---|---|---|")
    for count in arguments.pictures:
        many = drawn(vectors, count)
        began = time.perf_counter()
        components_of(many)
        page = time.perf_counter() - began
        seconds, used, megabytes = arranged(many, "tsne")
        row = f"| {count:,} | {page:.1f} s | {seconds:.0f} s | {used:.0f} s | {megabytes:.0f} MB |"
        print(row, flush=True)


if __name__ == "__main__":
    main()
