"""What can be chosen of an export besides its format, and what an exported model may be fed."""

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from poetcore.errors import OptionError
from poetcore.system.options import check_limits, option
from poetcore.system.wording import counted, few

__all__ = ["FORMATS_WITH", "INPUT_RANGES", "USUAL_RANGE", "ExportOptions", "Facts", "InputRange"]


USUAL_RANGE = "0..255"


@dataclass(frozen=True)
class InputRange:
    """What an exported model is fed: (RGB - mean) / std, where RGB is 0 to 255.

    Attributes:
        mean: subtracted from each value.
        std: what the difference is divided by.
        feed: what is fed, as the note says it.
        code: what is fed, in the note's code.
    """

    mean: float
    std: float
    feed: str
    code: str


#: By name. The second is that of the original scripts and of the codelab's Android app.
INPUT_RANGES = {
    USUAL_RANGE: InputRange(0, 1, "RGB pixels from 0 to 255", "pixels"),
    "-1..1": InputRange(128, 128, "(RGB - 128) / 128, values from -1 to 1", "(pixels - 128) / 128"),
}


#: Kinds of characters that no line of text has: control characters, and halves that are no Unicode.
_NO_TEXT = ("Cc", "Cs")


#: The options that only some formats have, and these, in a sentence.
FORMATS_WITH = {"input_range": "tflite or tflite_int8", "samples": "web", "litert_js": "web"}


@dataclass(frozen=True)
class Facts:
    """What people are told of a model that is handed on: in the note, and inside a LiteRT file.

    Attributes:
        model_name: what it is called; None for the run's name.
        description: what it is for; None for a sentence about its labels.
        author: who made it, or None.
        licence: under which terms it may be used, or None.
    """

    model_name: str | None = field(
        default=None, metadata=option("What the model is called for others; the run's name without it.")
    )
    description: str | None = field(
        default=None, metadata=option("What the model is for; a sentence about its labels without it.")
    )
    author: str | None = field(default=None, metadata=option("Who made the model, for those who get it."))
    licence: str | None = field(
        default=None,
        metadata=option("Under which terms the model may be used, such as CC BY 4.0, for those who get it."),
    )

    def of(self, run: str, labels: Sequence[str]) -> "Facts":
        """Return them with a name and a description where none was given.

        Args:
            run: its name.
            labels: of the run.
        """
        usual = f"Tells which of {counted(len(labels), 'label')} a picture has: {few(labels)}."
        return replace(self, model_name=self.model_name or run, description=self.description or usual)


@dataclass(frozen=True)
class ExportOptions:
    """What can be chosen of an export besides its format.

    Attributes:
        facts: what people are told of the model.
        final_tensor_name: what a frozen graph calls its output; None as the run was trained with.
        input_range: one of `INPUT_RANGES`; of the formats that have the choice.
        samples: how many of the run's pictures a web page shows.
        litert_js: whence a web page has LiteRT.js: "cdn" or "local".

    Raises:
        OptionError: a value is impossible.
    """

    facts: Facts = field(default_factory=Facts)
    final_tensor_name: str | None = field(
        default=None,
        metadata=option("What a frozen graph calls its output; as the run was trained, else final_result."),
    )
    input_range: str = field(
        default=USUAL_RANGE,
        metadata=option(
            "What tflite and tflite_int8 are fed: RGB values of 0..255, or (RGB - 128) / 128 in -1..1 as by"
            " the codelab's Android app.",
            choices=tuple(INPUT_RANGES),
        ),
    )

    samples: int = field(
        default=6,
        metadata=option(
            "How many of the run's test pictures a web page offers to try, where everyone can see them.",
            minimum=0,
            maximum=100,
        ),
    )
    litert_js: str = field(
        default="cdn",
        metadata=option(
            "Whence a web page loads LiteRT.js: from a network of servers on the internet, its files checked"
            " by their hashes, or from the folder litert beside the page, where npm puts them.",
            choices=("cdn", "local"),
        ),
    )

    def __post_init__(self) -> None:
        check_limits(self)
        for name, told in asdict(self.facts).items():
            if any(unicodedata.category(one) in _NO_TEXT for one in told or ""):
                raise OptionError(
                    f"{name} is one line of text without control characters. Received: {told[:80]!r}."
                )
