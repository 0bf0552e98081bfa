"""Folders of pictures that a workspace knows, zip files that become such folders, and worries in words."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from poetcore.data.dataset import Dataset, scan
from poetcore.errors import DatasetError
from poetcore.workspace import datasets as catalogue
from poetcore.workspace.datasets import (
    dataset_notes,
    dataset_warnings,
    demo_folders,
    training_folders,
    unpack,
)
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, fill, picture

PICTURE = encoded(picture(1))
TWO = {"ant/a.jpg": PICTURE, "bee/b.jpg": encoded(picture(2))}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> io.BytesIO:
    """Make a zip file whose members have exactly these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo("x")
            member.filename, member.compress_type = name, method  # set late: a path is not made harmless
            archive.writestr(member, content)
    out.seek(0)
    return out


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------------------------- zip files


def test_a_zip_file_of_label_folders_becomes_a_dataset(place):
    unpacked = unpack(place, "insects.zip", zipped(TWO))
    assert (unpacked.folder, files(unpacked.folder)) == (place.datasets / "insects", set(TWO))


def test_pictures_are_unpacked_as_they_are(place):
    folder = unpack(place, "insects.zip", zipped(TWO, zipfile.ZIP_DEFLATED)).folder
    assert (folder / "ant" / "a.jpg").read_bytes() == PICTURE


def test_a_folder_around_the_label_folders_is_stripped(place):
    wrapped = {f"my insects/{name}": content for name, content in TWO.items()}
    assert files(unpack(place, "insects.zip", zipped(wrapped)).folder) == set(TWO)


def test_a_single_label_folder_is_not_taken_for_a_wrapper(place):
    assert files(unpack(place, "ants.zip", zipped({"ant/a.jpg": PICTURE})).folder) == {"ant/a.jpg"}


@pytest.mark.parametrize(
    "name", ["../evil.jpg", "ant/../../evil.jpg", "/ant/evil.jpg", "C:/ant/evil.jpg", "..\\ant\\evil.jpg"]
)
def test_a_file_that_points_outside_is_excluded_with_its_reason(place, name):
    unpacked = unpack(place, "insects.zip", zipped(TWO | {name: PICTURE}))
    assert unpacked.excluded == [(name, "points outside of the zip file")]


@pytest.mark.parametrize("name", ["../../evil.jpg", "/ant/../evil.jpg", "C:\\ant\\evil.jpg"])
def test_nothing_is_written_outside_of_the_dataset(place, name):
    folder = unpack(place, "insects.zip", zipped(TWO | {name: PICTURE})).folder
    written = {path for path in place.root.parent.rglob("*") if path.is_file()}
    assert written == {folder / one for one in TWO}


def test_an_absolute_path_writes_nothing_there(place, tmp_path):
    unpack(place, "insects.zip", zipped(TWO | {f"{tmp_path}/evil/evil.jpg": PICTURE}))
    assert not (tmp_path / "evil").exists()


def test_backslashes_divide_folders_too(place):
    windows = {name.replace("/", "\\"): content for name, content in TWO.items()}
    assert files(unpack(place, "insects.zip", zipped(windows)).folder) == set(TWO)


def test_a_file_that_is_no_picture_is_excluded_with_its_reason(place):
    unpacked = unpack(place, "insects.zip", zipped(TWO | {"ant/notes.txt": b"six legs"}))
    assert unpacked.excluded[0][0] == "ant/notes.txt" and "is not a picture" in unpacked.excluded[0][1]


def test_a_picture_beside_the_label_folders_is_excluded_with_its_reason(place):
    assert unpack(place, "insects.zip", zipped(TWO | {"c.jpg": PICTURE})).excluded == [
        ("c.jpg", "lies in no label folder")
    ]


@pytest.mark.parametrize("name", ["__MACOSX/ant/._a.jpg", "ant/.hidden.jpg", ".git/a.jpg", "ant/Thumbs.db"])
def test_hidden_files_and_litter_are_ignored_without_a_word(place, name):
    unpacked = unpack(place, "insects.zip", zipped(TWO | {name: PICTURE}))
    assert (unpacked.pictures, unpacked.excluded) == (2, [])


