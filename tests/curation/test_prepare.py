"""Which pictures go into a prepared set, and what making it does to the disk."""

import csv
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.analysis.issues import Issue
from poetcore.curation.prepare import ExistingSplit, Plan, Shortfall, plan
from poetcore.curation.prepared import check_apart, execute, existing_split, scan_source
from poetcore.curation.selection import ORDERS, PARTS, SplitOptions
from poetcore.data.dataset import Dataset
from poetcore.data.file_index import sha_of
from poetcore.errors import DatasetError, OptionError
from poetcore.workspace.workspace import Workspace
from tests.conftest import ROOT, encoded, fill, picture


def dataset(*files: tuple[str, str, int]) -> Dataset:
    """A set of (path below the folder, sha, bytes)."""
    folder = Path(os.path.abspath("/pictures"))
    rows = [
        (str(folder / path), path.split("/")[0], 640, 480, "JPEG", size, sha) for path, sha, size in files
    ]
    columns = ["path", "label", "width", "height", "format", "bytes", "sha"]
    table = pd.DataFrame(rows, columns=columns).sort_values(["label", "path"], ignore_index=True)
    labels = tuple(sorted({path.split("/")[0] for path, _, _ in files}))
    return Dataset(folder, labels, table, pd.DataFrame(columns=["path", "label", "reason"]))


def near(*paths: str) -> Issue:
    """The first looks like the others."""
    first, *others = (str(Path(os.path.abspath("/pictures")) / path) for path in paths)
    return Issue(first, "near_duplicate", "Looks like another.", related=tuple(others))


def roses(number: int) -> list[tuple[str, str, int]]:
    return [(f"rose/{i:03d}.jpg", f"sha{i:03d}", 5000 + (i * 37) % 1000) for i in range(number)]


def names(planned: Plan, *parts: str) -> list[str]:
    """The chosen files' names."""
    rows = planned.pictures[planned.pictures["part"].isin(parts or PARTS)]
    return [Path(source).name for source in rows["source"]]


def part_of(planned: Plan) -> dict[str, str]:
    return {
        Path(s).name: part
        for s, part in zip(planned.pictures["source"], planned.pictures["part"], strict=True)
    }


# ------------------------------------------------------------------------------------------------- choosing


def test_as_many_as_asked_are_taken():
    planned = plan(dataset(*roses(20)), [], SplitOptions(8, 3))
    assert (planned.counts("train"), planned.counts("demo"), planned.counts("unused")) == (
        {"rose": 8},
        {"rose": 3},
        {"rose": 9},
    )


def test_by_size_takes_the_largest_files():
    files = roses(20)
    planned = plan(dataset(*files), [], SplitOptions(4, 2, "size"))
    largest = sorted(files, key=lambda file: -file[2])[:6]
    assert sorted(names(planned)) == sorted(Path(path).name for path, _, _ in largest)


def test_by_name_takes_the_first():
    assert names(plan(dataset(*roses(20)), [], SplitOptions(4, 2, "name"))) == [
        f"{i:03d}.jpg" for i in range(6)
    ]


def test_another_seed_takes_others():
    one, two = (set(names(plan(dataset(*roses(40)), [], SplitOptions(8, 2, seed=seed)))) for seed in (0, 1))
    assert one != two


def test_at_random_hangs_on_contents_not_on_names():
    renamed = [(f"rose/x{99 - i}.jpg", sha, size) for i, (_, sha, size) in enumerate(roses(40))]
    one, two = (plan(dataset(*files), [], SplitOptions(8, 2)) for files in (roses(40), renamed))
    parts = [dict(zip(p.pictures["sha"], p.pictures["part"], strict=True)) for p in (one, two)]
    assert parts[0] == parts[1]


def test_the_demo_folder_is_no_worse_than_the_train_folder():
    """The largest files are not all for training: both sides are drawn from the same pictures."""
    planned = plan(dataset(*roses(400)), [], SplitOptions(200, 50, "size")).pictures
    means = planned.groupby("part")["bytes"].mean()
    assert abs(means["train"] - means["demo"]) < 0.1 * (means["train"] - means["unused"])


