"""Poet beside its peers with one network, EfficientNet-Lite0, on the same pictures, in one table.

    python -m tests.benchmarks.peers TRAIN DEMO [--repeat 3] [--python PATH] [--out FOLDER]

Each way runs in a process of its own, in turn, by the interpreter given with --python if it needs packages
that Poet does not (PyTorch, torchvision and timm; ONNX Runtime). What is not installed is told. In the first
turn each also trains a last layer, or runs the one that Poet trained, and labels the demo folder.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from poetcore.system.files import walk
from tests.benchmarks.harness import ROOT, Outcome, interleaved, machine, run
from tests.benchmarks.table import Figure, Table, short

_NUMBERS = ("numpy", "pillow")
_TENSORFLOW = ("tensorflow", "keras", *_NUMBERS)
_TORCH = ("torch", "torchvision", "timm", *_NUMBERS)


@dataclass(frozen=True)
class Way:
    """One way to extract features.

    Attributes:
        name: as the table has it.
        module: of this package.
        how: which of its settings.
        packages: what has to be installed for it, whose size is told; of Poet all that it requires.
        other: whether the interpreter of `--python` runs it.
        asked: whether it only runs where it was asked for.
    """

    name: str
    module: str
    how: str
    packages: tuple[str, ...]
    other: bool = False
    asked: bool = False


WAYS = (
    Way("Poet", "poet_way", "auto", ("openvino",)),
    Way("Poet, LiteRT only", "poet_way", "litert", ()),
    Way("Keras", "keras_way", "", _TENSORFLOW),
    Way("PyTorch and timm, usual", "torch_way", "usual", _TORCH, other=True),
    Way("PyTorch and timm, best", "torch_way", "best", _TORCH, other=True),
    Way("PyTorch and timm, compiled", "torch_way", "compiled", _TORCH, other=True, asked=True),
    Way("ONNX Runtime, usual", "onnx_way", "usual", ("onnxruntime", *_NUMBERS), other=True),
    Way("ONNX Runtime, best", "onnx_way", "best", ("onnxruntime", *_NUMBERS), other=True),
    Way("the codelab's way in TensorFlow 2", "original_way", "", _TENSORFLOW),
)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = _parser().parse_args(argv)
    table = Table("Poet beside its peers", machine())
    ways, missing = [], []
    for way in WAYS:
        if not way.asked or arguments.compiled:
            found = _importable(_interpreter(way, arguments), way)
            (ways if found else missing).append(way)
    for way in missing:
        table.note(f"{way.name} was not measured: its packages are not installed; --python takes another.")
    with tempfile.TemporaryDirectory() as folder:
        shared = {"train": _few(arguments.train, arguments.photos, Path(folder)), "place": folder}
        shared |= {"demo": str(arguments.demo.absolute())}
        run(_command(sys.executable, "prepare", shared | {"accurate": False}))
        cases = {way: _once(way, arguments, shared) for way in ways}
        found = interleaved(cases, arguments.repeat)
    for way, outcomes in found.items():
        _add(table, way, outcomes)
    rows = peers_table(found, {way: _installed(_interpreter(way, arguments), way) for way in ways})
    table.write(arguments.out, "peers")
    text = f"{table.as_markdown()}\n{rows}"
    (arguments.out / "peers.md").write_text(text, encoding="utf-8")
    print(text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("train", type=Path, help="folder of label folders whose features are extracted")
    parser.add_argument("demo", type=Path, help="the same labels, to evaluate on")
    parser.add_argument("--repeat", type=int, default=3, help="how often each way is measured")
    parser.add_argument("--photos", type=int, help="how many of the training photos; all by default")
    parser.add_argument("--python", default=sys.executable, help="an interpreter with the peers' packages")
    parser.add_argument("--compiled", action="store_true", help="also PyTorch with torch.compile")
    parser.add_argument("--out", type=Path, default=Path("benchmarks"), help="where the tables are written")
    return parser


def _few(folder: Path, count: int | None, place: Path) -> str:
    """Return the folder, or one with the first photos of each label, so many in all."""
    if count is None:
        return str(folder.absolute())
    labels = sorted(path for path in folder.absolute().iterdir() if path.is_dir())
    for label in labels:
        (place / "few" / label.name).mkdir(parents=True)
        for file in sorted(Path(one.path) for one in walk(label))[: max(1, count // len(labels))]:
            shutil.copyfile(file, place / "few" / label.name / file.name)
    return str(place / "few")


def _interpreter(way: Way, arguments: argparse.Namespace) -> str:
    return str(arguments.python if way.other else sys.executable)


def _command(python: str, module: str, task: dict[str, Any]) -> list[str]:
    return [python, "-m", f"tests.benchmarks.peers.{module}", json.dumps(task | {"started": time.time()})]


def _once(way: Way, arguments: argparse.Namespace, shared: dict[str, Any]) -> Callable[[int], Outcome]:
    python = _interpreter(way, arguments)
    return lambda turn: run(
        _command(python, way.module, shared | {"accurate": turn == 0, "how": way.how}), ROOT
    )


def _importable(python: str, way: Way) -> bool:
    names = [{"pillow": "PIL"}.get(name, name) for name in way.packages if name != "openvino"]
    wanted = f"import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, {names})))"
    return subprocess.run([python, "-c", wanted]).returncode == 0


def _installed(python: str, way: Way) -> dict[str, Any]:
    """Return the megabytes of a way's packages; Poet needs what its list of requirements has."""
    names = list(way.packages)
    if way.module == "poet_way":
        lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        names += [re.split(r"[^\w.-]", line)[0] for line in lines if line and not line.startswith("#")]
    return run([python, "-m", "tests.benchmarks.peers.installed", *names], ROOT).answer


