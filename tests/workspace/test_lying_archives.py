"""Zip files that lie of themselves: no more is unpacked than they say that there is."""

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from poetcore.errors import DatasetError
from poetcore.workspace.archives import unpack
from poetcore.workspace.workspace import Workspace
from tests.workspace.test_archives import PICTURE, TWO, replaced, zipped

ZEROS = bytes(60 * 10**6)
BOMB = {"ant/c.jpg": ZEROS}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "tf_files")


def lying(archive: io.BytesIO, told: int) -> io.BytesIO:
    """Say of the zeros that they are more or fewer, in both places where it stands."""
    return replaced(archive, len(ZEROS).to_bytes(4, "little"), told.to_bytes(4, "little"))


def overlapping(archive: io.BytesIO) -> io.BytesIO:
    """Let the second entry of the contents lead to the first file."""
    content = bytearray(archive.getvalue())
    second = content.rindex(b"PK\1\2")
    content[second + 42 : second + 46] = bytes(4)
    return io.BytesIO(bytes(content))


def long_listed(archive: io.BytesIO) -> io.BytesIO:
    """Say in the larger form (zip64) that the table of contents has 100 GB."""
    content = archive.getvalue()
    end = content.rindex(b"PK\5\6")
    record = b"PK\6\6" + struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, 2, 2, 10**11, 0)
    locator = b"PK\6\7" + struct.pack("<LQL", 0, end, 1)
    return io.BytesIO(content[:end] + record + locator + content[end:])


LIES = {
    "less told than there is": lying(zipped(TWO | BOMB, zipfile.ZIP_DEFLATED), 1000),
    "more told than there is": lying(zipped(TWO | BOMB, zipfile.ZIP_DEFLATED), 10**8),
    "two files in one place": overlapping(zipped(TWO | {"bee/c.jpg": PICTURE})),
    "a table of contents of 100 GB": long_listed(zipped(TWO)),
    "packed as hardly anyone does": zipped(TWO, zipfile.ZIP_BZIP2),
}


@pytest.mark.parametrize("what", LIES)
def test_a_zip_file_that_lies_is_refused_or_its_bad_file_excluded(place, what):
    try:
        unpacked = unpack(place, "insects.zip", LIES[what])
    except DatasetError as error:
        assert "insects.zip" in str(error)
    else:
        assert unpacked.pictures >= 1 and len(unpacked.excluded) == 1


def test_no_more_is_unpacked_than_a_file_says_that_it_has(place):
    archive = LIES["less told than there is"]
    tracemalloc.start()
    try:
        unpack(place, "insects.zip", archive)
        assert tracemalloc.get_traced_memory()[1] < len(ZEROS) / 4
    finally:
        tracemalloc.stop()


def test_a_member_without_a_name_spoils_nothing(place):
    archive = zipped(TWO)
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr(zipfile.ZipInfo("\0"), b"x")  # a name ends where a zero byte is
    archive.seek(0)
    assert unpack(place, "insects.zip", archive).pictures == 2
