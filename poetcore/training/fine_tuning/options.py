"""The options of fine-tuning."""

from dataclasses import dataclass, field, fields

from poetcore.errors import OptionError
from poetcore.system.options import check_limits, option

__all__ = ["FineTuning"]


@dataclass(frozen=True)
class FineTuning:
    """How the last blocks of a network are trained; each field says what it decides.

    Raises:
        OptionError: a value is impossible.
    """

    fine_tune: bool = field(
        default=False,
        metadata=option(
            "Train the last blocks of the network too, not only the last layer: more accurate, minutes"
            " instead of a second, and the run keeps a network of its own (of several joined by +, of the"
            " first one)."
        ),
    )
    fine_tune_epochs: int = field(
        default=16,
        metadata=option(
            "How often fine-tuning goes through the pictures at the most; it ends where the validation"
            " pictures get no better, and keeps what was best on them.",
            minimum=1,
            maximum=1000,
        ),
    )
    fine_tune_rate: float = field(
        default=0.0,
        metadata=option(
            "Learning rate of fine-tuning; 0 to choose between 0.0002 and 0.0005 by the validation pictures.",
            minimum=0,
            maximum=1,
        ),
    )
    fine_tune_flip: str = field(
        default="on",
        metadata=option(
            "Fine-tune on mirrored pictures too: on, or off where left and right matter, as with letters or"
            " road signs.",
            choices=("on", "off"),
        ),
    )
    fine_tune_cross_validation: bool = field(
        default=False,
        metadata=option(
            "Fine-tune five times more, each time without another fifth of the pictures, for a"
            " cross-validated accuracy; takes six times as long."
        ),
    )

    def __post_init__(self) -> None:
        check_limits(self)
        if self.fine_tune:
            return
        for one in fields(self):
            if getattr(self, one.name) != one.default:
                raise OptionError(
                    f"{one.name} is for fine-tuning only: add fine_tune, or omit it to train the last layer."
                )
