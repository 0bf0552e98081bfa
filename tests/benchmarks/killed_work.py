"""The kinds of work that `kills` kills, and what must be there afterwards."""

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock
from urllib.parse import urlencode

import numpy as np
from PIL import Image
from starlette.requests import Request

from poetcore.curation.changes import Change
from poetcore.curation.prepare import plan
from poetcore.curation.prepared import execute, existing_split, scan_source
from poetcore.curation.repair import Repairs
from poetcore.curation.selection import SplitOptions
from poetcore.data.dataset import scan
from poetcore.errors import PoetError
from poetcore.evaluation.evaluate import evaluate
from poetcore.export.export import export
from poetcore.sources.gather import gather
from poetcore.sources.samples import make_sample
from poetcore.sources.urls import Source, UrlEntry
from poetcore.system.locks import holder_of, users_of
from poetcore.system.names import TEMPORARY_NAME
from poetcore.system.temporary import clear_leftovers
from poetcore.training.config import RunConfig
from poetcore.training.learning_curve import learning_curve
from poetcore.training.retrain import retrain
from poetcore.training.temperature import calibrate
from poetcore.training.train import TrainingOptions
from poetcore.training.tuning.options import TuneOptions
from poetcore.training.tuning.studies import create_study, find_study, studies
from poetcore.training.tuning.tune import run_study
from poetcore.workspace.archives import unpack
from poetcore.workspace.demo_sets import keep_aside
from poetcore.workspace.workspace import Workspace
from tests.records import change_record

__all__ = ["KINDS", "MOVING", "begin", "child", "copied", "digest", "left_behind", "opened", "wrong_after"]


def digest(folder: Path, *, names: bool = True) -> str:
    """Return a hash of the pictures below a folder, of their places too unless `names` is off."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in (".jpg", ".png") and ".poet" not in file.parts:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            found.append(f"{file.relative_to(folder)} {content}" if names else content)
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:16]


def opened(folder: Path) -> Workspace:
    """Return the workspace of a trial's folder."""
    return Workspace(folder / "tf_files")


def train(folder: Path) -> str:
    """Train under a fixed name, whatever a killed training of that name left; one that has ended stays."""
    place = opened(folder)
    options = TrainingOptions(how_many_training_steps=200, seed=3)
    config = RunConfig(folder / "sample" / "train", training=options, name="killed")
    ended = (one for one in place.finished_runs() if one.name == "killed")
    run = next(ended, None) or retrain(config, place)
    head = run.head()
    return f"{head.kernel.sum():.6f} {run.record().metrics['final_test_accuracy']}"


def evaluated(folder: Path) -> str:
    place = opened(folder)
    found = evaluate(place.run("first"), folder / "sample" / "demo", place)
    return f"{found.metrics.accuracy} {found.predictions['confidence'].sum():.6f}"


def measured(folder: Path) -> str:
    place = opened(folder)
    run = place.run("first")
    (run.folder / "learning_curve.json").unlink(missing_ok=True)
    return str(learning_curve(run, place).table()["accuracy"].round(6).tolist())


def calibrated(folder: Path) -> str:
    run = opened(folder).run("first")
    calibrate(run, undo=True)
    return f"{calibrate(run).temperature:.6f}"


def tuned(folder: Path) -> str:
    place = opened(folder)
    options = TuneOptions(
        folder / "sample" / "train", name="killed", learning_rate="0.01,0.1", how_many_training_steps="50,100"
    )
    there = [study for study in studies(place) if study.name == "killed"]
    study = find_study("killed", place) if there else create_study(options, place)
    choice = study.choice() if there else None
    return f"{(choice or run_study(study, place)).sentence}"


def prepared(folder: Path) -> str:
    place, made = opened(folder), folder / "set"
    dataset, issues = scan_source(folder / "sample" / "train", place)
    options = SplitOptions(train_per_label=8, demo_per_label=3)
    done = execute(plan(dataset, issues, options, existing_split(made, place)), made)
    listed = done.manifest.read_text(encoding="utf-8").replace(str(folder), "")
    return f"{digest(made)} {hashlib.sha256(listed.encode()).hexdigest()[:8]}"


def drawn(folder: Path) -> str:
    return digest(make_sample(folder / "drawn", train_per_label=10, demo_per_label=3))


def repaired(folder: Path) -> str:
    """Set pictures aside and undo it, several times: in the end everything is where it was."""
    photos = folder / "sample" / "train"
    repairs = Repairs(photos)
    repairs.recover()
    for step in repairs.steps():
        with contextlib.suppress(PoetError):
            repairs.undo(step.id)
    for number in range(4):
        some = sorted(path for path in photos.glob("*/*.jpg"))[number::5]
        shas = [hashlib.sha256(path.read_bytes()).hexdigest() for path in some]
        repairs.propose(
            [Change(path, "quarantine", sha, "dark") for path, sha in zip(some, shas, strict=True)]
        )
        if step := repairs.apply():
            repairs.undo(step.id)
    return digest(photos)


def merged(folder: Path) -> str:
    photos = folder / "sample" / "demo"
    repairs = Repairs(photos)
    repairs.recover()
    if (photos / "rose").is_dir():
        repairs.merge("rose", "tulip")
    return digest(photos, names=False) + str((photos / "rose").exists())


def brought(folder: Path) -> str:
    place = opened(folder)
    if not (place.datasets / "brought").exists():
        with (folder / "brought.zip").open("rb") as archive:
            unpack(place, "brought.zip", archive)
    return digest(place.datasets / "brought")


