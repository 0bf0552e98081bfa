"""Readers of the files of a run."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from poetcore.errors import PoetError
from poetcore.system.checksums import sealed

Read = Callable[[bytes], object]

JSON_WORDS = (
    *(
        b'"labels": null',
        b'"labels": []',
        b'"metrics": {}',
        b'"splits": {"a": -1}',
        b'"timings": 3',
        b'"n": "x"',
    ),
    *(b"1e400", b"-0", b"0.1", b'""', b'{"a": NaN}', b"[[1]]", b'"\\u0000"', b'"version": 99', b'"pid": 1'),
)


def run_of(lab: Path) -> Path:
    return next(path for path in (lab / "runs").iterdir() if (path / "run.json").exists())


def seeds_of(pattern: str) -> Callable[[Path], list[bytes]]:
    """Return the seeds of a file of a run: itself, of many lines the first and the last."""

    def seeds(lab: Path) -> list[bytes]:
        found = [file.read_bytes() for file in run_of(lab).glob(pattern)]
        if not pattern.endswith("jsonl"):
            return found
        lines = [one.splitlines(True) for one in found]
        return [b"".join([*one[:16], *one[-8:]]) for one in lines]

    return seeds


def seal(content: bytes) -> bytes:
    """Return JSON, or lines of it, with the checksum of each object computed again."""
    sound = []
    for line in content.split(b"\n") if content.count(b"\n{") else [content]:
        with suppress(ValueError, RecursionError):
            value = json.loads(line)
            line = json.dumps(sealed(value)).encode() if isinstance(value, dict) else line
        sound.append(line)
    return b"\n".join(sound)


def head_seeds(lab: Path) -> list[bytes]:
    """Return a layer as it is written, and as an earlier version did, without its checksum."""
    file = run_of(lab) / "head.npz"
    with np.load(file) as arrays:
        earlier = {name: array for name, array in arrays.items() if name != "checksum"}
    out = io.BytesIO()
    np.savez(out, **earlier)  # type: ignore[arg-type]
    return [file.read_bytes(), out.getvalue(), out.getvalue()]


def novelty_seeds(lab: Path) -> list[bytes]:
    """Return the first rows, since a change among all of them is hardly ever one of the head."""
    out = io.BytesIO()
    np.save(out, np.load(run_of(lab) / "novelty.npy")[:3])
    return [out.getvalue()]


def reader_of(name: str) -> Callable[[Path, Path], Read]:
    """Return what reads a run in which one file is replaced, in every way in which pages and commands do."""

    def prepare(place: Path, lab: Path) -> Read:
        from poetcore.evaluation.evaluation import Evaluation
        from poetcore.evaluation.headline import headline
        from poetcore.training.curves import curves, history, path_of, previews
        from poetcore.training.learning_curve import LearningCurve
        from poetcore.training.verdict import run_verdict
        from poetcore.workspace.review_file import ReviewFile
        from poetcore.workspace.workspace import Workspace

        folder = place / "tf_files" / "runs" / "mutated"
        shutil.copytree(run_of(lab), folder)
        workspace = Workspace(place / "tf_files")
        run = workspace.run("mutated")
        evaluation = next((folder / "evaluations").iterdir())
        inside = name in ("metrics.json", "predictions.csv", "review.csv")
        file = (evaluation if inside else folder) / name
        for record in (folder / "run.json", evaluation / "metrics.json"):
            values = json.loads(record.read_bytes())  # as an earlier version wrote it: of no file a checksum
            record.write_text(json.dumps(sealed(values | {"checksums": {}})))
        if name == "head.npz":  # nor are those of the archive's members looked at
            zipfile.ZipExtFile._update_crc = lambda *_: None  # type: ignore[attr-defined]

        def loaded() -> Evaluation:
            return Evaluation.load(run.evaluation(evaluation.name))

        def curve() -> object:
            return (found := LearningCurve.load(run)) and found.table()

        ways: list[Callable[[], object]] = {
            "run.json": [
                run.record,
                workspace.finished_runs,
                run.labels,
                lambda: run_verdict(run),
                lambda: run.title,
            ],
            "status.json": [run.began, run.current_status, run.state, workspace.all_runs],
            "events.jsonl": [
                lambda: [
                    (curves(told), history(told), path_of(told), previews(told))
                    for told in [list(run.events())]
                ]
            ],
            "labels.txt": [run.labels],
            "head.npz": [run.head, run.trained_head, run.temperature],
            "novelty.npy": [run.novelty_pictures],
            "split.csv": [run.split],
            "cross_validation.csv": [run.cross_validation],
            "title.txt": [lambda: run.title],
            "label_groups.json": [run.label_groups],
            "learning_curve.json": [curve],
            "metrics.json": [lambda: headline(loaded().metrics)],
            "predictions.csv": [loaded],
            "review.csv": [ReviewFile(evaluation / "review.csv").last],
        }[name]

        def read(content: bytes) -> None:
            file.write_bytes(content)
            refused = None
            for way in ways:
                try:
                    way()
                except PoetError as error:
                    refused = error
            if refused:
                raise refused

        return read

    return prepare


def review_seeds(_: Path) -> list[bytes]:
    head = '"time","sha","path","label","predicted","verdict","right_label","comment"\r\n'
    line = (
        f'"2026-01-01T00:00:00+00:00","{"a" * 64}","/a.jpg","rose","tulip","label_wrong","tulip","a, b"\r\n'
    )
    return [(head + line).encode(), (head + line * 3).encode()]


def title_seeds(_: Path) -> list[bytes]:
    return [b"Flowers of the garden", "Gänseblümchen 🌷".encode()]


def groups_seeds(_: Path) -> list[bytes]:
    values = {
        "groups": {"toxic": ["rose", "tulip"], "other": ["daisy"]},
        "thresholds": {"toxic": 0.2},
        "recalls": {"toxic": 0.99},
        "costs": [{"true": "rose", "predicted": "daisy", "cost": 5}],
        "temperature": 1.0,
    }
    return [json.dumps(values).encode()]


def curve_seeds(_: Path) -> list[bytes]:
    point = {"pictures": 50, "accuracy": 0.8, "low": 0.7, "high": 0.9}
    gain = {"factor": 2, "gain": 0.1, "gain_low": 0.0, "gain_high": 0.2}
    forecast = point | gain | {"pictures": 200, "accuracy": 0.9, "high": 0.95}
    curve = {"points": [point, point | {"pictures": 100}], "forecast": [forecast]}
    return [json.dumps({"run": "first"} | curve | {"per_label": {"rose": curve}, "advice": "More."}).encode()]
