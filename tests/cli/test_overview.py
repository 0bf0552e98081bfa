"""The overview command: what it answers, what it compares with, and what it tells a person."""

import json
import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from poetcore.analysis.issues import CHECKS
from poetcore.curation.journal import Journal
from poetcore.curation.repair import Change, Repairs
from tests.conftest import encoded, fill, picture, run_poet

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `train` and `demo`: one picture under two labels, one leaked, one truncated, twelve copies."""
    base = tmp_path_factory.mktemp("overview")
    fill(base / "train", {"ash": 4, "oak": 3})
    fill(base / "demo", {"ash": 1, "oak": 1}, seed=1)
    shutil.copy(base / "train/ash/ash_001.jpg", base / "train/oak/moved.jpg")
    shutil.copy(base / "train/ash/ash_002.jpg", base / "demo/ash/again.jpg")
    whole = encoded(picture(77, (300, 200)))
    (base / "train/oak/cut.jpg").write_bytes(whole[: len(whole) // 2])
    for number in range(12):
        shutil.copy(base / "train/ash/ash_003.jpg", base / f"train/ash/copy{number:02}.jpg")
    return base


def overview(place: Path, *arguments: object) -> str:
    done = run_poet("overview", *arguments, "--workspace", place / "tf_files")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def said(place: Path) -> dict[str, Any]:
    return json.loads(overview(place, place / "train", "--json").splitlines()[-1])


@pytest.fixture(scope="module")
def shown(place: Path) -> str:
    return overview(place, place / "train")


def of(said: dict[str, Any], name: str) -> list[str]:
    return [Path(issue["path"]).name for issue in said["issues"] if issue["issue"] == name]


def test_labels_of_very_different_size_are_told_as_on_the_page(said, shown):
    (few, uneven) = said["warnings"]
    assert uneven.startswith("Out of balance: ash has 16 pictures, oak only 4.")
    assert {few, uneven} <= set(shown.splitlines())


def test_truncated_pictures_are_not_counted(said):
    assert (said["labels"], said["total"]) == ({"ash": 16, "oak": 4}, 20)


def test_an_issue_has_these_fields(said):
    agreed = {"path", "issue", "detail", "severity", "score", "label", "sha", "related"}
    assert all(set(issue) == agreed for issue in said["issues"])


def test_a_truncated_picture_is_unreadable(said):
    assert of(said, "unreadable") == ["cut.jpg"]


def test_conflicting_labels_are_reported_at_both_files(said):
    assert of(said, "two_labels") == ["ash_001.jpg", "moved.jpg"]


def test_the_demo_folder_beside_is_compared_with(said, place):
    assert (of(said, "leaked"), said["demo"]) == (["ash_002.jpg"], str(place / "demo"))


def test_issues_are_counted_by_check_and_label(said):
    assert said["counts"]["two_labels"] == {"ash": 1, "oak": 1}


def test_another_demo_folder_can_be_given(place, tmp_path):
    fill(tmp_path / "other", {"ash": 1}, seed=9)
    shutil.copy(place / "train/ash/ash_000.jpg", tmp_path / "other/ash/x.jpg")
    told = overview(place, place / "train", "--demo_dir", tmp_path / "other", "--json")
    assert of(json.loads(told.splitlines()[-1]), "leaked") == ["ash_000.jpg"]


def test_a_demo_folder_beside_that_cannot_be_used_is_skipped(place, tmp_path):
    fill(tmp_path / "train", {"ash": 2})
    (tmp_path / "demo").mkdir()
    assert json.loads(overview(place, tmp_path / "train", "--json").splitlines()[-1])["demo"] is None


def test_a_given_demo_folder_that_is_missing_is_one_sentence(place):
    arguments = ("--demo_dir", place / "nowhere", "--workspace", place / "tf_files")
    done = run_poet("overview", place / "train", *arguments)
    assert done.returncode == 2 and "No such folder" in done.stderr and "Traceback" not in done.stderr


def test_people_read_each_check_with_its_advice(shown):
    assert CHECKS["two_labels"].title in shown and CHECKS["two_labels"].advice in shown


def test_people_do_not_read_thousands_of_lines(shown):
    assert shown.count("The same picture as ash_003.jpg") == 10
    assert "... and 2 more; --json lists them all." in shown


def test_a_verified_picture_is_not_reported(place, tmp_path):
    folder = fill(tmp_path / "set", {"ash": 2, "oak": 1})
    repairs = Repairs(folder)
    repairs.propose([Change(folder / "ash/ash_000.jpg", "fine", "", "tiny")])
    repairs.apply()
    told = json.loads(overview(place, folder, "--json").splitlines()[-1])
    assert of(told, "tiny") == ["ash_001.jpg", "oak_000.jpg"]


def test_a_move_that_a_killed_process_left_half_done_is_no_issue(place, tmp_path):
    folder = fill(tmp_path / "train", {"ash": 2, "oak": 1})
    Repairs(folder).propose([Change(folder / "ash" / "ash_000.jpg", "relabel", "", "why", "oak")])
    move = {"id": "1", "from": "ash/ash_000.jpg", "to": "oak/ash_000.jpg"}
    begin = {"event": "begin", "step": "1", "undoes": None, "time": "2026-01-02T03:04:05+00:00", "made": []}
    journal = Journal(folder / ".poet" / "repairs.jsonl")
    with journal.locked():
        journal.append(begin | {"moves": [move]})
    (folder / "oak" / "ash_000.jpg").touch()  # the name is claimed, and nothing was moved yet
    assert of(json.loads(overview(place, folder, "--json").splitlines()[-1]), "unreadable") == []


def test_a_file_in_place_of_a_folder_is_one_sentence(place, tmp_path):
    (tmp_path / "train").write_text("no folder")
    done = run_poet("overview", tmp_path / "train", "--workspace", place / "tf_files")
    assert done.returncode == 2 and "is a file: give a folder" in done.stderr


def test_a_clean_folder_has_no_issues(place, tmp_path):
    for number, label in enumerate(("ash", "oak")):
        (tmp_path / "set" / label).mkdir(parents=True)
        squares = picture(number, (8, 6)).resize((160, 120), Image.Resampling.NEAREST)
        (tmp_path / "set" / label / "a.bmp").write_bytes(encoded(squares, "BMP"))
    assert "2 usable pictures in 2 labels, 0 issues." in overview(place, tmp_path / "set")


def test_suspects_are_listed_most_suspect_first(trained, workspace, tmp_path):
    mixed = tmp_path / "mixed"
    shutil.copytree(trained.sample / "train", mixed)
    label, other = sorted(path.name for path in mixed.iterdir())[:2]
    wrong = sorted((mixed / label).iterdir())[0]
    wrong.rename(mixed / other / "wrong.jpg")
    told = json.loads(overview(tmp_path, mixed, "--suspects", "--json").splitlines()[-1])
    first = told["suspects"][0]
    assert (Path(first["path"]).name, first["label"], first["suggested"]) == ("wrong.jpg", other, label)
    scores = [one["score"] for one in told["suspects"]]
    assert scores == sorted(scores)


def test_labels_that_cannot_be_scored_spoil_no_other_check(workspace, tmp_path):
    fill(tmp_path / "few", {"ash": 2, "oak": 1})
    told = json.loads(overview(tmp_path, tmp_path / "few", "--suspects", "--json").splitlines()[-1])
    assert told["suspects"] == [] and told["total"] == 3


def test_suspects_need_a_network_that_is_not_quantized(trained, tmp_path):
    asked = ("--suspects", "--architecture", "efficientnet_lite0_quantized", "--workspace", tmp_path / "w")
    done = run_poet("overview", trained.sample / "train", *asked)
    assert done.returncode == 2 and "choose efficientnet_lite0." in done.stderr


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels 2 and 10, an empty one, a loose picture, a file that cannot be used."""
    base = tmp_path_factory.mktemp("messy")
    fill(base / "set", {"10": 2, "2": 2, "daisy": 0})
    (base / "set" / "a.jpg").write_bytes(encoded(picture(5)))
    (base / "set" / "2" / "bad.jpg").touch()
    return base


