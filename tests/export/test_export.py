"""Exporting: an export that differs from the app is not kept, and nothing else is ever replaced."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from poetcore.errors import OptionError, ParityError, RunError
from poetcore.evaluation.classifier import Classifier, Prediction
from poetcore.export import parity
from poetcore.export.export import export
from poetcore.export.export_options import ExportOptions
from poetcore.export.formats import FORMATS
from poetcore.export.note_run import Answers, run_code
from poetcore.system.outputs import NOTE
from poetcore.system.progress import Progress
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import PATIENCE, ROOT, Trained

pytestmark = pytest.mark.slow


def files_below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_an_export_that_disagrees_with_the_app_is_an_error_and_leaves_nothing(trained, monkeypatch, tmp_path):
    def another(code: str, folder: Path, size: int, pictures: list[Path]) -> Answers:
        app = Classifier(trained.run, trained.workspace).classify(pictures)
        rolled = np.roll(np.stack([one.probabilities for one in app]), 1, axis=1)
        return Answers(np.ones(len(app), bool), rolled, rolled)

    monkeypatch.setattr(parity, "run_code", another)
    with pytest.raises(ParityError, match=r"50 of 50 pictures get another label") as raised:
        export(trained.run, trained.workspace, "frozen_graph", tmp_path / "out" / "graph.pb")
    assert raised.value.exit_status == 1
    assert files_below(tmp_path / "out") == []


def test_a_failed_export_keeps_the_earlier_one(trained, monkeypatch, tmp_path):
    out = tmp_path / "model.keras"
    out.write_bytes(b"earlier")

    def fails(*_: object) -> None:
        raise ParityError("no")

    monkeypatch.setattr("poetcore.export.export.check", fails)
    with pytest.raises(ParityError):
        export(trained.run, trained.workspace, "keras", out, force=True)
    assert files_below(tmp_path) == ["model.keras"]
    assert out.read_bytes() == b"earlier"


HERE = np.array([[0.6, 0.4], [0.3, 0.7]], np.float32)


def compare(trained: Trained, monkeypatch, form: str, of_pixels: object, of_files: object) -> parity.Parity:
    """The comparison where the app says `HERE` of two pictures, and a note's code says something else."""

    class App:
        labels = ("cat", "dog")

        def __init__(self, *_: object) -> None: ...

        def classify(self, paths: list[Path]) -> list[Prediction]:
            return [Prediction(p, self.labels, row) for p, row in zip(paths, HERE, strict=False)]

    answers = Answers(np.ones(2, bool), np.array(of_pixels), np.array(of_files))
    monkeypatch.setattr(parity, "Classifier", App)
    monkeypatch.setattr(parity, "run_code", lambda *_: answers)
    return parity.check(replace(FORMATS[form], not_run=str), "", Path(), trained.run, trained.workspace)


def test_the_comparison_counts_by_hand(trained, monkeypatch):
    there = [[0.3, 0.7], [0.3, 0.7]]
    found = compare(trained, monkeypatch, "tflite_int8", there, there)
    assert (found.pictures, found.same_top1, found.read_otherwise) == (2, 0.5, 0)
    assert found.max_abs_diff == pytest.approx(0.3)


@pytest.mark.parametrize("there", [[[0.3, 0.7], [0.3, 0.7]], [[0.62, 0.38], [0.3, 0.7]]])
def test_another_label_or_a_probability_far_off_fails(trained, monkeypatch, there):
    with pytest.raises(ParityError, match=r"the app says cat"):
        compare(trained, monkeypatch, "tflite", there, there)


@pytest.mark.parametrize("form", FORMATS)
def test_numbers_that_are_none_never_pass(trained, monkeypatch, form):
    there = [[float("nan"), 0.4], [0.3, 0.7]]
    with pytest.raises(ParityError):
        compare(trained, monkeypatch, form, there, there)


def test_two_labels_at_the_same_place_are_no_disagreement(trained, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "HERE", np.array([[0.50001, 0.49999]] * 2))
    even = np.full((2, 2), 0.5)
    assert compare(trained, monkeypatch, "keras", even, even).same_top1 == 1


def test_a_picture_that_the_note_reads_otherwise_is_counted_and_keeps_its_difference(trained, monkeypatch):
    found = compare(trained, monkeypatch, "keras", HERE, [[0.6, 0.4], [0.5, 0.5]])
    assert (found.read_otherwise, found.max_abs_diff) == (1, pytest.approx(0.2))


def test_a_picture_that_the_note_cannot_read_is_counted_and_says_nothing_of_the_model(trained, monkeypatch):
    found = compare(trained, monkeypatch, "keras", HERE, [HERE[0], [float("nan")] * 2])
    assert (found.pictures, found.read_otherwise, found.max_abs_diff) == (2, 1, 0)


def test_a_note_whose_code_does_not_run_is_an_error(trained, tmp_path):
    with pytest.raises(ParityError, match="does not run .NameError: name 'x' is not defined"):
        run_code("x", tmp_path, 224, [Path(trained.run.split()["path"][0])])


def moved(trained: Trained, place: Path) -> Run:
    """A copy of the run whose pictures are gone."""
    run = Run(place / "lost")
    run.folder.mkdir()
    run.write_record(replace(trained.run.record(), name="lost"))
    run.write_model(trained.run.labels(), trained.run.head())
    split = trained.run.split()
    run.write_split(split.assign(path="/gone" + split["path"]))
    return run


