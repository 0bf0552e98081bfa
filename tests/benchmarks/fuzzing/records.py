"""Readers of what lies in a workspace or a dataset beside runs."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from poetcore.errors import PoetError
from tests.benchmarks.fuzzing.run_files import run_of

Read = Callable[[bytes], object]


def held_out_seeds(lab: Path) -> list[bytes]:
    made = {"held_out_of": "/photos", "how": "20%", "contents": ["a" * 64, "b" * 64]}
    return [(run_of(lab) / "testing.json").read_bytes(), json.dumps(made).encode()]


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
        "runs": {
            "first": {"created": "2026", "evaluations": {"demo": "Garden"}, "predictions": {"demo": "abc"}}
        },
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


def lists_seeds(_: Path) -> list[bytes]:
    return [b'["/photos/flowers", "/photos/animals.csv"]', b'["a note", "another"]']


def read_lists(place: Path, _: Path) -> Read:
    """Read the lists of names and paths that a workspace keeps."""
    from poetcore.workspace.browse import is_remembered, recent_folders
    from poetcore.workspace.file_checks import check_leftovers
    from poetcore.workspace.seen import dismissed
    from poetcore.workspace.workspace import Workspace

    workspace = Workspace(place / "tf_files")
    workspace.root.mkdir()

    def read(content: bytes) -> None:
        for name in ("recent_folders.json", "places.json", "dismissed.json"):
            (workspace.root / name).write_bytes(content)
        recent_folders(workspace), is_remembered(workspace, place), dismissed(workspace)
        list(check_leftovers(workspace))

    return read


def offer_seeds(_: Path) -> list[bytes]:
    files = [["set/rose/a.jpg", 700, 1700000000000], ["set/tulip/b.png", 30, 0], ["set/labels.csv", 9, 0]]
    return [json.dumps(files).encode(), b'[["set.zip", 5000, 1]]', b'[["set/empty/", 0, 0], ["a.jpg", 1, 0]]']


def read_offer(place: Path, _: Path) -> Read:
    from poetcore.workspace import uploads

    upload = uploads.Upload(place / f"{uploads.UPLOADING}0123456789abcdef0123")
    upload.folder.mkdir()

    def read(content: bytes) -> None:
        (upload.folder / "offer.json").write_bytes(content)
        uploads._offer.cache_clear()
        offer = upload.offer
        offer.name, offer.bytes, offer.empty, offer.only_folder, offer.is_zip, upload.missing()
        assert all(upload.files in (upload.files / one).resolve().parents for one in offer.places if one)

    return read


def origin_seeds(_: Path) -> list[bytes]:
    from poetcore.sources.origin import Origin

    return [Origin("taxon", "Amanita muscaria", 3, licences="cc0").to_json().encode()]


def read_origin(_: Path, __: Path) -> Read:
    from poetcore.sources.origin import Origin

    def read(content: bytes) -> None:
        with suppress(ValueError):  # what its docstring promises
            Origin.from_json("taxon", "Amanita muscaria", content.decode(errors="replace"))

    return read


def map_seeds(_: Path) -> list[bytes]:
    out = io.BytesIO()
    np.savez(out, shas=np.array(["a" * 64, "b" * 64], "S64"), values=np.zeros((2, 2), np.float32))
    return [out.getvalue()]


def read_map(place: Path, _: Path) -> Read:
    from poetcore.analysis.projection.stored import Projection

    one = Projection(place)
    zipfile.ZipExtFile._update_crc = lambda *_: None  # type: ignore[attr-defined]

    def read(content: bytes) -> None:
        (place / "places.npz").write_bytes(content)
        assert all(xy.shape == (2,) for xy in (one.places() or {}).values())

    return read


def database_seeds(lab: Path) -> list[bytes]:
    """Return the index of three files."""
    import tempfile

    from poetcore.data.file_index import FileIndex

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.sqlite"
        with FileIndex(file) as index:
            index.lookup(_three_pictures(lab))
        return [file.read_bytes()]


def _three_pictures(lab: Path) -> list[Path]:
    return sorted((lab / "datasets" / "sample" / "demo").rglob("*.jpg"))[:3]


def read_database(place: Path, lab: Path) -> Read:
    from poetcore.data.file_index import FileIndex

    pictures = _three_pictures(lab)

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
