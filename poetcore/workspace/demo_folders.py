"""Which label each picture of a demo folder had when a model was first evaluated on it."""

from collections import Counter
from pathlib import Path

import pandas as pd

from poetcore.data.contents import state_of
from poetcore.data.dataset import dataset_exists
from poetcore.system.database import Database
from poetcore.system.row_checksums import Table
from poetcore.system.unkept import tell_unkept
from poetcore.system.wording import counted

__all__ = ["DemoFolders"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS first_labels (
    folder TEXT NOT NULL, sha TEXT NOT NULL, label TEXT NOT NULL, copies INTEGER NOT NULL,
    checksum INTEGER,
    PRIMARY KEY (folder, sha, label)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS first_labels_by_sha ON first_labels (sha);
"""

_FIRST = Table("first_labels", ("folder", "sha", "label"), ("copies",))


class DemoFolders(Database):
    """Demo folders as they were first evaluated, in one SQLite file that every process of a workspace shares.

    An object belongs to the thread that made it, and is closed by `with`. Unlike a cache this cannot be
    computed again: where the file is damaged or deleted, folders count as unchanged from then on.

    Args:
        file: the SQLite file; made where it is missing.
    """

    schema = _SCHEMA
    tables = (_FIRST,)
    lost = "how the demo folder is now is not remembered, so later changes of its labels are not told"
    synchronous = "FULL"

    def first(self, folder: Path) -> pd.DataFrame:
        """Return a folder as it was first evaluated: one row a picture, columns sha and label.

        Args:
            folder: absolute.
        """
        query = f"SELECT sha, label, copies, {_FIRST.sound} FROM first_labels WHERE folder = ?"
        rows = pd.DataFrame(self._rows(query, (str(folder),)), columns=["sha", "label", "copies", "sound"])
        found = rows[rows["sound"].eq(1)]
        if lost := len(rows) - len(found):
            tell_unkept(
                f"{folder} first",
                f"Of {counted(lost, 'picture')} of {folder} it is not known any more which label they had"
                f" when a model was first evaluated on them, because {self._database_file} is damaged.",
            )
        return found.loc[found.index.repeat(found["copies"].astype(int)), ["sha", "label"]].reset_index(
            drop=True
        )

    def remember(self, folder: Path, pictures: pd.DataFrame) -> pd.DataFrame:
        """Remember the pictures that were not evaluated before, and return all as they were first evaluated.

        Where none of the pictures is known the folder is another one, and what was known of it is forgotten;
        unless most pictures of a folder that is gone are there: then that one was moved or renamed. A label
        folder that was renamed as a whole gives its pictures the new name.

        Args:
            folder: absolute.
            pictures: as they are evaluated now: one row a picture, columns sha and label.

        Returns:
            As `first` does.
        """
        before = self.first(folder)
        known = before if before["sha"].isin(pictures["sha"]).any() else self._moved(pictures)
        after = known
        if state_of(known) != state_of(pictures):
            after = _renamed(known, pictures)
            after = pd.concat([after, _new(after, pictures)], ignore_index=True)
        if state_of(after) != state_of(before):
            counts = after.value_counts(["sha", "label"]).reset_index()
            self._write(
                ("DELETE FROM main.first_labels WHERE folder = ?", [(str(folder),)]),
                (
                    _FIRST.put(replace=True),
                    [(str(folder), *row) for row in counts.itertuples(index=False, name=None)],
                ),
            )
        return after

    def _moved(self, pictures: pd.DataFrame) -> pd.DataFrame:
        """Return the first labels of the folder that is gone and most of whose pictures these are."""
        query = "SELECT folder, sha FROM first_labels WHERE sha IN"
        shared = Counter(folder for folder, _ in set(self._rows_in(query, set(pictures["sha"]))))
        for folder, count in shared.most_common():
            first = self.first(Path(folder))
            if 2 * count >= first["sha"].nunique() and not dataset_exists(Path(folder)):
                return first
        return pd.DataFrame(columns=["sha", "label"])


def _renamed(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Rename the label of pictures whose label folder was renamed.

    It was where all that is left of it lies under one label that there was not before: pictures that were
    relabelled one by one lie under labels that there were.
    """
    gone, known = set(before["label"]) - set(now["label"]), set(before["label"])
    names = {}
    for label in gone:
        labels = set(now.loc[now["sha"].isin(before.loc[before["label"] == label, "sha"]), "label"])
        if len(labels) == 1 and not labels & known:
            names[label] = labels.pop()
    if len(set(names.values())) < len(names):
        return before  # two labels became one: that is no renaming
    return before.assign(label=before["label"].replace(names))


def _new(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """List the pictures that were not there before: new contents, and further copies of known ones."""
    known = now["sha"].isin(before["sha"])
    again = now[known & now["sha"].duplicated(keep=False)]
    rows = [now.loc[~known, ["sha", "label"]]]
    for sha, copies in again.groupby("sha"):
        labels, had = copies["label"].tolist(), before.loc[before["sha"].eq(sha), "label"].tolist()
        further = max(len(labels) - len(had), 0)
        for label in had:
            if label in labels:
                labels.remove(label)
        rows.append(pd.DataFrame({"sha": sha, "label": sorted(labels)[:further]}))
    return pd.concat(rows)
