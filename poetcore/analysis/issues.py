"""Health of a dataset: what is wrong with which picture, in words.

Files are compared with each other and, where there is one, with the demo folder. A photo that lies on its
side is no issue: wherever Poet looks at it, it is turned upright. How to add a check is told in `checks`.
"""

from collections import Counter
from collections.abc import Collection, Sequence

import pandas as pd

from poetcore.analysis.checks import Check, Issue, Pictures
from poetcore.analysis.content_checks import CONTENT_CHECKS
from poetcore.analysis.file_checks import FILE_CHECKS
from poetcore.analysis.label_checks import LABEL_CHECKS
from poetcore.analysis.look_checks import LOOK_CHECKS
from poetcore.analysis.measures import measure_all, read_measures
from poetcore.data.contents import paths_of
from poetcore.data.dataset import Dataset
from poetcore.system.names import natural_key
from poetcore.system.progress import OnProgress
from poetcore.workspace.workspace import Workspace

__all__ = ["CHECKS", "Check", "Issue", "find_issues", "run_checks", "summary"]

SEVERITIES = ("error", "warning", "note")

#: By name, the gravest first.
CHECKS: dict[str, Check] = {
    check.name: check
    for check in sorted(
        (*CONTENT_CHECKS, *LABEL_CHECKS, *LOOK_CHECKS, *FILE_CHECKS),
        key=lambda check: SEVERITIES.index(check.severity),
    )
}


def find_issues(
    dataset: Dataset,
    workspace: Workspace,
    demo: Dataset | None = None,
    on_progress: OnProgress | None = None,
    *,
    verified: Collection[str] = (),
) -> list[Issue]:
    """Check every picture of a dataset; only pictures that are new to the workspace are decoded.

    Args:
        dataset: the pictures.
        workspace: where measures are kept.
        demo: the demo pictures, to be compared with.
        on_progress: called in the phase `measuring`, with the pictures that are new.
        verified: contents (sha256) that the user found right; they are not reported, unless unreadable.

    Returns:
        What is wrong, the gravest first.
    """
    sets = [dataset] if demo is None else [dataset, demo]
    files = paths_of(pd.concat([one.pictures[["sha", "path"]] for one in reversed(sets)]))
    damaged = measure_all(files, workspace, on_progress)
    if damaged:
        dataset, demo = dataset.without(damaged), demo.without(damaged) if demo else None
    known = read_measures(files, workspace)
    del files  # of 200,000 pictures 60 MB
    if demo is None or demo.home != dataset.folder:
        return run_checks(Pictures(dataset, demo, *known), verified)
    # Demo pictures that lie in this very folder are checked with it, and compared with the others in it.
    others = dataset.among(set(demo.pictures["sha"]), without=True)
    return run_checks(Pictures(dataset, None, *known), verified, Pictures(others, demo, *known))


def run_checks(
    pictures: Pictures, verified: Collection[str] = (), compared: Pictures | None = None
) -> list[Issue]:
    """Return what all checks find, the gravest first.

    Args:
        pictures: what is checked, and what it is compared with.
        verified: contents (sha256) that the user found right; they are not reported, unless unreadable.
        compared: the pictures of the checks that compare with demo pictures, where these are others.
    """
    return [
        issue
        for check in CHECKS.values()
        for issue in check.issues(compared if check.needs_demo and compared else pictures)
        if issue.sha not in verified or not issue.sha
    ]


def summary(issues: Sequence[Issue]) -> pd.DataFrame:
    """Count issues by check and label: one row a check that found something, the gravest first.

    Returns:
        A row for each name of a check, a column for each label, in natural order.
    """
    found = Counter((issue.issue, issue.label) for issue in issues)
    table = pd.DataFrame([(*pair, n) for pair, n in found.items()], columns=["check", "label", "pictures"])
    counts = table.groupby(["check", "label"])["pictures"].sum().unstack(fill_value=0)
    rows = [name for name in CHECKS if name in counts.index]
    return counts.reindex(index=rows, columns=sorted(counts.columns, key=natural_key))
