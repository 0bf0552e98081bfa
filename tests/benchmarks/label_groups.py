"""Whether a threshold finds a group as often as wanted, and what the answer of least cost saves. Run by hand.

    python -m tests.benchmarks.label_groups FOLDER... [--draws 30] [--heads ridge] [--workspace DIR]

The pictures of all the folders are taken together. For each pair of two labels as a group, in turn, and each
of some draws, four fifths of the pictures are a run's, groups of near duplicates undivided: a threshold is
chosen on their cross-validated predictions, as the run does it (conformal) and as the highest one that has
the recall there (plain). The other fifth tells the recall, by a layer trained on four fifths of the run's
pictures, as `retrain` makes it. For comparison, a threshold chosen on half of that fifth and tried on the
other half. Then it asks what answers cost where a picture of the group that is taken for another costs much
more than any other mistake.
"""

import argparse
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.grouping import assign_folds
from poetcore.evaluation.label_groups.costs import compute_costs
from poetcore.evaluation.label_groups.decisions import group_probabilities
from poetcore.evaluation.label_groups.recall import threshold_for_recall
from poetcore.training.ridge_layer import fit_ridge
from poetcore.training.train import train
from poetcore.workspace.head import Head
from poetcore.workspace.label_groups import Cost, LabelGroups
from poetcore.workspace.workspace import Workspace, default_workspace
from tests.benchmarks.certainty import OPTIONS, load, part
from tests.benchmarks.heads import predicted

WANTED = (0.8, 0.9, 0.95, 0.98)
COSTS = (5.0, 20.0, 100.0)


def plain(shares: np.ndarray, wanted: float) -> float:
    """Return the highest threshold that has the recall on these very pictures."""
    return float(np.sort(shares)[int((1 - wanted) * len(shares) + 1e-9)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--heads", nargs="+", default=["gradient_descent", "ridge"])
    parser.add_argument("--workspace", type=Path)
    arguments = parser.parse_args()
    workspace = Workspace(arguments.workspace) if arguments.workspace else default_workspace()
    pictures, examples = load(arguments.folder, workspace)
    labels = sorted(pictures["label"].unique())
    groups, targets = pictures["group"].to_numpy(), examples.targets
    for kind in arguments.heads:
        options = replace(OPTIONS, head=kind)
        recalls, costs = [], []
        for seed in range(arguments.draws):
            lot = np.random.default_rng(seed).permutation(groups.max() + 1)
            own = np.flatnonzero(lot[groups] % 5 != 0)
            others = np.flatnonzero(lot[groups] % 5 == 0)
            own_part = part(examples, own)
            held_out = predicted(own_part, groups[own], options)
            fold = assign_folds(targets[own], groups[own], 5)
            few = part(examples, own[fold != 0])
            head: Head
            if kind == "ridge":
                head = fit_ridge(few, len(labels), options, groups[own[fold != 0]]).head
            else:
                head = train(few, part(examples, own[:0]), len(labels), options, lambda _: None)
            new = head.probabilities(examples.take(others)[0])
            for pair in itertools.combinations(labels, 2):
                named = LabelGroups({"group": pair})
                inside = np.isin(targets, [labels.index(label) for label in pair])
                trained, tested = (
                    group_probabilities(named, labels, shares)[:, 0] for shares in (held_out, new)
                )
                trained, found = trained[inside[own]], tested[inside[others]]
                for wanted in WANTED:
                    for way, threshold in (
                        ("conformal", threshold_for_recall(trained, wanted)),
                        ("plain", plain(trained, wanted)),
                    ):
                        recalls.append((way, wanted, seed, (found >= threshold).mean()))
                    half = np.random.default_rng(seed).random(len(found)) < 0.5
                    least = plain(found[half], wanted)  # as if chosen on demo pictures, tried on others
                    recalls.append(("half the demo pictures", wanted, seed, (found[~half] >= least).mean()))
                for cost in COSTS:
                    rest = tuple(label for label in labels if label not in pair)
                    dear = LabelGroups({"group": pair, "rest": rest}, costs=(Cost("group", "rest", cost),))
                    told = compute_costs(dear, labels, new, [labels[one] for one in targets[others]])
                    assert told.saved.value is not None and told.saved.interval is not None
                    costs.append((cost, told.usual.value, told.least.value, told.saved.value, told.expected))
        table = pd.DataFrame(recalls, columns=["chosen", "wanted", "draw", "recall"])
        found = table.groupby(["chosen", "wanted"])["recall"].agg(["mean", "std"])
        found["short"] = (
            table.assign(short=table["recall"] < table["wanted"])
            .groupby(["chosen", "wanted"])["short"]
            .mean()
        )
        print(f"\n{kind}, {arguments.draws} draws of {len(pictures)} pictures, {len(labels)} labels:\n")
        print(found.round(4).to_string())
        spent = pd.DataFrame(costs, columns=["cost", "usual", "least", "saved", "expected"])
        mean = spent.groupby("cost").mean()
        mean["saves in"] = spent.assign(saves=spent["saved"] > 0).groupby("cost")["saves"].mean()
        print(f"\n{mean.round(2).to_string()}")


if __name__ == "__main__":
    main()
