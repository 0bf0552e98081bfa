"""What may be asked for of a slideshow in a file, beside which pictures it shows."""

from dataclasses import dataclass, field

from poetcore.evaluation.slide_options import SlideOptions
from poetcore.system.options import check_limits, option

__all__ = ["PIXELS", "ShowOptions"]

#: Longer sides in pixels that a page offers: a phone, a window, a projector, a large screen.
PIXELS = (640, 960, 1280, 1920)


@dataclass(frozen=True)
class ShowOptions:
    """A slideshow as one file: its slides, how it begins, and how large its pictures are.

    Attributes:
        slides: which pictures, in which order, how many at once.
        pixels: longer side of a picture; none is made larger.
        heat_maps: whether the heat maps of predicted and true labels are in the file.
        guess_first: whether the labels are hidden until the audience has guessed.
        seconds: how long a slide stays while the show plays.
        teams: whether two teams guess by turns.

    Raises:
        OptionError: a value is impossible.
    """

    slides: SlideOptions = field(default_factory=SlideOptions)
    pixels: int = field(
        default=1280,
        metadata=option(
            "Longer side of a picture in the slideshow's file; a photo of 640 takes about 0.06 MB of it, one"
            " of 1280 0.2 MB, one of 1920 0.5 MB.",
            minimum=160,
            maximum=3840,
        ),
    )
    heat_maps: bool = field(
        default=False,
        metadata=option(
            "Take the heat maps of predicted and true labels into the slideshow's file: about 0.03 MB each."
        ),
    )
    guess_first: bool = field(
        default=False,
        metadata=option("Begin the slideshow with hidden labels, until the audience has guessed."),
    )
    seconds: float = field(
        default=4.0,
        metadata=option("Seconds that a slide stays while the slideshow plays.", minimum=1, maximum=3600),
    )
    teams: bool = field(default=False, metadata=option("Two teams guess by turns in the slideshow."))

    def __post_init__(self) -> None:
        check_limits(self)
