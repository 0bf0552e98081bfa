"""The settings of a trial, and which of all combinations a tuning tries."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.system.figures import count
from poetcore.system.options import build
from poetcore.training.config import RunConfig
from poetcore.training.train import TrainingOptions
from poetcore.training.tuning.options import TuneOptions

__all__ = ["OF_STEPS", "Setting", "planned", "settings_of", "varying"]


@dataclass(frozen=True)
class Setting:
    """What one trial is trained with. The names are those of a run's options.

    Attributes:
        architecture: name of a backbone, or of a combination.
        head: "gradient_descent", or "ridge", to which the five after it mean nothing.
        learning_rate: factor of a gradient descent step.
        how_many_training_steps: batches trained on.
        train_batch_size: pictures a step.
        weight_decay: by this times the learning rate the weights shrink in each step.
        label_smoothing: share of each target spread evenly over all labels.
        class_weight: "balanced" or "none".
        flip_left_right: whether mirrored copies are trained on too.
        max_pictures_per_label: pictures of each label that are trained on; -1 for all.
    """

    architecture: str
    head: str = "gradient_descent"
    learning_rate: float = 0.01
    how_many_training_steps: int = 4000
    train_batch_size: int = 100
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    class_weight: str = "balanced"
    flip_left_right: bool = False
    max_pictures_per_label: int = -1

    @property
    def augmentation(self) -> Augmentation:
        """How its training pictures are augmented: one mirrored copy of each, or not at all."""
        return Augmentation(True, distortion_variants=1) if self.flip_left_right else NO_AUGMENTATION

    def words(self, names: Iterable[str]) -> str:
        """Return some of its settings as people read them: `efficientnet_lite0, rate 0.01`.

        Args:
            names: of the settings in which it differs from others; its backbone where there are none.
        """
        named = set(names)
        if self.head == "ridge":
            named -= set(OF_STEPS)
        elif named & set(OF_STEPS):
            named.discard("head")  # it goes without saying where there are steps
        return (
            ", ".join(self._word(one.name) for one in fields(self) if one.name in named) or self.architecture
        )

    def _word(self, name: str) -> str:
        value = getattr(self, name)
        match name:
            case "architecture":
                return str(value)
            case "head":
                return str(value).replace("_", " ")
            case "learning_rate":
                return f"rate {value:g}"
            case "how_many_training_steps":
                return f"{value:,} steps"
            case "flip_left_right":
                return "mirrored copies" if value else "no copies"
            case "max_pictures_per_label":
                return "all pictures" if value == -1 else f"{value:,} pictures of a label"
            case "train_batch_size":
                return f"batch size {value:,}"
            case "class_weight":
                return "balanced labels" if value == "balanced" else "labels as frequent as they are"
        return f"{name.replace('_', ' ')} {value:g}"

    def training(self, options: TuneOptions) -> TrainingOptions:
        """Return its training options."""
        return self.config(options).training

    def config(self, options: TuneOptions) -> RunConfig:
        """Return the configuration of a run with these settings on all pictures of a tuning.

        Args:
            options: of the tuning, for the pictures, their grouping, the engine and the seed.
        """
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        of_tuning = {name: getattr(options, name) for name in _OF_PICTURES}
        if self.flip_left_right:
            own["distortion_variants"] = self.augmentation.distortion_variants
        return build(RunConfig, of_tuning | own | {"seed": options.seed})


#: Options that a tuning and a run have in common.
_OF_PICTURES = ("image_dir", "labels", "group_by", "engine", "input_scaling")

#: Settings that mean nothing where the last layer has a closed form.
OF_STEPS = (
    "learning_rate",
    "how_many_training_steps",
    "train_batch_size",
    "weight_decay",
    "label_smoothing",
)


def settings_of(options: TuneOptions) -> list[Setting]:
    """Return the settings of a tuning's trials, in their order: each setting once.

    Raises:
        OptionError: a grid has more trials than `options.trials`.
    """
    found = planned(options)
    if options.method == "random":
        lot = np.random.default_rng(options.seed).permutation(len(found))
        return [found[number] for number in lot[: options.trials].tolist()]
    if len(found) > options.trials:
        raise OptionError(
            f"The grid has {count(len(found))} trials, more than trials = {options.trials}: allow them with"
            f" --trials {len(found)}, or draw {options.trials} of them with --method random."
        )
    return found


def planned(options: TuneOptions) -> list[Setting]:
    """Return every combination of a tuning's values, those that mean the same once.

    Raises:
        OptionError: there are too many to be listed.
    """
    values = options.values()
    if options.combinations > _MOST_COMBINATIONS:
        raise OptionError(
            f"There are {count(options.combinations)} combinations: list fewer values, so that there are"
            f" {count(_MOST_COMBINATIONS)} at the most."
        )
    names = list(values)
    every = (
        Setting(**dict(zip(names, chosen, strict=True))) for chosen in itertools.product(*values.values())
    )
    return list(dict.fromkeys(map(_meant, every)))


#: So many combinations are listed in a second.
_MOST_COMBINATIONS = 200_000


def _meant(setting: Setting) -> Setting:
    """Return a setting with the default where a value means nothing."""
    if setting.head != "ridge":
        return setting
    defaults = {one.name: one.default for one in fields(Setting) if one.name in OF_STEPS}
    return replace(setting, **defaults)  # type: ignore[arg-type]  # each is of its field's type


def varying(settings: Iterable[Setting]) -> list[str]:
    """Return the names of the settings in which trials differ, in the order of the fields."""
    every = list(settings)
    return [one.name for one in fields(Setting) if len({getattr(other, one.name) for other in every}) > 1]
