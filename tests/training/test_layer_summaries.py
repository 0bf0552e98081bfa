"""What TensorBoard is told of the last layer, read back by TensorBoard's own reader."""

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.training.layer_summaries import LayerSummaries, activation_summary, weight_summary
from poetcore.training.summaries import Summaries
from poetcore.training.train import Examples
from poetcore.workspace.head import Head

KERNEL = np.linspace(-1, 3, 30, dtype=np.float32).reshape(10, 3)
HEAD = Head(KERNEL, np.array([0, 1, 2], np.float32))
VECTORS = np.random.default_rng(0).normal(0, 1, (7, 10)).astype(np.float32)

WEIGHTS = "final_training_ops/weights/summaries"
BIASES = "final_training_ops/biases/summaries"
PRE_ACTIVATIONS = "final_training_ops/Wx_plus_b/pre_activations"


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorBoard's reader can do without TensorFlow, which takes seconds to import."""
    monkeypatch.setitem(sys.modules, "tensorboard.compat.notf", types.ModuleType("tensorboard.compat.notf"))


def read(summary: Any) -> dict[str, np.ndarray]:
    """The values of a summary by their tags."""
    from tensorboard.util.tensor_util import make_ndarray

    return {value.tag: make_ndarray(value.tensor) for value in summary.value}


def plugins(summary: Any) -> dict[str, str]:
    return {value.tag: value.metadata.plugin_data.plugin_name for value in summary.value}


def tags(folder: Path, part: str) -> dict[str, list[int]]:
    """The steps of each tag of a part."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder / part), size_guidance={"tensors": 0})
    events.Reload()
    return {tag: [one.step for one in events.Tensors(tag)] for tag in events.Tags()["tensors"]}


@pytest.mark.parametrize(
    ("figure", "value"),
    [("mean", KERNEL.mean()), ("stddev", KERNEL.std()), ("min", -1), ("max", 3)],
    ids=["mean", "stddev", "min", "max"],
)
def test_the_weights_have_their_figures_under_the_names_of_the_original(figure, value):
    summary = weight_summary(HEAD)
    assert read(summary)[f"{WEIGHTS}/{figure}"] == pytest.approx(value)
    assert plugins(summary)[f"{WEIGHTS}/{figure}"] == "scalars"


def test_the_biases_have_theirs():
    found = read(weight_summary(HEAD))
    assert [found[f"{BIASES}/{figure}"] for figure in ("mean", "min", "max")] == [1, 0, 2]


@pytest.mark.parametrize(("scope", "count"), [(WEIGHTS, 30), (BIASES, 3)])
def test_a_histogram_counts_every_weight(scope, count):
    summary = weight_summary(HEAD)
    buckets = read(summary)[f"{scope}/histogram"]
    assert buckets[:, 2].sum() == count and plugins(summary)[f"{scope}/histogram"] == "histograms"
    values = KERNEL if count == 30 else HEAD.bias
    assert (buckets[0, 0], buckets[-1, 1]) == (values.min(), values.max())


def test_pre_activations_are_the_logits():
    summary = activation_summary(HEAD, VECTORS)
    logits, buckets = VECTORS @ KERNEL + HEAD.bias, read(summary)[PRE_ACTIVATIONS]
    assert buckets[:, 2].sum() == 21
    assert (buckets[0, 0], buckets[-1, 1]) == pytest.approx((logits.min(), logits.max()))
    assert plugins(summary) == {PRE_ACTIVATIONS: "histograms", "activations": "histograms"}


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_activations_are_the_probabilities(activation):
    head = Head(KERNEL, HEAD.bias, activation)
    buckets = read(activation_summary(head, VECTORS))["activations"]
    found = head.probabilities(VECTORS)
    assert (buckets[0, 0], buckets[-1, 1]) == pytest.approx((found.min(), found.max()))


def test_a_layer_that_diverged_does_no_harm():
    head = Head(np.full((10, 3), np.nan, np.float32), np.array([np.inf, 1, 1], np.float32))
    found = read(weight_summary(head)) | read(activation_summary(head, VECTORS))
    assert found[f"{BIASES}/mean"] == 1 and f"{WEIGHTS}/mean" not in found


def test_the_layer_is_written_forty_times_and_at_the_end(tmp_path):
    examples = Examples(VECTORS, np.zeros(7, np.int64))
    with Summaries(tmp_path) as summaries:
        write = LayerSummaries(summaries, {"train": examples, "validation": examples}, 4003, 10)
        for step in [*range(10, 4003, 10), 4003]:
            write(step, HEAD)
    steps = tags(tmp_path, "train")
    assert len(steps[f"{WEIGHTS}/histogram"]) == 41 and steps[f"{WEIGHTS}/histogram"][-1] == 4003
    assert steps[PRE_ACTIVATIONS] == steps["activations"] == steps[f"{WEIGHTS}/mean"]
    validation = tags(tmp_path, "validation")
    assert set(validation) == {PRE_ACTIVATIONS, "activations"}
    assert validation["activations"] == steps["activations"]


def test_without_validation_pictures_there_are_no_activations_of_theirs(tmp_path):
    examples, none = Examples(VECTORS, np.zeros(7, np.int64)), Examples(VECTORS[:0], np.zeros(0, np.int64))
    with Summaries(tmp_path) as summaries:
        LayerSummaries(summaries, {"train": examples, "validation": none}, 10, 10)(10, HEAD)
    assert [folder.name for folder in tmp_path.iterdir()] == ["train"]
