"""What can be chosen about a video: how often it is looked at, and how calm the answer is."""

from dataclasses import dataclass, field

from poetcore.errors import OptionError
from poetcore.evaluation.video.smoothing import TIME_CONSTANT
from poetcore.system.options import check_limits, option

__all__ = ["VideoOptions"]

#: Seconds between two frames at the least: no video that people make has more than a hundred a second.
_LEAST = 0.01


@dataclass(frozen=True)
class VideoOptions:
    """How a video is labelled.

    Raises:
        OptionError: a value is impossible.
    """

    every: float = field(
        default=0.5, metadata=option("Seconds from one frame that is labelled to the next.", positive=True)
    )
    smoothing: float = field(
        default=TIME_CONSTANT,
        metadata=option(
            "Time constant in seconds over which probabilities are averaged, as the page Live does;"
            " 0 for each frame on its own.",
            minimum=0,
        ),
    )

    def __post_init__(self) -> None:
        check_limits(self)
        if self.every < _LEAST:
            raise OptionError(f"every must be {_LEAST} seconds or more. Received: {self.every}.")
