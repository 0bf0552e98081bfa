"""Train the last layer of a run, reporting to its folder, to TensorBoard and to the caller."""

from collections.abc import Callable

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.litert import converted_file
from poetcore.system.progress import Progress
from poetcore.training.config import RunConfig
from poetcore.training.examples import Prepared
from poetcore.training.layer_summaries import LayerSummaries
from poetcore.training.network_graph import network_graph
from poetcore.training.progress import Reporter, TrainingProgress
from poetcore.training.summaries import Summaries
from poetcore.training.train import StepReport, TrainingOptions, train
from poetcore.workspace.head import Head
from poetcore.workspace.workspace import Workspace

__all__ = ["OnWeights", "train_last_layer"]

#: Called at every report with the steps done, the last layer as it then is, and its labels.
OnWeights = Callable[[int, Head, list[str]], None]


def train_last_layer(
    config: RunConfig,
    prepared: Prepared,
    workspace: Workspace,
    reporter: Reporter,
    summaries: Summaries,
    on_weights: OnWeights | None,
) -> Head:
    """Train the last layer of a run.

    Args:
        config: of the run.
        prepared: its examples.
        workspace: where its backbone is.
        reporter: is told of every report.
        summaries: get the network, the curves and the layer.
        on_weights: called at every report.

    Raises:
        OptionError: the learning rate is so high that the weights diverged.
    """
    options, labels, backbone = config.training, list(prepared.dataset.labels), prepared.backbone
    steps, validation = options.how_many_training_steps, prepared.parts["validation"]
    summaries.graph(
        network_graph(
            backbone,
            lambda one: converted_file(one, workspace.models),  # not there where all features were cached
            len(labels),
            config.final_tensor_name,
            config.multi_label,
        )
    )
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