def test_what_is_not_used_is_in_the_answer(messy):
    said = json.loads(overview(messy, messy / "set", "--json").splitlines()[-1])
    unused = {name: said[name] for name in ("refused", "empty", "loose", "hidden", "litter")}
    assert unused == {"refused": 1, "empty": ["daisy"], "loose": ["a.jpg"], "hidden": [], "litter": 0}
    assert list(said["labels"]) == ["2", "10"]


def test_what_is_not_used_is_told_and_labels_stand_as_people_count(messy):
    shown = overview(messy, messy / "set")
    table = [line.split("│")[1].strip() for line in shown.splitlines() if line.startswith("│")]
    assert table == ["2", "10", "daisy"]
    assert "daisy: no pictures. Training goes on without this label." in shown
    assert "1 picture beside the label folders instead of in one: a.jpg." in shown
    assert "1 file cannot be used: the health check tells why." in shown


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("", "further down: give {0}/train, and {0}/demo to evaluate on."),
        ("train/ash", "give the folder above it, {0}/train, whose label folders are ash, oak."),
    ],
)
def test_a_folder_of_another_level_is_told_with_the_one_to_give(given, sentence, place):
    done = run_poet("overview", place / given, "--workspace", place / "tf_files")
    assert done.returncode == 2
    assert done.stderr.strip().endswith(sentence.format(place))


def test_the_command_that_merges_similar_labels_is_told(tmp_path):
    fill(tmp_path / "my set", {"rose": 3, "roses": 1})
    shown = overview(tmp_path, tmp_path / "my set")
    assert "'roses' (1) is nearly 'rose' (3): one letter more." in shown
    assert f"To merge: python -m poetcore merge '{tmp_path / 'my set'}' roses rose" in shown


@pytest.mark.skipif(os.name == "nt", reason="shlex reads no command line of Windows")
def test_a_label_that_begins_like_an_option_can_be_merged_by_the_command_that_is_told(tmp_path):
    folder = fill(tmp_path / "set", {"-rose x": 3, "-rose  x": 1})
    (told,) = [line for line in overview(tmp_path, folder).splitlines() if "To merge: " in line]
    command = shlex.split(told.partition("poetcore ")[2])
    assert run_poet(*command, "--workspace", tmp_path / "tf_files").returncode == 2
    done = run_poet(command[0], "--workspace", tmp_path / "tf_files", *command[1:])
    assert done.returncode == 0 and not (folder / "-rose  x").exists()


def test_similar_labels_of_a_csv_file_are_told_without_a_command_to_merge_them(tmp_path):
    folder = fill(tmp_path, {"rose": 1, "roses": 1})
    rows = [f"{label}/{label}_000.jpg,{label}" for label in ("rose", "roses")]
    (folder / "set.csv").write_text("\n".join(["path,label", *rows]))
    shown = overview(tmp_path, folder / "set.csv")
    assert "is nearly" in shown and "To merge" not in shown
