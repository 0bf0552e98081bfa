"""Files that carry code, lie about their size or stand in the way of an output. Run by hand.

    python -m tests.benchmarks.hostile_files [--pictures 1000] [--zips 200] [--models 10]

Damaged and invented pictures, zip files, graphs and model files are opened as the program opens them, and
every command that names an output is pointed at what must stay. A loss is something of the user's that is
gone, was written outside, or stands in a message; what ends in anything but a sentence is a traceback.
"""

import argparse
import io
import os
import random
import resource
import socket
import struct
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from poetcore.data import images
from poetcore.errors import PoetError
from poetcore.evaluation.foreign_model import ForeignModel
from poetcore.evaluation.graphs import read_labels
from poetcore.features.allowed_operations import ALLOWED, foreign_operation
from poetcore.system.outputs import write_output
from poetcore.workspace.archives import unpack
from poetcore.workspace.workspace import Workspace
from tests.benchmarks.campaign import Campaign

_SEED = 18
_COMMAND = "python -m tests.benchmarks.hostile_files"
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "JPEG2000")


@dataclass
class Found:
    """What came of the trials so far."""

    trials: int = 0
    losses: int = 0
    tracebacks: int = 0
    notes: list[str] = field(default_factory=list)

    def try_out(self, what: str, work: Callable[[], object], *, refused: bool = False) -> None:
        """Do something that may end in a sentence; where it must, anything else is a loss."""
        self.trials += 1
        try:
            work()
        except PoetError:
            return
        except Exception as error:  # what is looked for
            self.tracebacks += 1
            self.notes.append(f"{what} ended in {type(error).__name__}: {str(error)[:100]}.")
            return
        if refused:
            self.losses += 1
            self.notes.append(f"{what} was not refused.")


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Return a content with some bytes changed, cut, doubled or moved."""
    changed = bytearray(content)
    for _ in range(draw.randint(1, 8)):
        place = draw.randrange(max(1, len(changed)))
        match draw.randrange(5):
            case 0:
                changed[place : place + 1] = bytes([draw.randrange(256)])
            case 1:
                changed[place : place + 4] = draw.choice([b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff"])
            case 2:
                del changed[place : place + draw.randrange(1, 200)]
            case 3:
                changed[place:place] = changed[: draw.randrange(1, 500)]
            case _:
                del changed[place:]
    return bytes(changed)


def pictures(folder: Path, count: int, draw: random.Random, found: Found) -> None:
    pixels = np.random.default_rng(_SEED).integers(0, 256, (64, 48, 3), np.uint8)
    whole = []
    for form in _FORMATS:
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, form)
        whole.append(out.getvalue())
    for number in range(count):
        content = damaged(draw.choice(whole), draw)
        found.try_out(f"picture {number}", lambda content=content: images.to_square(content, 224))
    with (folder / "huge.jpg").open("wb") as file:
        file.write(whole[0][:20])
        file.truncate(40 * 10**9)
    os.mkfifo(folder / "pipe.jpg")
    (folder / "folder.jpg").mkdir()
    (folder / "loop.jpg").symlink_to("loop.jpg")
    (folder / "device.jpg").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(folder / "socket.jpg"))
    for path in folder.iterdir():
        found.try_out(path.name, lambda path=path: images.read(path), refused=True)


def zips(folder: Path, count: int, draw: random.Random, found: Found) -> None:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "JPEG")
    picture, zeros = out.getvalue(), bytes(200 * 10**6)
    for number in range(count):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("ant/a.jpg", picture)
            kind = number % 6
            if kind == 0 and number < 60:
                archive.writestr("ant/bomb.jpg", zeros)
            elif kind == 1:
                archive.writestr(draw.choice(["../../out.jpg", "/out.jpg", "a/../../out.jpg"]), picture)
            else:
                archive.writestr("bee/b.jpg", picture)
        content = made.getvalue()
        if kind == 0:
            told = draw.choice([0, 1000, 2**31, 2**32 - 1])
            content = content.replace(struct.pack("<L", len(zeros)), struct.pack("<L", told))
        elif kind > 1:
            content = damaged(content, draw)
        place = Workspace(folder / f"{number}" / "tf_files")
        found.try_out(
            f"zip {number}", lambda place=place, content=content: unpack(place, "a.zip", io.BytesIO(content))
        )
        found.losses += len([*folder.rglob("out.jpg"), *Path("/").glob("out.jpg")])


def operations(found: Found) -> None:
    """Look through graphs of every operation of TensorFlow that is not allowed, also in a function."""
    from tensorflow.core.framework.graph_pb2 import GraphDef
    from tensorflow.python.framework import op_def_registry
    from tensorflow.raw_ops import __dict__ as known

    names = sorted({name for name in known if op_def_registry.get(name)} - ALLOWED)
    for name in names:
        for inside in (False, True):
            graph = GraphDef()
            nodes = graph.library.function.add().node_def if inside else graph.node
            nodes.add(name="it", op=name)
            found.trials += 1
            found.losses += foreign_operation(graph) != name
    found.notes.append(f"{len(names)} operations of TensorFlow are refused, {len(ALLOWED)} allowed.")


def models(folder: Path, count: int, draw: random.Random, found: Found) -> None:
    """Run damaged graphs, each in its own process."""
    from tests.evaluation.old_graphs import inception_graph

    whole = inception_graph(folder / "whole_graph.pb").read_bytes()
    labels = (folder / "whole_labels.txt").read_bytes()
    for number in range(count):
        graph = folder / f"{number}_graph.pb"
        graph.write_bytes(damaged(whole, draw))
        graph.with_name(f"{number}_labels.txt").write_bytes(labels)
        found.try_out(f"graph {number}", lambda graph=graph: ForeignModel(graph, patience=120))


def outputs(folder: Path, found: Found) -> None:
    """Write where something is that must stay."""

    def things() -> Iterator[tuple[str, Callable[[Path], object]]]:
        yield "a photo", lambda place: place.write_bytes(b"a photo")
        yield "a pipe", os.mkfifo
        yield "a folder", Path.mkdir
        yield "a device", lambda place: place.symlink_to("/dev/zero")
        yield "a link to a photo", lambda place: place.symlink_to(folder / "photo.jpg")
        yield "a link to itself", lambda place: place.symlink_to(place)

    (folder / "photo.jpg").write_bytes(b"a photo")
    for number, (what, make) in enumerate(things()):
        for ending in (".csv", ".pb", ".html", ".txt", ".npz"):
            place = folder / f"{number}{ending}"
            make(place)
            before = place.lstat()
            found.try_out(what, lambda place=place: write_output(place, b"written"), refused=True)
            found.losses += place.lstat() != before
    found.losses += (folder / "photo.jpg").read_bytes() != b"a photo"


def secrets(folder: Path, found: Found) -> None:
    """Give files of others as labels: no sentence has a word of theirs."""
    words = (
        b"root:x:0:0\nroot:x:0:0\n",
        b"-----BEGIN KEY-----\nroot\nroot\n",
        b"root\xff\xfe",
        b"root\n" * 10**6,
    )
    for number, content in enumerate(words):
        file = folder / f"{number}.txt"
        file.write_bytes(content)
        found.trials += 1
        try:
            read_labels(file)
        except PoetError as error:
            found.losses += "root" in str(error)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--zips", type=int, default=200)
    parser.add_argument("--models", type=int, default=10)
    asked = parser.parse_args()
    started, draw, found = time.monotonic(), random.Random(_SEED), Found()
    with tempfile.TemporaryDirectory() as place:
        parts: list[tuple[str, Callable[[Path], None]]] = [
            ("outputs", lambda folder: outputs(folder, found)),
            ("secrets", lambda folder: secrets(folder, found)),
            ("pictures", lambda folder: pictures(folder, asked.pictures, draw, found)),
            ("zips", lambda folder: zips(folder, asked.zips, draw, found)),
            ("operations", lambda folder: operations(found)),
            ("models", lambda folder: models(folder, asked.models, draw, found)),
        ]
        for name, run in parts:
            before, folder = found.trials, Path(place) / name
            folder.mkdir()
            run(folder)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            found.notes.append(f"{name}: {found.trials - before:,} trials, peak memory {peak:,.0f} MB.")
            print(found.notes[-1], file=sys.stderr, flush=True)
    Campaign(
        "hostile files",
        _COMMAND,
        found.trials,
        found.trials,
        losses=found.losses,
        tracebacks=found.tracebacks,
        seed=_SEED,
        seconds=time.monotonic() - started,
        notes=tuple(found.notes),
    ).report()
    return int(bool(found.losses or found.tracebacks))


if __name__ == "__main__":
    sys.exit(main())
