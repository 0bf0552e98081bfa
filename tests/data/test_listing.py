"""A CSV file in place of folders, as people and programs write it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.data.dataset import Dataset, dataset_exists, scan
from poetcore.data.file_index import FileIndex
from poetcore.data.listing import demo_part, is_listing, read_listing, write_listing
from poetcore.errors import DatasetError
from tests.conftest import encoded, picture


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the pictures 0.jpg to 5.jpg, and some below it."""
    for number in range(6):
        (tmp_path / f"{number}.jpg").write_bytes(encoded(picture(number)))
    for number, name in enumerate(["a.jpg", "Bärenklau, groß.jpg", "b"]):
        (tmp_path / "sub").mkdir(exist_ok=True)
        (tmp_path / "sub" / name).write_bytes(encoded(picture(10 + number)))
    return tmp_path


def listed(folder: Path, content: str | bytes, name: str = "set.csv") -> Path:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder / name


def scanned(path: Path) -> Dataset:
    beside = path.parent if path.is_file() else path.parents[1]
    with FileIndex(beside / "index.sqlite") as index:
        return scan(path, index)


def labels(path: Path) -> dict[str, str]:
    """File name -> label, of the usable pictures."""
    table = scanned(path).pictures
    return {Path(p).name: label for p, label in zip(table["path"], table["label"], strict=True)}


def reasons(path: Path) -> list[str]:
    return [one["reason"] for one in scanned(path).skipped()]


TWO = {"0.jpg": "rose", "1.jpg": "tulip"}


@pytest.mark.parametrize(
    "content",
    [
        "path,label\n0.jpg,rose\n1.jpg,tulip\n",
        "path,label\r\n0.jpg,rose\r\n1.jpg,tulip",
        "path,label\r0.jpg,rose\r1.jpg,tulip\r",
        "path;label\n0.jpg;rose\n1.jpg;tulip\n",
        "path\tlabel\n0.jpg\trose\n1.jpg\ttulip\n",
        "sep=;\npath;label\n0.jpg;rose\n1.jpg;tulip\n",
        "\n\npath,label\n\n0.jpg,rose\n,\n1.jpg,tulip\n",
        "Label, Path\nrose, 0.jpg \ntulip ,1.jpg\n",
        '"path","label"\n"0.jpg","rose"\n"1.jpg","tulip"\n',
        "id,FileName,width,Class\n7,0.jpg,64,rose\n8,1.jpg,64,tulip\n",
        "image_id,category\n0,rose\n1,tulip\n",
        "Image Path,class\n./0.jpg,rose\nsub/../1.jpg,tulip\n",
        "file,label,confidence\n0.jpg,rose,0.9\n1.jpg,tulip,0.8\n",
    ],
)
def test_a_csv_file_is_read_as_people_write_it(folder, content):
    assert labels(listed(folder, content)) == TWO


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_csv_file_is_read_in_the_encodings_of_spreadsheets(folder, encoding):
    content = 'path;label\n"sub/Bärenklau, groß.jpg";Bärenklau\n0.jpg;Rose\n'
    found = labels(listed(folder, content.encode(encoding)))
    assert found == {"Bärenklau, groß.jpg": "Bärenklau", "0.jpg": "Rose"}


def test_text_in_an_unknown_encoding_is_refused(folder):
    with pytest.raises(DatasetError, match="save it as CSV in UTF-8"):
        scanned(listed(folder, b"path,label\n0.jpg,r\x81se\n"))


def test_backslashes_and_absolute_paths_and_addresses_of_files_are_paths(folder):
    content = f"path,label\nsub\\a.jpg,x\n{folder / '0.jpg'},y\n{(folder / '1.jpg').as_uri()},z\n"
    assert labels(listed(folder, content)) == {"a.jpg": "x", "0.jpg": "y", "1.jpg": "z"}


def test_a_picture_without_an_ending_is_its_own_or_a_jpeg(folder):
    assert labels(listed(folder, "path,label\nsub/b,x\nsub/a,y\n")) == {"b": "x", "a.jpg": "y"}


