"""Ridge regression in closed form: what is left out is predicted as by a layer that never saw it."""

import numpy as np
import pytest

from poetcore.training.ridge import Ridge
from poetcore.training.ridge_layer import STRENGTHS, fit_ridge, ridge_held_out
from poetcore.training.train import Examples, TrainingOptions
from poetcore.workspace.head import cross_entropy, unit_vectors

OPTIONS = TrainingOptions(head="ridge")
STRENGTH = 0.3


def clouds(count: int, length: int, labels: int = 3, noise: float = 2.0, seed: int = 1) -> Examples:
    draw = np.random.default_rng(seed)
    targets = np.where(np.arange(count) < count // 2, 0, draw.integers(labels, size=count))
    centres = np.random.default_rng(8).normal(size=(labels, length))
    vectors = centres[targets] + draw.normal(0, noise, (count, length)) + 0.5
    return Examples(vectors.astype(np.float32), targets.astype(np.int64))


@pytest.fixture(params=[(60, 100), (200, 30)], ids=["fewer pictures than numbers", "more pictures"])
def examples(request) -> Examples:
    return clouds(*request.param)


def solved(examples: Examples, kept: np.ndarray, class_weight: str) -> np.ndarray:
    """Outputs for all by a regression on some, solved as the textbook does; weights, centre, scale of all."""
    vectors = unit_vectors(examples.vectors).astype(float)
    sizes = np.bincount(examples.targets)
    weights = np.ones(len(vectors))
    if class_weight == "balanced":
        weights = len(vectors) / (len(sizes) * sizes[examples.targets])
    centred = vectors - np.average(vectors, axis=0, weights=weights)
    centred /= np.sqrt(np.average((centred**2).sum(axis=1), weights=weights))
    rows = np.c_[centred, np.ones(len(vectors))]
    aims, pull = np.eye(len(sizes))[examples.targets], weights[kept, np.newaxis]
    added = np.diag([STRENGTH * len(vectors) / 100] * centred.shape[1] + [0])
    layer = np.linalg.solve(rows[kept].T @ (pull * rows[kept]) + added, rows[kept].T @ (pull * aims[kept]))
    return 10 * rows @ layer


@pytest.mark.parametrize("class_weight", ["balanced", "none"])
def test_the_layer_is_that_of_the_normal_equations(examples, class_weight):
    ridge, everyone = Ridge(examples, 3, class_weight), np.arange(len(examples))
    wanted = solved(examples, everyone, class_weight)
    assert ridge.head(STRENGTH, 1.0).logits(examples.vectors) == pytest.approx(wanted, abs=1e-4)
    assert ridge.part(everyone).logits(STRENGTH) == pytest.approx(wanted, abs=1e-4)


def test_what_is_not_kept_is_computed_again(examples, monkeypatch):
    everyone, groups = np.arange(len(examples)), np.arange(len(examples)) // 40
    ridge = Ridge(examples, 3)
    kept = ridge.part(everyone)
    monkeypatch.setattr("poetcore.training.ridge._AT_ONCE", 17)
    again = ridge.part(everyone)
    assert again.logits(STRENGTH) == pytest.approx(kept.logits(STRENGTH), abs=1e-4)
    wanted = kept.logits_left_out(STRENGTH, groups)
    assert again.logits_left_out(STRENGTH, groups) == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("class_weight", ["balanced", "none"])
@pytest.mark.parametrize("size", [1, 3, 40], ids=["one", "group", "fold"])
def test_what_is_left_out_is_predicted_as_if_never_seen(examples, class_weight, size):
    groups = np.random.default_rng(5).permutation(len(examples)) // size
    part = Ridge(examples, 3, class_weight).part(np.arange(len(examples)))
    found = part.logits_left_out(STRENGTH, groups)
    for group in np.unique(groups)[:20]:
        wanted = solved(examples, groups != group, class_weight)[groups == group]
        assert found[groups == group] == pytest.approx(wanted, abs=2e-4)


def test_the_strength_with_the_least_log_loss_of_what_is_left_out_is_taken():
    layer = fit_ridge(clouds(300, 60), 3, OPTIONS)
    assert [one.strength for one in layer.path] == list(STRENGTHS)
    assert layer.strength.left_out_cross_entropy == min(one.left_out_cross_entropy for one in layer.path)


def test_its_probabilities_have_the_log_loss_that_was_told():
    old, new = (clouds(size, 60, noise=5, seed=size) for size in (1500, 4000))
    layer = fit_ridge(old, 3, OPTIONS)
    loss = cross_entropy(layer.head.probabilities(new.vectors), new.targets)
    assert loss == pytest.approx(layer.strength.left_out_cross_entropy, rel=0.1)


def test_labels_by_lot_are_guessed_no_better_than_by_chance():
    draw = np.random.default_rng(6)
    vectors = np.repeat(draw.normal(size=(100, 300)), 3, axis=0).astype(np.float32)
    targets, groups = np.repeat(draw.integers(2, size=100), 3), np.arange(300) // 3
    examples = Examples(vectors, targets)
    grouped, alone = (fit_ridge(examples, 2, OPTIONS, groups=each) for each in (groups, None))
    assert grouped.strength.left_out_accuracy < 0.65 < 0.95 < alone.strength.left_out_accuracy


def test_a_fold_is_predicted_by_others():
    examples = clouds(200, 50, noise=1.0)
    folds = np.random.default_rng(3).permutation(200) % 5
    found = ridge_held_out(examples, folds, 3, OPTIONS, np.arange(200))
    wrong = Examples(examples.vectors, np.where(folds == 2, (examples.targets + 1) % 3, examples.targets))
    spoilt = ridge_held_out(
        wrong, folds, 3, TrainingOptions(head="ridge", class_weight="none"), np.arange(200)
    )
    assert (found.argmax(axis=1) == examples.targets).mean() > 0.9
    assert (spoilt[folds == 2].argmax(axis=1) == examples.targets[folds == 2]).mean() > 0.9


def test_thousands_are_compared_by_a_draw_of_whole_groups(monkeypatch):
    monkeypatch.setattr("poetcore.training.ridge_layer._COMPARED", 100)
    groups = np.arange(300) // 3
    layer = fit_ridge(clouds(300, 40), 3, OPTIONS, groups)
    assert 90 <= len(layer.compared) <= 100 and len(layer.left_out) == len(layer.compared)
    assert (np.bincount(groups[layer.compared]) % 3 == 0).all()


def test_without_class_weights_a_rare_label_is_given_its_share():
    draw = np.random.default_rng(4)
    targets = (np.arange(2000) < 200).astype(np.int64)
    examples = Examples(draw.normal(size=(2000, 20)).astype(np.float32), targets)
    even, plain = (
        fit_ridge(examples, 2, TrainingOptions(head="ridge", class_weight=each)).ridge.head(3.0, 10.0)
        for each in ("balanced", "none")
    )
    assert even.logits(examples.vectors)[:, 1].mean() == pytest.approx(0.5, abs=0.02)
    assert plain.logits(examples.vectors)[:, 1].mean() == pytest.approx(0.1, abs=0.02)
