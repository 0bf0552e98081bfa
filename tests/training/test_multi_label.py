"""Training of several labels a picture: the sigmoid layer, its thresholds, what the run keeps."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from poetcore.data.label_sets import label_targets
from poetcore.errors import OptionError, RunError
from poetcore.training.config import RunConfig
from poetcore.training.learning_curve import learning_curve
from poetcore.training.multi_label import held_out_probabilities
from poetcore.training.retrain import retrain
from poetcore.training.temperature import calibrate
from poetcore.training.train import Examples, TrainingOptions, train
from poetcore.workspace.head import Head, cross_entropy
from tests.conftest import encoded, picture

LABELS = 3


def pictures(count: int, seed: int = 0) -> Examples:
    """Vectors that are the sum of a direction for each label that they have, and noise."""
    draw = np.random.default_rng(seed)
    targets = (draw.random((count, LABELS)) < 0.4).astype(np.float32)
    directions = np.random.default_rng(9).normal(size=(LABELS, 30)).astype(np.float32)
    return Examples(targets @ directions + draw.normal(0, 0.3, (count, 30)).astype(np.float32), targets)


def trained(examples: Examples, **options: float) -> Head:
    chosen = TrainingOptions(**{"how_many_training_steps": 400, "learning_rate": 0.2, **options})
    return train(
        examples, Examples(examples.vectors[:0], examples.targets[:0]), LABELS, chosen, lambda _: None
    )


def test_a_layer_of_several_labels_has_a_sigmoid():
    assert trained(pictures(20), how_many_training_steps=1).activation == "sigmoid"


def test_new_pictures_get_all_their_labels():
    head, new = trained(pictures(300)), pictures(100, seed=1)
    assert ((head.probabilities(new.vectors) >= 0.5) == new.targets).mean() > 0.97


def test_a_step_goes_down_the_gradient_of_the_cross_entropy():
    examples = pictures(1)
    rate, small = 0.01, 1e-3
    before = trained(examples, how_many_training_steps=1, train_batch_size=1, learning_rate=1e-9)
    after = trained(examples, how_many_training_steps=1, train_batch_size=1, learning_rate=rate)
    slopes = []
    for label in range(LABELS):
        moved = [before.bias.astype(float) + sign * small * (np.arange(LABELS) == label) for sign in (1, -1)]
        up, down = (
            cross_entropy(replace(before, bias=bias).probabilities(examples.vectors), examples.targets)
            for bias in moved
        )
        slopes.append((up - down) / (2 * small))
    # What is told is the mean over the labels, what is minimised their sum.
    assert (before.bias - after.bias) / rate == pytest.approx(LABELS * np.array(slopes), abs=1e-3)


def test_each_fold_is_predicted_by_a_layer_trained_without_it():
    examples = pictures(60)
    folds = np.arange(60) % 3
    wrong = examples.targets.copy()
    wrong[folds == 1] = 1 - wrong[folds == 1]  # what its own labels say must not matter to a fold
    options = TrainingOptions(how_many_training_steps=50, train_batch_size=20)
    first, second = (
        held_out_probabilities(Examples(examples.vectors, targets), folds, options, lambda _: None)
        for targets in (examples.targets, wrong)
    )
    assert np.allclose(first[folds == 1], second[folds == 1])
    assert not np.allclose(first[folds == 0], second[folds == 0])


def test_a_run_keeps_a_threshold_a_label(pairs_trained):
    record = pairs_trained.run.record()
    assert len(record.multi_label["thresholds"]) == len(record.labels) == LABELS
    assert all(0 < at < 1 for at in record.multi_label["thresholds"])


def test_a_run_learns_the_pairs(pairs_trained):
    assert pairs_trained.run.record().multi_label["macro_f1"] > 0.7


def test_a_picture_is_on_one_side_of_the_split_with_all_its_labels(pairs_trained):
    split = pairs_trained.run.split()
    assert split["sha"].is_unique
    assert label_targets(split["label"], pairs_trained.run.labels()).sum(axis=1).max() == 2


def test_what_stands_in_one_group_is_on_one_side(pairs_trained):
    split = pairs_trained.run.split()
    assert (split.groupby("group")["split"].nunique() == 1).all()


def test_no_accuracy_is_told_of_several_labels(pairs_trained):
    record = pairs_trained.run.record()
    assert record.metrics["final_test_accuracy"] is None and record.cross_validation is None
    assert "accuracy" not in pairs_trained.run.status().message


@pytest.mark.parametrize("options", [{"labels": "daisy,rose"}, {"max_pictures_per_label": 5}])
def test_a_part_of_the_labels_is_refused(pairs_trained, options):
    config = RunConfig(pairs_trained.sample / "train", multi_label=True, **options)
    with pytest.raises(OptionError, match="may have several labels"):
        retrain(config, pairs_trained.workspace)


def test_calibration_is_refused(pairs_trained):
    with pytest.raises(OptionError, match="not calibrated"):
        calibrate(pairs_trained.run)


def test_a_learning_curve_is_refused(pairs_trained):
    with pytest.raises(OptionError, match="no learning curve"):
        learning_curve(pairs_trained.run, pairs_trained.workspace)


def test_a_table_of_the_cross_validation_is_refused(pairs_trained):
    with pytest.raises(RunError, match=r"run\.json"):
        pairs_trained.run.cross_validation()


def test_of_a_label_in_a_single_picture_nothing_is_known(pairs_trained, workspace, tmp_path):
    folder = shutil.copytree(pairs_trained.sample / "train", tmp_path / "train")
    (folder / "other").mkdir()
    (folder / "other" / "one.jpg").write_bytes(encoded(picture(1, (320, 160))))
    options = TrainingOptions(how_many_training_steps=50)
    run = retrain(RunConfig(folder, training=options, multi_label=True), workspace)
    found = run.record().multi_label
    assert found["assumed"] == ["other"] and found["per_label"]["other"]["f1"] is None
    assert run.record().thresholds["other"] == 0.5 and found["subset_accuracy"] is None


def test_copies_of_one_picture_are_trained_without_a_cross_validation(workspace, tmp_path):
    for label in ("fire", "smoke"):
        (tmp_path / "set" / label).mkdir(parents=True)
        (tmp_path / "set" / label / "one.jpg").write_bytes(encoded(picture(1, (320, 160))))
    options = TrainingOptions(how_many_training_steps=20)
    run = retrain(RunConfig(tmp_path / "set", training=options, multi_label=True), workspace)
    assert run.record().thresholds == {"fire": 0.5, "smoke": 0.5} and run.record().is_sound()
    assert "There is no cross validation" in run.status().message
