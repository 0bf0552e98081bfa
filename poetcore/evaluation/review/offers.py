"""Verdicts of other evaluations on the same contents, so that no picture is reviewed twice."""

import contextlib
from collections.abc import Iterable

import pandas as pd

from poetcore.errors import RunError
from poetcore.evaluation.evaluation import Evaluation
from poetcore.evaluation.review.review import Review, reviewed
from poetcore.evaluation.review.verdicts import Verdict
from poetcore.workspace.evaluation_folder import EvaluationFolder
from poetcore.workspace.workspace import Workspace

__all__ = ["offered_from", "offered_verdicts"]


def offered_from(
    workspace: Workspace, shas: Iterable[str], without: EvaluationFolder | None = None
) -> pd.DataFrame:
    """List the verdicts of all evaluations of runs on some contents, the newest of each content.

    Args:
        workspace: where the runs are.
        shas: the contents.
        without: an evaluation whose verdicts are not asked for.

    Returns:
        As `Review.verdicts`, with the columns run and evaluation (names) too; the oldest first.
    """
    tables = [Review().verdicts.assign(run="", evaluation="")]
    for run in workspace.all_runs():
        for folder in run.evaluations():
            if without is not None and folder.folder == without.folder:
                continue
            with contextlib.suppress(RunError):  # one that cannot be read costs its own only
                found = Review.of(folder).verdicts
                tables.append(found.assign(run=run.name, evaluation=folder.name))
    there = pd.concat([table for table in tables if not table.empty] or tables[:1], ignore_index=True)
    if not there.empty:
        there = there[there["sha"].isin(set(shas))]
    return there.sort_values("time", kind="stable").drop_duplicates("sha", keep="last", ignore_index=True)


def offered_verdicts(
    evaluation: Evaluation, folder: EvaluationFolder, workspace: Workspace
) -> tuple[list[Verdict], pd.DataFrame]:
    """Return the verdicts of other evaluations that hold for the pictures here that have none.

    Args:
        evaluation: of one label a picture.
        folder: where it is kept.
        workspace: where the runs are.

    Returns:
        The verdicts, to be given to `record_verdicts`, and the rows of `offered_from` that they come from.
    """
    predictions = evaluation.predictions
    if "sha" not in predictions:
        return [], Review().verdicts.assign(run="", evaluation="")
    offered = offered_from(workspace, predictions["sha"], folder).set_index("sha", drop=False)
    predictions = predictions[predictions["sha"].isin(offered.index)]
    own = reviewed(predictions, Review.of(folder))
    open_ones = predictions[(own["verdict"] == "").to_numpy()]
    taken: dict[str, Verdict] = {}
    for sha, label in zip(open_ones["sha"], open_ones["label"], strict=True):
        if sha not in taken:
            one = offered.loc[sha]
            says = str(one["right_label"] if one["verdict"] == "label_wrong" else one["label"])
            if says == label and one["verdict"] in ("label_wrong", "label_correct"):
                taken[sha] = Verdict(sha, "label_correct", comment=one["comment"])
            elif one["verdict"] not in ("label_wrong", "label_correct") or (
                one["label"] == label and says in evaluation.metrics.labels
            ):
                taken[sha] = Verdict(sha, one["verdict"], one["right_label"], one["comment"])
    return list(taken.values()), offered[offered["sha"].isin(taken)].reset_index(drop=True)
