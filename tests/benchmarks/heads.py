"""Ridge regression beside gradient descent, and class weights. Run by hand on folders of label folders.

    python -m tests.benchmarks.heads FOLDER... [--backbones NAME...] [--workspace DIR]

Asks how long ridge regression takes; whether it ranks backbones and numbers of pictures as gradient descent
does, each by five-fold cross validation on the same folds; and what class weights do where one label has a
tenth of the pictures of the others.
"""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.grouping import assign_folds
from poetcore.evaluation.calibration import calibration_error
from poetcore.features.backbones import DEFAULT
from poetcore.training.ridge_layer import fit_ridge, ridge_held_out
from poetcore.training.stacked import held_out_probabilities
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.head import cross_entropy
from poetcore.workspace.workspace import Workspace, default_workspace
from tests.benchmarks.certainty import load, part

#: Pictures of each label whose settings are ranked.
SIZES = (200, 100, 50, 25)

#: Pictures of the frequent labels, and of the rare one.
MANY, RARE = 240, 24


def speed() -> None:
    """Print how long ridge regression takes, its strength and temperature chosen, on made-up vectors."""
    for count in (1000, 10_000):
        draw = np.random.default_rng(0)
        targets = draw.integers(5, size=count)
        vectors = draw.normal(size=(5, 1280))[targets] + draw.normal(0, 8, (count, 1280))
        examples = Examples(np.abs(vectors).astype(np.float32), targets)
        wall, cpu = time.perf_counter(), time.process_time()
        fit_ridge(examples, 5, TrainingOptions(head="ridge"))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(f"ridge on {count:,} pictures: {wall:.2f} s, {cpu:.2f} CPU-s")


def predicted(examples: Examples, groups: np.ndarray, options: TrainingOptions) -> np.ndarray:
    """Return the probabilities of each picture by a layer trained without its fold."""
    labels = int(examples.targets.max()) + 1
    folds = np.unique(assign_folds(examples.targets, groups, 5), return_inverse=True)[1]
    if options.head == "ridge":
        return ridge_held_out(examples, folds, labels, options, groups)
    return held_out_probabilities(examples, folds, labels, options)


def few(targets: np.ndarray, sizes: list[int], seed: int) -> np.ndarray:
    """Return so many pictures of each label, drawn by lot."""
    draw = np.random.default_rng(seed)
    rows = [draw.permutation(np.flatnonzero(targets == label))[:size] for label, size in enumerate(sizes)]
    return np.sort(np.concatenate(rows))


def ranks(loaded: dict[str, tuple[pd.DataFrame, Examples]]) -> None:
    """Print the accuracies of both, and how far their orders agree."""
    rows = []
    for size in SIZES:
        for name, (pictures, examples) in loaded.items():
            chosen = few(examples.targets, [size] * pictures["label"].nunique(), 0)
            groups, some = pictures["group"].to_numpy()[chosen], part(examples, chosen)
            by_steps, by_ridge = (
                predicted(some, groups, TrainingOptions(head=head)) for head in ("gradient_descent", "ridge")
            )
            rows.append(
                {
                    "pictures a label": size,
                    "backbone": name,
                    "steps": (by_steps.argmax(axis=1) == some.targets).mean(),
                    "ridge": (by_ridge.argmax(axis=1) == some.targets).mean(),
                    "steps log loss": cross_entropy(by_steps, some.targets),
                    "ridge log loss": cross_entropy(by_ridge, some.targets),
                }
            )
    table = pd.DataFrame(rows)
    print(table.round(4).to_string(index=False))
    for size, group in [*table.groupby("pictures a label"), ("all", table)]:
        best = group.loc[group["ridge"].idxmax(), "steps"]
        accuracies = group["steps"].corr(group["ridge"], "spearman")
        losses = group["steps log loss"].corr(group["ridge log loss"], "spearman")
        print(
            f"{size}: rank correlation of accuracies {accuracies:.2f}, of log losses {losses:.2f}; lost by"
            f" taking ridge's best {100 * (group['steps'].max() - best):.1f} points"
        )


def uneven(pictures: pd.DataFrame, examples: Examples, draws: int = 3) -> Iterator[dict[str, object]]:
    """Return what class weights do where each label in turn is rare."""
    labels = pictures["label"].nunique()
    for head in ("gradient_descent", "ridge"):
        for class_weight in ("balanced", "none"):
            found = []
            for rare in range(labels):
                for seed in range(draws):
                    sizes = [RARE if label == rare else MANY for label in range(labels)]
                    chosen = few(examples.targets, sizes, 100 * rare + seed)
                    groups, some = pictures["group"].to_numpy()[chosen], part(examples, chosen)
                    options = TrainingOptions(head=head, class_weight=class_weight)
                    given = predicted(some, groups, options)
                    best, own = given.argmax(axis=1), some.targets == rare
                    found.append(
                        {
                            "accuracy": (best == some.targets).mean(),
                            "recall": (best[own] == rare).mean(),
                            "precision": own[best == rare].mean() if (best == rare).any() else np.nan,
                            "probability / share": given[:, rare].mean() / own.mean(),
                            "log loss": cross_entropy(given, some.targets),
                            "calibration error": calibration_error(given.max(axis=1), best == some.targets),
                        }
                    )
            yield {"head": head, "class_weight": class_weight, **pd.DataFrame(found).mean()}


def main() -> None:
    """Measure on the folders that are named, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--backbones", nargs="+", default=[DEFAULT])
    parser.add_argument("--workspace", type=Path)
    given = parser.parse_args()
    place = Workspace(given.workspace) if given.workspace else default_workspace()
    speed()
    loaded = {name: load(given.folders, place, name) for name in given.backbones}
    print(pd.DataFrame(uneven(*loaded[given.backbones[0]])).round(3).to_string(index=False))
    ranks(loaded)


if __name__ == "__main__":
    main()
