"""Feature vectors as a table and as files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from poetcore.analysis.feature_files import feature_table, write_features
from poetcore.data.dataset import Dataset, scan
from poetcore.errors import BackboneError, OptionError
from poetcore.features.backbones import DEFAULT, find
from tests.conftest import Trained


@pytest.fixture(scope="module")
def dataset(trained: Trained) -> Dataset:
    with trained.workspace.file_index() as index:
        return scan(trained.sample / "train", index)


@pytest.fixture(scope="module")
def table(trained: Trained, dataset: Dataset) -> pd.DataFrame:
    return feature_table(dataset, find(DEFAULT), trained.workspace)


def test_every_picture_has_its_path_label_and_cached_vector(trained, dataset, table):
    sha = dataset.pictures["sha"].iloc[7]
    with trained.workspace.feature_cache() as cache:
        kept = cache.get([sha], find(DEFAULT))[sha]
    assert list(table[["path", "label"]].iloc[7]) == list(dataset.pictures[["path", "label"]].iloc[7])
    assert np.array_equal(table.iloc[7, 2:].to_numpy(np.float32), kept)
    assert len(table) == len(dataset.pictures)


def test_npz_has_three_arrays_and_needs_no_pickle(table, tmp_path):
    write_features(tmp_path / "made" / "vectors.npz", table)
    with np.load(tmp_path / "made" / "vectors.npz") as found:
        assert list(found["path"]) == list(table["path"]) and list(found["label"]) == list(table["label"])
        assert (found["features"].dtype, found["features"].shape) == (np.float32, (60, 1280))
        assert np.array_equal(found["features"], table.iloc[:, 2:].to_numpy())


def test_parquet_keeps_the_table(table, tmp_path):
    write_features(tmp_path / "vectors.parquet", table)
    found = pd.read_parquet(tmp_path / "vectors.parquet")
    pd.testing.assert_frame_equal(found, table, check_dtype=False)
    assert set(found.dtypes.iloc[2:]) == {np.dtype(np.float32)}


def test_csv_keeps_every_digit(table, tmp_path):
    write_features(tmp_path / "VECTORS.CSV", table)
    found = pd.read_csv(tmp_path / "VECTORS.CSV").astype(dict.fromkeys(table.columns[2:], np.float32))
    assert np.array_equal(found.iloc[:, 2:].to_numpy(), table.iloc[:, 2:].to_numpy())


def test_the_csv_file_is_a_dataset_again(trained, dataset, table, tmp_path):
    write_features(tmp_path / "vectors.csv", table)
    with trained.workspace.file_index() as index:
        assert scan(tmp_path / "vectors.csv", index).counts() == dataset.counts()


def test_another_ending_is_refused(table):
    with pytest.raises(OptionError, match=r"\.csv, \.npz, \.parquet"):
        write_features(Path("vectors.xlsx"), table)


def test_a_quantized_backbone_is_refused_with_what_to_choose(trained, dataset, tmp_path):
    with pytest.raises(BackboneError, match=f"choose {DEFAULT} to extract"):
        feature_table(dataset, find(f"{DEFAULT}_quantized"), trained.workspace)
