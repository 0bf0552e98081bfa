"""Zip files of label folders, which become datasets."""

import io
import zipfile
from pathlib import Path

import pytest

from poetcore.data.dataset import scan
from poetcore.errors import DatasetError
from poetcore.workspace import archives as catalogue
from poetcore.workspace.archives import unpack
from poetcore.workspace.workspace import Workspace
from tests.conftest import encoded, picture
from tests.leftovers import left_by_a_killed_process

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
    unpacked = unpack(place, "insects.zip", zipped(TWO | {"ant/notes": b"six legs"}))
    assert unpacked.excluded[0][0] == "ant/notes" and "is not a picture" in unpacked.excluded[0][1]


def test_a_picture_beside_the_label_folders_is_excluded_with_its_reason(place):
    assert unpack(place, "insects.zip", zipped(TWO | {"c.jpg": PICTURE})).excluded == [
        ("c.jpg", "lies in no label folder")
    ]


@pytest.mark.parametrize("name", ["__MACOSX/ant/._a.jpg", "ant/.hidden.jpg", ".git/a.jpg", "ant/Thumbs.db"])
def test_hidden_files_and_litter_are_ignored_without_a_word(place, name):
    unpacked = unpack(place, "insects.zip", zipped(TWO | {name: PICTURE}))
    assert (unpacked.pictures, unpacked.excluded) == (2, [])


def test_pictures_are_counted(place):
    assert unpack(place, "insects.zip", zipped(TWO | {"ant/notes": b"six legs"})).pictures == 2


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


def replaced(archive: io.BytesIO, old: bytes, new: bytes) -> io.BytesIO:
    return io.BytesIO(archive.getvalue().replace(old, new))


def moved(archive: io.BytesIO) -> io.BytesIO:
    """Say that the table of contents begins before the file does."""
    content = bytearray(archive.getvalue())
    content[-7] = 0xFF  # the third byte of the size of the table
    return io.BytesIO(bytes(content))


