"""Readers of what lies in a workspace, a run or a dataset."""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from poetcore.errors import PoetError

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


def _run(lab: Path) -> Path:
    return next(path for path in (lab / "runs").iterdir() if (path / "run.json").exists())


def seeds_of(pattern: str) -> Callable[[Path], list[bytes]]:
    """Return the seeds of a file of a run: itself, and the beginning and end of a long one."""

    def seeds(lab: Path) -> list[bytes]:
        found = [file.read_bytes() for file in _run(lab).glob(pattern)]
        return [b"".join(one.splitlines(True)[:100]) for one in found] if pattern.endswith("jsonl") else found

    return seeds


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
        shutil.copytree(_run(lab), folder)
        workspace = Workspace(place / "tf_files")
        run = workspace.run("mutated")
        evaluation = next((folder / "evaluations").iterdir())
        inside = name in ("metrics.json", "predictions.csv", "review.csv")
        file = (evaluation if inside else folder) / name

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
                lambda: (
                    curves(run.events()),
                    history(run.events()),
                    path_of(run.events()),
                    previews(run.events()),
                )
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


def held_out_seeds(lab: Path) -> list[bytes]:
    made = {"held_out_of": "/photos", "how": "20%", "contents": ["a" * 64, "b" * 64]}
    return [(_run(lab) / "testing.json").read_bytes(), json.dumps(made).encode()]


def read_held_out_file(place: Path, _: Path) -> Read:
    from poetcore.data.held_out import home_of, is_held_out, read_held_out

    file = place / "kept.json"

    def read(content: bytes) -> None:
        file.write_bytes(content)
        is_held_out(file)
        with suppress(PoetError):
            home_of(file)
        read_held_out(file)

    return read


def journal_seeds(_: Path) -> list[bytes]:
    """The journal of repairs that were proposed, applied and undone."""
    import tempfile

    from poetcore.curation.repair import Change, Repairs
    from tests.conftest import fill

    with tempfile.TemporaryDirectory() as folder:
        made = fill(Path(folder) / "set", {"one": 3, "two": 3})
        repairs = Repairs(made)
        files = sorted((made / "one").iterdir())
        repairs.propose([Change(files[0], "relabel", "", "wrong", "two")])
        step = repairs.apply()
        assert step
        repairs.undo(step.id)
        repairs.propose([Change(files[1], "quarantine", "", "blurry")])
        content = (made / ".poet" / "repairs.jsonl").read_bytes().replace(str(made).encode(), b"/photos")
    return [content]


def read_journal(place: Path, _: Path) -> Read:
    from poetcore.curation.repair import Repairs
    from tests.conftest import fill

    made = fill(place / "set", {"one": 3, "two": 3})
    (made / ".poet").mkdir()
    before = sorted(made.glob("*/*.jpg"))

    def read(content: bytes) -> None:
        (made / ".poet" / "repairs.jsonl").write_bytes(content)
        repairs = Repairs(made)
        repairs.pending(), repairs.steps(), repairs.verified()
        with suppress(PoetError):
            repairs.recover()
        if len(list(made.glob("*/*.jpg"))) < len(before):
            shutil.rmtree(made)
            fill(made, {"one": 3, "two": 3})
            (made / ".poet").mkdir()

    return read


def published_seeds(_: Path) -> list[bytes]:
    values = {
        "runs": {"first": {"created": "2026-01-01", "evaluations": {"demo": "abc"}}},
        "datasets": {"flowers": {"title": "Flowers", "folder": "/photos/flowers"}},
    }
    return [json.dumps(values).encode()]


def read_published_file(place: Path, _: Path) -> Read:
    from poetcore.workspace.published import published_file, read_published
    from poetcore.workspace.workspace import Workspace

    workspace = Workspace(place / "tf_files")
    workspace.root.mkdir()

    def read(content: bytes) -> None:
        published_file(workspace).write_bytes(content)
        read_published(workspace)

    return read


def database_seeds(lab: Path) -> list[bytes]:
    return [(lab / "bottlenecks" / "fingerprints.sqlite").read_bytes()[:200_000]]


def read_database(place: Path, lab: Path) -> Read:
    from poetcore.data.file_index import FileIndex

    pictures = sorted((lab / "datasets" / "sample" / "demo").rglob("*.jpg"))[:3]

    def read(content: bytes) -> None:
        for file in place.glob("index.sqlite*"):
            file.unlink()
        (place / "index.sqlite").write_bytes(content)
        with FileIndex(place / "index.sqlite") as index:
            entries = index.lookup(pictures)
            assert [len(one.sha) for one in entries] == [64] * 3
            index.places(entries[0].sha)

    return read


def taxon_seeds(_: Path) -> list[bytes]:
    photo = {"id": 7, "url": "https://a.org/photos/7/square.jpg", "license_code": "cc0", "attribution": "A"}
    seen = {"results": [{"id": 1, "uri": "https://a.org/1", "photos": [photo]}]}
    taxa = {
        "results": [
            {"id": 48715, "name": "Amanita muscaria", "rank": "species", "preferred_common_name": "Fly"}
        ]
    }
    return [json.dumps(seen).encode(), json.dumps(taxa).encode()]


def read_taxon(_: Path, __: Path) -> Read:
    from itertools import islice

    from poetcore.sources import inaturalist
    from poetcore.sources.fetch import Fetched, Outcome

    answer = [b""]
    inaturalist.fetch = lambda url, *_, **__: Fetched(url, Outcome.FETCHED, content=answer[0])  # type: ignore[attr-defined]
    taxon = inaturalist.Taxon(1, "Amanita muscaria")

    def read(content: bytes) -> None:
        answer[0] = content
        with suppress(PoetError):
            inaturalist.find_taxon("Amanita muscaria", "http://a", seconds_apart=0)
        list(islice(inaturalist.observations(taxon, endpoint="http://a", seconds_apart=0), 50))

    return read
