"""Sets of pictures that come in file by file: gone on with, made datasets of, discarded."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from poetcore.data.dataset import scan
from poetcore.data.layout import folders_in
from poetcore.errors import DatasetError, OptionError
from poetcore.system.temporary import temporary_path
from poetcore.workspace import uploads
from poetcore.workspace.offers import Offered
from poetcore.workspace.uploads import (
    Upload,
    begin_upload,
    find_upload,
    finish_upload,
    label_upload,
    unfinished_uploads,
)
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture

ONE, OTHER = encoded(picture(1)), encoded(picture(2))
TWO = {"insects/ant/a.jpg": ONE, "insects/bee/b.jpg": OTHER}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


def begun(place: Workspace, files: dict[str, bytes]) -> Upload:
    return begin_upload(place, [Offered(path, len(content)) for path, content in files.items()])


def send(upload: Upload, files: dict[str, bytes], numbers: list[int] | None = None) -> None:
    """Send the files that are missing, or some of them."""
    contents = list(files.values())
    for number in upload.missing() if numbers is None else numbers:
        with upload.receiving(number) as file:
            file.write(contents[number])


def sent(place: Workspace, files: dict[str, bytes]) -> Upload:
    upload = begun(place, files)
    send(upload, files)
    return upload


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_label_folders_becomes_a_dataset_of_its_name(place):
    arrived = finish_upload(place, sent(place, TWO))
    assert arrived.train == place.datasets / "insects"
    assert files_in(arrived.train) == {"ant/a.jpg", "bee/b.jpg"}


def test_label_folders_that_come_without_a_folder_around_them_are_the_labels(place):
    arrived = finish_upload(place, sent(place, {"ant/a.jpg": ONE, "bee/b.jpg": OTHER}))
    assert (arrived.folder.name, files_in(arrived.train)) == ("photos", {"ant/a.jpg", "bee/b.jpg"})


def test_train_and_test_stay_divided(place):
    files = {f"set/{part}/{label}/a.jpg": ONE for part in ("train", "test") for label in ("ant", "bee")}
    arrived = finish_upload(place, sent(place, files))
    assert (arrived.train, arrived.demo) == (place.datasets / "set/train", place.datasets / "set/test")


def test_nothing_is_listed_as_long_as_it_is_not_whole(place):
    upload = begun(place, TWO)
    send(upload, TWO, [0])
    assert folders_in(place.datasets) == []


def test_the_same_folder_again_goes_on_with_what_is_missing(place):
    send(begun(place, TWO), TWO, [0])
    assert begun(place, TWO).missing() == [1]


def test_a_folder_that_was_changed_meanwhile_is_another_upload(place):
    send(begun(place, TWO), TWO, [0])
    assert begun(place, TWO | {"insects/bee/b.jpg": OTHER + b"\0"}).missing() == [0, 1]


def test_a_file_that_came_in_part_counts_as_missing(place):
    upload = begun(place, TWO)
    with pytest.raises(DatasetError, match="instead of"), upload.receiving(0) as file:
        file.write(ONE[:10])
    assert (upload.missing(), files_in(upload.files)) == ([0, 1], set())


def test_a_file_that_the_browser_could_not_read_is_excluded_with_its_reason(place):
    files = TWO | {"insects/bee/c.jpg": ONE}
    upload = begun(place, files)
    send(upload, files, [0, 1])
    assert finish_upload(place, upload).excluded == [("insects/bee/c.jpg", "did not come in")]


def test_what_is_discarded_is_gone(place):
    upload = sent(place, TWO)
    upload.discard()
    assert list(place.datasets.iterdir()) == []


def test_nothing_is_received_for_what_was_discarded(place):
    upload = begun(place, TWO)
    upload.discard()
    with pytest.raises(DatasetError, match="discarded"), upload.receiving(0):
        pass


@pytest.mark.parametrize("name", ["0" * 20, "../../etc", "x", ""])
def test_an_unknown_upload_is_refused(place, name):
    with pytest.raises(DatasetError, match="drop the folder again"):
        find_upload(place, name)


def test_uploads_that_were_broken_off_are_listed(place):
    upload = begun(place, TWO)
    assert unfinished_uploads(place) == [upload]


@pytest.mark.parametrize("content", ["[" * 50_000, "[[3, 3, 0]]", '[["rose/a.jpg", "x", 0]]', "{}"])
def test_a_damaged_list_of_an_upload_is_told(place, content):
    upload = begun(place, TWO)
    (upload.folder / "offer.json").write_text(content)
    uploads._offer.cache_clear()
    with pytest.raises(DatasetError, match="drop the folder again|take a folder"):
        upload.missing()


def test_a_full_disk_is_told_before_anything_is_sent(place, monkeypatch):
    monkeypatch.setattr(uploads, "_RESERVE", 10**18)
    with pytest.raises(DatasetError, match="make room"):
        begun(place, TWO)


def test_an_empty_label_folder_is_kept(place):
    files = TWO | {"insects/cricket/": b""}
    arrived = finish_upload(place, sent(place, files))
    with place.file_index() as index:
        assert scan(arrived.train, index).empty == ("cricket",)


def test_a_zip_file_is_unpacked(place, tmp_path):
    archive = tmp_path / "insects.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in TWO.items():
            opened.writestr(name, content)
    arrived = finish_upload(place, sent(place, {"insects.zip": archive.read_bytes()}))
    assert files_in(place.datasets) == {"insects/ant/a.jpg", "insects/bee/b.jpg"}
    assert arrived.pictures == 2


def test_what_makes_no_dataset_is_not_kept(place):
    with pytest.raises(DatasetError, match="cannot be unpacked"):
        finish_upload(place, sent(place, {"insects.zip": b"PK\3\4 no zip file"}))
    assert list(place.datasets.iterdir()) == []


def test_a_csv_file_gives_the_pictures_their_labels(place):
    files = {"set/images/a.jpg": ONE, "set/images/b.jpg": OTHER}
    rows = b"path,label\nimages/a.jpg,ant\nimages/b.jpg,bee\n"
    arrived = finish_upload(place, sent(place, files | {"set/labels.csv": rows}))
    with place.file_index() as index:
        assert scan(arrived.train, index).counts() == {"ant": 1, "bee": 1}


def test_loose_photos_go_into_the_label_that_is_named(place):
    arrived = label_upload(sent(place, {"a.jpg": ONE, "b.jpg": OTHER}), "ant", place.datasets / "mine")
    assert files_in(arrived.train) == {"ant/a.jpg", "ant/b.jpg"}


def test_a_label_that_looks_like_one_of_the_dataset_is_that_one(place):
    into = finish_upload(place, sent(place, TWO)).train
    label_upload(sent(place, {"c.jpg": OTHER}), " Ant ", into)
    assert files_in(into) == {"ant/a.jpg", "ant/c.jpg", "bee/b.jpg"}


def test_photos_of_a_name_that_is_taken_get_another_and_copies_stay_once(place):
    into = finish_upload(place, sent(place, TWO)).train
    label_upload(sent(place, {"a.jpg": OTHER}), "ant", into)
    label_upload(sent(place, {"a.jpg": ONE}), "ant", into)
    assert files_in(into) == {"ant/a.jpg", "ant/a_2.jpg", "bee/b.jpg"}


def test_a_label_that_can_be_no_folder_is_refused_and_the_photos_wait(place):
    upload = sent(place, {"a.jpg": ONE})
    with pytest.raises(OptionError, match="A label"):
        label_upload(upload, "a/b", place.datasets / "mine")
    assert upload.exists()


def test_what_a_killed_server_left_of_a_file_does_not_come_into_the_dataset(place):
    upload = sent(place, TWO)
    temporary_path(upload.files / "insects/ant/b.jpg").write_bytes(b"half")
    assert files_in(finish_upload(place, upload).train) == {"ant/a.jpg", "bee/b.jpg"}


def test_a_disk_that_refuses_costs_nothing_of_what_has_come(place, monkeypatch):
    upload = sent(place, TWO)
    with monkeypatch.context() as refusing, pytest.raises(OSError, match="refused"):
        refusing.setattr(uploads, "put_in_place", lambda *_: (_ for _ in ()).throw(OSError("refused")))
        finish_upload(place, upload)
    assert files_in(finish_upload(place, upload).train) == {"ant/a.jpg", "bee/b.jpg"}


def test_what_another_window_finished_is_received_and_labelled_no_more(place):
    files = {"ant/a.jpg": ONE}
    upload = sent(place, files)
    folder = place.datasets / "insects"
    with pytest.raises(DatasetError, match="finished or discarded"), upload.receiving(0) as file:
        file.write(ONE)
        label_upload(upload, "ant", folder)
    with pytest.raises(DatasetError, match="finished or discarded"):
        label_upload(upload, "bee", folder)
    assert [one.name for one in place.datasets.iterdir()] == ["insects"]
    assert files_in(folder) == {"ant/a.jpg"}


def test_two_windows_that_finish_at_once_make_one_dataset(place):
    upload = sent(place, TWO)

    def finish(_: int) -> bool:
        try:
            return finish_upload(place, upload).pictures == 2
        except DatasetError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(finish, range(4))) == 1
    assert [one.name for one in place.datasets.iterdir()] == ["insects"]
