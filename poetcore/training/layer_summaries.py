"""What TensorBoard shows of the last layer while it is trained: its weights, and what they make of pictures.

The names are those of the original `retrain` script, so that they stand where the article's pictures have
them: scalars and histograms of the weights and biases, histograms of the pre-activations and activations.
"""

from typing import TYPE_CHECKING

import numpy as np

from poetcore.training.summaries import Summaries
from poetcore.training.train import Examples
from poetcore.workspace.head import Head

if TYPE_CHECKING:
    from tensorboard.compat.proto.summary_pb2 import Summary

__all__ = ["LayerSummaries", "activation_summary", "weight_summary"]

#: How often they are written in the course of a training.
_TIMES = 40

#: Pictures of each part whose activations are shown, always the same ones.
_PICTURES = 100

#: Bars of a histogram.
_BUCKETS = 40

#: The original's scope of the last layer.
_LAYER = "final_training_ops"


class LayerSummaries:
    """Writes the layer to the event files of a run, forty times in a training and at its end.

    Args:
        summaries: of the run.
        parts: the examples of "train" and "validation"; one that is empty has no activations.
        steps: of the whole training.
        interval: steps between two reports.
    """

    def __init__(self, summaries: Summaries, parts: dict[str, Examples], steps: int, interval: int) -> None:
        self._summaries = summaries
        self._steps, self._interval = steps, interval
        self._vectors = {name: _some(examples) for name, examples in parts.items() if len(examples)}

    def __call__(self, step: int, head: Head) -> None:
        """Write the layer, if it is time.

        Args:
            step: steps done.
            head: the layer as it now is.
        """
        between = max(1, self._steps // _TIMES)
        if step % between >= self._interval and step != self._steps:
            return
        self._summaries.write("train", step, weight_summary(head))
        for part, vectors in self._vectors.items():
            self._summaries.write(part, step, activation_summary(head, vectors))


def weight_summary(head: Head) -> "Summary":
    """Return mean, standard deviation, least, largest and histogram of the weights, and of the biases."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb

    summary = Summary()
    for name, values in (("weights", head.kernel), ("biases", head.bias)):
        scope = f"{_LAYER}/{name}/summaries"
        finite = _finite(values)
        if len(finite):
            figures = {
                "mean": finite.mean(),
                "stddev": finite.std(),
                "min": finite.min(),
                "max": finite.max(),
            }
            for figure, value in figures.items():
                summary.MergeFrom(scalar_pb(f"{scope}/{figure}", float(value)))
        summary.MergeFrom(_histogram(f"{scope}/histogram", finite))
    return summary


def activation_summary(head: Head, vectors: np.ndarray) -> "Summary":
    """Return histograms of the pre-activations and of the activations, over all pictures and labels.

    Args:
        head: the layer.
        vectors: `(n, vector_length) float32`.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # that a training diverged is reported elsewhere
        logits = head.logits(vectors)
        summary = _histogram(f"{_LAYER}/Wx_plus_b/pre_activations", _finite(logits))
        summary.MergeFrom(_histogram("activations", _finite(head.probabilities(vectors))))
    return summary


def _some(examples: Examples) -> np.ndarray:
    """Return the feature vectors of some examples, `(n, vector_length) float32`."""
    drawn = np.random.default_rng(0).permutation(len(examples))[:_PICTURES]
    return examples.take(np.sort(drawn))[0]


def _finite(values: np.ndarray) -> np.ndarray:
    """Return the finite numbers; a training that diverges has others."""
    finite: np.ndarray = values[np.isfinite(values)]
    return finite


def _histogram(tag: str, values: np.ndarray) -> "Summary":
    from tensorboard.plugins.histogram.summary_v2 import histogram_pb

    return histogram_pb(tag, values, buckets=_BUCKETS)
