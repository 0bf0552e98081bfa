"""The configuration of a run."""

from dataclasses import dataclass, field
from pathlib import Path

from poetcore.data.kept_share import Share
from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.backbones import DEFAULT
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.options import check_limits, option
from poetcore.training.fine_tuning.options import FineTuning
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace

__all__ = ["RunConfig", "demo_config"]


@dataclass(frozen=True)
class RunConfig:
    """The configuration of a run. Each field says what it decides.

    Raises:
        OptionError: a value is impossible.
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
            "Backbone: efficientnet_lite{0,1,2}, mobilenet_{1.0,0.75,0.50,0.25}_{224,192,160,128} or any of"
            " keras.applications such as EfficientNetV2B0 (the command backbones lists all), each also with"
            " _quantized, or with @288 to see that many pixels a side; several side by side joined by +; or"
            " the path of a network of your own (.tflite, .keras or SavedModel)."
        ),
    )
    training: TrainingOptions = field(default=TrainingOptions())
    augmentation: Augmentation = NO_AUGMENTATION
    fine_tuning: FineTuning = field(default=FineTuning())
    input_scaling: str = field(
        default="",
        metadata=option(
            "How a network of your own wants its pixels, where its file does not say: MEAN,DIVISOR for"
            " (pixel - MEAN) / DIVISOR, such as 127.5,127.5, or three means and three divisors of red, green"
            " and blue."
        ),
    )
    demo_dir: Path | None = field(
        default=None,
        metadata=option("Folder of demo pictures to evaluate the run on as soon as it is trained."),
    )
    name: str | None = field(
        default=None, metadata=option("The run's name; from date and time by default.", flag="run_name")
    )
    final_tensor_name: str = field(
        default="final_result", metadata=option("Name of the output in a frozen graph of this run.")
    )
    engine: str = field(
        default=DEFAULT_ENGINE,
        metadata=option(
            "What extracts the features: auto (OpenVINO where it is installed and helps, else LiteRT),"
            " litert or openvino (this machine's cores), keras (a graphics card, on the backend that"
            " KERAS_BACKEND sets; keras_tensorflow, keras_jax or keras_torch on that one) or ray (the cluster"
            " of RAY_ADDRESS)."
        ),
    )
    labels: str = field(
        default="",
        metadata=option(
            "Train on these labels only, such as daisy,rose (a name that holds a comma in double quotes); all"
            " by default. A label of pictures of nothing in particular, such as misc, lets the model say that"
            " it is none of the others."
        ),
    )
    max_pictures_per_label: int = field(
        default=-1,
        metadata=option(
            "Pictures of each label at the most, -1 for all; a larger number takes those of a smaller one"
            " too.",
            minimum=3,
            all_value=-1,
        ),
    )
    multi_label: bool = field(
        default=False,
        metadata=option(
            "A picture may have several labels: those of all label folders that hold it; in a CSV file those"
            " of all its rows, or a|b. Each label gets a probability and a threshold of its own."
        ),
    )
    keep_aside: str = field(
        default="",
        metadata=option(
            "Keep pictures aside as demo pictures, from this training on, where none are yet: a share of each"
            " label such as 20%, or a number of each such as 50. Files stay where they are."
        ),
    )
    evaluate_after: bool = field(
        default=False,
        metadata=option(
            "Evaluate the run as soon as it is trained; without demo_dir on the demo folder beside, what"
            " is kept aside, or the testing pictures."
        ),
    )

    def __post_init__(self) -> None:
        check_limits(self)
        if self.keep_aside:
            Share.parse(self.keep_aside)

    @property
    def fine_tune(self) -> bool:
        """Whether the last blocks of the network are trained too."""
        return self.fine_tuning.fine_tune


def demo_config(workspace: Workspace) -> RunConfig:
    """Return the configuration of a run on the drawn sample set of a workspace."""
    folder = workspace.datasets / "sample"
    return RunConfig(folder / "train", demo_dir=folder / "demo")