def test_pictures_are_counted(place):
    assert unpack(place, "insects.zip", zipped(TWO | {"ant/notes.txt": b"six legs"})).pictures == 2


def test_a_second_zip_file_of_a_name_does_not_replace_the_first(place):
    folders = [unpack(place, "insects.zip", zipped(TWO)).folder.name for _ in range(3)]
    assert folders == ["insects", "insects_2", "insects_3"]


@pytest.mark.parametrize(
    ("name", "folder"),
    [("my insects!.zip", "my_insects"), ("../../x.zip", "x"), ("....zip", "upload"), ("käfer.zip", "käfer")],
)
def test_the_dataset_is_named_after_the_zip_file(place, name, folder):
    assert unpack(place, name, zipped(TWO)).folder == place.datasets / folder


def test_too_many_files_are_refused_with_their_number(place, monkeypatch):
    monkeypatch.setattr(catalogue, "MAX_FILES", 1)
    with pytest.raises(DatasetError, match="holds 2 files"):
        unpack(place, "insects.zip", zipped(TWO))


def test_too_much_is_refused_before_it_is_unpacked(place, monkeypatch):
    monkeypatch.setattr(catalogue, "MAX_GIGABYTES", 1e-6)
    with pytest.raises(DatasetError, match="unpack it by hand"):
        unpack(place, "bomb.zip", zipped({"ant/a.jpg": bytes(2_000_000)}, zipfile.ZIP_DEFLATED))


def cut(archive: io.BytesIO) -> io.BytesIO:
    return io.BytesIO(archive.getvalue()[:-30])


def encrypted(archive: io.BytesIO) -> io.BytesIO:
    """Say in every header that the content is encrypted, as a password does."""
    content = bytearray(archive.getvalue())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := content.find(mark, at + 1)) >= 0:
            content[at + flags] |= 1
    return io.BytesIO(bytes(content))


def damaged(archive: io.BytesIO) -> io.BytesIO:
    """Overwrite the middle of the first compressed file."""
    content = bytearray(archive.getvalue())
    content[40:140] = b"\xff" * 100
    return io.BytesIO(bytes(content))


