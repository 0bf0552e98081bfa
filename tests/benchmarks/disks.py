"""What becomes of each work on a disk that is full or may only be read: what is said, lost and left over.

    python -m tests.benchmarks.disks [FOLDER] [--only NAME ...] [--trouble BYTES|ro ...] [--seconds 3600]

FOLDER holds `train` and `demo`, folders of label folders; without it they are drawn. Each trial has a disk of
40 MB of its own (tmpfs, so it needs root on Linux) with a workspace, a finished run and the pictures; it is
filled until so many bytes are free, or made read-only, and a command is run. Then there must be one sentence
that names the disk, no traceback, no picture less, no half file and nothing left over; with room again the
same command must be done.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from poetcore.sources.samples import make_sample
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.disk_faults import faults_of, kind_of, pictures_in

__all__ = ["DISK_MB", "WORKS", "Trial", "disk", "filled", "prepare_template"]

ROOT = Path(__file__).parents[2]

DISK_MB = 40

#: Bytes that are free when a work begins: it meets the end of the disk at another stage each time.
FREE = (0, 4_096, 20_000, 60_000, 150_000, 400_000, 900_000, 2_000_000, 6_000_000, 14_000_000)

#: Works by name: a command on a disk that holds `ws` and `set`; before `|` stands what prepares it.
WORKS: dict[str, str] = {
    "retrain": "retrain --image_dir set/train --workspace ws --how_many_training_steps 60",
    "retrain_cold": "retrain --image_dir set/train --workspace cold --how_many_training_steps 60",
    "evaluate": "evaluate set/demo --workspace ws",
    "label_image": "label_image set/demo --workspace ws",
    "label_image_csv": "label_image set/demo --workspace ws --output_csv labels.csv",
    "heat_maps": "label_image set/demo --workspace ws --heat_maps maps",
    "overview": "overview set/train --suspects --workspace ws",
    "prepare": "prepare set/train out --workspace ws --train_per_label 6 --demo_per_label 2",
    "merge": "merge set/train tulip rose",
    "undo": "merge set/train tulip rose | undo set/train",
    "review": "review set/demo --workspace ws --add {beside}/verdicts.csv",
    "review_repair": "review set/demo --workspace ws --add {beside}/verdicts.csv"
    " | review set/demo --workspace ws --repair",
    "slideshow": "slides set/demo --workspace ws --html show.html",
    "slides": "slides set/demo --workspace ws --out slides",
    "features": "features set/train --workspace ws --out features.npz",
    "keep_aside": "keep_aside set/train 20% --workspace ws",
    "tune": "tune --image_dir set/train --workspace ws --learning_rate 0.01,0.1 --how_many_training_steps 20",
    "learning_curve": "learning_curve --workspace ws",
    "label_groups": "label_groups --workspace ws --group warm=rose,tulip",
    "calibrate": "calibrate --workspace ws",
    "compare": "compare first {beside}/graph.pb --demo set/demo --workspace ws",
    "demo_set": "demo --workspace ws",
    "tflite": "export --workspace ws --format tflite --out model.tflite",
    "keras": "export --workspace ws --format keras --out model.keras",
    "saved_model": "export --workspace ws --format saved_model --out saved",
    "frozen_graph": "export --workspace ws --format frozen_graph --out graph.pb",
    "onnx": "export --workspace ws --format onnx --out model.onnx",
    "web": "export --workspace ws --format web --out page",
    "bundle": "export --workspace ws --format bundle --out bundle.zip",
}

#: A line of a progress bar.
_BAR = re.compile(r"━|^[A-Z][^.:]*: \d[\d,]* of \d[\d,]*$")

#: Works that end well on a disk that takes nothing: what they make is shown, not kept.
SHOWN = ("label_image", "evaluate", "overview")


@dataclass(frozen=True)
class Trial:
    """How one command ended.

    Attributes:
        status: its exit status.
        said: what it printed on standard error, without progress bars.
        faults: what is wrong with that and with what it left; empty where all is well.
    """

    status: int
    said: str
    faults: tuple[str, ...]


@contextmanager
def disk(template: Path) -> Iterator[Path]:
    """Mount a disk of 40 MB beside a folder, always at the same place, that holds a copy of the folder."""
    folder = template.with_name("disk")
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "poet-disk", str(folder)], check=True)
    try:
        shutil.copytree(template, folder, dirs_exist_ok=True, symlinks=True)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def filled(folder: Path, free: int) -> Iterator[None]:
    """Fill a disk until so many bytes are free, a page more or less."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        left = os.statvfs(folder)
        os.posix_fallocate(file.fileno(), 0, max(left.f_bavail * left.f_frsize - free, 1))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Mount a disk anew so that it may only be read."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


def poet(folder: Path, words: str, **names: object) -> "subprocess.CompletedProcess[str]":
    """Run a command in a folder."""
    command = [sys.executable, "-m", "poetcore", *(word.format(**names) for word in words.split())]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, errors="replace"
    )