def test_without_pictures_nothing_is_compared_and_that_is_said(trained, tmp_path):
    events: list[Progress] = []
    made = export(moved(trained, tmp_path), trained.workspace, "keras", tmp_path / "out", events.append)
    assert (made.parity.pictures, made.parity.same_top1, made.parity.max_abs_diff) == (0, None, None)
    assert any("none of the run's pictures is left" in one.message for one in events)
    assert "could not be compared" in (tmp_path / "out" / "model_README.txt").read_text()


def test_without_training_pictures_nothing_can_be_calibrated(trained, tmp_path):
    with pytest.raises(RunError, match="calibrated"):
        export(moved(trained, tmp_path), trained.workspace, "tflite_int8")


def test_an_unknown_format_lists_those_that_there_are(trained):
    with pytest.raises(OptionError, match=", ".join(FORMATS)):
        export(trained.run, trained.workspace, "caffe")


def test_a_format_whose_package_is_missing_says_what_to_install(trained, monkeypatch):
    monkeypatch.setitem(FORMATS, "keras", replace(FORMATS["keras"], packages=("no_such_package",)))
    with pytest.raises(OptionError, match="keras needs the package no_such_package, .*: run pip install"):
        export(trained.run, trained.workspace, "keras")


def test_a_format_of_one_input_range_refuses_another(trained):
    with pytest.raises(OptionError, match="keras has no choice of input_range: omit it, or choose"):
        export(trained.run, trained.workspace, "keras", options=ExportOptions(input_range="-1..1"))


def test_an_unknown_input_range_lists_those_that_there_are():
    with pytest.raises(OptionError, match=r"choose 0\.\.255, -1\.\.1"):
        ExportOptions(input_range="0..1")


@pytest.mark.parametrize("name", ["input", "a b", "_x", "-"])
def test_an_impossible_name_for_the_output_is_refused(trained, name):
    with pytest.raises(OptionError, match="final_tensor_name"):
        export(trained.run, trained.workspace, "frozen_graph", options=ExportOptions(final_tensor_name=name))


def test_the_output_of_a_frozen_graph_gets_the_name_asked_for(trained, tmp_path):
    from poetcore.evaluation.frozen import FrozenGraph

    out = tmp_path / "old.pb"
    export(
        trained.run,
        trained.workspace,
        "frozen_graph",
        out,
        options=ExportOptions(final_tensor_name="my_result"),
    )
    assert FrozenGraph(out, output_layer="my_result").outputs == len(trained.run.labels())
    beside = ["old_README.txt", "old_labels.txt", "old_parity.json"]
    assert files_below(tmp_path) == [NOTE, "old.pb", *beside]


@pytest.mark.parametrize(
    ("form", "lies_there", "out"),
    [
        ("saved_model", "photos/mine.jpg", "photos"),
        ("saved_model", "file.txt", "file.txt"),
        ("tflite", "photos/model.tflite/mine.jpg", "photos"),
        ("tflite", "file.txt", "file.txt/model.tflite"),
        ("keras", "file.txt", "model.h5"),
        ("tflite", "file.txt", "file.txt"),
        ("frozen_graph", "graph.csv", "graph.csv"),
    ],
)
def test_what_is_no_export_is_never_replaced(trained, tmp_path, form, lies_there, out):
    mine = tmp_path / lies_there
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("mine")
    with pytest.raises(OptionError, match="choose|must end|give"):
        export(trained.run, trained.workspace, form, tmp_path / out)
    assert mine.read_text() == "mine"


def test_a_place_where_nothing_can_be_written_is_known_before_the_work(trained, tmp_path):
    (tmp_path / "file").write_text("")
    told: list[Progress] = []
    with pytest.raises(OptionError, match="cannot be written"):
        export(trained.run, trained.workspace, "tflite", tmp_path / "file" / "sub" / "a.tflite", told.append)
    assert not told


def test_an_earlier_folder_is_replaced_but_for_what_its_owner_put_there(trained, tmp_path, monkeypatch):
    out = tmp_path / "served"
    out.mkdir()
    (out / "saved_model.pb").write_text("earlier")
    (out / "labels.txt").write_text("earlier")
    (out / "of_its_owner").write_text("kept")

    def write(network: object, folder: Path) -> None:
        folder.mkdir()
        (folder / "saved_model.pb").write_text("new")

    monkeypatch.setitem(FORMATS, "saved_model", replace(FORMATS["saved_model"], write=write))
    monkeypatch.setattr("poetcore.export.export.check", lambda *_: parity.Parity(0, None, None))
    with pytest.raises(OptionError, match="--force"):
        export(trained.run, trained.workspace, "saved_model", out)
    assert export(trained.run, trained.workspace, "saved_model", out, force=True).path == out
    assert files_below(out) == ["labels.txt", "of_its_owner", "saved_model.pb"]
    assert (out / "saved_model.pb").read_text() == "new"
    assert (out / "labels.txt").read_text() != "earlier"


def test_the_command_gives_json(trained: Trained, tmp_path: Path):
    arguments = ["export", "--run", trained.run.name, "--format", "frozen_graph", "--json"]
    arguments += ["--out", str(tmp_path / "g.pb"), "--workspace", str(trained.workspace.root)]
    done = subprocess.run(
        [sys.executable, "-m", "poetcore", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    answer = json.loads(done.stdout)
    assert (answer["format"], answer["path"]) == ("frozen_graph", str(tmp_path / "g.pb"))
    assert answer["bytes"] == (tmp_path / "g.pb").stat().st_size
    assert answer["parity"]["same_top1"] == 1
    assert answer["parity"]["pictures"] == 50


def test_a_run_that_is_not_finished_has_nothing_to_export(tmp_path):
    place = Workspace(tmp_path)
    with pytest.raises(RunError, match="unfinished"):
        export(place.create_run("new"), place, "keras")
