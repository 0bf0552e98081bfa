"""Pictures whose label is probably wrong, and the hardest and most typical pictures of each label.

Cross validation: a small classifier is trained on four fifths of the pictures and predicts the fifth that it
has not seen, five times over, so that every picture is scored by one that never saw its label. The score is
the probability that it gives to the picture's given label: the *self-confidence* of confident learning
(Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70).
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from poetcore.analysis.embedding import (
    features_of,
    principal_components,
    projected,
    to_unit_length,
    unit_blocks,
)
from poetcore.analysis.label_folds import content_folds, probabilities_by_folds
from poetcore.data.dataset import Dataset
from poetcore.errors import DatasetError
from poetcore.features.backbones import Backbone
from poetcore.features.cached_features import IN_MEMORY
from poetcore.system.progress import OnProgress
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.workspace import Workspace

__all__ = [
    "FEWEST",
    "find_label_issues",
    "label_issues_among",
    "label_issues_of",
    "score_labels",
    "typical_and_hard",
    "unscored",
]

#: A label with fewer different pictures is not scored: holding one out leaves too few to train on.
FEWEST = 5

#: So many directions hold what tells labels apart: all 1,280 find no more and take ten times longer.
_DIRECTIONS = 256

_COLUMNS = ["path", "label", "suggested", "score", "confidence", "typicality", "sha"]


def label_issues_of(
    dataset: Dataset,
    backbone: Backbone,
    workspace: Workspace,
    on_progress: OnProgress | None = None,
    *,
    verified: Collection[str] = (),
) -> pd.DataFrame:
    """List the pictures of a dataset whose label is probably wrong, most suspect first.

    Labels that are `unscored` are excluded.

    Args:
        dataset: which pictures.
        backbone: which network extracts their features.
        workspace: where feature vectors are kept; missing ones are computed and added.
        on_progress: called in the phases `backbone` and `bottlenecks`.
        verified: contents (sha256) whose label the user found right; they are not listed, but trained on.

    Returns:
        As `find_label_issues` returns it.

    Raises:
        DatasetError: there are not two labels, or no label has enough pictures.
        BackboneError: the backbone's weights cannot be read or downloaded.
        OptionError: a picture may have several labels.
    """
    if dataset.multi_label:
        refuse_multi_label("label_issues")
    vectors = features_of(dataset, backbone, workspace, on_progress)
    return find_label_issues(dataset.pictures, vectors, verified)


def find_label_issues(
    pictures: pd.DataFrame, vectors: Mapping[str, np.ndarray], verified: Collection[str] = ()
) -> pd.DataFrame:
    """List the pictures whose label is probably wrong, most suspect first.

    Args:
        pictures: columns path, label, sha.
        vectors: sha -> `(vector_length,) float32`; pictures without one are excluded.
        verified: contents (sha256) whose label the user found right; they are not listed, but trained on.

    Returns:
        As `label_issues_among` returns it.

    Raises:
        DatasetError: there are not two labels, or no label has enough pictures.
    """
    return label_issues_among(score_labels(pictures, vectors), verified)


def label_issues_among(scored: pd.DataFrame, verified: Collection[str] = ()) -> pd.DataFrame:
    """Select the pictures for which another label is more probable than the given one.

    Args:
        scored: as `score_labels` returns it.
        verified: contents (sha256) whose label the user found right.
    """
    suspect = (scored["suggested"] != scored["label"]) & ~scored["sha"].isin(list(verified))
    return scored[suspect].reset_index(drop=True)


def score_labels(pictures: pd.DataFrame, vectors: Mapping[str, np.ndarray], seed: int = 0) -> pd.DataFrame:
    """Score every picture's label by classifiers that never saw it, most suspect first.

    Files of the same content are held out together. Labels that are `unscored` are trained on only, so that
    they can be suggested.

    Args:
        pictures: columns path, label, sha.
        vectors: sha -> `(vector_length,) float32`; pictures without one are excluded.
        seed: of the folds.

    Returns:
        path; label; suggested, the most probable label; score, the probability of its given label, from 0
        (surely wrong) to 1 (surely right); confidence, the probability of the suggested label; typicality,
        the cosine of the angle to its label's mean, at most 1; sha.

    Raises:
        DatasetError: there are not two labels, or no label has enough pictures.
    """
    used = pictures[pictures["sha"].isin(vectors.keys())].reset_index(drop=True)
    few = unscored(used)
    if used["label"].nunique() < 2 or set(used["label"]) <= set(few):
        raise DatasetError(
            "Labels cannot be scored here: that takes at least two labels, one of them with"
            f" {FEWEST} different usable pictures or more. Add pictures."
        )
    codes, labels = pd.factorize(used["label"], sort=True)
    folds = content_folds(used, seed)  # before the features are there: both take much memory of very many
    shas = used["sha"].to_list()
    # Labels play no part in choosing directions, so nothing of a held-out label leaks.
    if len(shas) > IN_MEMORY and len(vectors[shas[0]]) > _DIRECTIONS:
        features, typicality = (
            projected(vectors, shas, _DIRECTIONS, seed),
            _typicalities(vectors, shas, codes),
        )
    else:
        unit = to_unit_length(np.stack([vectors[sha] for sha in shas]))
        features = principal_components(unit, _DIRECTIONS, seed) if min(unit.shape) > _DIRECTIONS else unit
        typicality = _typicality(unit, codes)
        del unit
    probabilities = probabilities_by_folds(features, codes, folds)
    given = np.arange(len(used)), codes
    scored = pd.DataFrame(
        {
            "path": used["path"],
            "label": used["label"],
            "suggested": labels[probabilities.argmax(axis=1)],
            "score": probabilities[given],
            "confidence": probabilities.max(axis=1),
            "typicality": typicality,
            "sha": used["sha"],
        },
        columns=_COLUMNS,
    )
    return scored[~scored["label"].isin(few)].sort_values(["score", "path"], ignore_index=True)


def unscored(pictures: pd.DataFrame) -> dict[str, int]:
    """Count the different pictures of the labels that have too few to be scored.

    Args:
        pictures: columns label, sha.
    """
    different = pictures.groupby("label")["sha"].nunique()
    return {str(label): int(count) for label, count in different.items() if count < FEWEST}


def typical_and_hard(scored: pd.DataFrame, label: str, count: int = 12) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a label's most typical and its hardest pictures, each content once.

    Typical are those nearest to the label's mean vector; hard are those with the lowest score, and wrong
    labels are among them.

    Args:
        scored: as `score_labels` returns it.
        label: which label.
        count: how many of each.
    """
    own = scored[scored["label"] == label].drop_duplicates("sha")
    typical = own.sort_values("typicality", ascending=False, kind="stable").head(count)
    return typical.reset_index(drop=True), own.head(count).reset_index(drop=True)


def _typicality(unit: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Compute the cosine of the angle to the label's mean: `(n,) float32`."""
    means = np.stack([unit[codes == code].mean(axis=0) for code in range(codes.max() + 1)])
    cosines: np.ndarray = (unit * to_unit_length(means)[codes]).sum(axis=1)
    return cosines


def _typicalities(vectors: Mapping[str, np.ndarray], shas: Sequence[str], codes: np.ndarray) -> np.ndarray:
    """Compute the same of very many pictures, whose feature vectors are read twice: `(n,) float32`."""
    sums = np.zeros((codes.max() + 1, len(vectors[shas[0]])), np.float64)
    cosines, done = np.empty(len(shas), np.float32), 0
    for block in unit_blocks(vectors, shas):
        own = codes[done : done + len(block)]
        for code in np.unique(own):
            sums[code] += block[own == code].sum(axis=0)
        done += len(block)
    means, done = to_unit_length(sums), 0
    for block in unit_blocks(vectors, shas):
        own = codes[done : done + len(block)]
        cosines[done : done + len(block)] = (block * means[own]).sum(axis=1)
        done += len(block)
    return cosines
