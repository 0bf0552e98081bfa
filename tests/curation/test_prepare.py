"""Which pictures go into a prepared set, and into which part."""

import os
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.analysis.issues import Issue
from poetcore.curation.prepare import ExistingSplit, Plan, Shortfall, plan
from poetcore.curation.selection import ORDERS, PARTS, SplitOptions
from poetcore.data.dataset import Dataset
from poetcore.errors import OptionError


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


def test_by_name_the_first_go_to_training_and_the_last_to_demo():
    files = [(f"rose/IMG_{i}.jpg", f"sha{i}", 5000) for i in range(1, 21)]
    parts = part_of(plan(dataset(*files), [], SplitOptions(4, 2, "name")))
    assert {name: part for name, part in parts.items() if part in PARTS} == {
        **{f"IMG_{i}.jpg": "train" for i in (1, 2, 3, 4)},
        **{f"IMG_{i}.jpg": "demo" for i in (19, 20)},
    }


def test_by_name_a_short_label_is_divided_where_the_ends_meet():
    parts = part_of(plan(dataset(*roses(10)), [], SplitOptions(200, 50, "name")))
    assert [parts[f"{i:03d}.jpg"] for i in range(10)] == ["train"] * 8 + ["demo"] * 2


def test_by_name_near_duplicates_of_both_ends_go_to_training():
    planned = plan(dataset(*roses(20)), [near("rose/000.jpg", "rose/019.jpg")], SplitOptions(4, 2, "name"))
    parts = part_of(planned)
    assert [name for name, part in parts.items() if part == "demo"] == ["017.jpg", "018.jpg"]
    assert parts["019.jpg"] == "unused"


def test_by_name_what_is_in_the_set_stays_when_the_source_grows():
    few = plan(dataset(*roses(20)[5:15]), [], SplitOptions(4, 2, "name"))
    there = dict(zip(few.chosen()["destination"], few.chosen()["sha"], strict=True))
    again = plan(dataset(*roses(20)), [], SplitOptions(4, 2, "name"), ExistingSplit(there, frozenset(there)))
    assert (again.removals, part_of(again)["005.jpg"], part_of(again)["000.jpg"]) == ((), "train", "unused")


def test_another_seed_takes_others():
    one, two = (set(names(plan(dataset(*roses(40)), [], SplitOptions(8, 2, seed=seed)))) for seed in (0, 1))
    assert one != two


def test_at_random_depends_on_contents_not_on_names():
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


def test_two_pictures_are_one_for_training_and_one_for_the_demo():
    assert sorted(part_of(plan(dataset(*roses(2)), [], SplitOptions(200, 5))).values()) == ["demo", "train"]


def test_a_shortfall_counts_the_missing():
    assert plan(dataset(*roses(50)), [], SplitOptions(200, 50)).shortfalls == (Shortfall("rose", 160, 40),)


def test_enough_pictures_are_no_shortfall():
    assert plan(dataset(*roses(10)), [], SplitOptions(8, 2)).shortfalls == ()


def test_a_label_without_a_clean_picture_is_counted():
    files = dataset(*roses(10), ("tulip/a.jpg", "bad", 9000))
    tiny = Issue(str(files.folder / "tulip/a.jpg"), "tiny", "It is 3 x 3 pixels.")
    planned = plan(files, [tiny], SplitOptions(8, 2))
    assert planned.counts("train") == {"rose": 8, "tulip": 0}
    assert planned.shortfalls == (Shortfall("tulip", 8, 2),)


# ------------------------------------------------------------------------------------------- what is excluded


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


def test_near_duplicates_go_into_one_part():
    files = dataset(*roses(60))
    groups = [[f"rose/{i:03d}.jpg" for i in range(start, start + 3)] for start in range(0, 60, 3)]
    # As a chain, for of three not every two need be near duplicates.
    issues = [near(a, b) for one in groups for a, b in zip(one[1:], one, strict=False)]
    parts = part_of(plan(files, issues, SplitOptions(40, 20)))
    sides = [{parts[Path(path).name] for path in one} & set(PARTS) for one in groups]
    assert max(map(len, sides)) == 1
    assert Counter(parts.values())["demo"] > 0


def test_near_duplicates_of_two_labels_go_into_one_part():
    tulips = [(f"tulip/t{i}.jpg", f"tulip{i}", 100) for i in range(10)]
    files = dataset(*roses(10), *tulips)
    issues = [near(f"rose/{i:03d}.jpg", f"tulip/t{i}.jpg") for i in range(10)]
    parts = part_of(plan(files, issues, SplitOptions(6, 4)))
    assert all(len({parts[f"{i:03d}.jpg"], parts[f"t{i}.jpg"]} & set(PARTS)) < 2 for i in range(10))


@pytest.mark.parametrize("seed", range(6))
def test_chance_leaves_nothing_missing_where_groups_could_fill_it(seed):
    files = dataset(*roses(80))
    paths = [f"rose/{i:03d}.jpg" for i in range(80)]
    issues = [near(*paths[start : start + 4]) for start in range(0, 80, 4)]
    planned = plan(files, issues, SplitOptions(60, 16, seed=seed))
    assert (planned.counts("train"), planned.counts("demo")) == ({"rose": 60}, {"rose": 16})


def test_a_large_group_of_near_duplicates_goes_into_training():
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
def test_impossible_options_are_refused(options, words):
    with pytest.raises(OptionError, match=words):
        SplitOptions(**options)


# ------------------------------------------------------------------------------------------------- whatever

CONTENTS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=60
)
OPTIONS = st.builds(
    SplitOptions, st.integers(1, 12), st.integers(0, 6), st.sampled_from(ORDERS), st.integers(0, 3)
)


@st.composite
def sources(draw: st.DrawFn) -> tuple[Dataset, list[Issue]]:
    drawn = draw(CONTENTS)
    files = [(f"{label}/{i}.jpg", f"sha{sha}", size) for i, (label, sha, size) in enumerate(drawn)]
    pairs = draw(st.lists(st.tuples(st.sampled_from(files), st.sampled_from(files)), max_size=15))
    return dataset(*files), [near(a[0], b[0]) for a, b in pairs]


@settings(max_examples=150)
@given(sources(), OPTIONS)
@pytest.mark.slow
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


def carried_out(planned: Plan) -> ExistingSplit:
    """The folder after a plan was carried out."""
    chosen = planned.chosen()
    files = dict(zip(chosen["destination"], chosen["sha"], strict=True))
    return ExistingSplit(files, frozenset(files))


@settings(max_examples=150)
@given(sources(), OPTIONS)
@pytest.mark.slow
def test_a_repetition_plans_the_same(source, options):
    files, issues = source
    once = plan(files, issues, options)
    again = plan(files, issues, options, carried_out(once))
    pd.testing.assert_frame_equal(again.pictures, once.pictures)
    assert again.removals == again.left == ()


@settings(max_examples=100)
@given(st.integers(2, 30), st.integers(1, 30), OPTIONS)
@pytest.mark.slow
def test_a_larger_source_only_adds(before, more, options):
    once = plan(dataset(*roses(before)), [], options)
    again = plan(dataset(*roses(before + more)), [], options, carried_out(once))
    assert set(once.chosen()["destination"]) <= set(again.chosen()["destination"])
