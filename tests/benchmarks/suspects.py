"""How many wrong labels are found as label issues, and how early. Run by hand on a folder of label folders.

    python -m tests.benchmarks.suspects FOLDER [--share 5] [--seeds 10] [--workspace DIR]

Each seed gives that share of the pictures another label at random, in memory only, and counts how many of
them stand among the first so many of the list: half as many as were swapped, as many (N), twice, thrice as
many. Wrong labels that the folder had before count as false alarms, so the figures are a lower bound.
Prints a Markdown table of precision and recall with their spread over the seeds.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.analysis.embedding import features_of
from poetcore.analysis.label_errors import find_label_issues
from poetcore.data.dataset import scan
from poetcore.features.backbones import DEFAULT, find
from poetcore.workspace.workspace import Workspace, default_workspace

DEPTHS = (0.5, 1.0, 1.5, 2.0, 3.0)


def swap(pictures: pd.DataFrame, share: float, seed: int) -> tuple[pd.DataFrame, set[str]]:
    """Give a share of the pictures another label; returns the new table and the paths of the swapped."""
    rng = np.random.default_rng(seed)
    codes, labels = pd.factorize(pictures["label"], sort=True)
    chosen = rng.choice(len(codes), round(len(codes) * share), replace=False)
    codes[chosen] = (codes[chosen] + rng.integers(1, len(labels), len(chosen))) % len(labels)
    return pictures.assign(label=labels[codes]), set(pictures["path"].iloc[chosen])


def found_at(found: pd.DataFrame, swapped: set[str]) -> list[int]:
    """Count the swapped pictures within the first of each of `DEPTHS`."""
    hits = found["path"].isin(swapped).to_numpy()
    return [int(hits[: round(len(swapped) * depth)].sum()) for depth in DEPTHS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--backbone", default=DEFAULT)
    parser.add_argument("--share", type=float, default=5, help="percent of the labels that are swapped")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--workspace", type=Path)
    arguments = parser.parse_args()
    workspace = Workspace(arguments.workspace) if arguments.workspace else default_workspace()
    with workspace.file_index() as index:
        dataset = scan(arguments.folder, index, verify=True)
    vectors = features_of(dataset, find(arguments.backbone), workspace)
    started, rows, n = time.perf_counter(), [], 0
    for seed in range(arguments.seeds):
        pictures, swapped = swap(dataset.pictures, arguments.share / 100, seed)
        n = len(swapped)
        rows.append(found_at(find_label_issues(pictures, vectors), swapped))
    seconds = (time.perf_counter() - started) / arguments.seeds
    print(
        f"{len(dataset.pictures)} pictures, N = {n} swapped, {arguments.seeds} seeds, {seconds:.1f} s each.\n"
    )
    print("| first | precision | recall | recall, lowest and highest |\n|---|---|---|---|")
    for depth, counts in zip(DEPTHS, np.array(rows).T, strict=True):
        recall = counts / n
        print(
            f"| {depth:g} N | {(counts / round(n * depth)).mean():.1%} | {recall.mean():.1%} ±"
            f" {recall.std():.1%} | {recall.min():.0%} to {recall.max():.0%} |"
        )


if __name__ == "__main__":
    main()