def test_labels_are_in_natural_order_and_pictures_below_their_labels(folder):
    found = scanned(listed(folder, "path,label\n0.jpg,rose 10\n1.jpg,rose 2\n2.jpg,rose 10\n"))
    assert (found.labels, found.pictures["label"].tolist()) == (
        ("rose 2", "rose 10"),
        ["rose 2", "rose 10", "rose 10"],
    )


def test_what_was_escaped_for_spreadsheets_is_read_as_it_was(folder):
    assert labels(listed(folder, "path,label\n0.jpg,'=1+1\n1.jpg,'a'\n")) == {"0.jpg": "=1+1", "1.jpg": "'a'"}


def test_several_labels_in_a_cell_are_one(folder):
    assert labels(listed(folder, "path,label\n0.jpg,rose|daisy\n1.jpg,a/b\n")) == {
        "0.jpg": "rose|daisy",
        "1.jpg": "a/b",
    }


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9.jpg,rose", "does not exist"),
        ("1.jpg,", "has no label"),
        ("1.jpg", "has no label"),
        (",rose", "has no path"),
        ("https://example.org/1.jpg,rose", "is an address, not a file: download it with the command gather"),
        ("s3://flowers/1.jpg,rose", "is an address, not a file: download it with the command gather"),
        ("a\0.jpg,rose", "has a path with the character NUL"),
        ("1.jpg,ro\x07se", "has a label with control characters or more than 255 bytes"),
        ('1.jpg,"ro\nse"', "has a label with control characters or more than 255 bytes"),
        (f"1.jpg,{'x' * 200_000}", "has a label with control characters or more than 255 bytes"),
        ("sub,rose", "is a folder, not a picture"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_reason(folder, row, reason):
    found = scanned(listed(folder, f"path,label\n0.jpg,rose\n{row}\n2.jpg,tulip\n"))
    assert ([one["reason"] for one in found.skipped()], len(found.pictures)) == ([reason], 2)


def test_a_path_of_200_000_characters_is_refused(folder):
    found = scanned(listed(folder, f"path,label\n0.jpg,rose\n{'x' * 200_000},rose\n"))
    assert (len(found.refused), len(found.pictures)) == (1, 1)


def test_a_row_without_a_path_is_named_by_its_line(folder):
    found = scanned(listed(folder, "path,label\n0.jpg,rose\n,rose\n"))
    assert found.skipped()[0]["path"].endswith("set.csv, line 3")


def test_a_picture_listed_twice_with_one_label_counts_once(folder):
    path = listed(folder, "path,label\n0.jpg,rose\nsub/../0.jpg,rose\n")
    assert (labels(path), reasons(path)) == ({"0.jpg": "rose"}, [])


def test_a_picture_listed_with_two_labels_is_refused_with_both(folder):
    path = listed(folder, "path,label\n0.jpg,rose\n0.jpg,tulip\n1.jpg,tulip\n")
    assert labels(path) == {"1.jpg": "tulip"}
    assert reasons(path) == ["is listed as rose and as tulip: keep one of these rows"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty: the first line must name the columns, such as path,label"),
        ("\n \n", "is empty: the first line must name the columns, such as path,label"),
        ("0.jpg,rose\n1.jpg,tulip\n", "has no columns of paths and labels: the first line must name"),
        ("image_id,healthy,rust\n0,1,0\n", "has no columns of paths and labels: the first line must name"),
        ("path,label\n", "has no rows: write one a picture"),
        ("path,label\nhttp://a/b.jpg,rose\n", r"No row of .* http://a/b.jpg is an address, not a file"),
        ("path,label\nx/9.jpg,rose\nx/8.jpg,rose\n", r"None of the 2 pictures .*: paths are relative to"),
    ],
)
def test_a_file_that_lists_no_pictures_is_refused_in_a_sentence(folder, content, said):
    with pytest.raises(DatasetError, match=said):
        scanned(listed(folder, content))


SPLITS = (
    "path,label,Split\n0.jpg,rose,train\n1.jpg,rose,Val\n2.jpg,tulip,TEST\n3.jpg,tulip,\n4.jpg,tulip,train"
)


def names(path: Path) -> set[str]:
    return {one.name for one in read_listing(path).label_of}


