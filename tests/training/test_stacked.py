"""Layers trained side by side are those that `train` makes one after the other."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from poetcore.training import stacked
from poetcore.training.stacked import held_out_probabilities, probabilities_without
from poetcore.training.train import Examples, TrainingOptions, train
from poetcore.workspace.head import cross_entropy

LENGTH = 12
OPTIONS = TrainingOptions(how_many_training_steps=400, learning_rate=0.05, train_batch_size=40, seed=3)


def clouds(count: int, labels: int = 3, noise: float = 1.2, seed: int = 0) -> Examples:
    """Vectors around another point for each label, so noisy that some lie nearer to a wrong one."""
    draw = np.random.default_rng(seed)
    targets = draw.integers(labels, size=count)
    centres = np.random.default_rng(99).normal(size=(labels, LENGTH))
    return Examples((centres[targets] + draw.normal(0, noise, (count, LENGTH))).astype(np.float32), targets)


def folds_of(count: int, folds: int = 5, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).permutation(count) % folds


def separately(examples: Examples, folds: np.ndarray, labels: int, options: TrainingOptions) -> np.ndarray:
    """The same by as many calls of `train`."""
    found = np.empty((len(examples), labels))
    none = Examples(examples.vectors[:0], examples.targets[:0])
    for fold in np.unique(folds):
        held_out = folds == fold
        others = Examples(*examples.take(np.flatnonzero(~held_out)))
        head = train(others, none, labels, options, lambda _: None)
        found[held_out] = head.probabilities(examples.take(np.flatnonzero(held_out))[0])
    return found


@pytest.fixture(params=[10_000, 0], ids=["few examples", "many examples"])
def way(request, monkeypatch):
    """Both ways in which layers are kept."""
    monkeypatch.setattr(stacked, "_GRAM_EXAMPLES", request.param)


@pytest.mark.parametrize("labels", [2, 3, 40])
def test_they_predict_as_those_trained_one_by_one(way, labels):
    examples, folds = clouds(600, labels), folds_of(600)
    together = held_out_probabilities(examples, folds, labels, OPTIONS)
    apart = separately(examples, folds, labels, OPTIONS)
    assert np.abs(together - apart).mean() < 0.02
    same = (together.argmax(axis=1) == examples.targets).mean() - (
        apart.argmax(axis=1) == examples.targets
    ).mean()
    assert abs(same) < 0.02


@pytest.mark.parametrize(
    "changed", [{"weight_decay": 2.0}, {"label_smoothing": 0.3}, {"class_weight": "none"}], ids=str
)
def test_what_the_loss_has_beside_counts_for_each_of_them(way, changed):
    examples = clouds(400, labels=2, noise=1.5)
    rare = np.flatnonzero((examples.targets == 0) | (np.arange(400) % 4 == 0))
    examples, folds = Examples(*examples.take(rare)), folds_of(len(rare))
    plain = held_out_probabilities(examples, folds, 2, OPTIONS)
    options = replace(OPTIONS, **changed)
    together = held_out_probabilities(examples, folds, 2, options)
    apart = separately(examples, folds, 2, options)
    assert abs(together - apart).mean() < abs(together - plain).mean() / 3


@pytest.mark.parametrize("changed", [{}, {"weight_decay": 2.0}], ids=str)
def test_both_ways_are_one(monkeypatch, changed):
    examples, folds, options = clouds(300), folds_of(300), replace(OPTIONS, **changed)
    few = held_out_probabilities(examples, folds, 3, options)
    monkeypatch.setattr(stacked, "_GRAM_EXAMPLES", 0)
    assert np.allclose(held_out_probabilities(examples, folds, 3, options), few, atol=1e-4)


def test_layers_without_several_folds_saw_none_of_them(way):
    examples, folds = clouds(200, noise=1.5), folds_of(200)
    wrong = np.where(folds < 2, (examples.targets + 1) % 3, examples.targets)
    (pair, other), (spoilt, spoilt_other) = (
        probabilities_without(
            Examples(examples.vectors, targets),
            folds,
            [(0, 1), (2, 3)],
            3,
            replace(OPTIONS, class_weight="none"),
        )
        for targets in (examples.targets, wrong)
    )
    assert len(pair) == (folds < 2).sum() and len(other) == ((folds == 2) | (folds == 3)).sum()
    assert np.allclose(pair, spoilt, atol=1e-5) and not np.allclose(other, spoilt_other, atol=1e-2)


def test_threads_change_nothing(way, monkeypatch):
    examples, folds = clouds(300), folds_of(300)
    alone = held_out_probabilities(examples, folds, 3, OPTIONS)
    monkeypatch.setattr(stacked, "_WIDE", 1)
    monkeypatch.setattr(stacked, "cores", lambda: 2)
    assert np.allclose(held_out_probabilities(examples, folds, 3, OPTIONS), alone, atol=1e-4)


def test_no_picture_is_predicted_by_a_layer_that_saw_it(way):
    # Targets by lot: whoever has seen a picture knows its label, whoever has not does not.
    draw = np.random.default_rng(5)
    examples = Examples(draw.normal(size=(60, 200)).astype(np.float32), draw.integers(2, size=60))
    found = held_out_probabilities(examples, folds_of(60), 2, OPTIONS)
    assert 0.25 < (found.argmax(axis=1) == examples.targets).mean() < 0.75


def test_the_same_seed_predicts_the_same(way):
    examples, folds = clouds(100), folds_of(100)
    first, second = (held_out_probabilities(examples, folds, 3, OPTIONS) for _ in range(2))
    assert first.tobytes() == second.tobytes()


def test_rows_of_a_larger_table_are_read(way):
    examples, folds = clouds(120), folds_of(120)
    order = np.random.default_rng(7).permutation(120)
    scattered = Examples(examples.vectors[np.argsort(order)], examples.targets, order)
    wanted = held_out_probabilities(examples, folds, 3, OPTIONS)
    assert np.allclose(held_out_probabilities(scattered, folds, 3, OPTIONS), wanted, atol=1e-5)


def test_a_label_mostly_held_out_counts_as_much_as_the_others():
    # Nothing tells the labels apart, so a layer predicts how much each counted: evenly.
    targets = np.arange(200) % 2
    folds = np.where(targets == 1, np.where(np.arange(200) < 150, 0, 1), np.arange(200) // 2 % 5)
    same = Examples(np.ones((200, LENGTH), np.float32), targets)
    found = held_out_probabilities(same, folds, 2, OPTIONS)
    assert found[folds == 0, 1].mean() == pytest.approx(0.5, abs=0.08)


def test_a_label_that_is_all_held_out_is_never_predicted(way):
    examples = clouds(200, noise=0.1)
    folds = np.where(examples.targets == 2, 0, folds_of(200))
    found = held_out_probabilities(examples, folds, 3, OPTIONS)
    assert (found[examples.targets == 2].argmax(axis=1) != 2).all()


def test_a_single_picture_a_batch_is_enough(way):
    options = TrainingOptions(how_many_training_steps=300, train_batch_size=1, learning_rate=0.1)
    examples = clouds(90, noise=0.2)
    found = held_out_probabilities(examples, folds_of(90), 3, options)
    assert (found.argmax(axis=1) == examples.targets).mean() > 0.8


def test_a_learning_rate_that_is_far_too_high_gives_no_numbers(way):
    options = TrainingOptions(how_many_training_steps=60, learning_rate=1e38)
    examples = clouds(100)
    assert not np.isfinite(held_out_probabilities(examples, folds_of(100), 3, options)).all()


def test_steps_are_reported_up_to_the_last(way):
    seen: list[int] = []
    options = TrainingOptions(how_many_training_steps=130)
    held_out_probabilities(clouds(50), folds_of(50), 3, options, seen.append)
    assert seen == sorted(seen) and seen[-1] == 130


@pytest.mark.parametrize("wide", [1, 1000], ids=["threads", "one thread"])
def test_an_exception_of_the_report_ends_it(wide, monkeypatch):
    monkeypatch.setattr(stacked, "_WIDE", wide)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        held_out_probabilities(clouds(50), folds_of(50), 3, OPTIONS, stop)


def test_an_error_in_another_thread_is_raised(monkeypatch):
    monkeypatch.setattr(stacked, "_WIDE", 1)
    monkeypatch.setattr(stacked, "cores", lambda: 2)
    trained = stacked.train_without

    def fails(*arguments):
        if threading.current_thread() is not threading.main_thread():
            raise MemoryError("no room")
        return trained(*arguments)

    monkeypatch.setattr(stacked, "train_without", fails)
    with pytest.raises(MemoryError, match="no room"):
        held_out_probabilities(clouds(50), folds_of(50), 3, OPTIONS)


def test_the_error_is_that_of_honest_probabilities():
    examples, folds = clouds(600), folds_of(600)
    together = cross_entropy(held_out_probabilities(examples, folds, 3, OPTIONS), examples.targets)
    apart = cross_entropy(separately(examples, folds, 3, OPTIONS), examples.targets)
    assert together == pytest.approx(apart, rel=0.03)
