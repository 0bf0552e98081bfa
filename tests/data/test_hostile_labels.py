"""Label folders whose names are odd: scanned, trained on, evaluated, shown, repaired, split and exported."""

import os
import shutil
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest

from poetcore.curation.prepare import plan
from poetcore.curation.prepared import execute, existing_split, scan_source
from poetcore.curation.repair import Change, Repairs
from poetcore.curation.selection import SplitOptions
from poetcore.data.dataset import Dataset, scan
from poetcore.data.layout import QUARANTINE
from poetcore.evaluation.evaluate import Evaluation, evaluate
from poetcore.evaluation.report import report
from poetcore.evaluation.slides import deck
from poetcore.export.export import export
from poetcore.training.config import RunConfig
from poetcore.training.retrain import retrain
from poetcore.training.train import TrainingOptions
from poetcore.workspace.head import Head
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture
from tests.curation.repairing import tree
from tests.records import change_record

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold these names"),
]

#: In natural order.
LABELS = [
    *("1", "2", "10", "20$", "# one", "$HOME", "%41", "*star*", "-v", "<i>", "=1+1", "a b ", "a\\b"),
    *("aux.txt", "a\u2044b", "a\u2215b", "CON", unicodedata.normalize("NFD", "Gänseblümchen"), "label"),
    *("p_label", "path", "quarantine", "train", "x" * 255, "\u200fורד", "👩\u200d🌾"),
]

#: Names that cannot be labels, as bytes of the file system, with what is said of them.
REFUSED = {b"caf\xe9": "not valid Unicode", b"two\nlines": "line break", b"tab\there": "control character"}

PER_LABEL = 5


@dataclass
class Odd:
    """A dataset of odd labels, what a scan found in it, a run on it and an evaluation of that."""

    folder: Path
    workspace: Workspace
    dataset: Dataset
    run: Run
    evaluation: Evaluation


def make(folder: Path) -> Path:
    for number, label in enumerate(LABELS):
        (folder / label).mkdir(parents=True)
        for i in range(PER_LABEL):
            content = encoded(picture(number * 100 + i, (96, 96)), quality=95)
            (folder / label / f"{i}.jpg").write_bytes(content)
    for name in REFUSED:
        refused = Path(os.fsdecode(os.fsencode(folder) + b"/" + name))
        refused.mkdir()
        (refused / "1.jpg").write_bytes(encoded(picture(99_999)))
    return folder


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, backbone_file: Path) -> Odd:
    base = tmp_path_factory.mktemp("odd")
    place, folder = Workspace(base / "tf_files"), make(base / ("long " * 40) / "set")
    place.models.mkdir(parents=True)
    shutil.copy(backbone_file, place.models)
    options = TrainingOptions(how_many_training_steps=20, seed=1)
    run = retrain(RunConfig(folder, training=options), place)
    with place.file_index() as index:
        dataset = scan(folder, index)
    return Odd(folder, place, dataset, run, evaluate(run, folder, place))


@pytest.fixture
def folder(odd, tmp_path) -> Path:
    """A copy to be changed."""
    return Path(shutil.copytree(odd.folder, tmp_path / "copy"))


def test_every_name_but_those_that_cannot_be_shown_is_a_label(odd):
    assert list(odd.dataset.labels) == LABELS


def test_what_cannot_be_a_label_is_refused_with_the_reason(odd):
    refused = odd.dataset.refused
    assert refused["label"].tolist() == [""] * len(REFUSED)
    assert all(any(word in one for one in refused["reason"]) for word in REFUSED.values())


def test_the_run_has_these_labels_in_this_order(odd):
    assert odd.run.labels() == LABELS
    assert set(odd.run.split()["label"]) == set(LABELS)


def test_every_picture_is_evaluated_under_its_label(odd):
    support = {label: figures["support"] for label, figures in odd.evaluation.metrics.per_label.items()}
    assert support == dict.fromkeys(LABELS, PER_LABEL)


def test_an_evaluation_is_read_as_it_was_written(odd):
    (found,) = odd.run.evaluations()
    loaded = Evaluation.load(found)
    assert loaded.metrics == odd.evaluation.metrics
    assert loaded.predictions["label"].tolist() == odd.evaluation.predictions["label"].tolist()


