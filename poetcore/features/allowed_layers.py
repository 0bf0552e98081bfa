"""Which layers a Keras file from elsewhere may have: what networks for pictures are built of, nothing else.

Such a file says by name what is made when it is loaded, and some of what can be named runs code that is in
the file (`Lambda`), loads another file (`TFSMLayer`, `TorchModuleWrapper`) or reads one (`StringLookup`). So
its configuration is looked through before Keras sees it. Keras's own safe mode is on besides; of the older
.h5 files it does not hold.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from poetcore.system.reading import open_regular

__all__ = ["foreign_layer"]

_LAYERS = """
    Activation ActivityRegularization Add AlphaDropout Attention AdditiveAttention Average AveragePooling1D
    AveragePooling2D BatchNormalization CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D
    Conv2DTranspose Cropping1D Cropping2D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU EinsumDense
    Embedding Flatten Functional GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
    GlobalAvgPool2D GlobalMaxPool2D GlobalMaxPooling1D GlobalMaxPooling2D GroupNormalization
    GroupQueryAttention Identity InputLayer LayerNormalization LayerScale LeakyReLU Masking MaxPool2D
    MaxPooling1D MaxPooling2D Maximum Minimum Model MultiHeadAttention Multiply Normalization PReLU Permute
    RMSNormalization RandomBrightness RandomContrast RandomCrop RandomFlip RandomHeight RandomRotation
    RandomTranslation RandomWidth RandomZoom ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D
    SeparableConv2D Sequential Softmax SpatialDropout1D SpatialDropout2D SpectralNormalization
    StochasticDepth Subtract ThresholdedReLU TimeDistributed UnitNormalization UpSampling1D UpSampling2D
    ZeroPadding1D ZeroPadding2D
"""

#: What layers are described with: a type of numbers, a shape, a link between layers.
_DESCRIBING = """
    DType DTypePolicy Policy QuantizedDTypePolicy TensorShape __keras_tensor__ __numpy__ __slice__ __tensor__
    __tuple__
"""

_ALLOWED = frozenset((_LAYERS + _DESCRIBING).split())

#: What layers name besides lies in these parts of Keras, where nothing reads a file or runs what is given.
_PARTS = ("activations", "constraints", "initializers", "regularizers")

#: Calculations between layers.
_CALCULATIONS = ("ops.image", "ops.nn", "ops.numpy")

#: With what a network inside of the network was trained, which Keras makes even where nothing is trained.
_TRAINING = ("losses", "metrics", "optimizers")

#: A description of a network has a few megabytes at the most.
_CONFIG_BYTES = 50_000_000


def foreign_layer(file: Path) -> str:
    """Return what a Keras file has that is not allowed; "" where nothing.

    Args:
        file: `.keras` or `.h5`.

    Raises:
        OSError: it cannot be read.
        ValueError: it is damaged, or is no Keras file.
    """
    try:
        described = json.loads(_configuration(file))
        # Of the whole network it is not made. Further in, where it is, any name may stand before a part.
        described.pop("compile_config", None)
        return next(_foreign(described), "")
    except (
        KeyError,
        AttributeError,
        RecursionError,
        zipfile.BadZipFile,
        NotImplementedError,
        EOFError,
    ) as error:
        raise ValueError(f"it is damaged ({error})") from None


def _configuration(file: Path) -> bytes | str:
    with open_regular(file) as opened:
        if file.suffix == ".h5":  # by its name, as Keras does: one file can be both
            return _of_hdf5(file)
        with zipfile.ZipFile(opened) as archive, archive.open("config.json") as member:
            content = member.read(_CONFIG_BYTES + 1)
    if len(content) > _CONFIG_BYTES:
        raise ValueError("its description is too long")
    return content


def _of_hdf5(file: Path) -> bytes | str:
    import h5py

    with h5py.File(file, "r") as opened:
        found: bytes | str = opened.attrs["model_config"]
    return found


def _foreign(value: Any) -> Iterator[str]:
    """Yield what a part of a configuration names that is not allowed."""
    if isinstance(value, list):
        for one in value:
            yield from _foreign(one)
    elif isinstance(value, dict):
        if "class_name" in value and not _is_allowed(value):
            yield str(value["class_name"])[:60]
        for one in value.values():
            yield from _foreign(one)


def _is_allowed(value: dict[str, Any]) -> bool:
    name, module, registered = (value.get(key) for key in ("class_name", "module", "registered_name"))
    if module is None:  # of older files, which name Keras's own by their names alone
        return name in _ALLOWED or _is_part(name)
    if not isinstance(module, str) or not isinstance(name, str):
        return False
    if module != "keras" and not module.startswith("keras."):
        return False
    within = f"{module.removeprefix('keras.').removeprefix('src.')}."
    pure = any(within.startswith(f"{part}.") for part in (*_PARTS, *_CALCULATIONS, *_TRAINING))
    return registered in (None, name) and (pure or name in _ALLOWED)


def _is_part(name: object) -> bool:
    """Return whether a name is of an initializer or the like; none of those runs what is given."""
    import keras

    return isinstance(name, str) and any(
        isinstance(getattr(getattr(keras, part), name, None), type) for part in _PARTS
    )
