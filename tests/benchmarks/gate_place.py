"""A workspace in which everything that people name is markup that would ask a foreign site."""

import csv
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

from poetcore.evaluation.evaluate import evaluate
from poetcore.evaluation.report import report
from poetcore.evaluation.review.review import Review, record_verdicts
from poetcore.evaluation.review.verdicts import Verdict
from poetcore.export.export import export
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.label_groups import LabelGroups, write_label_groups
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT, picture

__all__ = ["SITE", "GatePlace", "make_gate_place"]

#: Port of the site.
SITE = 9190

_ADDRESS = f"http://evil.example:{SITE}/m"

#: In free text, where a slash may stand.
TEXTS = (
    f"![x]({_ADDRESS})",
    f"<img src={_ADDRESS}>",
    f"<script src={_ADDRESS}></script><img src=x onerror=alert(1)>",
    f"</script><script>fetch('{_ADDRESS}')</script>",
    f"[x]({_ADDRESS}) {_ADDRESS} $x$ :material/home:",
    f'"><svg onload="fetch(\'{_ADDRESS}\')">',
    f"<style>*{{background:url({_ADDRESS})}}</style>",
    f'=IMAGE("{_ADDRESS}")',
)


def _name(text: str) -> str:
    """Return a text as the name of a file or folder: browsers read a backslash in an address as a slash."""
    return text.replace("</", "<\\").replace("/", "\\")[:120]


NAMES = tuple(map(_name, TEXTS))


@dataclass(frozen=True)
class GatePlace:
    """What is attacked.

    Attributes:
        workspace: with a run, its evaluation and a review.
        run: the run.
        sha: content of a picture that is known.
        unused: a folder that was never used, with the label `secret_label`.
        listing: a CSV file whose cells are markup.
        query: parameters for every page.
        made: what is handed on: report, slideshow, page.
    """

    workspace: Workspace
    run: Run
    sha: str
    unused: Path
    listing: Path
    query: str
    made: tuple[Path, ...]


def make_gate_place(root: Path) -> GatePlace:
    """Make it in a folder."""
    place = Workspace(root / "tf_files")
    dataset = place.datasets / _name("![set](http://evil.example)")
    for part, count in {"train": 6, "demo": 2}.items():
        for number, label in enumerate(NAMES):
            (dataset / part / label).mkdir(parents=True)
            for i in range(count):
                _save(picture(1000 * count + 100 * number + i), dataset / part / label / f"{i}{NAMES[i]}.jpg")
    unused = root / "unused"
    (unused / "secret_label").mkdir(parents=True)
    _save(picture(1), unused / "secret_label" / "a.jpg")
    run = retrain(
        RunConfig(dataset / "train", training=TrainingOptions(how_many_training_steps=20, seed=1)), place
    )
    run.rename_title(TEXTS[2])
    evaluation = evaluate(run, dataset / "demo", place)
    groups = LabelGroups({TEXTS[0]: NAMES[:2]})
    write_label_groups(run.label_groups_file, groups)
    folder = run.evaluations()[0]
    wrong = evaluation.predictions.query("~correct").iloc[0]
    record_verdicts(folder, evaluation, [Verdict(wrong.sha, "ambiguous", "", TEXTS[1])])
    made = root / "made"
    made.mkdir()
    (made / "report.html").write_text(report(evaluation, review=Review.of(folder)), encoding="utf-8")
    asked = [
        "slides",
        str(dataset / "demo"),
        "--html",
        str(made / "show.html"),
        "--workspace",
        str(place.root),
    ]
    subprocess.run(
        [sys.executable, "-m", "poetcore", *asked], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    export(run, place, "web", made / "web")
    listing = root / _name(f"{TEXTS[0]}.csv")
    with listing.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label"])
        writer.writerows(
            [str(path), TEXTS[n % 8]] for n, path in enumerate(sorted(dataset.glob("train/*/*.jpg")))
        )
    names = (
        "dataset",
        "demo",
        "run",
        "view",
        "section",
        "show",
        "label",
        "order",
        "tuning",
        "other",
        "picture",
    )
    query = urlencode({name: TEXTS[n % len(TEXTS)] for n, name in enumerate(names)})
    return GatePlace(place, run, wrong.sha, unused, listing, query, tuple(sorted(made.glob("**/*.html"))))


def _save(image: Image.Image, file: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = TEXTS[1]  # ImageDescription, Artist
    image.save(file, exif=exif)
