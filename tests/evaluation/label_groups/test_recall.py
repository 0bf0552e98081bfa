"""A threshold for a wanted recall, chosen on cross-validated predictions."""

import numpy as np
import pandas as pd
import pytest

from poetcore.errors import OptionError, RunError
from poetcore.evaluation.calibration import apply_temperature
from poetcore.evaluation.label_groups.recall import (
    current_label_groups,
    set_label_groups,
    threshold_for_recall,
    with_thresholds,
)
from poetcore.evaluation.label_groups.summary import summarise_cross_validation
from poetcore.workspace.label_groups import Cost, LabelGroups
from tests.browser.dashboard import copy_of
from tests.conftest import Trained

WANTED = {"garden": 0.9}


@pytest.fixture
def own(trained: Trained, tmp_path) -> Trained:
    return copy_of(trained, tmp_path)


@pytest.fixture
def garden(trained: Trained) -> LabelGroups:
    labels = trained.run.labels()
    return LabelGroups({"garden": tuple(labels[:2])}, recalls=WANTED).checked(labels)


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95])
def test_new_pictures_are_found_as_often_as_wanted(wanted):
    draw = np.random.default_rng(0)
    found = [
        (draw.beta(2, 1, 500) >= threshold_for_recall(draw.beta(2, 1, 60), wanted)).mean() for _ in range(300)
    ]
    assert wanted - 0.005 <= np.mean(found) <= wanted + 0.025


def test_no_more_is_promised_than_the_pictures_allow():
    with pytest.raises(OptionError, match=r"19 pictures .*, 95.0 % is the most"):
        threshold_for_recall(np.linspace(0.1, 0.9, 19), 0.96)
    assert threshold_for_recall(np.linspace(0.1, 0.9, 19), 0.95) == 0.1


def test_rounding_loses_no_picture():
    for least in (0.99996, 0.123456, 0.000123456):
        threshold = threshold_for_recall(np.full(40, least), 0.9)
        assert 0.98 * least <= threshold <= least


def test_a_group_that_is_never_probable_is_always_predicted():
    assert 0 < threshold_for_recall(np.zeros(40), 0.9) < 1e-6


def test_the_threshold_is_chosen_on_cross_validated_predictions(trained, garden):
    threshold = with_thresholds(garden, trained.run).thresholds["garden"]
    table = trained.run.cross_validation()
    own = table[table["label"].isin(garden.groups["garden"])]
    shares = np.sort(own[[f"p_{label}" for label in garden.groups["garden"]]].sum(axis=1))
    passed = int(0.1 * (len(shares) + 1))
    assert shares[passed - 1] * 0.99 <= threshold <= shares[passed - 1]


def test_its_figures_are_of_all_cross_validated_pictures(trained, garden):
    groups = with_thresholds(garden, trained.run)
    (found,) = summarise_cross_validation(groups, trained.run).results
    assert found.figures.accuracy.total == trained.run.record().cross_validation["n"]
    assert found.figures.recall.value >= 0.9


def test_once_the_run_is_calibrated_the_threshold_is_chosen_anew(own, garden):
    before = set_label_groups(own.run, garden).thresholds["garden"]
    own.run.set_temperature(3.0)
    after = current_label_groups(own.run)
    assert after.thresholds["garden"] != before and after.temperature == 3.0
    assert own.run.label_groups().thresholds["garden"] == before  # reading writes nothing


def test_a_threshold_fits_the_probabilities_that_the_run_gives(own, garden):
    own.run.set_temperature(3.0)
    names = [f"p_{label}" for label in own.run.labels()]
    table = own.run.cross_validation()
    shares = pd.DataFrame(apply_temperature(table[names].to_numpy(float), 3.0), columns=own.run.labels())
    inside = shares[list(garden.groups["garden"])].sum(axis=1)[table["label"].isin(garden.groups["garden"])]
    threshold = with_thresholds(garden, own.run).thresholds["garden"]
    assert (inside >= threshold).mean() >= 0.9


def test_a_run_without_cross_validation_has_no_threshold_for_a_recall(own, garden):
    (own.run.folder / "cross_validation.csv").unlink()
    with pytest.raises(RunError, match="has no cross validation"):
        with_thresholds(garden, own.run)


def test_a_table_without_probabilities_is_told(own, garden):
    table = own.run.cross_validation()
    own.run.write_cross_validation(table[[name for name in table if not name.startswith("p_")]])
    with pytest.raises(RunError, match="probabilities were not kept"):
        with_thresholds(garden, own.run)


def test_several_labels_have_no_threshold_for_a_recall(pairs_trained):
    labels = pairs_trained.run.labels()
    groups = LabelGroups({"some": tuple(labels[:1])}, recalls={"some": 0.9}).checked(labels)
    with pytest.raises(OptionError, match="A threshold for a wanted recall is not offered"):
        with_thresholds(groups, pairs_trained.run)


def test_what_cannot_be_leaves_the_groups_as_they_were(own, garden):
    kept = set_label_groups(own.run, garden)
    with pytest.raises(OptionError, match="cannot be promised"):
        set_label_groups(own.run, LabelGroups(garden.groups, recalls={"garden": 0.9999}))
    assert own.run.label_groups() == kept


def test_several_labels_have_no_costs_to_set(pairs_trained):
    first, second = pairs_trained.run.labels()[:2]
    with pytest.raises(OptionError, match="Costs of mistakes are not offered"):
        set_label_groups(pairs_trained.run, LabelGroups(costs=(Cost(first, second, 5.0),)))
