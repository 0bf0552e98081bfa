"""`doctor`: what is wrong with a workspace is told in a line each, and what is safe is repaired."""

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from poetcore.evaluation.evaluate import evaluate
from poetcore.features.backbones import DEFAULT, find
from poetcore.features.cache import FeatureCache
from poetcore.system.temporary import temporary_path
from poetcore.workspace.offers import Offered
from poetcore.workspace.published import publish_dataset, published_file, read_published
from poetcore.workspace.uploads import begin_upload
from poetcore.workspace.workspace import Workspace
from tests.cli.inside import call
from tests.conftest import Trained, fill


@pytest.fixture
def place(trained: Trained, tmp_path: Path) -> Workspace:
    """A workspace with the runs `good` and `bad`, each with an evaluation."""
    place = Workspace(tmp_path / "tf_files")
    shutil.copytree(trained.workspace.models, place.models)
    for name in ("good", "bad"):
        shutil.copytree(trained.run.folder, place.runs / name, ignore=shutil.ignore_patterns("evaluations"))
    evaluate(place.run("bad"), trained.sample / "demo", place)
    return place


def told(place: Workspace, *words: str) -> tuple[int, dict[str, list[str]]]:
    """Return the exit status and the sentences of each kind."""
    done = call("doctor", *words, "--workspace", place.root, "--json")
    found: dict[str, list[str]] = {}
    for one in json.loads(done.stdout)["findings"]:
        found.setdefault(one["kind"], []).append(one["sentence"])
    return done.status, found


def leave(target: Path) -> Path:
    """Make what a process leaves that was killed while it wrote a folder."""
    left = temporary_path(target)
    left = left.with_name(left.name.replace(f".{os.getpid()}", ".999999999"))
    (left / "half").mkdir(parents=True)
    return left


def test_nothing_is_wrong_with_a_sound_workspace(place):
    assert told(place) == (0, {})


def test_a_workspace_that_is_not_there_is_wrong_use(tmp_path):
    assert call("doctor", "--workspace", tmp_path / "nowhere").status == 2


def test_what_is_wrong_is_told_and_what_is_safe_repaired(place, tmp_path):
    bad = place.run("bad")
    pictures = fill(tmp_path / "photos", {"ash": 12, "elm": 12})
    dest = tmp_path / "set"
    assert call("prepare", pictures, dest, "--workspace", place.root, "--keep", "tiny,small_file").status == 0
    left = [leave(place.datasets / "photos"), leave(bad.folder / "run.json"), leave(dest / "train")]
    (bad.folder / "status.json").write_text("{")
    bad.evaluation("demo").metrics_file.write_text("{}")
    network = next(place.models.glob("*.tflite"))
    network.write_bytes(network.read_bytes()[:-1] + b"\0")
    with FeatureCache(place.bottlenecks / "vectors.sqlite") as cache:
        known = cache.missing(["x"], find(DEFAULT))
    _execute(place.bottlenecks / "vectors.sqlite", "UPDATE vectors SET vector = zeroblob(9)")
    (place.bottlenecks / "measures.sqlite").write_bytes(b"no database" * 500)
    kept = {file: file.read_bytes() for file in tmp_path.rglob("*.jpg")}

    status, found = told(place)
    assert status == 1 and len(found["leftover"]) == 3 and known == ["x"]
    assert [word for word in ("run 'bad'", "evaluation of", "network", "rows of", "database") if not any(
        word in sentence for sentence in found["damage"])] == []  # fmt: skip
    assert all(one.exists() for one in left)

    assert call("doctor", "--repair", "--workspace", place.root).status == 0
    assert not any(one.exists() for one in left)
    assert told(place)[0] == 0 and [run.state() for run in place.all_runs()] == ["done", "done"]
    assert {file: file.read_bytes() for file in tmp_path.rglob("*.jpg")} == kept


def test_a_run_that_cannot_be_read_is_left_to_people(place):
    (place.runs / "bad" / "run.json").write_text("{")
    status, found = told(place, "--repair")
    assert status == 1 and "runs --delete bad" in found["damage"][0]
    assert (place.runs / "bad" / "head.npz").exists()


def test_an_upload_without_a_list_is_left_over_once_nobody_can_be_making_it(place):
    folder = place.datasets / ".uploading-0123456789abcdef0123"
    (folder / "files").mkdir(parents=True)
    assert told(place) == (0, {})
    os.utime(folder, (0, 0))
    assert [str(folder) in one for one in told(place)[1]["leftover"]] == [True]
    assert told(place, "--repair")[0] == 0 and not folder.exists()


def test_an_upload_with_a_damaged_list_is_told_and_left_to_people(place):
    upload = begin_upload(place, [Offered("rose/a.jpg", 3, 0)])
    (upload.folder / "offer.json").write_text("[[")
    status, found = told(place, "--repair")
    assert status == 1 and str(upload.folder) in found["damage"][0] and upload.exists()


def test_a_damaged_list_of_what_is_published_is_set_aside(place):
    published_file(place).write_text('{"runs": {"bad": 3}}')
    status, found = told(place)
    assert status == 1 and str(published_file(place)) in found["damage"][0]
    assert told(place, "--repair")[0] == 0 and not read_published(place)


def test_a_published_dataset_without_its_table_is_told(place, trained):
    one, _ = publish_dataset(place, trained.sample / "demo")
    assert told(place)[0] == 0
    (place.root / "published" / f"{one.name}.csv").write_text("path,label\n")
    status, found = told(place, "--repair")
    assert status == 1 and f"--withdraw {one.name}" in found["damage"][0]


def test_places_that_cannot_be_are_passed_over(place):
    (place.root / "places.json").write_text('["a\\u0000b", "", "relative", "/x/\\u0000", "/\\ud800"]')
    assert told(place) == (0, {})


def _execute(file: Path, statement: str) -> None:
    connection = sqlite3.connect(file)
    with connection:
        connection.execute(statement)
    connection.close()
