"""Lists of URLs as people and ImageNet write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poetcore.errors import OptionError
from poetcore.sources.urls import parse_urls, read_table, read_urls


def urls(*lines: str) -> list[str]:
    return [entry.url for entry in parse_urls(lines).entries]


def test_each_line_is_a_url():
    assert urls("http://a.org/1.jpg", "https://b.org/2.jpg") == [
        "http://a.org/1.jpg",
        "https://b.org/2.jpg",
    ]


def test_blank_lines_and_comments_are_skipped():
    read = parse_urls(["", "  ", "# http://a.org/0.jpg", "http://a.org/1.jpg"])
    assert (len(read.entries), read.bad_lines) == (1, ())


@pytest.mark.parametrize("line", ["n07739125_1\thttp://a.org/1.jpg", "n07739125_1 http://a.org/1.jpg"])
def test_an_id_before_the_url_is_removed(line):
    assert urls(line) == ["http://a.org/1.jpg"]


def test_a_url_that_stands_twice_is_taken_once():
    assert urls("http://a.org/1.jpg", "HTTP://A.org/1.jpg", "http://a.org/1.jpg#top") == [
        "http://a.org/1.jpg"
    ]


def test_a_path_keeps_its_capitals_and_its_blanks():
    assert urls("http://a.org/My Photo.JPG") == ["http://a.org/My%20Photo.JPG"]


def test_a_byte_order_mark_and_quotes_are_removed():
    assert urls('\ufeff"http://a.org/1.jpg"') == ["http://a.org/1.jpg"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("file:///etc/passwd", "begins with file:, and only http and https"),
        ("ftp://a.org/1.jpg", "begins with ftp:"),
        ("photo.jpg", "does not begin with http"),
        ("http://", "not a valid URL"),
        ("http://a.org:port/1.jpg", "not a valid URL"),
        ("http://me:secret@a.org/1.jpg", "user name or a password"),
        ("http://a.org/" + "a" * 5000, "longer than"),
    ],
)
def test_a_bad_line_is_returned_with_its_number_and_reason(line, why):
    read = parse_urls(["http://a.org/1.jpg", line])
    number, _, reason = read.bad_lines[0]
    assert (len(read.entries), number, why in reason) == (1, 2, True)


@given(st.lists(st.text(max_size=60)))
def test_no_line_stops_the_reading(lines):
    read = parse_urls(["http://a.org/first.jpg", *lines])
    assert read.entries[0].url == "http://a.org/first.jpg"


def test_foreign_bytes_in_a_file_cost_one_line(tmp_path):
    (tmp_path / "urls.txt").write_bytes(b"\xff\xfe\x00\nhttp://a.org/1.jpg\r\n")
    read = read_urls(tmp_path / "urls.txt")
    assert [entry.url for entry in read.entries] == ["http://a.org/1.jpg"]


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(OptionError, match=r"none\.txt cannot be read \(No such file"):
        read_urls(tmp_path / "none.txt")


def test_a_table_names_files_beside_it(tmp_path):
    (tmp_path / "t.csv").write_text("label,urls\ndaisy,daisy.txt\n\nrose , sub/rose.txt\n")
    assert read_table(tmp_path / "t.csv") == {
        "daisy": tmp_path / "daisy.txt",
        "rose": tmp_path / "sub" / "rose.txt",
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("daisy\n", "Line 1"),
        ("a,b,c\n", "Line 1"),
        ("a,b\na,c\n", "stands twice"),
        ("label,urls\n", "No row"),
    ],
)
def test_a_malformed_table_is_refused(tmp_path, text, why):
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(OptionError, match=why):
        read_table(tmp_path / "t.csv")
