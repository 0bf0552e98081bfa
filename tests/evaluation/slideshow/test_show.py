"""A slideshow as the browser gets it."""

import json

import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.slides import Slide
from poetcore.evaluation.slideshow.show import Slideshow

SLIDE = Slide("a.jpg", "daisy", "rose", 0.87, (("rose", 0.87), ("daisy", 0.13)))


def test_a_deck_without_its_pictures_is_refused():
    with pytest.raises(OptionError, match="1 slides, 0 pictures"):
        Slideshow([SLIDE], [], ["daisy"])
    with pytest.raises(OptionError, match="Received: 0"):
        Slideshow([SLIDE], ["/a"], ["daisy"], seconds=0)
    with pytest.raises(OptionError, match="one of 1, 4, 6, 9. Received: 5"):
        Slideshow([SLIDE], ["/a"], ["daisy"], batch=5)


def test_words_are_sent_once_and_meant_by_number():
    show = Slideshow([SLIDE, SLIDE], ["/a", "/b"], ["daisy", "rose"], notes=["seen in training", ""])
    packed = show.packed("show")
    assert (packed["words"], packed["offered"]) == (["daisy", "rose", "seen in training"], 2)
    assert packed["slides"][0] == ["/a", 0, 1, 0.87, [1, 0.87, 0, 0.13], 2, -1]
    assert packed["slides"][1][5:] == [-1, -1]
    assert json.loads(json.dumps(packed)) == packed
