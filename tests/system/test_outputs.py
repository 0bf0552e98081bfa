"""Files that are written where someone says."""

import pytest

from poetcore.errors import OptionError
from poetcore.system.outputs import check_ending, check_source_stays, check_writable, write_output


@pytest.mark.parametrize("dataset", ["labels.csv", "labels.csv/test", "sub/../labels.csv"])
def test_the_list_of_a_dataset_is_not_written_over(tmp_path, dataset):
    (tmp_path / "sub").mkdir()
    (tmp_path / "labels.csv").write_text("path,label\n")
    with pytest.raises(OptionError, match="is the list of pictures itself"):
        check_source_stays(tmp_path / "labels.csv", tmp_path / dataset)


@pytest.mark.parametrize("dataset", ["photos", "photos/labels.csv"])
def test_a_file_beside_the_pictures_may_be_written(tmp_path, dataset):
    check_source_stays(tmp_path / "photos" / "features.csv", tmp_path / dataset)


def test_a_folder_in_the_place_of_a_file_is_one_sentence(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OptionError, match="give the name of a file"):
        check_ending(tmp_path / "a.csv", [".csv"], "A table is")


def test_a_file_where_none_can_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="cannot be written"):
        write_output(tmp_path / "file" / "a.csv", "a")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_file_is_checked_before_its_work_and_nothing_is_left_behind(tmp_path):
    check_writable(tmp_path / "new" / "graph.pb")
    assert list((tmp_path / "new").iterdir()) == []


def test_a_place_where_nothing_can_be_written_is_known_before_the_work(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OptionError, match="cannot be written"):
        check_writable(tmp_path / "file" / "graph.pb")