UNUSABLE = {
    "no zip file": io.BytesIO(b"not a zip file at all"),
    "empty": io.BytesIO(b""),
    "cut off": cut(zipped(TWO)),
    "encrypted": encrypted(zipped(TWO)),
    "damaged": damaged(zipped(TWO, zipfile.ZIP_DEFLATED)),
    "damaged LZMA": damaged(zipped(TWO, zipfile.ZIP_LZMA)),
    "wrong checksum": damaged(zipped(TWO)),
    "a name that is no UTF-8": replaced(zipped(TWO | {"é/a.jpg": PICTURE}), "é".encode(), b"\xff\xff"),
    "a table outside of the file": moved(zipped(TWO)),
    "no picture": zipped({"ant/notes": b"six legs"}),
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


# ------------------------------------------------------------------------------------ what people really have


def test_names_that_are_utf8_without_saying_so_are_read(place):
    content = zipped({"Loewenzahn/a.jpg": PICTURE, "rose/b.jpg": PICTURE}).getvalue()
    content = content.replace(b"Loewenzahn", "Löwenzahn".encode())  # as macOS writes it: no flag
    assert {path.name for path in unpack(place, "x.zip", io.BytesIO(content)).folder.iterdir()} == {
        "Löwenzahn",
        "rose",
    }


def test_names_of_windows_are_read(place):
    content = zipped({"Loewenzahn/a.jpg": PICTURE, "rose/b.jpg": PICTURE}).getvalue()
    content = content.replace(b"Loewenzahn", b"L\x94wenzahn!")  # cp437, as old Windows writes it
    assert (unpack(place, "x.zip", io.BytesIO(content)).folder / "Löwenzahn!").is_dir()


def test_names_with_the_flag_are_read(place):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("花/a.jpg", PICTURE)
        archive.writestr("rose/b.jpg", PICTURE)
    out.seek(0)
    assert (unpack(place, "x.zip", out).folder / "花").is_dir()


@pytest.mark.parametrize("name", ["ant/a", "ant/A.JPG", "ant/a.jfif", "ant/a.txt", "ant/a.jpg "])
def test_pictures_are_known_by_their_content(name, place):
    assert unpack(place, "x.zip", zipped({name: PICTURE, "bee/b.jpg": PICTURE})).pictures == 2


@pytest.mark.parametrize("loose", ["group.jpg", "mushrooms/group.jpg", "mushrooms/readme", "readme"], ids=str)
def test_a_loose_file_makes_no_label_of_the_wrapper(loose, place):
    wrapped = {f"mushrooms/{label}/{n}.jpg": PICTURE for label in ("cep", "morel") for n in range(3)}
    content = PICTURE if loose.endswith("jpg") else b"read me"
    unpacked = unpack(place, "x.zip", zipped(wrapped | {loose: content}))
    assert {path.name for path in unpacked.train.iterdir()} == {"cep", "morel"}
    assert [name for name, _ in unpacked.excluded] == [loose]


def test_several_wrappers_are_stripped(place):
    wrapped = {f"a/b/{name}": content for name, content in TWO.items()}
    assert files(unpack(place, "x.zip", zipped(wrapped)).folder) == set(TWO)


@pytest.mark.parametrize("wrapper", ["", "photos/"])
@pytest.mark.parametrize("demo", ["test", "valid", "demo"])
def test_a_divided_set_stays_divided(wrapper, demo, place):
    parts = {f"{wrapper}{part}/{name}": content for part in ("train", demo) for name, content in TWO.items()}
    unpacked = unpack(place, "x.zip", zipped(parts | {f"{wrapper}train/loose.jpg": PICTURE}))
    assert (unpacked.train, unpacked.demo) == (unpacked.folder / "train", unpacked.folder / demo)
    assert {path.name for path in unpacked.train.iterdir()} == {"ant", "bee"}
    assert unpacked.excluded == [(f"{wrapper}train/loose.jpg", "lies in no label folder")]


def test_a_set_that_is_not_divided_has_no_demo_folder(place):
    unpacked = unpack(place, "x.zip", zipped(TWO))
    assert (unpacked.train, unpacked.demo) == (unpacked.folder, None)


@pytest.mark.parametrize("wrapper", ["", "kaggle/"])
def test_a_csv_file_that_gives_the_pictures_their_labels_is_the_dataset(wrapper, place):
    rows = b"image,label,split\nimg/1.jpg,ant,train\nimg/2.jpg,bee,train\nimg/3.jpg,bee,test\n"
    pictures = {f"{wrapper}img/{i}.jpg": encoded(picture(i)) for i in (1, 2, 3)}
    unpacked = unpack(place, "x.zip", zipped(pictures | {f"{wrapper}labels.csv": rows}))
    listing = unpacked.folder / wrapper / "labels.csv"
    assert (unpacked.train, unpacked.demo, unpacked.litter) == (listing, listing / "test", 0)
    with place.file_index() as index:
        assert scan(unpacked.train, index).counts() == {"ant": 1, "bee": 1}


@pytest.mark.parametrize(
    "rows",
    [b"path,label\nant/a.jpg,ant\nbee/b.jpg,bee\n", b"path,label\nelsewhere.jpg,wasp\n", b"a,b\n1,2\n", b""],
)
def test_a_csv_file_that_says_nothing_new_is_left_out(rows, place):
    unpacked = unpack(place, "x.zip", zipped(TWO | {"notes.csv": rows, "notes/more.csv": rows}))
    alone = unpack(place, "y.zip", zipped(TWO | {"notes.csv": rows}))
    assert unpacked.train == unpacked.folder and alone.train == alone.folder
    assert files(unpacked.folder) == files(alone.folder) == set(TWO)


def test_litter_is_counted(place):
    litter = {
        "__MACOSX/ant/._a.jpg": b"",
        "ant/a.AAE": b"<?xml?>",
        "ant/a.jpg.json": b"{}",
        "bee/Thumbs.db": b"",
    }
    unpacked = unpack(place, "x.zip", zipped(TWO | litter))
    assert (unpacked.litter, unpacked.excluded) == (4, [])


def test_of_two_files_of_one_name_the_second_is_excluded(place):
    out = zipped(TWO)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("ant/a.jpg", encoded(picture(3)))
    out.seek(0)
    unpacked = unpack(place, "x.zip", out)
    assert unpacked.pictures == 2 and "name of another file" in unpacked.excluded[0][1]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.tar.gz", b"\x1f\x8b\x08\0", "a tar.gz or gzip archive"),
        ("x.zip", b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        ("x.rar", b"Rar!\x1a\7\0", "a RAR archive"),
        ("x.tar", b"ant/".ljust(257, b"\0") + b"ustar", "a tar archive"),
    ],
)
def test_another_archive_is_told_with_what_to_do(name, content, kind, place):
    with pytest.raises(DatasetError, match=f"{name} is {kind}, and only zip files .* make a zip file"):
        unpack(place, name, io.BytesIO(content + bytes(600)))


def test_what_a_killed_server_left_is_cleared(place):
    left = left_by_a_killed_process(place.datasets / "upload")
    unpack(place, "x.zip", zipped(TWO))
    assert not left.exists()
