"""Which pictures of an evaluation are shown, in which order and how many at once: what may be asked for."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from poetcore.errors import OptionError
from poetcore.system.options import check_limits, option

__all__ = ["BATCHES", "Order", "Show", "SlideOptions"]

#: Both stand in the addresses of slideshows that people keep: "mistakes" are the misclassified pictures,
#: "surest" is most confident first, "least_sure" least confident first.
Show = Literal["all", "mistakes", "correct"]
Order = Literal["folder", "shuffled", "surest", "least_sure"]

#: How many pictures a slide can have: one, or a small batch that fills a screen.
BATCHES = (1, 4, 6, 9)


@dataclass(frozen=True)
class SlideOptions:
    """Which pictures become slides, in which order, and how many stand on one.

    Attributes:
        show: all, only misclassified pictures ("mistakes"), or only correct ones.
        label: only pictures whose true label is this; None for every label.
        order: as in `deck`.
        seed: of the shuffle.
        batch: pictures on a slide, one of `BATCHES`.
        confidence: whether the confidence stands on it.

    Raises:
        OptionError: a value is impossible.
    """

    show: str = field(
        default="all", metadata=option("all, only mistakes or only correct ones.", choices=get_args(Show))
    )
    label: str | None = field(default=None, metadata=option("Only pictures whose true label is this."))
    order: str = field(
        default="folder",
        metadata=option(
            "folder: as in the folder; shuffled: at random, every label spread evenly; surest: most confident"
            " first; least_sure: least confident first.",
            choices=get_args(Order),
        ),
    )
    seed: int = field(default=0, metadata=option("Seed of the shuffle.", minimum=0))
    batch: int = field(default=1, metadata=option(f"Pictures on a slide: {', '.join(map(str, BATCHES))}."))
    confidence: bool = field(default=True, metadata=option("Whether the confidence stands on the slides."))

    def __post_init__(self) -> None:
        check_limits(self)
        if self.batch not in BATCHES:
            raise OptionError(f"batch is one of {', '.join(map(str, BATCHES))}. Received: {self.batch}.")
