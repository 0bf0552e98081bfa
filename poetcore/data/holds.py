"""Holds: the pictures that the camera took in one go, while a label's button was held down.

Such a burst shows one thing in one light, so it is one group, which no split divides. Which hold a picture is
of stands in the name of its file, `hold-20270412-101502-3f2a_nohash_0007.jpg`: so it goes wherever the file
goes, also to another computer, and the original scripts, which keep together what has the same name before
`_nohash_`, keep a hold together too.
"""

import re

from poetcore.errors import OptionError

__all__ = ["HOLD", "LONGEST_HOLD", "check_hold", "hold_of", "picture_name"]

#: What a hold is called: the date and time at which it began, and something by lot.
HOLD = r"hold-[0-9]{8}-[0-9]{6}-[0-9a-f]{4}"

#: Pictures of a hold at the most; 25 seconds of them at 8 a second.
LONGEST_HOLD = 200

_PICTURE = re.compile(rf"({HOLD})_nohash_[^/\\]*", re.DOTALL)


def check_hold(name: str) -> None:
    """Check that this is what a hold is called.

    Raises:
        OptionError: it is not.
    """
    if not re.fullmatch(HOLD, name):
        raise OptionError(
            f"A hold is called by its date, time and 4 digits by lot, such as hold-20270412-101502-3f2a."
            f" Received: {name[:80]!r}."
        )


def picture_name(hold: str, number: int) -> str:
    """Return what the file of a picture is called.

    >>> picture_name("hold-20270412-101502-3f2a", 7)
    'hold-20270412-101502-3f2a_nohash_0007.jpg'

    Args:
        hold: the name of its hold.
        number: its place in the hold, from 1.
    """
    return f"{hold}_nohash_{number:04d}.jpg"


def hold_of(file_name: str) -> str:
    """Return the hold that a picture is of, by the name of its file; "" of any other picture.

    >>> hold_of("hold-20270412-101502-3f2a_nohash_0007.jpg"), hold_of("rose.jpg")
    ('hold-20270412-101502-3f2a', '')
    """
    found = _PICTURE.fullmatch(file_name)
    return found[1] if found else ""
