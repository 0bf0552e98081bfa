"""Label folders without pictures are removed, and no file with them."""

import pytest

from poetcore.curation.empty_labels import remove_empty_label
from poetcore.errors import OptionError


def test_an_empty_label_folder_goes_with_what_systems_left_in_it(tmp_path):
    (tmp_path / "fern" / "deep").mkdir(parents=True)
    (tmp_path / "fern" / ".DS_Store").touch()
    remove_empty_label(tmp_path, "fern")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.jpg", "notes.txt", ".notes", "deep/b"])
def test_a_folder_with_a_file_stays(tmp_path, name):
    (tmp_path / "fern" / name).parent.mkdir(parents=True)
    (tmp_path / "fern" / name).touch()
    with pytest.raises(OptionError, match="where nothing is in it"):
        remove_empty_label(tmp_path, "fern")
    assert (tmp_path / "fern" / name).exists()


@pytest.mark.parametrize("label", ["rose", "..", "", ".", "fern/deep"])
def test_what_is_no_label_folder_is_refused(tmp_path, label):
    (tmp_path / "fern" / "deep").mkdir(parents=True)
    with pytest.raises(OptionError, match="No label folder"):
        remove_empty_label(tmp_path, label)
