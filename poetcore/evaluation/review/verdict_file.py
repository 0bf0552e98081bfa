"""Verdicts out of a CSV file, as a script or a spreadsheet writes them."""

import io
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from poetcore.data.csv_table import read_text
from poetcore.errors import DatasetError, OptionError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.verdicts import Verdict, check_verdict
from poetcore.system.spreadsheets import read_rows, unescape

__all__ = ["read_verdicts"]

#: The columns of such a file; of the first two one must be there.
_COLUMNS = ("path", "sha", "verdict", "right_label", "comment")


def read_verdicts(file: Path, evaluation: Evaluation) -> tuple[list[Verdict], list[dict[str, str]]]:
    """Read verdicts, each on a picture of an evaluation; rows without one are passed over.

    Args:
        file: a CSV file with the columns `path` or `sha`, `verdict`, and where there are `right_label` and
            `comment`; a predictions.csv with these columns filled in is one. A path may be absolute, relative
            to the demo folder, or the name of a file that there is once.
        evaluation: what is reviewed.

    Returns:
        The verdicts, and the rows that cannot be used, each with `path` and `reason`.

    Raises:
        DatasetError: it cannot be read, or lacks a column.
    """
    shas = _shas(evaluation)
    labels = evaluation.predictions.drop_duplicates("sha").set_index("sha")["label"]
    verdicts, refused = [], []
    for row in _rows(file):
        if not (row["verdict"] or row["comment"]):
            continue
        named = row["sha"] or row["path"]
        sha = shas.get(row["sha"]) or shas.get(row["path"]) or shas.get(os.path.abspath(row["path"]))
        if sha is None:
            refused.append({"path": named, "reason": "is no picture of this evaluation"})
            continue
        one = Verdict(sha, row["verdict"], row["right_label"], row["comment"])
        try:
            verdicts.append(check_verdict(one, labels[sha], evaluation.metrics.labels))
        except OptionError as error:
            refused.append({"path": named, "reason": f"was not reviewed: {str(error).rstrip('.')}"})
    return verdicts, refused


def _rows(file: Path) -> list[dict[str, str]]:
    lines = io.StringIO(read_text(file), newline="").readlines()
    for separator in ",;\t":
        try:
            header, *rows = list(read_rows(lines, separator)) or [[]]
        except ValueError as error:
            raise DatasetError(f"{file} cannot be read as CSV ({error}).") from None
        names = [name.strip().casefold() for name in header]
        if "verdict" in names and {"path", "sha"} & set(names):
            places = {name: names.index(name) for name in _COLUMNS if name in names}
            return [
                dict.fromkeys(_COLUMNS, "")
                | {name: unescape(row[at].strip()) for name, at in places.items() if at < len(row)}
                for row in rows
            ]
    raise DatasetError(
        f"{file} has no columns path (or sha) and verdict: the first line must name the columns, such as"
        " path,verdict,right_label,comment."
    )


def _shas(evaluation: Evaluation) -> Mapping[str, str]:
    """Return the contents of the pictures by all that may stand for one."""
    predictions = evaluation.predictions
    if "sha" not in predictions:
        raise OptionError("This evaluation is of an earlier version and cannot be reviewed: evaluate again.")
    folder = Path(evaluation.metrics.folder)
    pairs = list(zip(predictions["path"].map(Path), predictions["sha"], strict=True))
    names = Counter(path.name for path, _ in pairs)
    found = {path.name: sha for path, sha in pairs if names[path.name] == 1}
    for path, sha in pairs:
        found |= {str(path): sha, sha: sha}
        if path.is_relative_to(folder):
            found |= {str(path.relative_to(folder)): sha, path.relative_to(folder).as_posix(): sha}
    return found
