"""Probabilities for the tests of label groups, and an evaluation that has them."""

from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.metrics import compute_metrics

LABELS = ["fire", "misc", "smoke"]


def drawn(count: int, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """Probabilities that can be believed, `(count, 3)`, and true labels that are drawn by them."""
    draw = np.random.default_rng(seed)
    probabilities = draw.dirichlet([0.3, 0.6, 0.3], count)
    true = [str(draw.choice(LABELS, p=shares)) for shares in probabilities]
    return probabilities, true


def evaluated(
    probabilities: np.ndarray,
    true: list[str],
    leaked: list[bool] | None = None,
    groups: list[int] | None = None,
) -> Evaluation:
    """An evaluation with these probabilities."""
    predicted = [LABELS[place] for place in np.asarray(probabilities).argmax(axis=1)]
    table = pd.DataFrame(
        {
            "path": [f"{number}.jpg" for number in range(len(true))],
            "label": true,
            "predicted": predicted,
            "correct": np.array(predicted) == np.array(true),
            "confidence": np.asarray(probabilities).max(axis=1),
            "leaked": leaked or [False] * len(true),
        }
    )
    shares = pd.DataFrame(np.asarray(probabilities), columns=[f"p_{label}" for label in LABELS])
    table = table.join(shares).assign(leaked_near=False)
    of = np.arange(len(true)) if groups is None else np.array(groups)
    return Evaluation(compute_metrics(table, LABELS, "run", Path("demo"), [], of), table)
