"""What preparing a set does to the disk."""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from poetcore.curation.prepare import Plan, plan
from poetcore.curation.prepared import check_apart, execute, existing_split, scan_source
from poetcore.curation.repair import Change, Repairs
from poetcore.curation.selection import PARTS, SplitOptions
from poetcore.data.file_index import sha_of
from poetcore.errors import DatasetError
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT, encoded, fill, picture
from tests.data.test_placeholders import PAGES


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return fill(tmp_path / "source", {"rose": 12, "tulip": 8})


def make(source: Path, folder: Path, place: Workspace, train: int = 6, demo: int = 2, **options: object):
    """Prepare, and give the plan and the outcome."""
    planned = planned_for(source, folder, place, train, demo)
    return planned, execute(planned, folder, **options)  # type: ignore[arg-type]


def planned_for(source: Path, folder: Path, place: Workspace, train: int = 6, demo: int = 2) -> Plan:
    files, issues = scan_source(source, place)
    return plan(files, issues, SplitOptions(train, demo, exclude=frozenset()), existing_split(folder, place))


def tree(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file with its content and time, hidden ones too."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): (sha_of(path.read_bytes()), path.stat().st_mtime_ns)
        for path in found
    }


def test_the_set_has_the_pictures_that_were_planned(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    counts = Counter(Path(name).parent.as_posix() for name in tree(tmp_path / "set"))
    assert counts == {"train/rose": 6, "train/tulip": 6, "demo/rose": 2, "demo/tulip": 2, ".": 1}


def test_the_originals_stay_as_they_are(source, tmp_path, place):
    before = tree(source)
    make(source, tmp_path / "set", place)
    assert tree(source) == before


def test_a_repetition_changes_nothing(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    before = tree(tmp_path / "set")
    _, done = make(source, tmp_path / "set", place)
    assert (tree(tmp_path / "set"), done.copied, done.kept) == (before, 0, 16)


def test_a_repetition_without_the_manifest_changes_nothing_either(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    (tmp_path / "set" / "manifest.csv").unlink()
    _, done = make(source, tmp_path / "set", place)
    assert (done.copied, done.removed, len(tree(tmp_path / "set"))) == (0, 0, 17)


def test_what_was_deleted_comes_back(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    before = tree(tmp_path / "set")
    shutil.rmtree(tmp_path / "set" / "train" / "rose")
    make(source, tmp_path / "set", place)
    assert tree(tmp_path / "set") == before


def test_pictures_that_are_no_longer_chosen_are_removed(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    _, done = make(source, tmp_path / "set", place, train=4)
    assert (done.removed, len(tree(tmp_path / "set"))) == (4, 13)


def test_what_the_source_no_longer_has_is_left(source, tmp_path, place):
    planned, _ = make(source, tmp_path / "set", place)
    first = planned.chosen().iloc[0]
    Path(first["source"]).unlink()
    again, _ = make(source, tmp_path / "set", place)
    assert again.left == (first["destination"],)
    assert (tmp_path / "set" / first["destination"]).exists()


def test_what_others_put_there_is_neither_overwritten_nor_deleted(source, tmp_path, place):
    folder = tmp_path / "set"
    for side in PARTS:
        for path in sorted((source / "rose").iterdir()):
            (folder / side / "rose").mkdir(parents=True, exist_ok=True)
            (folder / side / "rose" / path.name).write_text(f"mine, {side} {path.name}")
    before = tree(folder)
    make(source, folder, place)
    make(source, folder, place, train=2, demo=1)
    after = tree(folder)
    assert {name: after[name] for name in before} == before


def test_a_picture_that_is_there_under_another_label_is_not_copied_again(source, tmp_path, place):
    """Someone has repaired a label in the set."""
    make(source, tmp_path / "set", place, train=10)
    moved = next((tmp_path / "set" / "train" / "rose").iterdir())
    moved.rename(tmp_path / "set" / "train" / "tulip" / moved.name)
    make(source, tmp_path / "set", place, train=10)
    shas = [sha for sha, _ in tree(tmp_path / "set").values()]
    assert len(shas) == len(set(shas))
    assert not moved.exists()


def test_files_of_the_same_name_are_all_kept(tmp_path, place):
    for number, name in enumerate(("a/x.jpg", "b/x.jpg", "c/X.JPG")):
        path = tmp_path / "source" / "rose" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(encoded(picture(number)))
    fill(tmp_path / "source", {"tulip": 1}, seed=1)
    make(tmp_path / "source", tmp_path / "set", place, train=3, demo=0)
    found = [path.name.casefold() for path in (tmp_path / "set" / "train" / "rose").iterdir()]
    assert len(set(found)) == 3


def test_the_manifest_lists_every_file_of_the_source(source, tmp_path, place):
    (source / "rose" / "empty.jpg").touch()
    _, done = make(source, tmp_path / "set", place)
    with done.manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Counter(row["part"] for row in rows) == {"train": 12, "demo": 4, "unused": 4, "rejected": 1}
    (bad,) = [row for row in rows if row["part"] == "rejected"]
    assert (bad["issue"], bad["reason"]) == ("unreadable", "The file is empty (0 bytes).")
    for row in rows:
        if row["destination"]:
            assert sha_of((tmp_path / "set" / row["destination"]).read_bytes()) == row["sha"]


def test_a_manifest_of_another_program_is_refused(source, tmp_path, place):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "manifest.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DatasetError, match="is no list of a prepared set"):
        existing_split(tmp_path / "set", place)


def test_links_share_the_file(source, tmp_path, place):
    planned, done = make(source, tmp_path / "set", place, link=True)
    first = planned.chosen().iloc[0]
    assert (done.linked, done.copied) == (16, 0)
    assert (tmp_path / "set" / first["destination"]).samefile(first["source"])


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_across_devices_copies_are_made_with_the_reason(source, place):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        if Path(other).stat().st_dev == source.stat().st_dev:
            pytest.skip("needs a second file system")
        _, done = make(source, Path(other) / "set", place, link=True)
    assert (done.copied, done.linked, done.not_linked) == (16, 0, os.strerror(18))


def test_a_picture_changed_meanwhile_is_not_copied(source, tmp_path, place):
    planned = planned_for(source, tmp_path / "set", place)
    changed = Path(planned.chosen().iloc[0]["source"])
    changed.write_bytes(encoded(picture(999)))
    done = execute(planned, tmp_path / "set")
    assert done.failed == ((str(changed), "was changed meanwhile"),)
    assert sum(done.plan.counts("train").values()) + sum(done.plan.counts("demo").values()) == 15


def test_nothing_usable_is_an_error(tmp_path, place):
    (tmp_path / "source" / "rose").mkdir(parents=True)
    (tmp_path / "source" / "rose" / "empty.jpg").touch()
    with pytest.raises(DatasetError, match="No usable picture"):
        make(tmp_path / "source", tmp_path / "set", place)
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize("inside", ["", "rose", "new/set"])
def test_a_set_inside_its_source_is_refused(source, inside):
    with pytest.raises(DatasetError, match="lie in one another"):
        check_apart(source, source / inside)


def test_a_source_inside_its_set_is_refused(source):
    with pytest.raises(DatasetError, match="lie in one another"):
        check_apart(source, source.parent)


def test_a_file_in_the_way_is_an_error(source, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train").touch()
    with pytest.raises(DatasetError, match="train is a file"):
        check_apart(source, tmp_path / "set")


def test_a_prepared_set_is_no_source(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    with pytest.raises(DatasetError, match=r"give .*train, and .*demo to evaluate on"):
        scan_source(tmp_path / "set", place)


def test_verified_pictures_are_not_reported(source, place):
    verified = source / "rose" / "rose_000.jpg"
    repairs = Repairs(source)
    repairs.propose([Change(verified, "fine", "", "tiny pictures")])
    repairs.apply()
    _, issues = scan_source(source, place)
    tiny = {issue.path for issue in issues if issue.issue == "tiny"}
    assert tiny == {str(path) for path in source.glob("*/*.jpg")} - {str(verified)}


WITH_SMALL_FILES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
from poetcore.cli.app import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_full_disk_leaves_nothing_half_written(source, tmp_path, place):
    (source / "tulip" / "large.png").write_bytes(encoded(picture(5, (1200, 900)), "PNG"))
    arguments = ["prepare", source, tmp_path / "set", "--train_per_label", "12", "--demo_per_label", "1"]
    arguments += ["--keep", "small_file,tiny", "--workspace", place.root]
    process = [sys.executable, "-c", WITH_SMALL_FILES, *map(str, arguments)]
    done = subprocess.run(process, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "The set cannot be written to" in done.stderr.splitlines()[-1]
    originals = {sha for sha, _ in tree(source).values()}
    found = tree(tmp_path / "set")
    found.pop("manifest.csv")
    assert {sha for sha, _ in found.values()} <= originals


def test_a_single_placeholder_is_rejected_by_its_look(source, place):
    (source / "rose" / "gone.jpg").write_bytes(encoded(PAGES["icon"]))
    files, issues = scan_source(source, place)
    rejected = plan(files, issues, SplitOptions(6, 2, exclude=frozenset({"placeholder"}))).pictures
    rejected = rejected[rejected["part"] == "rejected"]
    assert [Path(path).name for path in rejected["source"]] == ["gone.jpg"]
    assert rejected["reason"].iloc[0].startswith("Nearly one colour and a line of words")
