"""Flip single bits in each kind of file of a workspace; evaluate, label a picture, and compare with before.

    python -m tests.benchmarks.bit_flips [--times 100] [--files GLOB] [--models FOLDER] [--seed 0]

A figure that became another one must have been told: by an error, a repair, or a sentence on standard error.
Where a network has to be converted again, the converted file of before stands for the half a minute that it
takes.
"""

import argparse
import json
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np

from poetcore.features import litert
from poetcore.system.checksums import write_checked
from poetcore.system.files import walk
from poetcore.system.unkept import told_unkept
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.campaign import Campaign
from tests.benchmarks.damage import make_workspace
from tests.cli.inside import Done, call

__all__ = ["flipped", "kinds"]

#: What people write themselves, or nothing that is computed hangs on.
_OTHER = ("title.txt", "review.csv", "events.jsonl", "job.log", "dismissed.json", "recent_folders.json")


def kinds(place: Workspace) -> list[Path]:
    """Return one file of each kind on which a result of the run `bad` may hang."""
    roots = (place.runs / "bad", place.models, place.bottlenecks, place.demo_sets)
    found = [Path(entry.path) for root in roots for entry in walk(root)]
    found += place.root.glob("*.sqlite")
    kept = [one for one in found if one.name not in _OTHER and one.suffix not in (".lock", ".sqlite-shm")]
    return sorted(one for one in kept if one.stat().st_size)


def flipped(content: bytes, draw: np.random.Generator) -> bytes:
    """Return a content with one bit changed."""
    place, bit = int(draw.integers(len(content))), int(draw.integers(8))
    return content[:place] + bytes([content[place] ^ (1 << bit)]) + content[place + 1 :]


def results(place: Workspace, anew: bool) -> tuple[str, bool]:
    """Return what an evaluation and a prediction of the run `bad` are, and whether something was told.

    Args:
        place: the workspace.
        anew: without the cached feature vectors, so that the network runs.
    """
    if anew:
        (place.bottlenecks / "vectors.sqlite").unlink(missing_ok=True)
    picture = place.datasets / "sample" / "demo" / "rose" / "rose_001.jpg"
    said, told = [], False
    for words in (("evaluate", "sample/demo"), ("label_image", picture)):
        done = call(*words, "--run", "bad", "--workspace", place.root, "--json")
        told |= done.status != 0 or any(word in done.stderr for word in ("damaged", "not known any more"))
        said.append(_figures(done) if done.status == 0 else "")
    return json.dumps(said), told or bool(told_unkept())


def _figures(done: Done) -> dict[str, object]:
    found = json.loads(done.stdout.splitlines()[-1])
    for name in ("seconds", "versions", "folder", "stored"):
        found.pop(name, None)
    return {name: value for name, value in found.items() if "second" not in name}


def trials(place: Workspace, files: list[Path], times: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield the kind of file and what came of each flip: "same", "told", "silent" or a traceback."""
    snapshot = {Path(entry.path): Path(entry.path).read_bytes() for entry in walk(place.root)}
    before = {anew: results(place, anew)[0] for anew in (False, True)}
    draw = np.random.default_rng(seed)
    whole = {file: snapshot[file] for file in place.models.glob("*.tflite")}

    def convert(backbone: object, file: Path, on_progress: object, *_: object) -> None:
        litert.tell(on_progress, "backbone", f"{file} is damaged: converted again")  # type: ignore[arg-type]
        write_checked(file, whole[file])

    with mock.patch.object(litert, "_make", convert):
        for file in files:
            for _ in range(times):
                _restore(place, snapshot)
                anew = file.parent == place.models
                file.write_bytes(flipped(snapshot[file], draw))
                try:
                    said, told = results(place, anew)
                    what = "told" if told else "same" if said == before[anew] else "silent"
                except Exception:
                    what = traceback.format_exc(limit=-5)
                yield file.name, what
    _restore(place, snapshot)


def _restore(place: Workspace, snapshot: dict[Path, bytes]) -> None:
    for entry in list(walk(place.root)):
        if Path(entry.path) not in snapshot:
            Path(entry.path).unlink()
    for file, content in snapshot.items():
        if not file.is_file() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.bit_flips",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--times", type=int, default=100, help="flips of each file")
    parser.add_argument("--files", default="*", help="names of files")
    parser.add_argument("--models", type=Path, help="a folder of converted backbones")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    start, found = time.monotonic(), Counter[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as folder:
        place = make_workspace(Path(folder), asked.models)
        files = [file for file in kinds(place) if file.match(asked.files)]
        for name, what in trials(place, files, asked.times, asked.seed):
            short = what if what in ("same", "told", "silent") else "traceback"
            found[name, short] += 1
            if short in ("silent", "traceback"):
                print(f"{name}: {what}", flush=True)
    notes = [
        f"{name}: " + ", ".join(f"{found[name, what]} {what}" for what in ("same", "told"))
        for name in sorted({name for name, _ in found})
    ]
    counts = {
        what: sum(n for (_, one), n in found.items() if one == what) for what in ("silent", "traceback")
    }
    total = sum(found.values())
    Campaign(
        "single flipped bits",
        "python -m tests.benchmarks.bit_flips",
        total,
        total,
        silent=counts["silent"],
        tracebacks=counts["traceback"],
        seed=asked.seed,
        seconds=round(time.monotonic() - start),
        notes=tuple(notes),
    ).report()


if __name__ == "__main__":
    main()
