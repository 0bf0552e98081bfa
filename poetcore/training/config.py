"""The configuration of a run."""

from dataclasses import dataclass, field
from pathlib import Path

from poetcore.features.augmentation import NO_AUGMENTATION, Augmentation
from poetcore.features.backbones import DEFAULT
from poetcore.features.engines import DEFAULT_ENGINE
from poetcore.system.options import option
from poetcore.training.train import TrainingOptions
from poetcore.workspace.workspace import Workspace

__all__ = ["RunConfig", "demo_config"]


@dataclass(frozen=True)
class RunConfig:
    """The configuration of a run. Each field says what it decides."""

    image_dir: Path = field(
        metadata=option("Folder that holds one folder of pictures per label.", environment="TFP_IMAGES_DIR")
    )
    architecture: str = field(
        default=DEFAULT,
        metadata=option(
            "Backbone: efficientnet_lite{0,1,2}, inception_v3 or"
            " mobilenet_{1.0,0.75,0.50,0.25}_{224,192,160,128}, each also with _quantized."
        ),
    )
    training: TrainingOptions = field(default=TrainingOptions())
    augmentation: Augmentation = NO_AUGMENTATION
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
            "What extracts the features: litert (this machine's cores), keras (a graphics card) or ray (the"
            " cluster of RAY_ADDRESS)."
        ),
    )


def demo_config(workspace: Workspace) -> RunConfig:
    """Return the configuration of a run on the drawn sample set of a workspace."""
    folder = workspace.datasets / "sample"
    return RunConfig(folder / "train", demo_dir=folder / "demo")
