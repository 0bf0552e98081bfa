"""Feature vectors (bottlenecks) to look at: tables of path, label and vector, and the files that hold them.

Of very many pictures a file is written some thousands at a time: together they may take gigabytes.
"""

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from poetcore.analysis.embedding import features_of
from poetcore.data.dataset import Dataset
from poetcore.errors import DatasetError, OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.cached_features import IN_MEMORY, stacked
from poetcore.system.files import printable
from poetcore.system.outputs import check_ending, check_output, check_source_stays, writing_output
from poetcore.system.progress import OnProgress
from poetcore.workspace.records import to_csv
from poetcore.workspace.workspace import Workspace

__all__ = ["Features", "check_feature_file", "picture_features", "write_features"]

#: Pictures that are written at once.
_ROWS = 2000


@dataclass(frozen=True, eq=False)
class Features:
    """The features of a dataset's pictures.

    Attributes:
        pictures: columns path (absolute), label and sha; one row a picture that can be used, in the dataset's
            order.
        vectors: sha -> feature vector, `(vector_length,) float32`.
        vector_length: features of a picture.
    """

    pictures: pd.DataFrame
    vectors: Mapping[str, np.ndarray]
    vector_length: int

    def __len__(self) -> int:
        return len(self.pictures)

    def arrays(self) -> Iterator[np.ndarray]:
        """Yield the feature vectors of some pictures after the other, `(n, vector_length) float32`."""
        for begin in range(0, len(self), _ROWS):
            yield self._array(slice(begin, begin + _ROWS))

    def tables(self, rows: int) -> Iterator[pd.DataFrame]:
        """Yield the rows of `table`, so many at once."""
        for begin in range(0, len(self), rows):
            yield self.table(slice(begin, begin + rows))

    def table(self, chosen: slice = slice(None)) -> pd.DataFrame:
        """Return a table of some pictures, by default of all.

        Returns:
            One row a picture: path, label, then the feature vector in the columns `feature_0`, `feature_1`
            ..., float32.
        """
        names = [f"feature_{number}" for number in range(self.vector_length)]
        pictures = self.pictures[["path", "label"]][chosen].reset_index(drop=True)
        return pd.concat([pictures, pd.DataFrame(self._array(chosen), columns=names)], axis=1)

    def _array(self, chosen: slice) -> np.ndarray:
        return stacked(self.vectors, self.pictures["sha"][chosen].to_list())


def picture_features(
    dataset: Dataset, backbone: Backbone, workspace: Workspace, on_progress: OnProgress | None = None
) -> Features:
    """Extract the features of a dataset's pictures; what is in the cache is not computed again.

    Args:
        dataset: which pictures.
        backbone: which network.
        workspace: where feature vectors and converted backbones are kept.
        on_progress: called in the phases `backbone` and `bottlenecks`.

    Raises:
        BackboneError: the backbone's weights cannot be read or downloaded.
        DatasetError: no picture can be used.
    """
    vectors = features_of(dataset, backbone, workspace, on_progress)
    pictures = dataset.pictures[dataset.pictures["sha"].isin(vectors.keys())].reset_index(drop=True)
    if pictures.empty:
        raise DatasetError(f"No picture of {printable(dataset.folder)} can be used: add pictures.")
    return Features(pictures[["path", "label", "sha"]], vectors, backbone.vector_length)


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


def write_features(file: Path, found: Features, force: bool = False) -> None:
    """Write feature vectors into a file; its ending decides how.

    `.csv` has the columns of the table; it can be read as a dataset. `.parquet` has the same columns. `.npz`
    has the arrays `path` and `label`, (n,) str, and `features`, (n, vector length) float32; it is read
    without pickle.

    Args:
        file: where to.
        found: of `picture_features`.
        force: whether to replace a file that Poet did not write.

    Raises:
        OptionError: the name has another ending, or the file cannot be written.
    """
    check_ending(file, _FORMATS, "Feature vectors are")
    with writing_output(file, force) as out:
        _FORMATS[file.suffix.lower()](found, out)


def _csv(found: Features, out: BinaryIO) -> None:
    for number, table in enumerate(found.tables(_ROWS)):
        out.write(to_csv(table, header=not number).encode())


def _npz(found: Features, out: BinaryIO) -> None:
    """Write what `np.savez_compressed` does, the large array in parts."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as arrays:
        for name in ("path", "label"):
            with arrays.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, found.pictures[name].to_numpy(str), allow_pickle=False)
        with arrays.open("features.npy", "w", force_zip64=True) as member:
            shape = (len(found), found.vector_length)
            about = {"descr": np.dtype(np.float32).str, "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(member, about)
            for array in found.arrays():
                member.write(np.ascontiguousarray(array, np.float32).data)


def _parquet(found: Features, out: BinaryIO) -> None:
    try:
        from pyarrow import Table
        from pyarrow.parquet import ParquetWriter
    except ImportError:
        raise OptionError(
            "A .parquet file needs the package pyarrow: pip install pyarrow, or choose .csv or .npz."
        ) from None
    # Each part becomes a row group, which should be large.
    tables = (Table.from_pandas(table, preserve_index=False) for table in found.tables(IN_MEMORY))
    first = next(tables)
    with ParquetWriter(out, first.schema) as writer:
        writer.write_table(first)
        del first
        for table in tables:
            writer.write_table(table)


#: The formats, by the ending of a file's name.
_FORMATS: dict[str, Callable[[Features, BinaryIO], None]] = {".csv": _csv, ".npz": _npz, ".parquet": _parquet}
