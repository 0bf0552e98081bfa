"""Feature vectors as a table and as files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.analysis import feature_files
from poetcore.analysis.feature_files import Features, picture_features, write_features
from poetcore.data.dataset import Dataset, scan
from poetcore.errors import BackboneError, OptionError
from poetcore.features.backbones import DEFAULT, find
from tests.conftest import Trained


@pytest.fixture(scope="module")
def dataset(trained: Trained) -> Dataset:
    with trained.workspace.file_index() as index:
        return scan(trained.sample / "train", index)


@pytest.fixture(scope="module")
def found(trained: Trained, dataset: Dataset) -> Features:
    return picture_features(dataset, find(DEFAULT), trained.workspace)


@pytest.fixture(scope="module")
def table(found: Features) -> pd.DataFrame:
    return found.table()


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have files written in parts, as those of very many pictures are."""
    monkeypatch.setattr(feature_files, "_ROWS", 17)
    monkeypatch.setattr(feature_files, "IN_MEMORY", 17)


def test_every_picture_has_its_path_label_and_cached_vector(trained, dataset, table):
    sha = dataset.pictures["sha"].iloc[7]
    with trained.workspace.feature_cache() as cache:
        kept = cache.get([sha], find(DEFAULT))[sha]
    assert list(table[["path", "label"]].iloc[7]) == list(dataset.pictures[["path", "label"]].iloc[7])
    assert np.array_equal(table.iloc[7, 2:].to_numpy(np.float32), kept)
    assert len(table) == len(dataset.pictures)


@pytest.mark.usefixtures("in_parts")
def test_npz_has_three_arrays_and_needs_no_pickle(found, table, tmp_path):
    write_features(tmp_path / "made" / "vectors.npz", found)
    with np.load(tmp_path / "made" / "vectors.npz") as read:
        assert list(read["path"]) == list(table["path"]) and list(read["label"]) == list(table["label"])
        assert (read["features"].dtype, read["features"].shape) == (np.float32, (60, 1280))
        assert np.array_equal(read["features"], table.iloc[:, 2:].to_numpy())


@pytest.mark.usefixtures("in_parts")
def test_parquet_keeps_the_table(found, table, tmp_path):
    write_features(tmp_path / "vectors.parquet", found)
    read = pd.read_parquet(tmp_path / "vectors.parquet")
    pd.testing.assert_frame_equal(read, table, check_dtype=False)
    assert set(read.dtypes.iloc[2:]) == {np.dtype(np.float32)}


@pytest.mark.usefixtures("in_parts")
def test_csv_keeps_every_digit(found, table, tmp_path):
    write_features(tmp_path / "VECTORS.CSV", found)
    read = pd.read_csv(tmp_path / "VECTORS.CSV").astype(dict.fromkeys(table.columns[2:], np.float32))
    assert list(read.columns) == list(table.columns)
    assert np.array_equal(read.iloc[:, 2:].to_numpy(), table.iloc[:, 2:].to_numpy())


def test_the_csv_file_is_a_dataset_again(trained, dataset, found, tmp_path):
    write_features(tmp_path / "vectors.csv", found)
    with trained.workspace.file_index() as index:
        assert scan(tmp_path / "vectors.csv", index).counts() == dataset.counts()


def test_another_ending_is_refused(found):
    with pytest.raises(OptionError, match=r"\.csv, \.npz, \.parquet"):
        write_features(Path("vectors.xlsx"), found)


def test_a_quantized_backbone_is_refused_with_what_to_choose(trained, dataset, tmp_path):
    with pytest.raises(BackboneError, match=f"choose {DEFAULT} to extract"):
        picture_features(dataset, find(f"{DEFAULT}_quantized"), trained.workspace)
