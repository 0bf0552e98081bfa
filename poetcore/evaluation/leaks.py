"""Leaks: demo pictures that a run has seen in training: the same, near duplicates, or of one burst."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.data.contents import paths_of
from poetcore.data.grouping import group_pictures
from poetcore.data.holds import hold_of
from poetcore.data.near_duplicates import near_matches
from poetcore.data.perceptual_hash import HashIndex, Thumbnails, hash_all
from poetcore.evaluation.freshness import current_files
from poetcore.system.progress import OnProgress
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["Leaks", "find_leaks", "seen_pictures"]

#: The parts of the split that a run saw: the last layer was fitted to one, and chosen by the other.
_SEEN = ("training", "validation")


@dataclass(frozen=True)
class Leaks:
    """What is known of demo pictures beside what a model predicts for them.

    Attributes:
        table: one row a picture, in their order: sha, leaked (whether its content was trained or validated
            on), leaked_near (whether only a near duplicate was, or a picture of the same hold) and twin (that
            picture's path, "" for none); None where it is not known.
        groups: `(n,) int64`, the number of each picture's group of near duplicates among them.
    """

    table: pd.DataFrame
    groups: np.ndarray


def find_leaks(
    pictures: pd.DataFrame, run: Run | None, workspace: Workspace, on_progress: OnProgress | None = None
) -> Leaks:
    """Find the demo pictures that a run has seen in training.

    Args:
        pictures: columns path, label and sha.
        run: which run; None where it is not known what the model was trained with.
        workspace: where perceptual hashes are kept; those that are missing are computed.
        on_progress: called in the phase `hashing` where hashes have to be computed.

    Raises:
        RunError: the run's split is missing or damaged.
    """
    with workspace.hash_index() as index:
        _hash(pictures, index, on_progress)
        hashes = index.get(pictures["sha"])
        groups = group_pictures(pictures, "near", hashes=hashes)
        table = pd.DataFrame({"sha": pictures["sha"], "leaked": None, "leaked_near": None, "twin": ""})
        if run is not None:
            split = run.split()
            seen = split[split["split"].isin(_SEEN)].drop_duplicates("sha")
            _hash_seen(seen, run, workspace, index, on_progress)
            table = _flagged(pictures, hashes, seen, index.get(seen["sha"]))
    return Leaks(table.reset_index(drop=True), groups)


def _flagged(
    pictures: pd.DataFrame, hashes: Thumbnails, seen: pd.DataFrame, seen_hashes: Thumbnails
) -> pd.DataFrame:
    """Flag the pictures that were seen: their content, a near duplicate, or another one of their hold."""
    path_of, shas = seen.set_index("sha")["path"], pictures["sha"]
    exact = shas.isin(path_of.index)
    contents = set(path_of.index)
    asked, others = [sha for sha in hashes.row_of if sha not in contents], list(seen_hashes.row_of)
    found = near_matches(hashes.pixels, seen_hashes.pixels, rows=hashes.rows(asked))
    twins = _of_one_hold(pictures, seen)
    twins |= {asked[number]: others[row] for number, (row, _) in found.items()}
    near = shas.isin(twins) & ~exact
    # Without all the hashes a picture that was not found may yet be a near duplicate.
    known = exact | near | (len(seen_hashes) == len(seen) and shas.isin(hashes.row_of))
    return pd.DataFrame(
        {
            "sha": shas,
            "leaked": exact,
            "leaked_near": near if known.all() else near.astype(object).where(known, None),
            "twin": shas.where(exact, shas.map(twins)).map(path_of).fillna(""),
        }
    )


def _of_one_hold(pictures: pd.DataFrame, seen: pd.DataFrame) -> dict[str, str]:
    """Return sha -> the sha of a picture that was seen and was taken in the same go, where there is one."""
    was_seen = {
        hold: sha
        for path, sha in zip(seen["path"], seen["sha"], strict=True)
        if (hold := hold_of(Path(path).name))
    }
    holds = [hold_of(Path(path).name) for path in pictures["path"]] if was_seen else []
    return {
        sha: was_seen[hold] for sha, hold in zip(pictures["sha"], holds, strict=False) if hold in was_seen
    }


def _hash_seen(
    seen: pd.DataFrame, run: Run, workspace: Workspace, index: HashIndex, on_progress: OnProgress | None
) -> None:
    """Hash the pictures that a run has seen, where they are, or where they were moved within their folder."""
    _hash(seen, index, on_progress)
    if missing := index.missing(seen["sha"]):
        now = current_files(Path(run.record().image_dir), workspace)
        if now is not None:
            _hash(now.pictures[now.pictures["sha"].isin(missing)], index, on_progress)


def _hash(pictures: pd.DataFrame, index: HashIndex, on_progress: OnProgress | None) -> None:
    """Hash the pictures that never were, where a file still has their content."""
    missing = set(index.missing(pictures["sha"]))
    hash_all(paths_of(pictures[pictures["sha"].isin(missing)]), index, on_progress)


def seen_pictures(predictions: pd.DataFrame) -> dict[str, str]:
    """Return the paths of the pictures that were seen in training, each with how, in a few words.

    Args:
        predictions: of an evaluation; those of earlier versions know only the same pictures.
    """
    # What is not known is missing in the table, so that only True counts.
    same = predictions["leaked"].eq(True)
    near = predictions["leaked_near"].eq(True) if "leaked_near" in predictions else ~same & False
    found = dict.fromkeys(predictions.loc[near, "path"], "near duplicate seen in training")
    return found | dict.fromkeys(predictions.loc[same, "path"], "seen in training")
