"""Layers trained on parts of the pictures predict as those that `train` makes."""

import numpy as np
import pytest

from poetcore.training import subsets
from poetcore.training.subsets import Subset, predict_from_subsets
from poetcore.training.train import Examples, TrainingOptions, train
from tests.training.test_stacked import OPTIONS, clouds


@pytest.fixture(params=[10**9, 0], ids=["small", "large"])
def way(request, monkeypatch):
    """Both ways of training."""
    monkeypatch.setattr(subsets, "_STACKED_PRODUCTS", request.param)


def parts(sizes: list[int], tested: int = 300) -> list[Subset]:
    """Subsets of these sizes out of the first examples, tested on those after them."""
    draw = np.random.default_rng(3)
    return [Subset(draw.permutation(300)[:size], np.arange(300, 300 + tested)) for size in sizes]


@pytest.fixture(scope="module")
def examples() -> Examples:
    return clouds(600)


def test_they_predict_as_train_does(way, examples):
    chosen = parts([60, 60, 61, 200, 300])
    for one, found in zip(chosen, predict_from_subsets(examples, chosen, 3, OPTIONS), strict=True):
        head = train(
            Examples(*examples.take(one.trained)),
            Examples(*examples.take(np.empty(0, np.int64))),
            3,
            OPTIONS,
            lambda _: None,
        )
        wanted = head.probabilities(examples.take(one.tested)[0]).argmax(axis=1)
        assert (found == wanted).mean() > 0.95


def test_a_subset_predicts_alone_as_among_others(way, examples):
    chosen = parts([40, 45, 150])
    together = predict_from_subsets(examples, chosen, 3, OPTIONS)
    for one, found in zip(chosen, together, strict=True):
        assert (predict_from_subsets(examples, [one], 3, OPTIONS)[0] == found).mean() > 0.99


def test_rows_of_a_larger_table_are_read(way, examples):
    order = np.random.default_rng(7).permutation(600)
    scattered = Examples(examples.vectors[np.argsort(order)], examples.targets, order)
    chosen = parts([50])
    found, wanted = (predict_from_subsets(one, chosen, 3, OPTIONS)[0] for one in (scattered, examples))
    assert (found == wanted).mean() > 0.99


def test_a_training_that_diverges_predicts_nothing(way, examples):
    options = TrainingOptions(how_many_training_steps=60, learning_rate=1e38)
    (found,) = predict_from_subsets(examples, parts([50]), 3, options)
    assert (found == -1).all()


def test_the_share_that_is_done_grows_to_all(way, examples, monkeypatch):
    monkeypatch.setattr(subsets, "_SECONDS", 0.001)
    seen: list[float] = []
    predict_from_subsets(examples, parts([30, 60, 120]), 3, OPTIONS, seen.append)
    assert seen == sorted(seen) and seen[-1] == pytest.approx(1)


def test_an_exception_of_the_report_ends_it(way, examples, monkeypatch):
    monkeypatch.setattr(subsets, "_SECONDS", 0.001)

    def stop(_: float) -> None:
        raise KeyboardInterrupt

    endless = TrainingOptions(how_many_training_steps=10**7)
    with pytest.raises(KeyboardInterrupt):
        predict_from_subsets(examples, parts([30] * 5), 3, endless, stop)


def test_small_ones_of_like_size_are_stacked():
    sizes = [10] * 45 + [40, 41, 2000]
    jobs = list(subsets._jobs([Subset(np.arange(size), np.arange(1)) for size in sizes], 3))
    assert sorted(map(len, jobs)) == [1, 2, 5, 20, 20]
    assert sorted(i for job in jobs for i in job) == list(range(48))