UNUSABLE = {
    "no zip file": io.BytesIO(b"not a zip file at all"),
    "empty": io.BytesIO(b""),
    "cut off": cut(zipped(TWO)),
    "encrypted": encrypted(zipped(TWO)),
    "damaged": damaged(zipped(TWO, zipfile.ZIP_DEFLATED)),
    "wrong checksum": damaged(zipped(TWO)),
    "no picture": zipped({"ant/notes.txt": b"six legs"}),
    "no file": zipped({}),
    "a file where a folder should be": zipped(TWO | {"ant/a.jpg/c.jpg": PICTURE}),
    "a name too long for a file": zipped(TWO | {f"ant/{'a' * 300}.jpg": PICTURE}),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_zip_file_that_cannot_be_used_is_refused_or_its_bad_file_excluded(place, what):
    try:
        unpacked = unpack(place, "insects.zip", UNUSABLE[what])
    except DatasetError as error:
        assert "insects.zip" in str(error)
    else:
        assert unpacked.pictures >= 1 and len(unpacked.excluded) == 1


@pytest.mark.parametrize("what", ["no zip file", "encrypted", "no picture"])
def test_a_refused_zip_file_leaves_nothing_behind(place, what):
    with pytest.raises(DatasetError):
        unpack(place, "insects.zip", UNUSABLE[what])
    assert not place.datasets.exists() or not list(place.datasets.iterdir())


# --------------------------------------------------------------------------------------------------- folders


def test_a_new_workspace_knows_no_folders(place):
    assert (training_folders(place), demo_folders(place)) == ([], [])


def test_a_dataset_is_a_training_folder(place):
    fill(place.datasets / "insects", {"ant": 1})
    assert training_folders(place) == [place.datasets / "insects"]


def test_the_training_folder_of_a_prepared_dataset_is_its_train_folder(place):
    fill(place.datasets / "insects" / "train", {"ant": 1})
    assert training_folders(place) == [place.datasets / "insects" / "train"]


def test_hidden_datasets_and_loose_files_are_passed_over(place):
    fill(place.datasets / ".upload.x", {"ant": 1})
    (place.datasets / "notes.txt").write_text("x")
    assert training_folders(place) == []


def test_folders_of_earlier_runs_are_known_wherever_they_are(trained, tmp_path):
    elsewhere = fill(tmp_path / "elsewhere", {"ant": 1})
    place = Workspace(tmp_path / "tf_files")
    run = place.create_run("earlier")
    run.write_record(replace(trained.run.record(), image_dir=str(elsewhere)))
    run.write_status(replace(trained.run.status()))
    assert training_folders(place) == [elsewhere]


def test_a_folder_of_an_earlier_run_that_is_gone_is_not_offered(trained, tmp_path):
    place = Workspace(tmp_path / "tf_files")
    run = place.create_run("earlier")
    run.write_record(replace(trained.run.record(), image_dir=str(tmp_path / "gone")))
    run.write_status(trained.run.status())
    assert training_folders(place) == []


def test_a_folder_is_listed_once_though_a_run_was_trained_on_it(trained):
    assert training_folders(trained.workspace) == [trained.sample / "train"]


def test_the_demo_folder_beside_a_training_folder_is_offered(trained):
    assert demo_folders(trained.workspace) == [trained.sample / "demo"]


def test_a_dataset_that_holds_split_folders_is_offered_by_them(place):
    fill(place.datasets / "insects" / "Train", {"ant": 1, "bee": 1})
    fill(place.datasets / "insects" / "valid", {"ant": 1, "bee": 1})
    assert training_folders(place) == [place.datasets / "insects" / "Train"]
    assert demo_folders(place) == [place.datasets / "insects" / "valid"]


# --------------------------------------------------------------------------------------------------- worries


def dataset(place: Workspace, counts: dict[str, int]) -> Dataset:
    with place.file_index() as index:
        return scan(fill(place.datasets / "insects", counts), index)


def test_plenty_of_pictures_in_balance_are_no_worry(place):
    assert dataset_warnings(dataset(place, {"ant": 20, "bee": 60})) == []


def test_a_single_label_is_a_worry(place):
    (sentence,) = dataset_warnings(dataset(place, {"ant": 20}))
    assert "only one label" in sentence


def test_few_pictures_are_told_with_their_number(place):
    (sentence,) = dataset_warnings(dataset(place, {"ant": 20, "bee": 19}))
    assert "bee (19)" in sentence and "ant" not in sentence


def test_labels_out_of_balance_are_told_with_both_numbers(place):
    (sentence,) = dataset_warnings(dataset(place, {"ant": 20, "bee": 61}))
    assert "bee has 61 pictures, ant only 20" in sentence


def test_a_label_whose_files_all_are_unusable_is_a_worry(place):
    fill(place.datasets / "insects", {"ant": 20})
    (place.datasets / "insects" / "bee").mkdir()
    (place.datasets / "insects" / "bee" / "b.jpg").write_bytes(b"no picture")
    assert any("bee (0)" in sentence for sentence in dataset_warnings(dataset(place, {})))


def test_what_is_not_used_is_told_in_sentences(place):
    folder = fill(place.datasets / "insects", {"ant": 2, "bee": 2, "fly": 0})
    (folder / "ant" / "bad.jpg").touch()
    (folder / "ant" / "Thumbs.db").touch()
    fill(folder / "gnat", {"1": 1})
    (folder / "gnat" / "1" / "1_000.jpg").rename(folder / "gnat" / "1.jpg")
    (folder / "gnat").rename(folder / ".gnat")
    for number in range(5):
        (folder / f"{number}.jpg").write_bytes(PICTURE)
    assert dataset_notes(dataset(place, {})) == [
        "1 file cannot be used: the health check tells why.",
        "fly: no pictures. Training goes on without this label.",
        "5 pictures beside the label folders instead of in one: 0.jpg, 1.jpg, 2.jpg and 2 more.",
        "Hidden, as a dot begins the name, and so passed over: .gnat.",
        "Passed over: 1 file that phones and desktops leave behind.",
    ]


def test_of_a_folder_where_everything_is_used_there_is_nothing_to_tell(place):
    assert dataset_notes(dataset(place, {"ant": 2, "bee": 2})) == []
