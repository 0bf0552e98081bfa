"""What is checked before a training, so that one that must fail is refused and leaves no run."""

from poetcore.data.dataset import check_dataset, scan
from poetcore.data.multi_label import scan_label_sets
from poetcore.data.trainable import check_trainable
from poetcore.errors import OptionError
from poetcore.features.backbones import Backbone, NetworkFile
from poetcore.features.engines import check_engine
from poetcore.features.network_file import find_network
from poetcore.system.locks import check_free
from poetcore.system.progress import OnProgress
from poetcore.system.tensorflow import check_tensorflow
from poetcore.training.config import RunConfig
from poetcore.training.extractor import subset_of
from poetcore.workspace.demo_sets import training_part
from poetcore.workspace.not_offered import refuse_multi_label
from poetcore.workspace.workspace import Workspace

__all__ = ["check_config", "check_pictures"]


def check_config(config: RunConfig, workspace: Workspace, on_progress: OnProgress | None = None) -> Backbone:
    """Check that a training can begin, without reading a picture, and return its backbone.

    Args:
        config: of the run.
        workspace: where a network of one's own is kept once it was read.
        on_progress: called in the phase `backbone` where such a network is converted.

    Raises:
        DatasetError: a folder is missing, or holds no label folders.
        OptionError: the backbone or the engine is unknown, or cannot be used, or a part is chosen of
            pictures that may have several labels; or the pictures are being written.
    """
    if config.multi_label and (config.labels or config.max_pictures_per_label != -1):
        refuse_multi_label("subset")
    if config.multi_label and config.training.head == "ridge":
        refuse_multi_label("ridge")
    backbone = find_network(config.architecture, workspace.models, config.input_scaling, on_progress)
    if config.input_scaling and not any(isinstance(one.source, NetworkFile) for one in backbone.members):
        raise OptionError(
            f"input_scaling is for a network of your own; {backbone.name} has its own scaling: omit it."
        )
    check_engine(config.engine, backbone)
    if config.fine_tune:
        _check_fine_tuning(config, backbone)
    check_free(config.image_dir)
    labels = check_dataset(config.image_dir)
    if config.demo_dir:
        check_dataset(config.demo_dir, labels)
    return backbone


def _check_fine_tuning(config: RunConfig, backbone: Backbone) -> None:
    """Check that a network can be fine-tuned.

    Raises:
        OptionError: it is quantized or there is no Keras model of it, or pictures may have several labels, or
            TensorFlow is not installed.
    """
    if config.multi_label:
        refuse_multi_label("fine_tune")
    check_tensorflow("Fine-tuning")
    first = backbone.members[0]
    if backbone.quantized:
        raise OptionError(
            f"{backbone.name} is quantized and cannot be fine-tuned: fine-tune {backbone.network}, and export"
            " the run as tflite_int8."
        )
    if isinstance(first.source, NetworkFile):
        raise OptionError(
            f"{first.name} is a file of your own and cannot be fine-tuned: choose a network that the command"
            " backbones lists, or train without --fine_tune."
        )


def check_pictures(config: RunConfig, workspace: Workspace) -> None:
    """Check that a classifier can be trained on the pictures that a run would take.

    Raises:
        DatasetError: it cannot: a single label, one without pictures ...
        OptionError: a label that it names is not there, or the folder is being written.
    """
    check_free(config.image_dir)
    with workspace.file_index() as index:
        scanner = scan_label_sets if config.multi_label else scan
        whole = training_part(scanner(config.image_dir, index), workspace)
    part = subset_of(whole, config)
    check_trainable(part, chosen=len(part.labels) < len(whole.labels))
