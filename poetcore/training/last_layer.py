"""Train the last layer of a run, reporting to its folder, to TensorBoard and to the caller."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.litert import converted_file
from poetcore.system.progress import Progress
from poetcore.training.config import RunConfig
from poetcore.training.examples import Prepared
from poetcore.training.layer_summaries import LayerSummaries
from poetcore.training.network_graph import network_graph
from poetcore.training.progress import Reporter, StrengthProgress, TrainingProgress
from poetcore.training.ridge_layer import STRENGTHS, Strength, fit_ridge
from poetcore.training.summaries import Summaries
from poetcore.training.train import StepReport, TrainingOptions, measure, train
from poetcore.workspace.head import Head
from poetcore.workspace.workspace import Workspace

__all__ = ["OnWeights", "TrainedLayer", "train_last_layer"]

#: Called at every report with the steps done, the last layer as it then is, and its labels.
OnWeights = Callable[[int, Head, list[str]], None]


@dataclass(frozen=True)
class TrainedLayer:
    """The last layer of a run.

    Attributes:
        head: the layer.
        metrics: what `run.json` holds of its training beside the final test. Of ridge regression
            `ridge_strength`, `ridge_temperature` and, of training pictures that are each predicted without
            their group, `leave_one_out_accuracy`, `leave_one_out_cross_entropy`, `leave_one_out_count`.
    """

    head: Head
    metrics: dict[str, Any] = field(default_factory=dict)


def train_last_layer(
    config: RunConfig,
    prepared: Prepared,
    workspace: Workspace,
    reporter: Reporter,
    summaries: Summaries,
    on_weights: OnWeights | None,
) -> TrainedLayer:
    """Train the last layer of a run, in steps or by ridge regression.

    Args:
        config: of the run.
        prepared: its examples.
        workspace: where its backbone is.
        reporter: is told of every report.
        summaries: get the network, the curves and the layer.
        on_weights: called at every report of a training in steps.

    Raises:
        OptionError: the learning rate is so high that the weights diverged.
    """
    options, labels, backbone = config.training, list(prepared.dataset.labels), prepared.backbone
    summaries.graph(
        network_graph(
            backbone,
            lambda one: converted_file(one, workspace.models),  # not there where all features were cached
            len(labels),
            config.final_tensor_name,
            config.multi_label,
            options.head == "ridge",
        )
    )
    if options.head == "ridge":
        return _by_ridge(options, prepared, len(labels), reporter, summaries)
    return TrainedLayer(_in_steps(options, prepared, labels, reporter, summaries, on_weights))


def _in_steps(
    options: TrainingOptions,
    prepared: Prepared,
    labels: list[str],
    reporter: Reporter,
    summaries: Summaries,
    on_weights: OnWeights | None,
) -> Head:
    steps, validation = options.how_many_training_steps, prepared.parts["validation"]
    parts = {"train": prepared.training, "validation": validation}
    layer_summaries = LayerSummaries(summaries, parts, steps, options.eval_step_interval)

    def on_report(step: StepReport) -> None:
        summaries.step(step)
        reporter(TrainingProgress("training", step.step, steps, step=step))

    def on_head(step: int, head: Head) -> None:
        layer_summaries(step, head)
        if on_weights:
            on_weights(step, head, labels)

    reporter(Progress("training", 0, steps))
    head = train(prepared.training, validation, len(labels), options, on_report, on_head)
    if not np.isfinite(head.kernel).all():
        raise OptionError(
            f"The training diverged with a learning_rate of {options.learning_rate}: choose a smaller one,"
            f" such as {TrainingOptions.learning_rate}."
        )
    return head


def _by_ridge(
    options: TrainingOptions, prepared: Prepared, labels: int, reporter: Reporter, summaries: Summaries
) -> TrainedLayer:
    """Train by ridge regression; for TensorBoard that is one step."""
    training, validation = prepared.training, prepared.parts["validation"]
    tried = len(STRENGTHS)

    def on_strength(number: int, strength: Strength) -> None:
        reporter(StrengthProgress("training", number, tried, strength=strength))

    reporter(Progress("training", 0, tried))
    layer = fit_ridge(training, labels, options, prepared.training_groups, on_strength)
    chosen = layer.strength
    validated: tuple[float, float] | tuple[None, None] = (None, None)
    if len(validation):
        validated = measure(layer.head, *validation.take(np.arange(len(validation))))
    summaries.step(StepReport(1, chosen.train_accuracy, chosen.train_cross_entropy, *validated))
    LayerSummaries(summaries, {"train": training, "validation": validation}, 1, 1)(1, layer.head)
    return TrainedLayer(
        layer.head,
        {
            "ridge_strength": chosen.strength,
            "ridge_temperature": chosen.temperature,
            "leave_one_out_accuracy": chosen.left_out_accuracy,
            "leave_one_out_cross_entropy": chosen.left_out_cross_entropy,
            "leave_one_out_count": len(layer.compared),
        },
    )
