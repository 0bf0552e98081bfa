"""The lookers that a server was asked for last, kept in memory between requests."""

from poetcore.evaluation.kept_runs import KeptRuns
from poetcore.evaluation.looks.looker import Looker
from poetcore.workspace.workspace import Workspace

__all__ = ["KeptLookers"]

#: Bytes of feature vectors that are kept; of one run more, where it has more.
_MOST_BYTES = 500_000_000


class KeptLookers(KeptRuns[Looker]):
    """Lookers by the names of their runs; for any thread.

    Args:
        workspace: in which the runs are.
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, Looker)

    def __reduce__(self) -> tuple[type["KeptLookers"], tuple[Workspace]]:
        return KeptLookers, (self._workspace,)  # another process loads what it needs

    def _is_too_large(self) -> bool:
        return sum(looker.held_bytes for _, looker in self._kept.values()) > _MOST_BYTES
