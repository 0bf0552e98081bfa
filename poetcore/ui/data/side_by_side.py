"""Pictures that are the same, or nearly, side by side, with what tells them apart; each can be selected."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from poetcore.analysis.checks import Check, Issue
from poetcore.data.dataset import Dataset
from poetcore.data.groups import linked_groups
from poetcore.system.figures import file_size
from poetcore.ui.gallery.pictures import Card
from poetcore.ui.gallery.repair_gallery import Repairable

__all__ = ["side_by_side"]


def side_by_side(
    issues: Sequence[Issue], check: Check, dataset: Dataset, demo: Dataset | None
) -> list[Repairable]:
    """Return the pictures that a check flags, each group together, with those that they repeat.

    Args:
        issues: what the check found, in this order.
        check: one that relates a picture to others.
        dataset: in which they were found.
        demo: the demo pictures that they were compared with; these are shown only.
    """
    details = {issue.path: issue.detail for issue in issues}
    # The first picture of a group is the one that the others repeat.
    groups = linked_groups((other, issue.path) for issue in issues for other in _others(issue, check))
    wanted = {path for paths in groups for path in paths}
    here, there = _rows(dataset, wanted), _rows(demo, wanted) if demo else {}
    return [
        Repairable(
            _card(row, details.get(path, "") if check.threshold else "", path not in here),
            path,
            row.label,
            check.title.lower(),
            group=str(number),
            kept=path not in details,
            elsewhere=path not in here,
        )
        for number, paths in enumerate(groups)
        for path in paths
        if (row := here.get(path) or there.get(path))
    ]


def _rows(dataset: Dataset, wanted: Collection[str]) -> dict[str, Any]:
    """Return the rows of some paths; those of all take seconds where there are 200,000."""
    columns = ["path", "label", "sha", "width", "height", "bytes"]
    places = [place for place, path in enumerate(dataset.pictures["path"].tolist()) if path in wanted]
    return {str(row.path): row for row in dataset.pictures[columns].iloc[places].itertuples(index=False)}


def _others(issue: Issue, check: Check) -> tuple[str, ...]:
    """Return what a picture stands beside: all copies of its content, or what it is most similar to."""
    return issue.related[:1] if check.threshold else issue.related


def _card(row: Any, words: str, in_demo: bool) -> Card:
    """Return a card with what tells copies apart: label, name, size."""
    lines = [Path(row.path).name, f"{row.width} x {row.height} · {file_size(row.bytes)}"]
    lines += ["in the demo folder"] if in_demo else []
    return Card(row.sha, row.label, (*lines, words) if words else tuple(lines))
