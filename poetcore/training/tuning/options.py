"""What a tuning tries: for each setting the values, as one text with commas between, and how they combine."""

import csv
import io
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from poetcore.data.groups import GROUP_BY
from poetcore.errors import OptionError, PoetError
from poetcore.features.backbones import DEFAULT
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.features.network_file import spelled_out
from poetcore.system.options import check_limits, option, options_of
from poetcore.training.config import RunConfig

__all__ = ["METHODS", "TUNED", "TuneOptions", "joined"]

#: How trials are taken of all combinations.
METHODS = ("grid", "random")

#: Trials that a tuning may have at the most: an hour of small ones.
_MOST_TRIALS = 10_000

_SWITCH = {"off": False, "on": True}


@dataclass(frozen=True)
class TuneOptions:
    """What a tuning tries. Each field says what it decides; a list is text such as `0.01,0.1`.

    Raises:
        OptionError: a value is impossible, or there are more trials than `trials` allows.
    """

    image_dir: Path = field(
        metadata=option(
            "Folder that holds one folder of pictures per label, or a CSV file of paths and labels.",
            environment="TFP_IMAGES_DIR",
        )
    )
    architecture: str = field(
        default=DEFAULT,
        metadata=option(
            "Backbones to try, and combinations such as efficientnet_lite0+efficientnet_lite2, with commas"
            " between, as all lists here."
        ),
    )
    head: str = field(
        default="gradient_descent,ridge",
        metadata=option("Ways to train the last layer: gradient_descent, ridge."),
    )
    learning_rate: str = field(
        default="0.003,0.01,0.03,0.1", metadata=option("Learning rates of gradient descent.")
    )
    how_many_training_steps: str = field(
        default="500,1000,2000,4000", metadata=option("Numbers of gradient descent steps.")
    )
    train_batch_size: str = field(default="100", metadata=option("Batch sizes of gradient descent."))
    weight_decay: str = field(
        default="0", metadata=option("Weight decays of gradient descent: shrinking by it times the rate.")
    )
    label_smoothing: str = field(
        default="0", metadata=option("Shares of a target that are spread over all labels.")
    )
    class_weight: str = field(
        default="balanced", metadata=option("What a picture counts: balanced, none or both.")
    )
    flip_left_right: str = field(
        default="off",
        metadata=option(
            "Train on mirrored copies too: off, on or both; not where left and right matter, as with letters."
        ),
    )
    max_pictures_per_label: str = field(
        default="-1",
        metadata=option(
            "Pictures of each label to train on at the most, -1 for all; every trial is tested on all."
        ),
    )
    method: str = field(
        default="grid",
        metadata=option(
            "Which combinations are tried: grid (all of them) or random (a draw of `trials` of them).",
            choices=METHODS,
        ),
    )
    trials: int = field(
        default=60,
        metadata=option(
            "Trials at the most: what is drawn at random; a larger grid is refused.",
            minimum=1,
            maximum=_MOST_TRIALS,
        ),
    )
    seed: int = field(
        default=0,
        metadata=option(
            "Seed of the draw of combinations and of every training; with the same pictures it gives the same"
            " answer.",
            minimum=0,
        ),
    )
    group_by: str = field(
        default="near",
        metadata=option(
            "What the folds keep together: exact (the same content), near (near duplicates too) or folder"
            " (the same sub-folder of a label too, such as one person or place).",
            choices=GROUP_BY,
        ),
    )
    labels: str = field(
        default="",
        metadata=option(
            "Use these labels only, such as daisy,rose (a name that holds a comma in double quotes); all by"
            " default."
        ),
    )
    input_scaling: str = field(
        default="",
        metadata=option(
            "How networks of your own want their pixels, where their files do not say: MEAN,DIVISOR for"
            " (pixel - MEAN) / DIVISOR."
        ),
    )
    engine: str = field(default=DEFAULT_ENGINE, metadata=option(options_of(RunConfig)["engine"].help))
    name: str | None = field(
        default=None,
        metadata=option("The tuning's name; from date and time by default.", flag="tuning_name"),
    )

    def __post_init__(self) -> None:
        check_limits(self)
        self.values()

    def values(self) -> dict[str, tuple[Any, ...]]:
        """Return the values to try of each setting, by the names of `TUNED`, each value once.

        Raises:
            OptionError: a list is empty, or a value in it is impossible.
        """
        return {name: _values(name, getattr(self, name), read) for name, read in TUNED.items()}

    @property
    def combinations(self) -> int:
        """How many combinations there are of all values; some of them may mean the same."""
        return math.prod(len(values) for values in self.values().values())


def joined(values: object) -> str:
    """Return values as the text of a list option: `0.01,0.1`, `off,on`.

    >>> joined([0.01, 0.1]), joined([False, True]), joined(500), joined("grid")
    ('0.01,0.1', 'off,on', '500', 'grid')

    Args:
        values: several, a single one, or text, which is one already.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        values = [values]
    words = {False: "off", True: "on"}
    texts = [words[value] if isinstance(value, bool) else str(value) for value in values]
    if len(texts) == 1:
        return texts[0]
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(texts)
    return out.getvalue()


def _values(name: str, text: str, read: Callable[[str], Any]) -> tuple[Any, ...]:
    known = options_of(RunConfig).get(name)
    try:
        parts = [part.strip() for row in csv.reader([text], skipinitialspace=True) for part in row]
    except csv.Error as error:
        raise OptionError(f"{name} cannot be read ({error}): list values with commas between.") from None
    found: list[Any] = []
    for part in filter(None, parts):
        try:
            value = read(part)
        except PoetError as error:
            raise OptionError(f"{name}: {error}") from None
        except (ValueError, KeyError):
            allowed = "off or on" if name == "flip_left_right" else "numbers"
            raise OptionError(
                f"{name} must list {allowed} with commas between. Received: {text!r}."
            ) from None
        if known and name != "flip_left_right":
            known.check(value)
        found.append(value)
    if not found:
        raise OptionError(f"{name} is an empty list: give at least one value.")
    return tuple(dict.fromkeys(found))


def _backbone(text: str) -> str:
    return spelled_out(text)


def _switch(text: str) -> bool:
    return _SWITCH[text.lower()]


#: The settings that a tuning varies, each with what reads a value of its list.
TUNED: dict[str, Callable[[str], Any]] = {
    "architecture": _backbone,
    "head": str,
    "learning_rate": float,
    "how_many_training_steps": int,
    "train_batch_size": int,
    "weight_decay": float,
    "label_smoothing": float,
    "class_weight": str,
    "flip_left_right": _switch,
    "max_pictures_per_label": int,
}
