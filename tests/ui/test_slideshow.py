"""What Python refuses to show as a slideshow."""

import pytest

from poetcore.errors import OptionError
from poetcore.evaluation.slides import Slide
from poetcore.ui.components.slideshow import slideshow


def test_python_refuses_a_deck_without_its_pictures() -> None:
    slide = Slide("a.jpg", "daisy", "daisy", 1.0, (("daisy", 1.0),))
    with pytest.raises(OptionError, match="1 slides, 0 pictures"):
        slideshow([slide], [], ["daisy"], key="show")
    with pytest.raises(OptionError, match="Received: 0"):
        slideshow([slide], ["/a"], ["daisy"], key="show", seconds=0)
