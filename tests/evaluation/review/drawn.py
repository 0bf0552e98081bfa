"""An evaluation of a hundred pictures whose figures can be counted by hand."""

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import pandas as pd

from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.metrics import compute_metrics
from poetcore.workspace.evaluation_folder import EvaluationFolder

LABELS = ["ant", "bee", "cat"]


def sha(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()


def evaluation(
    wrong: int = 20, total: int = 100, leaked: int = 0, folder: Path = Path("/demo")
) -> Evaluation:
    """Ants, of which the first so many are predicted to be bees; the last so many were seen in training."""
    table = pd.DataFrame(
        {
            "path": [str(folder / "ant" / f"{number}.jpg") for number in range(total)],
            "label": "ant",
            "predicted": ["bee"] * wrong + ["ant"] * (total - wrong),
            "confidence": 0.8,
            "leaked": [number >= total - leaked for number in range(total)],
            "p_ant": [0.1] * wrong + [0.8] * (total - wrong),
            "p_bee": [0.8] * wrong + [0.1] * (total - wrong),
            "p_cat": 0.1,
            "sha": [sha(number) for number in range(total)],
            "leaked_near": False,
            "twin": "",
        }
    )
    table.insert(3, "correct", table["label"] == table["predicted"])
    return Evaluation(compute_metrics(table, LABELS, "run", folder, []), table)


def written(place: Path, found: Evaluation) -> EvaluationFolder:
    """Write an evaluation into a folder."""
    folder = EvaluationFolder(place)
    folder.write(found.predictions, asdict(found.metrics))
    return folder
