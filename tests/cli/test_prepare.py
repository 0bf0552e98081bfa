"""The prepare command as a user meets it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import encoded, picture, run_poet

pytestmark = pytest.mark.slow

#: Large enough to be no small file, all alike in size.
SIZE = (320, 240)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two labels with a file of every kind that is excluded."""
    folder = tmp_path_factory.mktemp("prepare") / "source"
    for number, (label, count) in enumerate((("rose", 12), ("tulip", 6))):
        (folder / label).mkdir(parents=True)
        for i in range(count):
            content = encoded(picture(100 * number + i, SIZE), quality=95)
            (folder / label / f"{i:02d}.jpg").write_bytes(content)
    shutil.copy(folder / "rose" / "00.jpg", folder / "tulip" / "both.jpg")
    shutil.copy(folder / "rose" / "01.jpg", folder / "rose" / "twice.jpg")
    (folder / "tulip" / "torn.jpg").write_bytes((folder / "tulip" / "00.jpg").read_bytes()[:3000])
    (folder / "tulip" / "small.jpg").write_bytes(encoded(picture(77, (40, 30)), quality=40))
    return folder


@pytest.fixture(scope="module")
def here(source: Path) -> list[object]:
    return ["--workspace", source.parent / "tf_files", "--json"]


def said(source: Path, folder: Path, here: list[object], *options: object) -> dict[str, Any]:
    counts = ["--train_per_label", 6, "--demo_per_label", 2]
    done = run_poet("prepare", source, folder, *counts, *options, *here)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def first(source: Path, here: list[object]) -> dict[str, Any]:
    return said(source, source.parent / "set", here)


def test_the_answer_counts_both_parts(first):
    assert (first["train"], first["demo"]) == ({"rose": 6, "tulip": 4}, {"rose": 2, "tulip": 2})


def test_the_answer_counts_the_missing_pictures(first):
    assert first["shortfalls"] == [{"label": "tulip", "train": 2, "demo": 0}]


def test_the_answer_lists_what_was_rejected(first):
    found = {(Path(one["path"]).name, one["issue"]) for one in first["rejected"]}
    assert {("00.jpg", "two_labels"), ("both.jpg", "two_labels"), ("twice.jpg", "duplicate")} <= found
    assert {("torn.jpg", "unreadable")} <= found
    assert "small.jpg" in {name for name, _ in found}
    assert all(one["reason"] for one in first["rejected"])


def test_the_set_is_where_the_answer_says(first, source):
    assert Path(first["manifest"]) == source.parent / "set" / "manifest.csv"
    for part in ("train", "demo"):
        counts = {f.name: len(list(f.iterdir())) for f in (source.parent / "set" / part).iterdir()}
        assert counts == first[part]


def test_the_same_command_again_copies_nothing(first, source, here):
    again = said(source, source.parent / "set", here)
    assert (again["copied"], again["kept"], again["train"]) == (0, first["copied"], first["train"])


def test_a_default_exclusion_can_be_kept(source, here, tmp_path):
    kept = said(source, tmp_path / "set", here, "--keep", "small_file,tiny,placeholder")
    assert "small.jpg" not in {Path(one["path"]).name for one in kept["rejected"]}


def test_links_are_made_on_request(source, here, tmp_path):
    answer = said(source, source.parent / "linked", here, "--link")
    assert (answer["linked"], answer["copied"]) == (14, 0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--exclude", "ugly"], "Unknown issue 'ugly': choose from unreadable, two_labels"),
        (["--exclude", "dark,ugly", "--exclude", "odd"], "Unknown issue 'odd', 'ugly'"),
        (["--keep", "duplicate"], "duplicate cannot be kept"),
        (["--order", "age"], "Unknown order 'age': choose one of name, size, random."),
    ],
)
def test_a_wrong_option_is_one_sentence(source, here, tmp_path, options, sentence):
    done = run_poet("prepare", source, tmp_path / "set", *options, *here)
    assert done.returncode == 2
    assert sentence in done.stderr.splitlines()[-1]
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("folder", [".", "rose/set", ".."])
def test_a_set_within_its_source_is_refused(source, here, folder):
    done = run_poet("prepare", source, source / folder, *here)
    assert done.returncode == 2
    assert "lie in one another" in done.stderr.splitlines()[-1]


def test_a_missing_source_is_one_sentence(here, tmp_path):
    done = run_poet("prepare", tmp_path / "nowhere", tmp_path / "set", *here)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "No such folder" in done.stderr


def test_a_source_with_nothing_usable_is_one_sentence(here, tmp_path):
    (tmp_path / "source" / "rose").mkdir(parents=True)
    (tmp_path / "source" / "rose" / "a.jpg").touch()
    done = run_poet("prepare", tmp_path / "source", tmp_path / "set", *here)
    assert done.returncode == 2
    assert "No usable picture" in done.stderr.splitlines()[-1]
