"""The run folder: what is written is read back, and damage is reported in one sentence."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.errors import RunError
from poetcore.system.checksums import sealed
from poetcore.workspace.head import Head
from poetcore.workspace.records import to_json
from poetcore.workspace.run import Run
from poetcore.workspace.run_record import FINAL_PHASES, RunRecord, Status

#: Labels that are hard on text files.
LABELS = ["rose, red", 'the "best" one', "بابونج", "菊花", "NA", " space", "1", "a\u2028b\x85c"]

RECORD = RunRecord(
    name="first",
    created="2024-05-06T07:08:09+02:00",
    image_dir="/pictures/菊花",
    backbone="efficientnet_lite0",
    input_size=224,
    labels=["b", "a"],
    options={"how_many_training_steps": 100, "learning_rate": 0.01, "seed": 3},
    splits={"training": 8, "validation": 2, "testing": 1},
    skipped=[{"path": "/pictures/x.jpg", "reason": "is empty (0 bytes)"}],
    bottlenecks={"computed": 9, "cached": 2, "skipped": 1},
    timings={"total_s": 1.5},
    metrics={"final_test_accuracy": None, "final_test_count": 0},
    versions={"python": "3.11"},
)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    folder = tmp_path / "first"
    folder.mkdir()
    return Run(folder)


def table_of(names: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "path": [f"/pictures/{name}/{i}.jpg" for i, name in enumerate(names)],
            "label": names,
            "split": ["training", "testing", "validation", *["training"] * (len(names) - 3)],
            "sha": [f"{i:064x}" for i in range(len(names))],
        }
    )


def predictions_of(names: list[str]) -> pd.DataFrame:
    table = table_of(names)[["path", "label"]].assign(
        predicted=names[::-1], correct=[a == b for a, b in zip(names, names[::-1], strict=True)]
    )
    table["confidence"], table["leaked"] = (
        np.linspace(0.25, 1, len(names)),
        [True, *[False] * (len(names) - 1)],
    )
    for i, name in enumerate(names):
        table[f"p_{name}"] = np.linspace(0, 1, len(names)) / (i + 1)
    return table


def test_status_is_read_as_it_was_written(run):
    status = Status("bottlenecks", 3, 7, started=11.5, heartbeat=12.25, pid=99, message="Überall ‘so’")
    run.write_status(status)
    assert run.status() == status.identified()


@pytest.mark.parametrize("phase", FINAL_PHASES)
def test_a_status_that_ended_is_final(phase):
    assert Status(phase).final


def test_a_status_under_way_is_not_final():
    assert not Status("testing").final


def test_record_is_read_as_it_was_written(run):
    run.write_record(RECORD)
    assert run.record() == RECORD


def test_fields_of_a_later_version_in_status_do_no_harm(run):
    run.write_status(Status("done", 4, 5))
    file = run.folder / "status.json"
    file.write_text(to_json(sealed(json.loads(file.read_text()) | {"mood": "good"})))
    assert (run.status().phase, run.status().done) == ("done", 4)


def test_fields_of_a_later_version_in_the_record_do_no_harm(run):
    run.write_record(RECORD)
    file = run.folder / "run.json"
    file.write_text(to_json(sealed(json.loads(file.read_text()) | {"colour": {"deep": [1]}})))
    assert run.record() == RECORD


def test_an_unfinished_run_has_no_record_and_says_so(run):
    with pytest.raises(RunError, match=r"run\.json is missing: the run is unfinished"):
        run.record()


@pytest.mark.parametrize("content", [b"", b'{"name": "fi', b"\xff\xfe\x00", b"[]", b"null", b'{"name": "a"}'])
def test_a_damaged_record_is_told_in_a_sentence(run, content):
    (run.folder / "run.json").write_bytes(content)
    with pytest.raises(RunError, match=r"run\.json is damaged"):
        run.record()


def test_events_come_in_their_order_with_their_values(run):
    run.append_event("bottleneck", done=2, total=9)
    run.append_event("step", step=10, validation_accuracy=None)
    run.append_event("step", step=20, validation_accuracy=0.5)
    found = [(e["kind"], e.get("step"), e.get("done")) for e in run.events()]
    assert found == [("bottleneck", None, 2), ("step", 10, None), ("step", 20, None)]


def test_events_of_one_kind_only(run):
    run.append_event("bottleneck", done=2, total=9)
    run.append_event("step", step=20, validation_accuracy=0.5)
    assert [e["validation_accuracy"] for e in run.events("step")] == [0.5]


def test_an_unfinished_last_event_is_skipped(run):
    run.append_event("step", step=10)
    with (run.folder / "events.jsonl").open("a") as file:
        file.write('{"kind": "step", "st')
    assert [e["step"] for e in run.events()] == [10]


@pytest.mark.parametrize("line", [b"\xff\xfe", b"{", b"[]", b"{}", b""])
def test_a_damaged_line_is_not_an_event_and_spoils_no_other(run, line):
    run.append_event("step", step=10)
    with (run.folder / "events.jsonl").open("ab") as file:
        file.write(line + b"\n")
    run.append_event("step", step=20)
    assert [e["step"] for e in run.events("step")] == [10, 20]


def test_labels_that_are_no_text_are_damaged(run):
    (run.folder / "labels.txt").write_bytes(b"\xff\xfe\n")
    with pytest.raises(RunError, match=r"labels\.txt is damaged: train again"):
        run.labels()


def test_a_run_that_did_nothing_yet_has_no_events(run):
    assert list(run.events()) == []


def test_difficult_labels_survive_labels_txt(run):
    run.write_model(LABELS, Head(np.zeros((2, 7), np.float32), np.zeros(7, np.float32)))
    assert run.labels() == LABELS


def test_difficult_labels_survive_split_csv(run):
    run.write_split(table_of(LABELS))
    assert run.split()["label"].tolist() == LABELS


def test_difficult_labels_survive_predictions_csv(run):
    wanted = predictions_of(LABELS)
    run.evaluation("demo").write(wanted, {})
    pd.testing.assert_frame_equal(run.evaluation("demo").predictions(), wanted)


@pytest.mark.parametrize("name", ["a\nb.jpg", "a\rb.jpg", "a,b.jpg", 'a"b.jpg', "=1+1.jpg", "🌷e\u0301.jpg"])
def test_a_difficult_file_name_survives_split_csv(run, name):
    split = table_of(["x", "y", "z"])
    split.loc[1, "path"] = f"/pictures/y/{name}"
    run.write_split(split)
    pd.testing.assert_frame_equal(run.split(), split)


@pytest.mark.parametrize("name", ["a\nb.jpg", "a\rb.jpg"])
def test_a_file_name_of_two_lines_survives_predictions_csv(run, name):
    wanted = predictions_of(["x", "y", "z"])
    wanted.loc[1, "path"] = f"/pictures/y/{name}"
    run.evaluation("demo").write(wanted, {})
    pd.testing.assert_frame_equal(run.evaluation("demo").predictions(), wanted)


def test_the_split_file_has_the_agreed_columns_only(run):
    run.write_split(table_of(["x", "y", "z"]).assign(width=4)[["sha", "width", "split", "label", "path"]])
    assert (run.folder / "split.csv").read_text().splitlines()[0] == "path,label,split,sha"


def test_the_groups_of_a_split_are_read_as_they_were_written(run):
    run.write_split(table_of(["x", "y", "z"]).assign(group=[0, 1, 0]))
    assert run.split()["group"].tolist() == [0, 1, 0]


def test_head_is_read_as_it_was_written(run):
    kernel = np.arange(6, dtype=np.float32).reshape(3, 2) / 7
    bias = np.array([0.5, -2], np.float32)
    run.write_model(["b", "a"], Head(kernel, bias))
    head = run.head()
    assert head.kernel.tobytes() == kernel.tobytes()
    assert head.bias.tobytes() == bias.tobytes()


@pytest.mark.parametrize("ask", [Run.labels, Run.head, Run.split])
def test_a_missing_file_is_told_with_the_name_of_the_run(run, ask):
    with pytest.raises(RunError, match=r"The run 'first' has no (labels\.txt|head\.npz|split\.csv)"):
        ask(run)


@pytest.mark.parametrize("keep", [0, 40, 200], ids=["empty", "torn early", "torn late"])
def test_a_damaged_head_is_told_in_a_sentence(run, keep):
    run.write_model(["b", "a"], Head(np.ones((3, 2), np.float32), np.ones(2, np.float32)))
    file = run.folder / "head.npz"
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(RunError, match=r"head\.npz.*damaged"):
        run.head()


def test_a_head_without_its_bias_is_told_in_a_sentence(run):
    np.savez(run.folder / "head.npz", kernel=np.ones((3, 2), np.float32))
    with pytest.raises(RunError, match=r"head\.npz.*damaged"):
        run.head()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"path,label\n"], ids=["empty", "binary", "columns"]
)
def test_a_damaged_split_is_told_in_a_sentence(run, content):
    (run.folder / "split.csv").write_bytes(content)
    with pytest.raises(RunError, match=r"split\.csv.*damaged"):
        run.split()


def test_writing_leaves_no_temporary_files(run):
    run.write_status(Status("done"))
    run.write_record(RECORD)
    run.write_split(table_of(["x", "y", "z"]))
    assert sorted(file.name for file in run.folder.iterdir()) == ["run.json", "split.csv", "status.json"]


def test_writing_again_replaces_what_was_there(run):
    run.write_record(RECORD)
    run.write_record(replace(RECORD, labels=["only"]))
    assert run.record().labels == ["only"]


def test_evaluations_are_listed_the_newest_first(run):
    for age, name in enumerate(["b", "c", "a"]):
        run.evaluation(name).write(predictions_of(["x", "y", "z"]), {})
        os.utime(run.evaluation(name).metrics_file, (1000 - age, 1000 - age))
    assert [found.name for found in run.evaluations()] == ["b", "c", "a"]


def test_an_evaluation_without_metrics_is_not_listed(run):
    run.evaluation("torn").write(predictions_of(["x", "y", "z"]), {})
    run.evaluation("torn").metrics_file.unlink()
    assert run.evaluations() == []


def test_a_finished_run_has_the_agreed_files(trained):
    agreed = {"run.json", "status.json", "events.jsonl", "split.csv", "labels.txt", "head.npz"}
    assert agreed <= {file.name for file in trained.run.folder.iterdir()}


def test_a_finished_head_has_one_column_a_label(trained):
    with np.load(trained.run.folder / "head.npz") as arrays:
        found = {name: (arrays[name].shape, arrays[name].dtype.name) for name in arrays.files}
    checksum = found.pop("checksum")
    assert found == {"kernel": ((1280, 5), "float32"), "bias": ((5,), "float32")} and checksum[0] == ()


def test_a_finished_run_has_events_of_every_kind(trained):
    assert {event["kind"] for event in trained.run.events()} == {"bottleneck", "step", "final"}