def gathered(folder: Path) -> str:
    place, dest = opened(folder), folder / "gathered"
    contents = sorted((folder / "sample" / "train").glob("*/*.jpg"))
    entries = [
        UrlEntry(f"http://a.example/{one.name}", one.stem, content=one.read_bytes()) for one in contents
    ]
    with place.file_index() as index:
        gather(dest, [Source("flower", iter(entries))], index)
    return digest(dest, names=False)


def exported(folder: Path) -> str:
    made = export(opened(folder).run("first"), opened(folder), "tflite", folder / "model.tflite")
    beside = sorted(one.name for one in folder.glob("model*"))
    return f"{hashlib.sha256(made.path.read_bytes()).hexdigest()[:16]} {beside}"


def set_aside(folder: Path) -> str:
    place = opened(folder)
    with place.file_index() as index:
        whole = scan(folder / "sample" / "train", index)
        kept = scan(keep_aside(whole, place, "20%"), index)
    return hashlib.sha256("".join(sorted(kept.pictures["sha"])).encode()).hexdigest()[:16]


def served(folder: Path) -> str:
    """Send pictures of a camera to the routes of a server that may die with any of them."""
    from poetcore.ui.live.collect_routes import COLLECT_ROUTES

    place = opened(folder)
    answers = {route.path: route.endpoint for route in COLLECT_ROUTES}

    def send(path: str, asked: dict[str, str], content: bytes) -> None:
        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": content, "more_body": False}

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": urlencode(asked).encode(),
            "headers": [(b"sec-fetch-site", b"same-origin")],
        }
        answer = asyncio.run(answers[path](Request(scope, receive)))
        if answer.status_code != 200:
            raise ValueError(answer.body.decode())

    with mock.patch.dict(os.environ, {"TFP_WORKSPACE": str(place.root)}):
        for number, file in enumerate(sorted((folder / "sample" / "demo").glob("*/*.jpg")), start=1):
            label = file.parent.name
            asked = {"dataset": "camera", "label": label, "hold": _HOLD, "number": str(number)}
            send("/poet/collect/labels", asked, json.dumps({"label": label}).encode())
            send("/poet/collect/pictures", asked, file.read_bytes())
    return digest(place.datasets / "camera")


_HOLD = "hold-20260101-120000-a1b2"

#: Each kind of work, by its name.
KINDS: dict[str, Callable[[Path], str]] = {
    "training": train,
    "evaluation": evaluated,
    "learning_curve": measured,
    "calibration": calibrated,
    "tuning": tuned,
    "prepare": prepared,
    "sample": drawn,
    "repair": repaired,
    "merge": merged,
    "upload": brought,
    "gather": gathered,
    "export": exported,
    "keep_aside": set_aside,
    "server": served,
}

#: Kinds that may move pictures of the dataset; the others leave every one where it is.
MOVING = ("repair", "merge")


def begin(folder: Path) -> None:
    """Make what every trial begins with: a sample set, a finished run on it, a zip file."""
    place = opened(folder)
    sample = make_sample(folder / "sample", train_per_label=20, demo_per_label=6)
    for number in range(40):  # large enough that a preparation takes them
        file = sample / "train" / ("rose", "tulip")[number % 2] / f"noise_{number}.jpg"
        noise = np.random.default_rng(number).integers(0, 255, (12, 16, 3), np.uint8)
        Image.fromarray(noise).resize((320, 240)).save(file)
    options = TrainingOptions(how_many_training_steps=100, seed=1)
    retrain(RunConfig(sample / "train", training=options, name="first"), place)
    with zipfile.ZipFile(folder / "brought.zip", "w") as archive:
        for file in sorted((sample / "demo").rglob("*.jpg")):
            archive.write(file, file.relative_to(sample / "demo"))


def copied(source: Path, folder: Path) -> Path:
    """Copy what a trial begins with, and have its files name the copy."""
    shutil.copytree(source, folder)
    inside = folder / "tf_files" / "runs" / "first"
    for name in ("run.json", "split.csv"):
        (inside / name).write_text((inside / name).read_text().replace(str(source), str(folder)))
    change_record(inside / "run.json")  # what was changed on purpose is no damage
    return folder


def child(kind: str, folder: Path) -> None:
    """Do one kind of work in a process that may be killed."""
    with contextlib.suppress(PoetError):
        KINDS[kind](folder)


def wrong_after(kind: str, folder: Path, before: str) -> Iterator[tuple[str, str]]:
    """Yield what is not as it must be right after a kill: (loss | silent, what)."""
    place = opened(folder)
    train_now = digest(folder / "sample", names=kind not in MOVING)
    if kind in MOVING:
        for part in ("train", "demo"):
            Repairs(folder / "sample" / part).recover()
        train_now = digest(folder / "sample", names=False)
    if train_now != before:
        yield "loss", "pictures of the dataset are others than before"
    for file in (folder / "sample").rglob("*.jpg"):
        with Image.open(file) as image:
            image.load()
    for job in (*place.all_runs(), *studies(place)):
        status = job.current_status()
        if not status.final and status.pid:  # before there is a process, "starting" is believed for a while
            yield "silent", f"{job.name} counts as {status.phase}"
        if holder_of(job.folder) or users_of(job.folder):
            yield "silent", f"{job.name} is still locked"
    run = place.run("first")
    if run.state() != "done" or len(run.labels()) != 5:
        yield "loss", "the finished run cannot be read"
    run.head(), run.split(), [one.predictions() for one in run.evaluations()]


def left_behind(folder: Path) -> list[str]:
    """List temporary files and locks that are still there once the work was done again."""
    opened(folder).clear_leftovers()
    clear_leftovers(folder)  # a process that compared an export ends after the one that was killed
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if TEMPORARY_NAME.fullmatch(path.name) or path.name.endswith(".use")
    ]
