"""Training of the last layer: repeatable, balanced, reported, and strict about its options."""

import math

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.system.tensorflow import tensorflow
from poetcore.training.train import Examples, StepReport, TrainingOptions, train
from poetcore.workspace.head import Head

LENGTH = 24


def clouds(counts: dict[int, int], seed: int = 0) -> Examples:
    """Vectors that lie around another point for each label."""
    draw = np.random.default_rng(seed)
    targets = np.repeat(list(counts), list(counts.values())).astype(np.int64)
    centres = np.random.default_rng(99).normal(size=(len(counts), LENGTH))
    return Examples(
        (centres[targets] + draw.normal(0, 0.2, (len(targets), LENGTH))).astype(np.float32), targets
    )


def nothing() -> Examples:
    return Examples(np.empty((0, LENGTH), np.float32), np.empty(0, np.int64))


def trained(training: Examples, validation: Examples | None = None, labels: int = 3, **options: float):
    """Train briefly: (head, reports)."""
    reports: list[StepReport] = []
    chosen = TrainingOptions(**{"how_many_training_steps": 60, "train_batch_size": 20, **options})
    return train(training, validation or nothing(), labels, chosen, reports.append), reports


def content(head: Head) -> bytes:
    return head.kernel.tobytes() + head.bias.tobytes()


@pytest.fixture(scope="module")
def examples() -> Examples:
    return clouds({0: 30, 1: 12, 2: 20})


def test_same_seed_gives_the_same_layer_to_the_byte(examples):
    first, second = (trained(examples, clouds({0: 5, 1: 6, 2: 7}), seed=4) for _ in range(2))
    assert content(first[0]) == content(second[0])


def test_same_seed_gives_the_same_reports(examples):
    first, second = (trained(examples, clouds({0: 5, 1: 6, 2: 7}), seed=4) for _ in range(2))
    assert first[1] == second[1]


def test_another_seed_gives_another_layer(examples):
    assert content(trained(examples, seed=4)[0]) != content(trained(examples, seed=5)[0])


def test_the_layer_has_a_column_a_label(examples):
    head, _ = trained(examples)
    assert head.kernel.shape == (LENGTH, 3) and head.bias.shape == (3,)
    assert head.kernel.dtype == head.bias.dtype == np.float32


def test_separable_labels_are_told_apart(examples):
    head, _ = trained(examples, learning_rate=0.1)
    fresh = clouds({0: 40, 1: 40, 2: 40}, seed=1)
    assert (head.probabilities(fresh.vectors).argmax(axis=1) == fresh.targets).mean() > 0.98


def test_reports_come_at_every_interval_and_at_the_last_step(examples):
    _, reports = trained(examples, how_many_training_steps=25, eval_step_interval=10)
    assert [report.step for report in reports] == [10, 20, 25]


def test_an_interval_beyond_the_end_gives_one_report(examples):
    _, reports = trained(examples, how_many_training_steps=7, eval_step_interval=100)
    assert [report.step for report in reports] == [7]


def test_reports_show_progress(examples):
    _, reports = trained(examples, clouds({0: 9, 1: 9, 2: 9}, seed=2), learning_rate=0.1)
    assert reports[-1].train_cross_entropy < reports[0].train_cross_entropy
    assert reports[-1].validation_cross_entropy < reports[0].validation_cross_entropy


def test_without_validation_pictures_reports_have_no_validation(examples):
    _, reports = trained(examples)
    assert {(r.validation_accuracy, r.validation_cross_entropy) for r in reports} == {(None, None)}


def test_validation_on_all_pictures_is_exact(examples):
    right = clouds({0: 3, 1: 4, 2: 6}, seed=3)
    wrong = Examples(right.vectors, (right.targets + (np.arange(13) < 5)) % 3)
    _, reports = trained(examples, wrong, validation_batch_size=-1, learning_rate=0.1)
    assert [report.validation_accuracy for report in reports[-3:]] == pytest.approx([8 / 13] * 3)


def test_validation_pictures_are_never_trained_on(examples):
    quiet, loud = nothing(), clouds({0: 8, 1: 8, 2: 8}, seed=7)
    one_report = {"how_many_training_steps": 20, "eval_step_interval": 20}
    assert content(trained(examples, quiet, **one_report)[0]) == content(
        trained(examples, loud, **one_report)[0]
    )


def test_rare_labels_count_as_much_as_frequent_ones():
    # Nothing distinguishes the two labels, so it predicts how often each was drawn: evenly, not 1 in 100.
    same = Examples(np.ones((400, LENGTH), np.float32), (np.arange(400) < 4).astype(np.int64))
    head, _ = trained(same, labels=2, how_many_training_steps=300, train_batch_size=100)
    assert head.probabilities(same.vectors[:1])[0, 1] == pytest.approx(0.5, abs=0.07)