def test_every_picture_has_a_slide(odd):
    assert {slide.label for slide in deck(odd.evaluation.predictions)} == set(LABELS)


def test_a_report_shows_the_names_and_runs_none_of_them(odd):
    page = report(odd.evaluation)
    assert "&lt;i&gt;" in page and "<i>" not in page
    assert "👩\u200d🌾" in page


@pytest.mark.parametrize("name", ["y" * 255, "two\nlines", "CON", "demo.", " ", "👩\u200d🌾", "a:b"])
def test_two_demo_folders_of_an_odd_name_are_two_evaluations(name, odd, tmp_path):
    for place in ("first", "second"):
        shutil.copytree(odd.folder / "1", tmp_path / place / name / "1")
        evaluate(odd.run, tmp_path / place / name, odd.workspace)
    folders = {Path(Evaluation.load(one).metrics.folder) for one in odd.run.evaluations()}
    assert {tmp_path / "first" / name, tmp_path / "second" / name} <= folders


def test_all_are_split_into_training_and_demo_pictures(odd, tmp_path):
    dataset, issues = scan_source(odd.folder, odd.workspace)
    options = SplitOptions(train_per_label=3, demo_per_label=2, exclude=frozenset())
    planned = plan(dataset, issues, options, existing_split(tmp_path / "set", odd.workspace))
    execute(planned, tmp_path / "set")
    with odd.workspace.file_index() as index:
        for part, count in (("train", 3), ("demo", 2)):
            assert scan(tmp_path / "set" / part, index).counts() == dict.fromkeys(LABELS, count)


def test_labels_are_exported_one_a_line(odd, tmp_path):
    export(odd.run, odd.workspace, "tflite", tmp_path / "model.tflite")
    (labels,) = tmp_path.glob("*labels*.txt")
    assert labels.read_text(encoding="utf-8").split("\n") == [*LABELS, ""]


@pytest.mark.parametrize("label", LABELS)
def test_a_picture_of_each_is_relabelled_and_comes_back(label, folder):
    before, repairs = tree(folder), Repairs(folder)
    other = "1" if label != "1" else "2"
    repairs.propose([Change(folder / label / "0.jpg", "relabel", "", "moved", other)])
    step = repairs.apply()
    assert step and len(step.of("applied")) == 1
    repairs.undo(step.id)
    assert tree(folder) == before


@pytest.mark.parametrize("label", [label for label in LABELS if label != QUARANTINE])
def test_each_is_merged_set_aside_and_comes_back(label, folder):
    (folder / QUARANTINE).rename(folder / "set aside")  # where it is a label nothing can be set aside
    before, repairs = tree(folder), Repairs(folder)
    repairs.propose([Change(folder / label / "1.jpg", "quarantine", "", "blurry")])
    aside = repairs.apply()
    merged = repairs.merge(label, "set aside")
    assert len(merged.of("applied")) == PER_LABEL - 1 and not (folder / label).exists()
    for step in (merged, aside):
        repairs.undo(step.id)
    assert tree(folder) == before


def test_files_of_the_longest_names_are_merged(tmp_path):
    name = "z" * 251 + ".jpg"
    for label in ("rose", "roses"):
        (tmp_path / label).mkdir()
        (tmp_path / label / name).write_text(label)
    step = Repairs(tmp_path).merge("roses", "rose")
    assert len(step.of("applied")) == 1
    assert sorted(path.read_text() for path in (tmp_path / "rose").iterdir()) == ["rose", "roses"]


def test_a_run_whose_labels_stand_in_another_order_keeps_it(odd, tmp_path):
    """As runs of earlier versions have it: 1, 10, 2."""
    before = odd.run.labels()
    order = sorted(range(len(before)), key=lambda place: before[place])
    run = Run(Path(shutil.copytree(odd.run.folder, tmp_path / "runs" / "earlier")))
    head = run.head()
    labels = [before[place] for place in order]
    assert labels != before
    change_record(run.folder / "run.json", labels=labels)
    run.write_model(labels, Head(head.kernel[:, order], head.bias[order]))
    found = evaluate(run, odd.folder, odd.workspace).metrics
    assert found.labels == labels
    assert found.per_label == {label: odd.evaluation.metrics.per_label[label] for label in labels}
