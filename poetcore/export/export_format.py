"""What makes an export format: the network it is given, how it is written, run and explained."""

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from poetcore.errors import OptionError
from poetcore.export.about import About
from poetcore.export.export_options import FORMATS_WITH, ExportOptions, InputRange
from poetcore.features.backbones import Backbone, build
from poetcore.system.tensorflow import check_tensorflow
from poetcore.workspace.head import Head

if TYPE_CHECKING:
    import keras

__all__ = [
    "ExportFormat",
    "LiteNetwork",
    "Network",
    "build_model",
    "labels_beside",
    "scaled",
]


@dataclass(frozen=True)
class Network:
    """What an export format is given to write.

    Attributes:
        model: from `(n, size, size, 3) float32` in the range `about.input_range`, named "pixels", to
            `(n, labels) float32` probabilities.
        labels: in the order of the probabilities.
        about: what else is known of the export.
        calibration: training pictures for a quantized format, each `(size, size, 3) float32` in that range;
            else empty.
    """

    model: "keras.Model"
    labels: tuple[str, ...]
    about: About
    calibration: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class LiteNetwork:
    """What a format is given where there is no Keras model, only a LiteRT file.

    Attributes:
        content: of a `.tflite` file, from `(1, size, size, 3) float32` in `about.input_range`, named
            "pixels", to `(1, labels) float32`, named "probabilities".
        labels: in the order of the probabilities.
        about: what else is known of the export.
    """

    content: bytes
    labels: tuple[str, ...]
    about: About


def build_model(backbone: Backbone, head: Head) -> "keras.Model":
    """Put the trained layer on top of its backbone; imports TensorFlow.

    Args:
        backbone: the pre-trained network.
        head: the trained layer.
    """
    bottleneck = build(backbone)
    import keras

    trained = keras.layers.Dense(head.kernel.shape[1], activation=head.activation, name="probabilities")
    inputs = (
        keras.layers.UnitNormalization(name="unit")(bottleneck.output) if head.unit else bottleneck.output
    )
    model = keras.Model(bottleneck.input, trained(inputs), name="poet")
    trained.set_weights([head.kernel, head.bias])
    return model


def scaled(model: "keras.Model", fed: InputRange) -> "keras.Model":
    """Return a model that is fed another range of values.

    Args:
        model: of `build_model`.
        fed: what the result is fed.
    """
    if (fed.mean, fed.std) == (0, 1):
        return model
    import keras

    pixels = keras.Input(model.input_shape[1:], name="pixels")
    return keras.Model(pixels, model(keras.layers.Rescaling(fed.std, fed.mean)(pixels)), name="poet")


def labels_beside(file: Path) -> str:
    """Return the name of the labels file that lies beside an exported file.

    >>> labels_beside(Path("exports/model.tflite"))
    'model_labels.txt'
    """
    return f"{file.stem}_labels.txt"


