"""The names under which groups of pictures were split: on a group's name hangs its part of the split.

A name must not change when a picture joins a group, and no function of the group's pictures alone can see to
that. So it is remembered of every content that was split, apart for each way of grouping.
"""

from collections.abc import Iterable, Mapping

from poetcore.system.database import Database
from poetcore.system.row_checksums import Table

__all__ = ["GroupNames"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS names (
    mode TEXT NOT NULL, sha TEXT NOT NULL, name TEXT NOT NULL, checksum INTEGER, PRIMARY KEY (mode, sha)
) WITHOUT ROWID;
"""

_NAMES = Table("names", ("mode", "sha"), ("name",))


class GroupNames(Database):
    """The name of the group of each content, in one SQLite file that several processes may use at once.

    An object belongs to the thread that made it, and is closed by `with`.

    Args:
        file: the SQLite file; made where it is missing.
    """

    schema = _SCHEMA
    tables = (_NAMES,)
    lost = "a picture that joins a group later may change its part of the split"
    synchronous = "FULL"

    def get(self, mode: str, shas: Iterable[str]) -> dict[str, str]:
        """Return the names that are remembered: sha -> name.

        Args:
            mode: one of `GROUP_BY`.
            shas: sha256 of contents.
        """
        query = f"SELECT sha, name FROM names WHERE {_NAMES.sound} AND mode = ? AND sha IN"
        return dict(self._rows_in(query, shas, (mode,)))

    def put(self, mode: str, names: Mapping[str, str]) -> None:
        """Remember names, in the place of earlier ones.

        Args:
            mode: one of `GROUP_BY`.
            names: sha -> name.
        """
        if names:
            rows = [(mode, sha, name) for sha, name in names.items()]
            self._write((_NAMES.put(replace=True), rows))
