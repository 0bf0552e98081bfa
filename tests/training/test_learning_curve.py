"""The learning curve of a run: every picture tested at every size, stored, read again."""

import json
import shutil
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from poetcore.errors import DatasetError, OptionError, RunError
from poetcore.training.learning_curve import LearningCurve, _draws, learning_curve
from poetcore.workspace.records import read_json
from poetcore.workspace.run import Run
from tests.conftest import Trained


def copy_of(trained: Trained, folder) -> Run:
    """A copy of the run, in which a learning curve may be stored."""
    made = Run(folder / "copy")
    shutil.copytree(trained.run.folder, made.folder)
    return made


@pytest.fixture(scope="module")
def run(trained, tmp_path_factory) -> Run:
    return copy_of(trained, tmp_path_factory.mktemp("curve"))


@pytest.fixture(scope="module")
def seen() -> list:
    return []


@pytest.fixture(scope="module")
def curve(run, trained, seen) -> LearningCurve:
    return learning_curve(run, trained.workspace, seen.append)


def test_all_is_four_fifths_of_the_pictures(curve, run):
    assert curve.points[-1].pictures == pytest.approx(0.8 * len(run.split()), abs=1)


def test_each_number_is_half_the_next(curve):
    numbers = [one.pictures for one in curve.points]
    assert all(2 * a == pytest.approx(b, abs=1) for a, b in pairwise(numbers))


def test_the_labels_together_are_all_pictures(curve, run):
    assert set(curve.per_label) == set(run.labels())
    for place, point in enumerate(curve.points):
        of_labels = sum(one.points[place].pictures for one in curve.per_label.values())
        assert of_labels == pytest.approx(point.pictures, abs=3)


def test_it_is_stored_and_read_again(curve, run):
    assert LearningCurve.load(run) == curve
    assert {"points", "forecast", "per_label", "advice"} <= set(read_json(run.learning_curve_file))


def test_a_run_without_one_has_none(trained):
    assert LearningCurve.load(trained.run) is None and not trained.run.learning_curve_file.exists()


def test_the_table_has_what_is_measured_and_the_forecast(curve):
    table = curve.table()
    assert list(table.columns) == ["pictures", "accuracy", "low", "high", "kind"]
    assert table["kind"].tolist() == ["measured"] * len(curve.points) + ["forecast"] * 2
    assert len(curve.table("rose")) == len(table)


def test_it_is_shown_with_its_advice(curve):
    assert curve.advice in repr(curve) and curve.advice in curve._repr_html_()


def test_trainings_are_reported(curve, seen):
    of_curve = [one for one in seen if one.phase == "learning_curve"]
    assert [one.done for one in of_curve] == sorted(one.done for one in of_curve)
    assert of_curve[-1].done == of_curve[-1].total


def test_pictures_that_are_gone_have_their_cached_vectors(run, trained, curve, tmp_path):
    lost = copy_of(trained, tmp_path)
    split = lost.split()
    lost.write_split(split.assign(path="/gone" + split["path"]))
    assert learning_curve(lost, trained.workspace).points == curve.points


def test_a_run_of_an_earlier_version_without_groups_has_one(trained, curve, tmp_path):
    old = copy_of(trained, tmp_path)
    old.write_split(old.split().drop(columns="group"))
    assert learning_curve(old, trained.workspace).points[-1].pictures == curve.points[-1].pictures


def test_a_damaged_one_is_told_in_a_sentence(trained, tmp_path):
    damaged = copy_of(trained, tmp_path)
    (damaged.folder / "learning_curve.json").write_text(json.dumps({"points": [{"pictures": 3}]}))
    with pytest.raises(RunError, match="learning_curve.json is damaged"):
        LearningCurve.load(damaged)


def test_a_training_that_diverges_is_told_in_a_sentence(trained, tmp_path):
    wild = copy_of(trained, tmp_path)
    record = wild.record()
    wild.write_record(replace(record, options=record.options | {"learning_rate": 1e38}))
    with pytest.raises(OptionError, match="diverged"):
        learning_curve(wild, trained.workspace)
    assert not wild.learning_curve_file.exists()


def drawn(targets: np.ndarray, groups: np.ndarray | None = None):
    groups = np.arange(len(targets)) if groups is None else groups
    folds = np.arange(len(targets)) % 5
    return dict(_draws(targets, groups, folds, int(targets.max()) + 1)), folds


def test_draws_of_a_size_are_disjoint_and_are_all_there_is():
    targets = np.random.default_rng(0).integers(3, size=300)
    found, folds = drawn(targets)
    assert list(found) == [8, 4, 2, 1]
    for part, subsets in found.items():
        assert len(subsets) == 5 * part
        trained = np.concatenate([one.trained for one in subsets])
        assert (np.bincount(trained) == 4).all()  # once in each of the four folds in which it is not tested
        assert all(not set(folds[one.trained]) & set(folds[one.tested]) for one in subsets)


@pytest.mark.parametrize("each", [7, 13, 17])
def test_each_label_is_shared_out_evenly(each):
    found, _ = drawn(np.repeat(np.arange(3), each))
    for part, subsets in found.items():
        counts = np.array([np.bincount(one.trained // each, minlength=3) for one in subsets])
        assert np.ptp(counts.reshape(5, part, 3), axis=1).max() <= 1


def test_no_group_is_in_two_draws():
    targets, groups = np.arange(400) // 4 % 2, np.arange(400) // 4
    found = dict(_draws(targets, groups, groups % 5, 2))
    for part, subsets in found.items():
        for fold in range(5):
            owners = [set(groups[one.trained]) for one in subsets[fold * part : (fold + 1) * part]]
            assert sum(map(len, owners)) == len(set().union(*owners))


def test_sizes_that_would_leave_a_label_out_are_not_measured():
    found, _ = drawn(np.repeat(np.arange(2), [300, 7]))
    assert 8 not in found and 1 in found


def test_too_few_pictures_are_told_in_a_sentence():
    with pytest.raises(DatasetError, match="20 or more a label"):
        drawn(np.arange(6) % 3)
