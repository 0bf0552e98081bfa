"""What is known of an export, for the code that uses it and the note beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from poetcore.export.export_options import INPUT_RANGES, USUAL_RANGE, Facts, InputRange

__all__ = ["About", "Sample"]


class Sample(NamedTuple):
    """A picture of the run that travels with an export.

    Attributes:
        path: where it lies.
        label: its own, as people read it.
    """

    path: Path
    label: str


@dataclass(frozen=True)
class About:
    """What the code and the note of an export have to know of it.

    Attributes:
        run: name of the run.
        backbone: its pre-trained network.
        size: pixels a side that the model takes.
        file: name of the exported file or folder, which lies beside the note.
        labels: the labels file, relative to the note.
        output_layer: what is fetched from a frozen graph.
        input_range: what the export is fed.
        thresholds: label -> from which probability on it is predicted, in the order of the probabilities,
            where a picture may have several labels; else empty.
        temperature: what the run's outputs are divided by before the softmax; 1 where by nothing.
        least_probability: below this largest probability a picture is unknown; None where that is not known.
        facts: what people are told of the model.
        samples: pictures that a web page offers to try.
        litert_js: whence a web page has LiteRT.js.
    """

    run: str
    backbone: str
    size: int
    file: str
    labels: str
    output_layer: str = "final_result"
    input_range: InputRange = INPUT_RANGES[USUAL_RANGE]
    thresholds: Mapping[str, float] = field(default_factory=dict)
    temperature: float = 1.0
    least_probability: float | None = None
    facts: Facts = field(default_factory=Facts)
    samples: tuple[Sample, ...] = ()
    litert_js: str = "cdn"
