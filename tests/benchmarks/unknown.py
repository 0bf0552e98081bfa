"""How well pictures of none of the labels are told. Run by hand on two folders of label folders.

    python -m tests.benchmarks.unknown TRAIN DEMO OTHERS [--head gradient_descent] [--backbone NAME]
        [--draws 10] [--workspace DIR]

Each label of TRAIN is left out in turn: a run is trained on the others, and all pictures of the label are to
be unknown to it, the demo pictures of the others are not. Then a run of all labels meets the pictures of
OTHERS, which show other things: for README.md those in the wheel of scikit-image 0.26, `skimage/data`.
At last both folders are put together and divided anew, as many times as asked: how many demo pictures are
called unknown depends on the draw. Prints a Markdown table.
"""

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

import poetcore as poet
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.system.files import walk
from poetcore.training.held_out_labels import area
from poetcore.workspace.workspace import Workspace


def pictures(folder: Path) -> list[Path]:
    """List the files below a folder."""
    return [Path(entry.path) for entry in walk(folder)]


def told(run: "poet.TrainedRun", workspace: Workspace, files: Iterable[Path]) -> list[Prediction]:
    """Predict pictures that can be read."""
    found = Classifier(workspace.run(run.name), workspace).classify(list(files))
    return [one for one in found if one.novelty is not None]


def figures(known: Sequence[Prediction], strange: Sequence[Prediction]) -> list[float]:
    """Return the area under the ROC curve, that of the probability alone, the shares found and rejected."""
    by = [
        [np.array([score(one) for one in group]) for group in (known, strange)]
        for score in (_novelty, _alone)
    ]
    shares = [float(np.mean([one.unknown for one in group])) for group in (strange, known)]
    return [*(area(*both) for both in by), *shares]


def _novelty(one: Prediction) -> float:
    return one.novelty or 0.0


def _alone(one: Prediction) -> float:
    return -(one.confidence or 0.0)


def drawn(train: Path, demo: Path, draw: int, file: Path) -> Path:
    """Write a CSV of both folders, of each label as many demo pictures as there were, drawn anew."""
    table = pd.DataFrame([(str(p), p.parent.name) for p in pictures(train) + pictures(demo)])
    table.columns = pd.Index(["path", "label"])
    demos = len(pictures(demo)) // table["label"].nunique()
    lot = table.sample(frac=1, random_state=draw).groupby("label").cumcount().reindex(table.index)
    table.assign(split=np.where(lot < demos, "test", "train")).to_csv(file, index=False)
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    for name in ("train", "demo", "others"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--head", default="gradient_descent")
    parser.add_argument("--backbone", default="efficientnet_lite0")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--workspace", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace(given.workspace or Path(place) / "tf_files")
        settings = {"workspace": workspace.root, "head": given.head, "architecture": given.backbone}
        settings |= {"progress": False, "evaluate_after": False}
        labels, rows = sorted(path.name for path in given.train.iterdir()), []
        for label in labels:
            others = [one for one in labels if one != label]
            run = poet.retrain(given.train, labels=",".join(others), **settings)
            known = told(run, workspace, [p for one in others for p in pictures(given.demo / one)])
            strange = told(run, workspace, pictures(given.train / label) + pictures(given.demo / label))
            rows.append([f"{label}, left out", *figures(known, strange)])
        rows.append(["mean", *np.mean([row[1:] for row in rows], axis=0)])
        run = poet.retrain(given.train, **settings)
        known = told(run, workspace, pictures(given.demo))
        rows.append(["other things", *figures(known, told(run, workspace, pictures(given.others)))])
        columns = ["", "area", "area, probability alone", "found", "demo pictures rejected"]
        print(_markdown(columns, rows))
        rejected = []
        for draw in range(given.draws):
            file = drawn(given.train, given.demo, draw, Path(place) / f"draw{draw}.csv")
            report = poet.retrain(file, **settings).evaluate(f"{file}/test", progress=False)
            novelty = report.evaluation.metrics.novelty
            rejected.append(novelty["unknown"] / novelty["pictures"])
        if rejected:
            print(
                f"\nRejected in {given.draws} draws: {np.mean(rejected):.3f}, deviation"
                f" {np.std(rejected):.3f}, {min(rejected):.3f} to {max(rejected):.3f}"
            )


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown."""
    lines = [columns, ["---"] * len(columns)]
    lines += [[str(row[0]), *(f"{value:.3f}" for value in row[1:])] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
