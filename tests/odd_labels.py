"""Labels of people who know nothing of Markdown, spreadsheets or other systems, and a run that knows them."""

import shutil
from pathlib import Path

from poetcore.evaluation.evaluate import evaluate
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace
from tests.conftest import Trained, encoded, picture

#: As few as a chart draws with all their names; every one is a folder's name on Linux.
ODD_LABELS = (
    "20$",
    "100$",
    "*star*",
    ":smile:",
    "# one",
    "[x](http:evil.example)",
    "=1+1;@x",
    '<b>it\'s "q"',
    "back\\slash.[0]",
    "{{x}} __y__",
    "\u05e9\u05dc\u05d5\u05dd \u202eabc",
    "G\u00e4nsebl\u00fcmchen " + 200 * "x",
)


def odd_set(folder: Path, backbone_file: Path) -> Trained:
    """Make a dataset of such labels, a run that was trained on it, and its evaluation."""
    place = Workspace(folder / "tf_files")
    place.models.mkdir(parents=True)
    shutil.copy(backbone_file, place.models)
    made = place.datasets / "odd"
    for part, count in {"train": 6, "demo": 2}.items():
        for number, label in enumerate(ODD_LABELS):
            (made / part / label).mkdir(parents=True)
            for i in range(count):
                content = encoded(picture(10_000 * count + 100 * number + i))
                (made / part / label / f"-{number};+{i}.jpg").write_bytes(content)
    options = TrainingOptions(how_many_training_steps=100, seed=1)
    run = retrain(RunConfig(made / "train", training=options, name="odd"), place)
    evaluate(run, made / "demo", place)
    return Trained(place, made, run)