@dataclass(frozen=True)
class ExportFormat:
    """One format in which a run can be exported; `poetcore.export.formats` lists them all.

    Attributes:
        name: on the command line and in files, such as "tflite".
        purpose: what it is and is for, in a few words, where the user chooses.
        title: what the exported file is, in the note beside it.
        default_name: name of the exported file, or of the folder if it is one.
        write: writes a network to a path; may import TensorFlow.
        requirements: Python packages that the code in the note needs, as pip takes them.
        packages: optional Python packages that writing and comparing need, as pip and `import` call them.
        code: Python that defines `predict(pixels)`, from `(1, size, size, 3) float32` in 0..255 to
            `(labels,)`; the check runs it. `{file}`, quotation marks included, `{fed}`, which is
            made of `pixels`, and `{output_layer}` are filled in, others are doubled.
        remarks: what to know about input and output; `{feed}`, `{size}` and `{output_layer}` are filled
            in.
        usage: how it is used, in the note, where that is not by the lines of `code`; likewise filled
            in, or made of what is known.
        add_note: puts the note into the exported file too, which has the labels already; None where labels
            and note lie beside it.
        labels_name: name of the labels file, relative to the note, for a path; in the exported file where
            there is `add_note`.
        labels_form: how the labels are written into that file; as they are by default.
        suffix: what the file's name must end in; "" for anything.
        folder_marker: a file by which an exported folder is recognised; "" for a format that is one file.
        varying: names of what one exported folder has and another has not; all else that a new export does
            not have is the user's.
        quantized: whether it calculates in 8-bit integers: it is calibrated on training pictures, and its
            probabilities may differ from the app's.
        not_run: returns why the file cannot be run, and so not compared, on this computer; "" where it can.
        names_output: whether its output layer has the name that the user chose.
        choices: names of the options that it has and others have not.
        write_lite: writes a network of which there is a LiteRT file only; None where that cannot be.
        prefers_lite: whether that is done wherever the LiteRT file is not one of TensorFlow's either: it
            needs no TensorFlow, and a tenth of the time.
        edition: raised where files are not written as before, so that an earlier one is written anew.
    """

    name: str
    purpose: str
    title: str
    default_name: str
    write: Callable[[Network, Path], None]
    requirements: str
    code: str
    remarks: str
    labels_name: Callable[[Path], str] = labels_beside
    labels_form: Callable[[Sequence[str]], Sequence[str]] = list
    usage: str | Callable[[About], str] = ""
    add_note: Callable[[Path, str], None] | None = None
    packages: tuple[str, ...] = ()
    suffix: str = ""
    folder_marker: str = ""
    varying: tuple[str, ...] = ()
    quantized: bool = False
    not_run: Callable[[], str] = str
    names_output: bool = False
    choices: tuple[str, ...] = ()
    write_lite: Callable[[LiteNetwork, Path], None] | None = None
    prefers_lite: bool = False
    edition: int = 1

    def is_written_by_lite(self, backbone: Backbone) -> bool:
        """Return whether a run on a backbone is written from its LiteRT file."""
        lite = backbone.lite_only or (self.prefers_lite and backbone.written_directly)
        return lite and self.write_lite is not None

    def check_backbone(self, backbone: Backbone) -> None:
        """Check that a run on a backbone can be written in the format.

        Raises:
            OptionError: there is no Keras model of it, and the format needs one, or it needs TensorFlow,
                which is not installed.
        """
        if backbone.lite_only and (backbone.parts or not self.write_lite):
            raise OptionError(
                f"{backbone.name} is a combination with a LiteRT file, which cannot be exported: train on one"
                " of its networks alone."
                if backbone.parts
                else f"{backbone.name} is a LiteRT file, which cannot be written as {self.name}: choose"
                " another format, such as tflite."
            )
        if not self.is_written_by_lite(backbone) or "tf2onnx" in self.packages:
            check_tensorflow(f"The format {self.name} of a run on {backbone.name}")

    def check_possible(self, options: ExportOptions) -> None:
        """Check that the format can be written here, and with these options.

        Raises:
            OptionError: a package is not installed, or one of the options is of other formats.
        """
        missing = [name for name in self.packages if importlib.util.find_spec(name) is None]
        if missing:
            are = "package {}, which is" if len(missing) == 1 else "packages {}, which are"
            raise OptionError(
                f"The format {self.name} needs the {are.format(', '.join(missing))} not installed: run"
                f" pip install {' '.join(missing)}, or choose another format."
            )
        usual = ExportOptions()
        for name, formats in FORMATS_WITH.items():
            if name not in self.choices and getattr(options, name) != getattr(usual, name):
                raise OptionError(
                    f"The format {self.name} has no choice of {name}: omit it, or choose the format"
                    f" {formats}."
                )

    def chosen(self, options: ExportOptions) -> dict[str, Any]:
        """Return what was chosen of an export in this format, as its record keeps it.

        Args:
            options: what the format has no choice of is left out.
        """
        return {"facts": asdict(options.facts)} | {name: getattr(options, name) for name in self.choices}
