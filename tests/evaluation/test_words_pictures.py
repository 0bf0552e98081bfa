"""Words as pictures: they fit, whatever is written and in whatever script."""

import numpy as np
import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.words_pictures import add_fonts, draw_words, fit_words, missing_characters

#: A character of a plane that is unassigned: no font has it.
NOWHERE = "\U000dfffc"


def test_words_are_as_wide_as_they_are_and_a_line_high():
    short, long = draw_words("ash", 40, "#fff"), draw_words("ash and oak", 40, "#fff")
    assert short.size[1] == long.size[1] == 54
    assert 40 < short.width < long.width


def test_words_have_their_colour_and_nothing_around_them():
    pixels = np.array(draw_words("I", 60, "#ff0000", bold=True))
    assert tuple(pixels[40, pixels.shape[1] // 2]) == (255, 0, 0, 255)
    assert pixels[:3, :, 3].max() == 0


def test_markup_is_written_and_not_read():
    assert draw_words("<b>&amp;", 40, "#fff").width > draw_words("&", 40, "#fff").width * 3


def test_what_no_xml_can_hold_is_left_out():
    assert draw_words("a\0\x1b\udcff\ufffeb", 40, "#fff").tobytes() == draw_words("ab", 40, "#fff").tobytes()


def test_blanks_alone_and_nothing_take_a_line():
    assert draw_words("", 40, "#fff").size == (1, 54)
    assert fit_words("  ", 40, 300, 2, "#fff").height == 54


@pytest.mark.parametrize(
    "text",
    ["ash", "a label of several words that is long", "x" * 90, "word " * 200, "ورد أحمر جميل", "x" * 5000],
    ids=["short", "words", "one word", "many words", "Arabic", "endless"],
)
def test_words_fit_into_the_room_that_there_is(text):
    drawn = fit_words(text, 64, 540, 3, "#fff", bold=True)
    assert drawn.width == 540 and drawn.height <= 3 * 87
    assert np.array(drawn)[:, -1, 3].max() == 0 or drawn.getbbox()[2] <= 540


def test_words_break_onto_lines_before_they_become_smaller():
    assert fit_words("chanterelle and amanita", 64, 400, 3, "#fff").height > 87


def test_arabic_letters_are_joined():
    joined, apart = draw_words("ببب", 60, "#fff"), draw_words("ب ب ب", 60, "#fff")
    assert joined.width < apart.width - 2 * draw_words("ب", 60, "#fff").width / 3


def test_characters_of_no_font_are_found_and_others_are_not():
    assert missing_characters(["rose żółć роза", "daisy"]) == ""
    assert missing_characters(["daisy", f"{NOWHERE}!"]) == NOWHERE


def test_a_folder_of_fonts_that_is_none_is_refused(tmp_path):
    with pytest.raises(OptionError, match="No such folder of fonts"):
        add_fonts(tmp_path / "missing")
