"""In which order predictions are looked at: by confidence, loss, margin, or novelty."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from poetcore.data.label_sets import label_targets
from poetcore.system.figures import points

__all__ = ["MOST_CONFIDENT", "losses", "margins", "orders_of", "sorted_by", "sorted_predictions"]

#: The usual order.
MOST_CONFIDENT = "most confident first"

#: Order -> the column that it follows, and whether its lowest comes first.
_ORDERS = {
    MOST_CONFIDENT: ("confidence", False),
    "least confident first": ("confidence", True),
    "highest loss first": ("loss", False),
    "closest call first": ("margin", True),
    "most unlike the training pictures first": ("novelty", False),
}


def losses(predictions: pd.DataFrame, labels: Sequence[str], *, multi_label: bool = False) -> np.ndarray:
    """Compute the cross entropy of each prediction: large where the true label got a low probability.

    Args:
        predictions: n rows, columns label and `p_<label>` for each label.
        labels: in the order of the model's outputs.
        multi_label: whether `label` is a label set; then it is summed over all labels.

    Returns:
        `(n,) float64`, nats, 0 at the least.
    """
    probabilities = predictions[[f"p_{label}" for label in labels]].to_numpy(float)
    if multi_label:
        has = label_targets(predictions["label"], labels) == 1
        right = np.where(has, probabilities, 1 - probabilities)
    else:
        right = probabilities[np.arange(len(probabilities)), _true(predictions, labels), np.newaxis]
    found: np.ndarray = -np.log(np.maximum(right, 1e-12)).sum(axis=1)
    return found


def margins(predictions: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    """Compute by how much the true label's probability is above the largest of the others.

    Below 0 the picture is misclassified: just below it is a close call, near -1 the model is sure and wrong.

    Source: R. Schapire, Y. Freund, P. Bartlett, W. S. Lee, "Boosting the margin", Annals of Statistics 26
    (1998), 1651-1686.

    >>> table = pd.DataFrame({"label": ["a", "a"], "p_a": [0.7, 0.4], "p_b": [0.3, 0.6]})
    >>> margins(table, ["a", "b"]).round(3).tolist()
    [0.4, -0.2]

    Args:
        predictions: n rows, columns label and `p_<label>` for each label.
        labels: in the order of the model's outputs.

    Returns:
        `(n,) float64`, -1 to 1; 1 where there is one label only.
    """
    probabilities = predictions[[f"p_{label}" for label in labels]].to_numpy(float)
    everyone, true = np.arange(len(probabilities)), _true(predictions, labels)
    own = probabilities[everyone, true]
    others = probabilities.copy()
    others[everyone, true] = -np.inf
    most = others.max(axis=1, initial=-np.inf)
    return np.where(np.isfinite(most), own - most, 1.0)


def orders_of(predictions: pd.DataFrame) -> list[str]:
    """List the orders that predictions can be put in: by novelty only where it is known."""
    known = "novelty" in predictions and predictions["novelty"].notna().any()
    return [order for order, (column, _) in _ORDERS.items() if column != "novelty" or known]


def sorted_predictions(predictions: pd.DataFrame, labels: Sequence[str], order: str) -> pd.DataFrame:
    """Put predictions into an order; where they are equal they stay as they are.

    Args:
        predictions: as in `Evaluation.predictions`, of one label a picture.
        labels: in the order of the model's outputs.
        order: one of `orders_of`.

    Returns:
        The same rows, with the columns loss and margin added.

    Raises:
        KeyError: an unknown order.
    """
    column, ascending = _ORDERS[order]
    table = predictions.assign(loss=losses(predictions, labels), margin=margins(predictions, labels))
    by = table[column].abs() if column == "margin" else table[column]  # of a margin, how far from 0
    return table.loc[by.sort_values(ascending=ascending, kind="stable").index]


def sorted_by(rows: pd.DataFrame, order: str) -> list[str]:
    """Return for people by what each row was sorted: `loss 3.21`; "" by confidence, which is told anyway.

    Args:
        rows: as `sorted_predictions` returns them.
        order: that they were put in.
    """
    column, _ = _ORDERS[order]
    if column == "confidence":
        return [""] * len(rows)
    written = {"loss": "{:.2f}".format, "margin": points, "novelty": "{:+.1f}".format}[column]
    return ["" if pd.isna(value) else f"{column} {written(value)}" for value in rows[column]]


def _true(predictions: pd.DataFrame, labels: Sequence[str]) -> np.ndarray:
    places = {label: place for place, label in enumerate(labels)}
    return predictions["label"].map(places).to_numpy(np.int64)
