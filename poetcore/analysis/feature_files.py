"""Feature vectors (bottlenecks) to look at: a table of path, label and vector, and the files that hold it."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from poetcore.analysis.embedding import features_of
from poetcore.data.dataset import Dataset
from poetcore.errors import DatasetError, OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.cached_features import stacked
from poetcore.system.files import printable
from poetcore.system.outputs import check_ending, check_output, check_source_stays, write_output
from poetcore.system.progress import OnProgress
from poetcore.workspace.records import to_csv
from poetcore.workspace.workspace import Workspace

__all__ = ["check_feature_file", "feature_table", "write_features"]


def feature_table(
    dataset: Dataset, backbone: Backbone, workspace: Workspace, on_progress: OnProgress | None = None
) -> pd.DataFrame:
    """Extract the features of a dataset's pictures as a table; what is in the cache is not computed again.

    Args:
        dataset: which pictures.
        backbone: which network.
        workspace: where feature vectors and converted backbones are kept.
        on_progress: called in the phases `backbone` and `bottlenecks`.

    Returns:
        One row a picture that can be used, in the dataset's order: path (absolute), label, then the feature
        vector in the columns `feature_0`, `feature_1` ..., float32.

    Raises:
        BackboneError: the backbone's weights cannot be read or downloaded.
        DatasetError: no picture can be used.
    """
    vectors = features_of(dataset, backbone, workspace, on_progress)
    pictures = dataset.pictures[dataset.pictures["sha"].isin(vectors.keys())].reset_index(drop=True)
    if pictures.empty:
        raise DatasetError(f"No picture of {printable(dataset.folder)} can be used: add pictures.")
    table = pd.DataFrame(
        stacked(vectors, pictures["sha"].to_list()),
        columns=[f"feature_{number}" for number in range(backbone.vector_length)],
    )
    return pd.concat([pictures[["path", "label"]], table], axis=1)


def check_feature_file(file: Path, dataset: Path, force: bool = False) -> None:
    """Check that the feature vectors of a dataset can be written into a file of this name.

    Args:
        file: what is to be written.
        dataset: folder or CSV file of the dataset.
        force: whether to replace a file that Poet did not write.

    Raises:
        OptionError: its ending is none of those that are known, a folder of that name is there, or the
            dataset is read from it.
    """
    check_ending(file, _FORMATS, "Feature vectors are")
    check_source_stays(file, dataset)
    check_output(file, force)


def write_features(file: Path, table: pd.DataFrame, force: bool = False) -> None:
    """Write feature vectors into a file; its ending decides how.

    `.csv` has the columns of the table; it can be read as a dataset. `.parquet` has the same columns. `.npz`
    has the arrays `path` and `label`, (n,) str, and `features`, (n, vector length) float32; it is read
    without pickle.

    Args:
        file: where to.
        table: as `feature_table` returns it.
        force: whether to replace a file that Poet did not write.

    Raises:
        OptionError: the name has another ending, or the file cannot be written.
    """
    check_ending(file, _FORMATS, "Feature vectors are")
    write_output(file, _FORMATS[file.suffix.lower()](table), force)


def _csv(table: pd.DataFrame) -> bytes:
    return to_csv(table).encode()


def _npz(table: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(
        out,
        path=table["path"].to_numpy(str),
        label=table["label"].to_numpy(str),
        features=table.drop(columns=["path", "label"]).to_numpy(np.float32),
    )
    return out.getvalue()


def _parquet(table: pd.DataFrame) -> bytes:
    try:
        import pyarrow  # noqa: F401 - what pandas writes it with
    except ImportError:
        raise OptionError(
            "A .parquet file needs the package pyarrow: pip install pyarrow, or choose .csv or .npz."
        ) from None
    out = io.BytesIO()
    table.to_parquet(out, index=False)
    return out.getvalue()


#: The formats, by the ending of a file's name.
_FORMATS: dict[str, Callable[[pd.DataFrame], bytes]] = {".csv": _csv, ".npz": _npz, ".parquet": _parquet}
