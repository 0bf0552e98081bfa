"""How long a tuning takes, and what it says of pure noise. Run by hand on a folder of label folders.

    python -m tests.benchmarks.tuning FOLDER [--tunings 100] [--pictures 300] [--workspace DIR]
        [--architecture efficientnet_lite0,efficientnet_lite2]

First 60 trials over the backbones, features cached. Then tunings of shuffled labels: of every picture's
features, drawn anew each time, with labels that have nothing to do with them. There the best of many trials
looks better than chance, and what is told of it from pictures that took no part in choosing must not.
Prints Markdown tables.
"""

import argparse
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from poetcore.system.files import cores
from poetcore.training.train import Examples
from poetcore.training.tuning.choosing import compared, nested, picked
from poetcore.training.tuning.concluding import from_the_simplest
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.pictures import prepare_pictures
from poetcore.training.tuning.settings import settings_of
from poetcore.training.tuning.studies import create_study
from poetcore.training.tuning.tune import run_study
from poetcore.workspace.workspace import Workspace, default_workspace
from tests.training.tuning.made import evidence_of, pictures_of, tried

#: 60 of the 60 x 2 combinations of five rates, four numbers of steps and three weight decays.
SIXTY = {
    "head": "gradient_descent",
    "learning_rate": "0.003,0.01,0.03,0.1,0.3",
    "how_many_training_steps": "500,1000,2000,4000",
    "weight_decay": "0,0.001,0.01",
    "method": "random",
    "trials": 60,
}

NOISE = {
    "head": "gradient_descent,ridge",
    "learning_rate": "0.003,0.01,0.03,0.1",
    "how_many_training_steps": "50,100,200,400",
    "weight_decay": "0,0.1",
}


def time_sixty(options: TuneOptions, workspace: Workspace) -> str:
    """Run 60 trials; a row of figures. What has to be extracted is extracted before."""
    for architecture in options.values()["architecture"]:
        prepare_pictures(architecture, settings_of(options), options, workspace, lambda progress: None)
    study = create_study(options, workspace)
    began, spent = time.perf_counter(), time.process_time()
    run_study(study, workspace)
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    found = study.environment()
    return (
        f"| {len(study.trials())} | {found['pictures']} | {cores()} | {cpu:.0f} s | {wall:.0f} s |"
        f" {os.getloadavg()[0]:.0f} |\n\n{study.choice().sentence}"  # type: ignore[union-attr]
    )


def noise(vectors: np.ndarray, labels: int, pictures: int, seed: int) -> list[float]:
    """Tune on shuffled labels; accuracies of the best, of both choices again, and if the simplest is one."""
    draw = np.random.default_rng(seed)
    rows = draw.permutation(len(vectors))[:pictures]
    made = pictures_of(Examples(vectors[rows], draw.permutation(np.arange(len(rows)) % labels)))
    options = TuneOptions(Path(), **NOISE)  # type: ignore[arg-type]
    with threadpool_limits(1):
        evidence = evidence_of(tried(made, options), made)
    order = from_the_simplest(settings_of(options), {})
    right, loss = evidence.whole()
    best, simplest = picked(right, loss, order, compared(right, loss, evidence.groups))
    again = [float(one.mean()) for one in nested(evidence, order)]
    return [float(right[best].mean()), *again, float(simplest == order[0])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tunings", type=int, default=100)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--architecture", default="efficientnet_lite0,efficientnet_lite2")
    parser.add_argument("--workspace", type=Path)
    arguments = parser.parse_args()
    workspace = Workspace(arguments.workspace) if arguments.workspace else default_workspace()
    options = TuneOptions(arguments.folder, arguments.architecture, **SIXTY)  # type: ignore[arg-type]
    print("| trials | pictures | cores | CPU time | time | load |\n|---|---|---|---|---|---|")
    print(time_sixty(options, workspace), flush=True)
    if not arguments.tunings:
        return
    one = replace(options, architecture=options.values()["architecture"][0])
    whole = prepare_pictures(one.architecture, settings_of(one), one, workspace, lambda progress: None)
    vectors, _ = whole.prepared.everything.take(np.arange(len(whole.folds)))
    found = [noise(vectors, whole.labels, arguments.pictures, seed) for seed in range(arguments.tunings)]
    best, again, again_simplest, simplest = np.array(found).T
    print(f"\n{arguments.tunings} tunings of shuffled labels, chance {1 / whole.labels:.1%}\n")
    print("| | mean | standard error |\n|---|---|---|")
    for name, values in (
        ("best of all trials, as cross-validated", best),
        ("the same choice on pictures that took no part", again),
        ("simplest as good, on pictures that took no part", again_simplest),
    ):
        print(f"| {name} | {values.mean():.1%} | {values.std() / np.sqrt(len(values)):.1%} |")
    print(f"\nThe simplest as good is the simplest in {simplest.sum():.0f} of {len(simplest)}.")


if __name__ == "__main__":
    main()
