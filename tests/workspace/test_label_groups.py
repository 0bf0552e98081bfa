"""Groups of labels of a run: what may be one, and the file that they are kept in."""

import json
from pathlib import Path

import pytest

from poetcore.errors import OptionError, RunError
from poetcore.workspace.label_groups import Cost, LabelGroups, read_label_groups, write_label_groups

LABELS = ["fire", "misc", "smoke"]
ALARM = {"alarm": ("fire", "smoke")}


def test_what_was_written_is_read_again(tmp_path):
    file = tmp_path / "label_groups.json"
    groups = LabelGroups(ALARM, {"alarm": 0.25}, {"alarm": 0.99}, (Cost("alarm", "misc", 50.0),), 1.5)
    write_label_groups(file, groups.checked(LABELS))
    assert read_label_groups(file, LABELS) == groups


def test_another_threshold_than_the_one_that_was_written_is_damage(tmp_path):
    file = tmp_path / "label_groups.json"
    write_label_groups(file, LabelGroups(ALARM, {"alarm": 0.25}))
    file.write_text(file.read_text().replace("0.25", "0.35"))
    with pytest.raises(RunError, match="is damaged"):
        read_label_groups(file, LABELS)


def test_a_run_without_the_file_has_no_groups(tmp_path):
    assert not read_label_groups(tmp_path / "label_groups.json", LABELS)


def test_no_groups_are_no_file(tmp_path):
    file = tmp_path / "label_groups.json"
    write_label_groups(file, LabelGroups(ALARM))
    write_label_groups(file, LabelGroups())
    assert not file.exists()


def test_labels_are_found_as_they_look():
    found = LabelGroups({"alarm": ("Fire ", "smoke", "smoke")}, costs=(Cost("FIRE", "alarm", 2),))
    checked = found.checked(LABELS)
    assert (checked.groups, checked.costs) == (ALARM, (Cost("fire", "alarm", 2.0),))


def test_a_label_in_no_group_stands_for_itself():
    groups = LabelGroups(ALARM)
    assert [groups.group_of(label) for label in LABELS] == ["alarm", "misc", "alarm"]


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        (LabelGroups({"": ("fire",)}), "A group's name has 1 to 40 characters"),
        (LabelGroups({"a\nb": ("fire",)}), "A group's name has 1 to 40 characters"),
        (LabelGroups({"Fire": ("fire", "smoke")}), "'Fire' is the label 'fire'"),
        (LabelGroups({"alarm": ()}), "one label at least, and not all of them"),
        (LabelGroups({"alarm": tuple(LABELS)}), "one label at least, and not all of them"),
        (LabelGroups({"alarm": ("smokes",)}), "'smokes' is nearly 'smoke'"),
        (LabelGroups({"a": ("fire",), "b": ("fire",)}), "'fire' is in 'a' and in 'b'"),
        (LabelGroups(ALARM, {"calm": 0.5}), "There is no group 'calm' for a threshold"),
        (LabelGroups(ALARM, {"alarm": 1.0}), "above 0 and below 1"),
        (LabelGroups(ALARM, recalls={"alarm": float("nan")}), "above 0 and below 1"),
        (LabelGroups(ALARM, costs=(Cost("alarm", "dog", 1.0),)), "no label 'dog' for a cost"),
        (LabelGroups(ALARM, costs=(Cost("alarm", "misc", -1.0),)), "costs from 0 to 1,000,000"),
        (LabelGroups(ALARM, costs=(Cost("alarm", "misc", float("inf")),)), "costs from 0 to 1,000,000"),
        (LabelGroups(ALARM, costs=(Cost("fire", "fire", 1.0),)), "A right answer costs nothing"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(groups, words):
    with pytest.raises(OptionError, match=words):
        groups.checked(LABELS)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"groups": {"alarm": ["rose"]}}',
        '{"costs": [{"true": "fire"}]}',
        '{"thresholds": {"a": "b"}}',
    ],
)
def test_a_damaged_file_is_told_with_what_to_do(tmp_path, content):
    file = Path(tmp_path / "label_groups.json")
    file.write_text(content)
    with pytest.raises(RunError, match="set the groups of this run again"):
        read_label_groups(file, LABELS)


def test_what_a_later_version_added_does_no_harm(tmp_path):
    file = tmp_path / "label_groups.json"
    file.write_text(json.dumps({"groups": {"alarm": ["fire", "smoke"]}, "colours": {"alarm": "red"}}))
    assert read_label_groups(file, LABELS) == LabelGroups(ALARM)