@pytest.mark.parametrize(
    ("split", "found"),
    [
        ("", {"0.jpg", "1.jpg", "3.jpg", "4.jpg"}),
        ("train", {"0.jpg", "4.jpg"}),
        ("training", {"0.jpg", "1.jpg", "3.jpg", "4.jpg"}),
        ("val", {"1.jpg"}),
        ("test", {"2.jpg"}),
        ("Test", {"2.jpg"}),
        ("demo", {"2.jpg"}),
    ],
)
def test_a_split_is_named_below_the_file(folder, split, found):
    assert names(listed(folder, SPLITS) / split) == found


def test_the_demo_part_of_a_file_is_its_test_rows(folder):
    path = listed(folder, SPLITS)
    assert demo_part(path) == path / "test"


def test_without_test_rows_the_validation_rows_are_the_demo_part(folder):
    path = listed(folder, "path,label,set\n0.jpg,rose,train\n1.jpg,rose,valid\n")
    assert (demo_part(path), names(path)) == (path / "valid", {"0.jpg"})


@pytest.mark.parametrize("column", ["fold", "split"])
def test_a_file_whose_splits_are_no_parts_is_read_whole(folder, column):
    path = listed(folder, f"path,label,{column}\n0.jpg,rose,1\n1.jpg,rose,2\n")
    assert (demo_part(path), names(path)) == (path, {"0.jpg", "1.jpg"})


def test_a_file_of_test_rows_only_is_those(folder):
    path = listed(folder, "path,label,split\n0.jpg,rose,test\n")
    assert (names(path), names(path / "test")) == ({"0.jpg"}, {"0.jpg"})


@pytest.mark.parametrize(
    ("content", "known"),
    [(SPLITS, "it has train, val, test"), ("path,label\n0.jpg,rose\n", "it has none")],
)
def test_a_split_that_is_not_there_is_named_with_those_that_are(folder, content, known):
    with pytest.raises(DatasetError, match=f"has no split 'extra': {known}"):
        read_listing(listed(folder, content) / "extra")


def test_the_folder_of_a_dataset_is_the_file_or_its_split(folder):
    path = listed(folder, SPLITS)
    assert (scanned(path).folder, scanned(path / "test").folder) == (path, path / "test")


def test_a_dataset_of_a_csv_file_is_read_only(folder):
    assert scanned(listed(folder, SPLITS)).read_only


def test_a_csv_file_and_its_splits_exist_as_datasets(folder):
    path = listed(folder, SPLITS)
    paths = {path: True, path / "test": True, folder: True, folder / "0.jpg": False, folder / "x.csv": False}
    assert {one: dataset_exists(one) for one in paths} == paths


def test_a_folder_that_is_called_like_a_csv_file_is_a_folder(tmp_path):
    (tmp_path / "set.csv" / "rose").mkdir(parents=True)
    assert not is_listing(tmp_path / "set.csv")
    assert not is_listing(tmp_path / "set.csv" / "rose")


def test_nothing_is_written_beside_a_csv_file(folder):
    path = listed(folder, SPLITS)
    before = set(folder.iterdir())
    read_listing(path)
    assert set(folder.iterdir()) == before


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from([b"path,label\n", b"image;class;split\n", b"\xff\xfe", b""]))
def test_whatever_is_in_a_file_it_is_read_or_refused(tmp_path_factory, content, header):
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(header + content)
    try:
        scanned(path)
    except DatasetError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("label", [" rose", "\x0c", "=1", "'a'", "file:", "~", 'a"b', "a\rb", "a;b"])
def test_a_written_file_names_the_pictures_that_it_was_made_of(label, tmp_path):
    place = tmp_path / label / "1.jpg"
    write_listing(tmp_path / "set.csv", ("path", "label"), [(str(place), "rose")])
    assert list(read_listing(tmp_path / "set.csv").label_of) == [place]


def test_a_row_without_a_label_is_a_file_that_cannot_be_used(folder):
    found = scanned(listed(folder, "path,label\n0.jpg,rose\n1.jpg,\n"))
    (refused,) = found.refused.itertuples()
    told = found.refusal(refused.label, refused.reason)
    assert told == "The file has no label."