def test_a_short_label_is_divided_in_proportion():
    planned = plan(dataset(*roses(50)), [], SplitOptions(200, 50))
    assert (planned.counts("train"), planned.counts("demo")) == ({"rose": 40}, {"rose": 10})


def test_two_pictures_are_one_to_learn_from_and_one_to_judge_on():
    assert sorted(part_of(plan(dataset(*roses(2)), [], SplitOptions(200, 5))).values()) == ["demo", "train"]


def test_a_shortfall_tells_how_many_are_missing():
    assert plan(dataset(*roses(50)), [], SplitOptions(200, 50)).shortfalls == (Shortfall("rose", 160, 40),)


def test_nothing_falls_short_of_what_is_there():
    assert plan(dataset(*roses(10)), [], SplitOptions(8, 2)).shortfalls == ()


def test_a_label_without_a_clean_picture_is_counted():
    files = dataset(*roses(10), ("tulip/a.jpg", "bad", 9000))
    tiny = Issue(str(files.folder / "tulip/a.jpg"), "tiny", "It is 3 x 3 pixels.")
    planned = plan(files, [tiny], SplitOptions(8, 2))
    assert planned.counts("train") == {"rose": 8, "tulip": 0}
    assert planned.shortfalls == (Shortfall("tulip", 8, 2),)


# ------------------------------------------------------------------------------------------ what is left out


def test_what_is_rejected_is_replaced_from_the_unused():
    files = dataset(*roses(12))
    bad = [Issue(path, "tiny", "It is 3 x 3 pixels.") for path in files.pictures["path"][:2]]
    planned = plan(files, bad, SplitOptions(8, 2))
    assert (planned.counts("rejected"), sum(planned.counts("train").values())) == ({"rose": 2}, 8)


def test_a_rejection_carries_its_check_and_its_reason():
    files = dataset(*roses(3))
    planned = plan(
        files, [Issue(files.pictures["path"][1], "tiny", "It is 3 x 3 pixels.")], SplitOptions(1, 1)
    )
    (row,) = planned.pictures[planned.pictures["part"] == "rejected"].itertuples()
    assert (Path(row.source).name, row.issue, row.reason) == ("001.jpg", "tiny", "It is 3 x 3 pixels.")


def test_what_is_not_excluded_is_used():
    files = dataset(*roses(3))
    blurry = [Issue(path, "blurry", "It is not sharp.") for path in files.pictures["path"]]
    assert plan(files, blurry, SplitOptions(2, 1)).counts("rejected") == {"rose": 0}
    assert plan(files, blurry, SplitOptions(2, 1, exclude=frozenset({"blurry"}))).counts("rejected") == {
        "rose": 3
    }


def test_of_copies_the_first_is_used():
    files = dataset(("rose/a.jpg", "x", 1), ("rose/b.jpg", "x", 1), ("rose/c.jpg", "y", 1))
    planned = plan(files, [], SplitOptions(1, 1))
    assert names(planned, "rejected") == ["b.jpg"]
    assert names(planned) == ["a.jpg", "c.jpg"]


def test_of_copies_the_first_without_an_issue_is_used():
    files = dataset(("rose/a.jpg", "x", 1), ("rose/b.png", "x", 1), ("rose/c.jpg", "y", 1))
    wrong = Issue(files.pictures["path"][1], "wrong_extension", "It is a JPEG file, named .png.")
    first = Issue(files.pictures["path"][0], "wrong_extension", "It is a PNG file, named .jpg.")
    options = SplitOptions(1, 1, exclude=frozenset({"wrong_extension"}))
    assert [names(plan(files, [one], options)) for one in (wrong, first)] == [
        ["a.jpg", "c.jpg"],
        ["b.png", "c.jpg"],
    ]


def test_a_content_under_two_labels_is_used_under_neither():
    files = dataset(("rose/a.jpg", "x", 1), ("tulip/b.jpg", "x", 1), ("tulip/c.jpg", "y", 1))
    planned = plan(files, [], SplitOptions(1, 1))
    assert names(planned, "rejected") == ["a.jpg", "b.jpg"]