def said_by(process: "subprocess.CompletedProcess[str]") -> str:
    """Return what a process said on standard error, without its bars."""
    lines = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", process.stderr).replace("\r", "\n").split("\n")
    return "\n".join(line for line in lines if line.strip() and not _BAR.search(line))


def faults_of_words(status: int, said: str, may_succeed: bool, words: tuple[str, ...]) -> Iterator[str]:
    """List what is wrong with how a command ended and what it said."""
    if "Traceback" in said or "Exception ignored" in said or "0000 00:00" in said:
        yield "traceback"
    if status not in (0, 1, 2):
        yield f"status {status}"
    errors = [line for line in said.splitlines() if line.startswith("Error: ")]
    if status and len(errors) != 1:
        yield f"{len(errors)} sentences"
    if status and errors and not any(word in errors[0] for word in words):
        yield "not the cause"
    if status and may_succeed:
        yield "needs no disk"


def try_work(template: Path, name: str, trouble: str) -> Trial:
    """Try one work on a disk in trouble.

    Args:
        template: what the disk holds.
        name: of the work.
        trouble: `ro`, or how many bytes are free.
    """
    beside = template.with_name("beside")
    *first, work = WORKS[name].split(" | ")
    with disk(template) as folder:
        for words in first:
            poet(folder, words, beside=beside).check_returncode()
        before = pictures_in(folder / "set")
        with read_only(folder) if trouble == "ro" else filled(folder, int(trouble)):
            process = poet(folder, work, beside=beside)
            said = said_by(process)
            faults = list(faults_of(folder, before))
        words = ("may only be read",) if trouble == "ro" else (f"disk {folder} is full", f"disk of {folder}")
        faults += faults_of_words(process.returncode, said, name in SHOWN, words)
        if process.returncode and (again := poet(folder, work, beside=beside)).returncode:
            faults.append(f"not done with room again: {said_by(again)[-300:]}")
        faults += [f"after: {fault}" for fault in faults_of(folder, before)]
    return Trial(process.returncode, said, tuple(faults))


def prepare_template(photos: Path, template: Path) -> None:
    """Make what a disk holds: a workspace with a run, an evaluation and the pictures.

    Args:
        photos: folder with `train` and `demo`.
        template: where it is made; in `beside`, beside it, lies what commands need besides.
    """
    for part, most in (("train", 16), ("demo", 6)):
        for label in sorted(path for path in (photos / part).iterdir() if path.is_dir()):
            to = template / "set" / part / label.name
            to.mkdir(parents=True)
            for picture in sorted(label.iterdir())[:most]:
                shutil.copy2(picture, to)
    beside = template.with_name("beside")
    beside.mkdir()
    with disk(template) as folder:
        for words in (
            "retrain --image_dir set/train --workspace ws --how_many_training_steps 100 --run_name first",
            "evaluate set/demo --workspace ws",
            "export --workspace ws --format frozen_graph --out {beside}/graph.pb",
        ):
            poet(folder, words, beside=beside).check_returncode()
        pictures = sorted((folder / "set" / "demo").rglob("*.jpg"))[:4]
        rows = [f"{path.relative_to(folder)},label_wrong,rose" for path in pictures]
        (beside / "verdicts.csv").write_text("\n".join(["path,verdict,right_label", *rows]) + "\n")
        shutil.copytree(folder / "ws", template / "ws")
    shutil.rmtree(template / "ws" / "training_summaries", ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, nargs="?")
    parser.add_argument("--only", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--trouble", nargs="+", default=["ro", *map(str, FREE)])
    parser.add_argument("--template", type=Path, help="keep and reuse what the disks hold")
    parser.add_argument("--seconds", type=float, default=3600, help="after so many no trial is begun")
    arguments = parser.parse_args()
    start, trials, found = time.monotonic(), 0, Counter[str]()
    notes: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        template = arguments.template or Path(place) / "template"
        if not template.exists():
            photos = arguments.photos or make_sample(
                Path(place) / "drawn", train_per_label=16, demo_per_label=6
            )
            prepare_template(photos.absolute(), template)
        print("| work | trouble | status | said | faults |\n|---|---|---|---|---|")
        for trouble in arguments.trouble:
            for name in arguments.only:
                if time.monotonic() - start > arguments.seconds:
                    continue
                trial = try_work(template, name, trouble)
                trials += 1
                found.update({kind_of(fault) for fault in trial.faults})
                notes += [f"{name}, {trouble}: {'; '.join(trial.faults)}"] if trial.faults else []
                said = trial.said.splitlines()[-1] if trial.said else ""
                print(
                    f"| {name} | {trouble} | {trial.status} | {said} | {'; '.join(trial.faults)} |",
                    flush=True,
                )
    asked = len(arguments.only) * len(arguments.trouble)
    if trials < asked:
        notes.append(f"{trials} of {asked} trials in the time that it had.")
    Campaign(
        "full and read-only disks",
        "python -m tests.benchmarks.disks",
        trials,
        trials,
        losses=found["loss"],
        silent=found["silent"],
        tracebacks=found["traceback"],
        seconds=round(time.monotonic() - start),
        notes=tuple(notes),
    ).report()


if __name__ == "__main__":
    main()
