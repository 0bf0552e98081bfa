"""Cross validation: groups are not divided, copies are not tested, every figure is by hand."""

import numpy as np
import pandas as pd
import pytest

from poetcore.errors import DatasetError, OptionError
from poetcore.evaluation.accuracy import Accuracy
from poetcore.training import cross_validation
from poetcore.training.cross_validation import cross_validate, cross_validated_accuracy
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.head import cross_entropy
from tests.evaluation.test_calibration import drawn
from tests.training.test_stacked import OPTIONS, clouds

LABELS = ["ash", "birch", "cedar"]


def pictures_of(examples: Examples, count: int | None = None) -> pd.DataFrame:
    targets = examples.targets[:count]
    return pd.DataFrame(
        {"path": [f"/p/{i}.jpg" for i in range(len(targets))], "label": [LABELS[t] for t in targets]}
    )


def validated(
    examples: Examples, groups: np.ndarray | None = None, options: TrainingOptions = OPTIONS, **more
):
    groups = np.arange(len(examples)) if groups is None else groups
    return cross_validate(examples, groups, pictures_of(examples), LABELS, options, **more)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return clouds(200)


@pytest.fixture(scope="module")
def found(examples):
    return validated(examples)


def test_every_picture_is_predicted_once(found, examples):
    assert found.predictions["path"].tolist() == pictures_of(examples)["path"].tolist()


def test_the_figures_are_those_of_the_predictions(found):
    table = found.predictions
    assert (
        found.figures["accuracy"] == (table["predicted"] == table["label"]).mean() == table["correct"].mean()
    )
    assert found.figures["n"] == len(table) == 200
    given = [row[f"p_{row['label']}"] for _, row in table.iterrows()]
    assert found.figures["cross_entropy"] == pytest.approx(-np.log(given).mean(), rel=1e-5)
    ash = found.figures["per_label"]["ash"]
    assert ash["support"] == (table["label"] == "ash").sum()
    assert ash["recall"] == table[table["label"] == "ash"]["correct"].mean()


def test_confidence_is_the_largest_probability(found):
    table = found.predictions
    each = table[[f"p_{label}" for label in LABELS]]
    assert np.allclose(table["confidence"], each.max(axis=1))
    assert (each.idxmax(axis=1) == "p_" + table["predicted"]).all()


def test_five_folds_are_about_even(found):
    assert found.predictions["fold"].value_counts().between(35, 45).all()
    assert found.figures["folds"] == 5


def test_no_group_is_divided(examples):
    groups = np.arange(200) // 10
    folds = validated(examples, groups).predictions["fold"].to_numpy()
    assert all(len(set(folds[groups == one])) == 1 for one in range(20))


def test_near_duplicates_do_not_make_it_better():
    # 12 groups of 20 nearly equal vectors without anything in common but the label's name, given by lot.
    draw = np.random.default_rng(8)
    centres, targets = draw.normal(size=(12, 12)), draw.permutation(np.arange(12) % 3)
    groups = np.repeat(np.arange(12), 20)
    vectors = (centres[groups] + draw.normal(0, 0.01, (240, 12))).astype(np.float32)
    burst = Examples(vectors, targets[groups])
    assert validated(burst).figures["accuracy"] > 0.95
    assert validated(burst, groups).figures["accuracy"] < 0.7


def test_near_duplicates_make_the_interval_wider(examples):
    alone, together = validated(examples).figures, validated(examples, np.arange(200) // 10).figures
    assert alone["groups"] == 200 and together["groups"] == 20
    assert together["independent"] == pytest.approx(alone["independent"] / 10)


def test_the_interval_has_the_variance_of_nadeau_and_bengio():
    accuracy = cross_validated_accuracy(405, np.arange(450))
    assert accuracy.value == 0.9 and accuracy.interval == Accuracy(180, 200).interval


def test_copies_are_trained_on_where_their_picture_is_and_never_tested(examples):
    # A copy of each picture under a wrong label: layers that saw a picture's own copy would be misled by it.
    copies = Examples(
        np.concatenate([examples.vectors, examples.vectors * 50]),
        np.concatenate([examples.targets, (examples.targets + 1) % 3]),
    )
    groups = np.arange(400) % 200
    found = cross_validate(copies, groups, pictures_of(copies, 200), LABELS, OPTIONS)
    assert found.figures["n"] == len(found.predictions) == 200


def test_a_label_in_one_group_is_excluded_and_counted(examples):
    groups = np.where(examples.targets == 1, 500, np.arange(200))
    found = validated(examples, groups)
    birch = int((examples.targets == 1).sum())
    assert found.figures["excluded"] == birch and found.figures["n"] == 200 - birch
    assert found.figures["per_label"]["birch"] == {
        "precision": None,
        "recall": None,
        "f1": None,
        "support": 0,
    }


def test_labels_of_one_group_each_cannot_be_validated(examples):
    with pytest.raises(DatasetError, match="no cross validation"):
        validated(examples, examples.targets)


def test_three_pictures_a_label_are_enough():
    few = Examples(np.eye(12, dtype=np.float32)[:9], np.arange(9) % 3)
    assert validated(few).figures["n"] == 9


def test_a_training_that_diverges_is_told_in_a_sentence(examples):
    with pytest.raises(OptionError, match=r"learning_rate of 1e\+38"):
        validated(examples, options=TrainingOptions(how_many_training_steps=60, learning_rate=1e38))


def test_steps_are_reported(examples):
    seen = []
    validated(examples, on_progress=seen.append)
    assert (seen[-1].phase, seen[-1].done, seen[-1].total) == ("cross_validating", 400, 400)


def test_probabilities_that_are_far_too_certain_get_a_temperature_offered():
    options = TrainingOptions(how_many_training_steps=4000, learning_rate=5.0, train_batch_size=40)
    calibration = validated(clouds(300, noise=2.0), options=options).figures["calibration"]
    assert calibration["offered"] and calibration["temperature"] > 1.5
    assert calibration["error"] > calibration["noise"]


def test_nothing_is_offered_where_the_error_is_within_the_noise(found):
    calibration = found.figures["calibration"]
    assert calibration["error"] <= calibration["noise"] and calibration["offered"] is False


@pytest.mark.parametrize("seed", range(4))
def test_a_temperature_fitted_on_some_pictures_is_compared_on_these(monkeypatch, seed):
    monkeypatch.setattr(cross_validation, "_FITTED_PROBABILITIES", 1)
    probabilities, targets = drawn(20_000, temperature=1.25, seed=seed)
    places = np.arange(20_000)
    found = cross_validation._calibration(probabilities, targets, places, places % 5)
    assert found["offered"]
    assert found["cross_entropy_calibrated"] < cross_entropy(probabilities, targets)