def test_near_duplicates_stand_on_one_side():
    files = dataset(*roses(60))
    groups = [[f"rose/{i:03d}.jpg" for i in range(start, start + 3)] for start in range(0, 60, 3)]
    # Told as a chain, as a pair alike may not be alike a third.
    issues = [near(a, b) for one in groups for a, b in zip(one[1:], one, strict=False)]
    parts = part_of(plan(files, issues, SplitOptions(40, 20)))
    sides = [{parts[Path(path).name] for path in one} & set(PARTS) for one in groups]
    assert max(map(len, sides)) == 1
    assert Counter(parts.values())["demo"] > 0


def test_near_duplicates_of_two_labels_stand_on_one_side():
    tulips = [(f"tulip/t{i}.jpg", f"tulip{i}", 100) for i in range(10)]
    files = dataset(*roses(10), *tulips)
    issues = [near(f"rose/{i:03d}.jpg", f"tulip/t{i}.jpg") for i in range(10)]
    parts = part_of(plan(files, issues, SplitOptions(6, 4)))
    assert all(len({parts[f"{i:03d}.jpg"], parts[f"t{i}.jpg"]} & set(PARTS)) < 2 for i in range(10))


@pytest.mark.parametrize("seed", range(6))
def test_chance_leaves_no_side_short_where_groups_could_fill_it(seed):
    files = dataset(*roses(80))
    paths = [f"rose/{i:03d}.jpg" for i in range(80)]
    issues = [near(*paths[start : start + 4]) for start in range(0, 80, 4)]
    planned = plan(files, issues, SplitOptions(60, 16, seed=seed))
    assert (planned.counts("train"), planned.counts("demo")) == ({"rose": 60}, {"rose": 16})


def test_a_large_group_of_near_duplicates_is_not_what_is_judged_on():
    files = dataset(*roses(30))
    parts = part_of(plan(files, [near(*(f"rose/{i:03d}.jpg" for i in range(20)))], SplitOptions(24, 6)))
    assert {parts[f"{i:03d}.jpg"] for i in range(20)} <= {"train", "unused"}


def test_of_excluded_near_duplicates_one_stays():
    files = dataset(*roses(10))
    options = SplitOptions(8, 2, "name", exclude=frozenset({"near_duplicate"}))
    planned = plan(files, [near("rose/004.jpg", "rose/002.jpg", "rose/003.jpg")], options)
    assert names(planned, "rejected") == ["003.jpg", "004.jpg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"train_per_label": 0},
            "train_per_label is a number of pictures and must be at least 1. Received: 0",
        ),
        ({"order": "age"}, "Unknown order 'age': choose one of name, size, random"),
        ({"exclude": frozenset({"ugly"})}, "Unknown issue 'ugly': choose from unreadable, two_labels"),
    ],
)
def test_an_impossible_wish_is_refused(options, words):
    with pytest.raises(OptionError, match=words):
        SplitOptions(**options)


# ------------------------------------------------------------------------------------------------- whatever

CONTENTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=60
)
WISHES = st.builds(
    SplitOptions, st.integers(1, 12), st.integers(0, 6), st.sampled_from(ORDERS), st.integers(0, 3)
)


@st.composite
def sources(draw: st.DrawFn) -> tuple[Dataset, list[Issue]]:
    drawn = draw(CONTENTS)
    files = [(f"{label}/{i}.jpg", f"sha{sha}", size) for i, (label, sha, size) in enumerate(drawn)]
    pairs = draw(st.lists(st.tuples(st.sampled_from(files), st.sampled_from(files)), max_size=15))
    return dataset(*files), [near(a[0], b[0]) for a, b in pairs]


@settings(deadline=None, max_examples=150)
@given(sources(), WISHES)
def test_no_content_twice_and_no_near_duplicates_across(source, options):
    files, issues = source
    planned = plan(files, issues, options)
    chosen = planned.chosen()
    assert chosen["sha"].is_unique
    assert chosen["destination"].str.lower().is_unique
    side = dict(zip(chosen["source"], chosen["part"], strict=True))
    for issue in issues:
        assert len({side[path] for path in (issue.path, *issue.related) if path in side}) < 2
    for label in files.labels:
        assert planned.counts("train")[label] <= options.train_per_label
        assert planned.counts("demo")[label] <= options.demo_per_label
    assert len(planned.pictures) == len(files.pictures)


