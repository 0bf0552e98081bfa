"""Names as Markdown: what is escaped, and what stays readable."""

import pytest

from poetcore.ui.text import brief, dataset_names, few, plain, short


@pytest.mark.parametrize(
    "text", ["daisy", "red rose 2", "sample/train", "a-b.jpg", "München, 3 %", "it's (old)"]
)
def test_an_ordinary_name_stays_as_it_is(text):
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("20$", r"20\$"),
        ("*star*", r"\*star\*"),
        (":smile:", r"\:smile\:"),
        ("# one", r"\# one"),
        ("<b>", r"\<b\>"),
        ("1. one", r"1\. one"),
        ("- one", r"\- one"),
        (r"a\b", r"a\\b"),
    ],
)
def test_what_markdown_gives_a_meaning_is_escaped(text, escaped):
    assert plain(text) == escaped


def test_a_line_break_cannot_begin_a_block():
    assert plain("rose\n\n# tulip") == r"rose \# tulip"


def test_what_is_no_string_is_shown_by_its_words():
    assert plain(ValueError("no *such* thing")) == r"no \*such\* thing"


def test_a_folder_is_named_by_its_last_two_parts():
    assert short("/home/ann/sample/train") == "sample/train"


@pytest.mark.parametrize("text", ["\u202eevil", "\u05e9\u05dc\u05d5\u05dd"])
def test_a_text_from_right_to_left_leaves_the_sentence_around_it_alone(text):
    assert plain(text) == f"\u2068{text}\u2069"


def test_very_many_names_are_cut_off_with_a_word_about_the_rest():
    assert few([str(number) for number in range(14)]).endswith("10, 11 and 2 more")


def test_a_name_of_many_letters_keeps_its_beginning_and_its_end():
    assert brief("a" * 200 + "z") == "a" * 24 + "…" + "a" * 11 + "z"


def test_datasets_of_one_title_are_told_apart_by_their_paths():
    names = dataset_names(["/a/home/set/train", "/a/own/set/train", "/a/insects"])
    assert list(names.values()) == ["home/set/train", "own/set/train", "insects"]