def test_without_class_weights_a_label_counts_as_often_as_it_occurs():
    same = Examples(np.ones((400, LENGTH), np.float32), (np.arange(400) < 40).astype(np.int64))
    options = {"how_many_training_steps": 300, "train_batch_size": 100, "class_weight": "none"}
    head, _ = trained(same, labels=2, **options)
    assert head.probabilities(same.vectors[:1])[0, 1] == pytest.approx(0.1, abs=0.05)


def test_smoothed_targets_bound_how_sure_the_model_gets(examples):
    head, _ = trained(examples, how_many_training_steps=2000, learning_rate=0.5, label_smoothing=0.3)
    # The smoothed target of the true one of three labels is 0.7 + 0.3 / 3.
    assert head.probabilities(examples.vectors).max(axis=1).mean() == pytest.approx(0.8, abs=0.01)


def test_weight_decay_shrinks_the_weights_by_its_share_of_a_step(examples):
    one = {"how_many_training_steps": 1, "learning_rate": 0.1}
    (free, _), (decayed, _) = trained(examples, **one), trained(examples, **one, weight_decay=3.0)
    start = np.clip(np.random.default_rng(0).standard_normal((LENGTH, 3)), -2, 2) * 0.001
    assert free.kernel - decayed.kernel == pytest.approx(0.3 * start, abs=1e-7)
    assert (free.bias == decayed.bias).all()


def test_every_picture_of_a_label_is_trained_on():
    # Each picture lights a number of its own: a weight that stays where it began belongs to one never drawn.
    own = Examples(np.eye(LENGTH, dtype=np.float32) * 10, np.arange(LENGTH, dtype=np.int64) // 18)
    head, _ = trained(own, labels=2, how_many_training_steps=40, learning_rate=0.1)
    assert (head.probabilities(own.vectors).argmax(axis=1) == own.targets).all()


@pytest.mark.slow
def test_the_layer_is_what_tensorflow_makes_of_the_same_batches(examples):
    steps, size, seed = 200, 20, 4
    head, _ = trained(examples, how_many_training_steps=steps, eval_step_interval=steps, seed=seed)
    tf = tensorflow()
    draw = np.random.default_rng(seed)
    start = np.clip(draw.standard_normal((LENGTH, 3)), -2, 2) * 0.001
    kernel, bias = tf.Variable(start.astype(np.float32)), tf.Variable(tf.zeros(3))
    label, place = draw.integers(3, size=(steps, size)), draw.random((steps, size))
    by_label = [np.flatnonzero(examples.targets == i) for i in range(3)]
    for labels, places in zip(label, place, strict=True):
        batch = [by_label[i][int(p * len(by_label[i]))] for i, p in zip(labels, places, strict=True)]
        with tf.GradientTape() as tape:
            logits = examples.vectors[batch] @ kernel + bias
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(examples.targets[batch], logits)
            loss = tf.reduce_mean(losses)
        for variable, slope in zip((kernel, bias), tape.gradient(loss, (kernel, bias)), strict=True):
            variable.assign_sub(0.01 * slope)
    assert np.abs(head.kernel - kernel.numpy()).max() < 1e-5
    assert np.abs(head.bias - bias.numpy()).max() < 1e-5


def test_examples_may_be_rows_of_a_larger_table(examples):
    table = np.repeat(examples.vectors, 2, axis=0)
    rows = Examples(table, examples.targets, np.arange(0, len(table), 2))
    assert content(trained(rows)[0]) == content(trained(examples)[0])


def test_the_original_defaults_are_kept():
    assert TrainingOptions() == TrainingOptions(
        how_many_training_steps=4000,
        learning_rate=0.01,
        testing_percentage=10,
        validation_percentage=10,
        eval_step_interval=10,
        train_batch_size=100,
        test_batch_size=-1,
        validation_batch_size=100,
        head="gradient_descent",
        class_weight="balanced",
        weight_decay=0,
        label_smoothing=0,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("how_many_training_steps", 0),
        ("eval_step_interval", 0),
        ("train_batch_size", -1),
        ("test_batch_size", 0),
        ("validation_batch_size", -2),
        ("testing_percentage", -1),
        ("testing_percentage", 100),
        ("validation_percentage", 101),
        ("learning_rate", 0.0),
        ("learning_rate", -0.5),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("seed", -3),
        ("weight_decay", -0.1),
        ("label_smoothing", 1.0),
    ],
)
def test_an_impossible_option_is_named_with_its_value(name, value):
    with pytest.raises(OptionError, match=rf"^{name} must .* Received: {value}\.$"):
        TrainingOptions(**{name: value})


def test_percentages_that_leave_nothing_to_train_on_are_refused():
    with pytest.raises(OptionError, match=r"must stay below 100, .* Received: 60 \+ 40 = 100\."):
        TrainingOptions(testing_percentage=60, validation_percentage=40)


@pytest.mark.parametrize(
    "options", [{"test_batch_size": -1}, {"testing_percentage": 0}, {"validation_percentage": 89}]
)
def test_a_possible_option_is_taken(options):
    TrainingOptions(**options)
