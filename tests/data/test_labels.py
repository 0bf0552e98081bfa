"""Names of labels that are meant as the same, and what differs between them."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poetcore.data.labels import difference, match_labels, nearest, similar_labels, unusable_name

DECOMPOSED = unicodedata.normalize("NFD", "Gänseblümchen")


@pytest.mark.parametrize(
    ("name", "label"),
    [
        (DECOMPOSED, "Gänseblümchen"),
        ("Gänseblümchen", DECOMPOSED),
        ("Rose", "rose"),
        ("rose ", "rose"),
        ("rose", " Rose "),
        ("STRASSE", "Straße"),
        ("bearded  iris", "bearded iris"),
        ("bearded\xa0iris", "bearded iris"),
        ("bearded_iris", "bearded iris"),
        ("Bearded-Iris", "bearded_iris"),
        ("iris_2", "iris 2"),
        ("r\u043ese", "rose"),
        ("rose\u200b", "rose"),
        ("\u200frose", "rose"),
    ],
)
def test_a_name_that_looks_like_a_known_label_is_that_label(name, label):
    assert match_labels([name], [label, "fern"]) == {name: label}


@pytest.mark.parametrize(
    ("name", "label"),
    [("tulips", "tulip"), ("A-", "A"), ("-1", "1"), ("1.5", "15"), ("1-5", "1.5"), ("page 1", "page 2")],
)
def test_a_name_that_means_something_else_is_no_known_label(name, label):
    assert match_labels([name], [label]) == {}


def test_the_exact_name_comes_first():
    assert match_labels(["rose", "Rose"], ["Rose", "rose"]) == {"rose": "rose", "Rose": "Rose"}


def test_a_name_that_fits_two_labels_alike_is_none_of_them():
    assert match_labels(["ROSE"], ["Rose", "rose"]) == {}


def test_a_name_that_is_composed_otherwise_comes_before_one_in_other_case():
    labels = ["gänseblümchen", "Gänseblümchen"]
    assert match_labels([DECOMPOSED], labels) == {DECOMPOSED: "Gänseblümchen"}


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ("rose", "rose", ""),
        (DECOMPOSED, "Gänseblümchen", "the same letters, composed differently"),
        ("rose ", "rose", "a blank at the end"),
        ("rose", "rose ", "a blank missing at the end"),
        ("  rose", "rose", "2 blanks at the beginning"),
        ("Rose", "rose", "upper and lower case"),
        ("Rose ", "rose", "a blank at the end and upper and lower case"),
        ("bearded\xa0iris", "bearded iris", "the blanks between words"),
        ("bearded_iris", "bearded iris", "blanks, hyphens or underscores"),
        ("r\u043ese", "rose", "letters that look alike"),
        ("rose\u200b", "rose", "an invisible character"),
        ("x²", "x2", "letters that look alike"),
        ("tulips", "tulip", "one letter more"),
        ("tulip", "tulips", "one letter less"),
        ("dandeloin", "dandelion", "two letters in another order"),
        ("dahlea", "dahlia", "one letter"),
        ("dishes", "dish", "two letters more"),
        ("rose", "tulip", ""),
        ("ant", "bat", ""),
    ],
)
def test_what_differs_is_told_in_a_few_words(a, b, wanted):
    assert difference(a, b) == wanted


def test_the_nearest_label_is_found():
    assert nearest("tulips", ["rose", "tulip"]) == "tulip"


def test_a_name_like_none_has_no_nearest_label():
    assert nearest("fern", ["rose", "tulip"]) is None


def test_similar_labels_are_grouped():
    labels = ["tulip", "Rose", "daisy", "rose ", "tulips", DECOMPOSED, "rose", "Gänseblümchen"]
    assert similar_labels(labels) == [
        (DECOMPOSED, "Gänseblümchen"),
        ("Rose", "rose", "rose "),
        ("tulip", "tulips"),
    ]


def test_numbers_and_short_words_are_not_similar():
    labels = ["1", "2", "10", "page 1", "page 2", "a", "b", "ant", "bat", "cat", "A+", "A-", "AB"]
    assert similar_labels(labels) == []


def test_many_numbered_labels_are_compared_at_once():
    assert similar_labels(f"species number {i} of the garden" for i in range(3000)) == []


@pytest.mark.parametrize("name", ["CON", "a\u2044b", "👩\u200d🌾", "\u200fורד", "...", "a b", "x" * 255])
def test_any_text_can_be_a_label(name):
    assert unusable_name(name) is None


@pytest.mark.parametrize("name", ["two\nlines", "tab\t", "bell\x07", "a\u2028b", "a\x85b", "caf\udce9"])
def test_what_would_break_a_line_or_a_table_cannot_be_a_label(name):
    assert "rename it" in (unusable_name(name) or "")


#: Letters that are written in several ways, and what is hardly seen.
TRICKY = st.text(st.sampled_from("aAäÄ\u0308oO\u043eßsSiİıI 1\xa0_-.\u200d\u200fǅﬁ\u2044/é²2"), max_size=8)


@given(TRICKY, TRICKY)
@settings(max_examples=400)
def test_whatever_is_matched_is_the_same_or_has_a_difference_that_is_told(a, b):
    if match_labels([a], [b]) and a != b:
        assert difference(a, b)
    assert match_labels([b], [b]) in ({b: b}, {})
    assert bool(difference(a, b)) == bool(difference(b, a))


@given(st.lists(TRICKY, max_size=6))
@settings(max_examples=200)
def test_similar_labels_are_those_that_differ_by_what_can_be_told(labels):
    together = {frozenset((a, b)) for group in similar_labels(labels) for a in group for b in group}
    for a in labels:
        for b in labels:
            if a != b and difference(a, b):
                assert frozenset((a, b)) in together
