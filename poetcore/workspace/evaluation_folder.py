"""The folder of one evaluation of a run: the only module that knows its file names."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poetcore.errors import RunError
from poetcore.system.checksums import sealed
from poetcore.system.files import write_whole
from poetcore.system.locks import locked
from poetcore.workspace.records import check_file, read_record, read_table, to_csv, to_json

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["EvaluationFolder"]

_REMEDY = "evaluate again"

#: Seconds to wait for another that is writing the same evaluation.
_PATIENCE = 60


@dataclass(frozen=True)
class _Beside:
    """What `metrics.json` says of the files beside it; of an earlier version nothing."""

    checksums: dict[str, str] = field(default_factory=dict)


class EvaluationFolder:
    """One evaluation of a run on a demo folder: `predictions.csv`, `metrics.json`, and `review.csv`.

    Args:
        folder: below the run's `evaluations`.
        home: the folder of the run, which is not made again where it was deleted meanwhile.
    """

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self._home = home
        self.name = folder.name
        self.predictions_file = folder / "predictions.csv"
        self.metrics_file = folder / "metrics.json"
        #: What a reviewer said of its pictures; see `review_file`. Evaluating again leaves it as it is.
        self.review_file = folder / "review.csv"

    def exists(self) -> bool:
        """Return whether the evaluation was written."""
        return self.metrics_file.is_file()

    def write(self, predictions: "pd.DataFrame", metrics: dict[str, Any]) -> None:
        """Write both files; the metrics last, so that where they are, both are.

        Raises:
            RunError: the run was deleted or renamed meanwhile.
        """
        content = to_csv(predictions).encode()
        checksums = {self.predictions_file.name: hashlib.sha256(content).hexdigest()}
        told = to_json(sealed(metrics | {"checksums": checksums}))
        # No run is called so, and this folder must not be made for a run that is gone.
        beside = self._home.with_name(f"{self._home.name}@{self.name}") if self._home else self.folder
        try:
            # Another evaluation of the same pictures may end at the same moment.
            with locked(beside, "is being written", patience=_PATIENCE):
                write_whole(self.predictions_file, content, home=self._home)
                write_whole(self.metrics_file, told, home=self._home)
        except FileNotFoundError:
            raise RunError(
                f"{self._home or self.folder} was deleted or renamed while it was evaluated: evaluate another"
                " run."
            ) from None

    def predictions(self) -> "pd.DataFrame":
        """Read the table of predictions.

        Raises:
            RunError: it is missing or damaged.
        """
        check_file(self.predictions_file, read_record(self.metrics_file, _Beside).checksums, _REMEDY)
        return read_table(
            self.predictions_file, ("path", "label", "predicted"), ("sha", "twin"), ("confidence",)
        )
