"""Every picture predicted by a small classifier that was trained without it: folds, and their trainings."""

import hashlib
import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from poetcore.system.files import cores

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

__all__ = ["FOLDS", "content_folds", "probabilities_by_folds"]

#: The folds of the cross validation.
FOLDS = 5

#: From so many pictures on, chance alone gives every fold a fair share of a label.
_MANY = 50

#: Inverse strength of the regularization: strong, so that a wrong label cannot be memorised. From 1 to
#: 10 finds as many swapped labels, give or take one in a hundred (`python -m tests.benchmarks.suspects`).
_C = 3.0

#: Bytes of features that the folds which are trained at the same time have copies of; of more there are none.
_COPIED_BYTES = 100_000_000

#: Directions whose numbers are moved at once.
_MOVED = 16


def content_folds(pictures: pd.DataFrame, seed: int) -> np.ndarray:
    """Assign the contents to folds so that every fold has its share of each label: `(n,) int`.

    A content's fold depends on the content alone, so that one repaired picture does not change those of all
    the others. Labels with few pictures are assigned in turn, for chance would leave them uneven.
    """
    contents = pictures.drop_duplicates("sha")
    drawn = contents["sha"].map(lambda sha: hashlib.sha256(f"{seed}{sha}".encode()).digest())
    contents = contents.assign(drawn=drawn).sort_values(["label", "drawn"])
    in_turn = pd.Series(np.arange(len(contents)) % FOLDS, contents.index)
    by_chance = contents["drawn"].map(lambda digest: int.from_bytes(digest[:8]) % FOLDS)
    many = contents.groupby("label")["sha"].transform("size") >= _MANY
    fold_of = dict(zip(contents["sha"], by_chance.where(many, in_turn), strict=True))
    return pictures["sha"].map(fold_of).to_numpy()


def probabilities_by_folds(features: np.ndarray, codes: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Compute each picture's probabilities by a classifier that was trained on the other folds.

    Args:
        features: `(n, d) float32`; of very many pictures the rows are in another order afterwards.
        codes: `(n,) int`, each picture's label, numbered from 0.
        folds: `(n,) int`.

    Returns:
        `(n, labels) float64`.
    """
    from joblib import parallel_config
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import PredefinedSplit, cross_val_predict
    from threadpoolctl import threadpool_limits

    if any(len(np.unique(codes[folds != fold])) < 2 for fold in np.unique(folds)):
        # A single picture beside one other label: nothing to compare with.
        return np.asarray(np.eye(codes.max() + 1)[codes])
    model = LogisticRegression(C=_C, tol=1e-3, max_iter=1000)
    together = min(cores(), _COPIED_BYTES // features.nbytes)
    # One thread a fold, as in principal_components.
    with (
        threadpool_limits(1),
        parallel_config("threading", n_jobs=max(1, together)),
        warnings.catch_warnings(),
    ):
        # A label of one content is unknown to the classifier from which that is held out.
        warnings.filterwarnings("ignore", "Number of classes in training fold")
        if not together:
            return _without_copies(model, features, codes, folds)
        split = PredefinedSplit(folds)
        found = cross_val_predict(model, features, codes, cv=split, method="predict_proba")
    return np.asarray(found, np.float64)


def _without_copies(
    model: "LogisticRegression", features: np.ndarray, codes: np.ndarray, folds: np.ndarray
) -> np.ndarray:
    """Compute the same as `cross_val_predict`, where features are as many as memory holds once.

    The rows of a fold are moved behind those that are trained on, which keep their order.
    """
    found, place = np.zeros((len(codes), codes.max() + 1)), np.arange(len(codes))
    for fold in np.unique(folds):
        others, own = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        order = np.concatenate([others, own])
        for begin in range(0, features.shape[1], _MOVED):
            some = slice(begin, begin + _MOVED)
            features[:, some] = features[place[order], some]
        place[order] = np.arange(len(order))
        model.fit(features[: len(others)], codes[others])
        found[np.ix_(own, model.classes_)] = model.predict_proba(features[len(others) :])
    return found
