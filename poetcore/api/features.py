"""Features of pictures from Python, and the networks that compute them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from poetcore.api.arguments import PathLike, Progressing, on_progress, pictures_in, workspace_at
from poetcore.features.backbones import DEFAULT
from poetcore.features.extraction import extract_features as extract_features_of
from poetcore.features.litert import list_backbones as backbones_in
from poetcore.features.litert import model_file
from poetcore.features.network_file import find_network

__all__ = ["extract_features", "list_backbones"]


def extract_features(
    paths: PathLike | Iterable[PathLike],
    architecture: str = DEFAULT,
    *,
    workspace: PathLike | None = None,
    progress: Progressing = None,
) -> pd.DataFrame:
    """Compute the feature vector (bottleneck) of pictures; what was computed before is not computed again.

    Args:
        paths: files, or folders of pictures.
        architecture: a backbone, one of `list_backbones()`, several joined by `+`, or a path.
        workspace: the folder in which Poet keeps what it makes; by default TFP_WORKSPACE's, or tf_files.
        progress: None for a bar where there is a terminal or notebook, False for none, or a function.

    Returns:
        One row a file in the order given, its path as index, `(n, vector length) float32`. The row of a file
        that cannot be used is NaN.

    Raises:
        BackboneError: the backbone is unknown or its weights cannot be read or downloaded.

    Example:
        >>> poet.extract_features("sample/demo/rose").shape
        (4, 1280)
    """
    files, place = pictures_in(paths), workspace_at(workspace)
    with on_progress(progress) as show, place.file_index() as index, place.feature_cache() as cache:
        backbone = find_network(architecture, place.models, on_progress=show)
        entries = index.lookup(files)
        found = extract_features_of(
            {entry.sha: entry.path for entry in entries if entry.reason is None},
            backbone,
            lambda one: model_file(one, place.models, show),
            cache,
            index,
            on_progress=show,
        )
    unusable = np.full(backbone.vector_length, np.nan, np.float32)
    rows = [found.vectors.get(entry.sha, unusable) for entry in entries]
    return pd.DataFrame(np.stack(rows), index=pd.Index([str(file) for file in files], name="path"))


def list_backbones(*, workspace: PathLike | None = None) -> pd.DataFrame:
    """List the pre-trained networks.

    Returns:
        One row a backbone: name, input_size (pixels a side), vector_length, megabytes, imagenet_top1 (%),
        multiply_adds (millions a picture), offline (whether it works without a connection now).

    Example:
        >>> poet.list_backbones().loc[0, "name"]
        'efficientnet_lite0'
    """
    return pd.DataFrame(backbones_in(workspace_at(workspace).models))
