"""How far the accuracies that a training tells can be believed. Run by hand on folders of label folders.

    python -m tests.benchmarks.certainty FOLDER... [--halves 200] [--curves 10] [--workspace DIR]

The pictures of all the folders are taken together. For each of many random halves it asks how often the
accuracy on the other half lies in the interval of a cross validation, for the model that `retrain` makes
(trained on four fifths of the half) and for one trained on all of it; groups of near duplicates stay in one
half. Then it fits a learning curve on 500 pictures, and asks whether the accuracy measured at 1,000, on all
the others, lies in its band.
"""

import argparse
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.analysis.embedding import features_of
from poetcore.data.dataset import scan
from poetcore.data.grouping import assign_folds, group_pictures
from poetcore.data.perceptual_hash import hash_all
from poetcore.evaluation.accuracy import Accuracy, independent_number
from poetcore.features.backbones import DEFAULT, find
from poetcore.training.cross_validation import CrossValidation, cross_validate
from poetcore.training.learning_curve import measure_curve
from poetcore.training.train import Examples, TrainingOptions, train
from poetcore.workspace.workspace import Workspace, default_workspace

#: How often the plain binomial variance is taken in the intervals that are compared.
FACTORS = (1.0, 1.5, 2.0, 2.25)
FEW, MANY = 500, 1000
OPTIONS = replace(TrainingOptions(), eval_step_interval=TrainingOptions.how_many_training_steps)


def load(folders: list[Path], workspace: Workspace, backbone: str = DEFAULT) -> tuple[pd.DataFrame, Examples]:
    """Return the pictures of the folders, each content once, with their groups, and their examples."""
    tables: list[pd.DataFrame] = []
    vectors: dict[str, np.ndarray] = {}
    for folder in folders:
        with workspace.file_index() as index:
            dataset = scan(folder, index, verify=True)
        tables.append(dataset.pictures)
        vectors |= features_of(dataset, find(backbone), workspace)
    pictures = pd.concat(tables, ignore_index=True).drop_duplicates("sha")
    pictures = pictures[pictures["sha"].isin(vectors)].reset_index(drop=True)
    paths = {sha: Path(path) for sha, path in zip(pictures["sha"], pictures["path"], strict=True)}
    with workspace.hash_index() as hashes:
        hash_all(paths, hashes)
        groups = group_pictures(pictures, "near", hashes=hashes.get(paths))
    codes = pd.Categorical(pictures["label"]).codes.astype(np.int64)
    return pictures.assign(group=groups), Examples(np.stack([vectors[sha] for sha in pictures["sha"]]), codes)


def part(examples: Examples, rows: np.ndarray) -> Examples:
    """Return some of the examples."""
    return Examples(*examples.take(rows))


def accuracy_of(examples: Examples, trained: np.ndarray, tested: np.ndarray, labels: int) -> float:
    """Train on some examples, and return the accuracy on others."""
    head = train(part(examples, trained), part(examples, trained[:0]), labels, OPTIONS, lambda _: None)
    vectors, targets = examples.take(tested)
    return float((head.probabilities(vectors).argmax(axis=1) == targets).mean())


def validate(pictures: pd.DataFrame, examples: Examples, rows: np.ndarray) -> CrossValidation:
    """Cross-validate some of the pictures."""
    chosen = pictures.iloc[rows]
    labels = sorted(pictures["label"].unique())
    return cross_validate(part(examples, rows), chosen["group"].to_numpy(), chosen, labels, OPTIONS)


def halves(pictures: pd.DataFrame, examples: Examples, count: int) -> None:
    """Print how often the accuracy on the other half of the pictures lies in the interval."""
    groups, labels = pictures["group"].to_numpy(), pictures["label"].nunique()
    rows, seconds = [], 0.0
    for seed in range(count):
        side = np.random.default_rng(seed).random(groups.max() + 1) < 0.5
        own, others = np.flatnonzero(side[groups]), np.flatnonzero(~side[groups])
        started = time.perf_counter()
        found = validate(pictures, examples, own)
        seconds += time.perf_counter() - started
        correct, n = int(found.predictions["correct"].sum()), len(found.predictions)
        independent = independent_number(np.unique(groups[own], return_inverse=True)[1])
        intervals = [Accuracy(correct, n, independent / factor).interval for factor in FACTORS]
        fold = assign_folds(examples.targets[own], groups[own])
        for whole in (False, True):
            truth = accuracy_of(examples, own if whole else own[fold != 0], others, labels)
            inside = [low <= truth <= high for low, high in intervals]
            rows.append(
                {"whole": whole, "off": correct / n - truth, **dict(zip(FACTORS, inside, strict=True))}
            )
    table = pd.DataFrame(rows)
    print(f"{count} halves of {len(pictures)} pictures, {seconds / count:.2f} s a cross validation.\n")
    print("| trained on | off by, mean | deviation |", " | ".join(f"variance x {f:g}" for f in FACTORS), "|")
    print("|---" * (3 + len(FACTORS)) + "|")
    for whole, found in table.groupby("whole"):
        shares = " | ".join(f"{found[factor].mean():.1%}" for factor in FACTORS)
        name = "all of the half" if whole else "four fifths"
        print(f"| {name} | {found['off'].mean():+.2%} | {found['off'].std():.2%} | {shares} |")


def curves(pictures: pd.DataFrame, examples: Examples, count: int) -> None:
    """Print whether the accuracy at 1,000 pictures lies in the band of a curve fitted on 500."""
    labels, inside, seconds = sorted(pictures["label"].unique()), [], 0.0
    groups = pictures["group"].to_numpy()
    print(
        f"\n| draw | forecast | band | measured on {len(pictures) - MANY} others | inside | gain foretold |"
    )
    print("|---" * 6 + "|")
    for seed in range(count):
        order = np.argsort(np.random.default_rng(1000 + seed).random(groups.max() + 1)[groups], kind="stable")
        few, many, others = order[:FEW], order[:MANY], order[MANY:]
        started = time.perf_counter()
        curve = measure_curve("few", part(examples, few), groups[few], labels, OPTIONS)
        seconds += time.perf_counter() - started
        twice = curve.forecast[0]
        truth = accuracy_of(examples, many, others, len(labels))
        inside.append(twice.low <= truth <= twice.high)
        print(
            f"| {seed} | {twice.accuracy:.1%} | {twice.low:.1%} to {twice.high:.1%} | {truth:.1%} |"
            f" {'yes' if inside[-1] else 'no'} | {twice.gain_low:+.1%} to {twice.gain_high:+.1%} |"
        )
    print(f"\n{sum(inside)} of {count} inside; {seconds / count:.1f} s a curve.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--halves", type=int, default=200)
    parser.add_argument("--curves", type=int, default=10)
    parser.add_argument("--workspace", type=Path)
    arguments = parser.parse_args()
    workspace = Workspace(arguments.workspace) if arguments.workspace else default_workspace()
    pictures, examples = load(arguments.folder, workspace)
    if arguments.halves:
        halves(pictures, examples, arguments.halves)
    if arguments.curves:
        curves(pictures, examples, arguments.curves)


if __name__ == "__main__":
    main()
