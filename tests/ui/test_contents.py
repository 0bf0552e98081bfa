"""Contents of pictures that lie in no file."""

from poetcore.data.file_index import sha_of
from poetcore.ui.contents import Held


def test_what_is_held_is_found_by_its_hash():
    held = Held(100)
    assert held.get(held.put(b"abc")) == b"abc" and held.get(sha_of(b"other")) is None


def test_nobody_finds_what_another_sent_by_the_hash_of_a_picture_that_they_have_too():
    held = Held(100, secret=b"of the server")
    name = held.put(b"abc")
    assert held.get(name) == b"abc" and held.get(sha_of(b"abc")) is None and len(name) == 64


def test_what_was_asked_for_longest_ago_makes_room():
    held = Held(10)
    first, second = held.put(b"1" * 4), held.put(b"2" * 4)
    held.get(first)
    third = held.put(b"3" * 4)
    assert [held.get(sha) is not None for sha in (first, second, third)] == [True, False, True]


def test_one_content_twice_takes_no_more_room():
    held = Held(10)
    first = held.put(b"1" * 4)
    held.put(b"2" * 4)
    held.put(b"2" * 4)
    assert held.get(first) == b"1" * 4


def test_one_that_is_larger_than_all_is_held_all_the_same():
    held = Held(10)
    held.put(b"1" * 4)
    assert held.get(held.put(b"2" * 40)) == b"2" * 40