def stand(planned: Plan) -> ExistingSplit:
    """The folder after a plan was carried out."""
    chosen = planned.chosen()
    files = dict(zip(chosen["destination"], chosen["sha"], strict=True))
    return ExistingSplit(files, frozenset(files))


@settings(deadline=None, max_examples=150)
@given(sources(), WISHES)
def test_a_repetition_plans_the_same(source, options):
    files, issues = source
    once = plan(files, issues, options)
    again = plan(files, issues, options, stand(once))
    pd.testing.assert_frame_equal(again.pictures, once.pictures)
    assert again.removals == again.left == ()


@settings(deadline=None, max_examples=100)
@given(st.integers(2, 30), st.integers(1, 30), WISHES)
def test_a_larger_source_only_adds(before, more, options):
    once = plan(dataset(*roses(before)), [], options)
    again = plan(dataset(*roses(before + more)), [], options, stand(once))
    assert set(once.chosen()["destination"]) <= set(again.chosen()["destination"])


# -------------------------------------------------------------------------------------------------- the disk


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


def test_a_repetition_without_the_list_changes_nothing_either(source, tmp_path, place):
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


def test_fewer_are_taken_out_again(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    _, done = make(source, tmp_path / "set", place, train=4)
    assert (done.removed, len(tree(tmp_path / "set"))) == (4, 13)


def test_what_the_source_has_no_more_is_left(source, tmp_path, place):
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


def test_what_stands_there_under_another_label_is_not_put_there_again(source, tmp_path, place):
    """Someone has repaired a label in the set."""
    make(source, tmp_path / "set", place, train=10)
    moved = next((tmp_path / "set" / "train" / "rose").iterdir())
    moved.rename(tmp_path / "set" / "train" / "tulip" / moved.name)
    make(source, tmp_path / "set", place, train=10)
    shas = [sha for sha, _ in tree(tmp_path / "set").values()]
    assert len(shas) == len(set(shas))
    assert not moved.exists()


def test_files_of_the_same_name_stand_beside_each_other(tmp_path, place):
    for number, name in enumerate(("a/x.jpg", "b/x.jpg", "c/X.JPG")):
        path = tmp_path / "source" / "rose" / name
        path.parent.mkdir(parents=True)
        path.write_bytes(encoded(picture(number)))
    planned, _ = make(tmp_path / "source", tmp_path / "set", place, train=3, demo=0)
    found = [path.name.casefold() for path in (tmp_path / "set" / "train" / "rose").iterdir()]
    assert len(set(found)) == 3


def test_the_list_says_what_became_of_every_file(source, tmp_path, place):
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


def test_another_program_s_list_is_refused(source, tmp_path, place):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "manifest.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DatasetError, match="is no list of a prepared set"):
        existing_split(tmp_path / "set", place)


def test_links_share_the_file(source, tmp_path, place):
    planned, done = make(source, tmp_path / "set", place, link=True)
    first = planned.chosen().iloc[0]
    assert (done.linked, done.copied) == (16, 0)
    assert os.path.samefile(first["source"], tmp_path / "set" / first["destination"])


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a second file system")
def test_across_devices_copies_are_made_and_said(source, place):
    with tempfile.TemporaryDirectory(dir="/dev/shm") as other:
        if os.stat(other).st_dev == source.stat().st_dev:
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


def test_nothing_usable_is_told(tmp_path, place):
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


def test_a_file_in_the_way_is_told(source, tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "train").touch()
    with pytest.raises(DatasetError, match="train is a file"):
        check_apart(source, tmp_path / "set")


def test_a_prepared_set_is_no_source(source, tmp_path, place):
    make(source, tmp_path / "set", place)
    with pytest.raises(DatasetError, match="holds a train and a demo folder"):
        scan_source(tmp_path / "set", place)


WITH_SMALL_FILES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
from poetcore.cli.app import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
def test_a_disk_that_takes_no_more_leaves_nothing_half_written(source, tmp_path, place):
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