def _add(table: Table, way: Way, outcomes: list[Outcome]) -> None:
    """Add all figures of a way to the table that is stored."""
    for what, unit, key in (
        ("extraction", "pictures/s", "rate"),
        ("processor time a picture", "ms", "cpu_ms_each"),
        ("ready after", "s", "ready_s"),
    ):
        table.add(f"{way.name}: {what}", unit, [one.answer[key] for one in outcomes])
    table.add(f"{way.name}: peak memory", "MB", [one.peak_mb for one in outcomes])
    first = outcomes[0].answer
    more = [f"{key} {first[key]}" for key in ("engine", "threads") if key in first]
    if more:
        table.note(f"{way.name}: {', '.join(more)}.")


def peers_table(found: dict[Way, list[Outcome]], installed: dict[Way, dict[str, Any]]) -> str:
    """Write the table that people read, each way beside the first."""
    lines = [
        "| | pictures a second | Poet is | CPU-ms a picture | ready after | a second time | memory"
        " | installed | demo photos right | vectors differ by |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    mine = _median(next(iter(found.values())), "rate")
    for way, outcomes in found.items():
        first, size = outcomes[0].answer, installed[way]
        rate = Figure("", "", tuple(one.answer["rate"] for one in outcomes))
        second = f"{first['second_s']:.2g} s" if "second_s" in first else "as the first"
        cards = f", {size['cards']:,.0f} of it for graphics cards" if size["cards"] else ""
        cells = (
            way.name,
            str(rate).replace("  ", " ").strip(),
            f"{mine / rate.median:.2f} times",
            short(_median(outcomes, "cpu_ms_each")),
            f"{_median(outcomes, 'ready_s'):.1f} s",
            second,
            f"{max(one.peak_mb for one in outcomes):,.0f} MB",
            f"{size['all']:,.0f} MB{cards}",
            f"{first['correct']} of {first['total']}",
            f"{first['difference']:.0e}",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _median(outcomes: Sequence[Outcome], key: str) -> float:
    return Figure(key, "", tuple(one.answer[key] for one in outcomes)).median


if __name__ == "__main__":
    sys.exit(main())
