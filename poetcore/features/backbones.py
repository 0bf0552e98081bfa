"""The pre-trained networks that extract features: found by name, alone or several side by side, and built.

Every backbone has the same interface: `(n, size, size, 3) float32`, RGB, 0 to 255, goes in and
`(n, vector_length) float32` comes out. Each network's own input scaling is inside its model. A combination
such as `efficientnet_lite0+efficientnet_lite2` sees a picture at one size, the largest of its parts: so there
is one input in every export, live and in the app.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from poetcore.errors import BackboneError
from poetcore.features.backbone import DEFAULT, Backbone, KerasApplication, NetworkFile
from poetcore.features.combination import LENGTH
from poetcore.features.known_backbones import ALIASES, BACKBONES
from poetcore.system.keras_backend import keras_on

if TYPE_CHECKING:
    import keras

__all__ = [
    "BACKBONES",
    "DEFAULT",
    "Backbone",
    "KerasApplication",
    "NetworkFile",
    "at_size",
    "build",
    "combine",
    "find",
    "from_environment",
    "relative_cost",
]

_QUANTIZED = "_quantized"

#: Pixels a side at which a network may be run instead of its usual ones.
_SIZES = (32, 1024)


def find(name: str, calibration: str = "") -> Backbone:
    """Find a backbone by its name; `mobilenet_0.5_224` means `mobilenet_0.50_224`.

    Args:
        name: of a network; with `@260` after it the network at that many pixels a side; with `_quantized`
            after it the same network quantized (int8): faster, a third of the size, and a little less exact.
            Several joined by `+` are run side by side, at the size of the largest.
        calibration: of a quantized one, as it stands in a run's record.

    Raises:
        BackboneError: there is none of that name, or a combination names a network twice.
    """
    names = name.split("+")
    if len(names) == 1:
        return _find_one(name, calibration)
    calibrations = calibration.split("+") if calibration else [""] * len(names)
    return combine([_find_one(one, known) for one, known in zip(names, calibrations, strict=True)])


def combine(parts: Sequence[Backbone]) -> Backbone:
    """Return networks side by side, all at one input size.

    That is the largest of theirs; where one is a file, whose size is fixed, it is the file's.

    Args:
        parts: two or more networks, each once.

    Raises:
        BackboneError: a network is there twice, or files have different sizes.
    """
    fixed = {part.input_size for part in parts if isinstance(part.source, NetworkFile)}
    if len(fixed) > 1:
        raise BackboneError(
            f"Networks that are files see pictures at their own size, and these differ ({_sizes(fixed)}), so"
            " that they cannot be combined: choose one of them."
        )
    size = fixed.pop() if fixed else max(part.input_size for part in parts)
    resized = tuple(part if part.input_size == size else at_size(part, size) for part in parts)
    names = [part.name.removesuffix(_QUANTIZED) for part in resized]
    if twice := next((one for one in names if names.count(one) > 1), None):
        raise BackboneError(f"A combination has each network once. Received: {twice} twice.")
    calibrations = [part.calibration for part in resized]
    return Backbone(
        "+".join(part.name for part in parts),
        size,
        sum(part.vector_length for part in resized),
        (0.0, 1.0),
        None,
        round(sum(part.megabytes for part in resized), 1),
        _sum([part.multiply_adds for part in resized]),
        None,
        "+".join(calibrations) if any(calibrations) else "",
        resized,
    )


def at_size(backbone: Backbone, size: int) -> Backbone:
    """Return a network at another input size: the same weights on more or fewer pixels.

    Args:
        backbone: a single one that is no file.
        size: pixels a side.
    """
    base = backbone.network.partition("@")[0]
    own, quantized = BACKBONES[base], _QUANTIZED if backbone.quantized else ""
    if size == own.input_size:
        return replace(
            own, name=base + quantized, megabytes=backbone.megabytes, calibration=backbone.calibration
        )
    work = own.multiply_adds and own.multiply_adds * (size / own.input_size) ** 2
    name = f"{base}@{size}{quantized}"
    # What was published was measured at its own size.
    return replace(backbone, name=name, input_size=size, imagenet_top1=None, multiply_adds=work)


def relative_cost(backbone: Backbone) -> float | None:
    """Return the work for one picture as a multiple of the default's; time is about proportional to it.

    None where it is not known.
    """
    default = BACKBONES[DEFAULT].multiply_adds
    return backbone.multiply_adds / default if backbone.multiply_adds and default else None


def _find_one(name: str, calibration: str) -> Backbone:
    """Find a single network by its name."""
    if not name.strip():
        raise BackboneError(
            "The name of a network is missing: give one, where several are joined on each side of a +."
        )
    wanted = re.sub(r"^mobilenet_(0\.5|1)_", lambda m: f"mobilenet_{float(m[1]):.2f}_", name.strip().lower())
    wanted = wanted.replace("mobilenet_1.00_", "mobilenet_1.0_")
    network, _, size = wanted.removesuffix(_QUANTIZED).partition("@")
    if network not in ALIASES:
        close = [ALIASES[one] for one in difflib.get_close_matches(network, ALIASES, 3)]
        raise BackboneError(
            f"Unknown architecture {name!r}: choose {', '.join(close) or DEFAULT} or another name that the"
            " command backbones lists, each also with _quantized after it, several joined by +, or the path"
            " of a .tflite or .keras file or a SavedModel."
        )
    found = BACKBONES[ALIASES[network]]
    if wanted.endswith(_QUANTIZED):
        name, megabytes = found.name + _QUANTIZED, round(found.megabytes / 4, 1)
        found = replace(found, name=name, megabytes=megabytes, calibration=calibration)
    if not size and "@" not in wanted:
        return found
    if not (size.isdecimal() and _SIZES[0] <= int(size) <= _SIZES[1]):
        raise BackboneError(
            f"After the @ stand the pixels a side, {_SIZES[0]} to {_SIZES[1]}. Received: {name!r}."
        )
    return at_size(found, int(size))


def _sum(numbers: Sequence[float | None]) -> float | None:
    known = [one for one in numbers if one is not None]
    return sum(known) if len(known) == len(numbers) else None


def _sizes(sizes: set[int]) -> str:
    return " and ".join(f"{size} x {size}" for size in sorted(sizes))


def from_environment(environ: Mapping[str, str]) -> str:
    """Return the name of the architecture in environment variables, as the codelab sets them in its shell.

    `TFP_ARCHITECTURE` is a whole name, or just `mobilenet`; then `TFP_RELATIVE_SIZE` (1.0, 0.75, 0.50 or
    0.25) and `TFP_IMAGE_SIZE` (224, 192, 160 or 128) say which one. Without any of them it is the default.

    >>> from_environment({"TFP_RELATIVE_SIZE": "0.50", "TFP_IMAGE_SIZE": "128"})
    'mobilenet_0.50_128'
    """
    name = environ.get("TFP_ARCHITECTURE", "")
    width, size = environ.get("TFP_RELATIVE_SIZE", ""), environ.get("TFP_IMAGE_SIZE", "")
    if name == "mobilenet" or (not name and (width or size)):
        return f"mobilenet_{width or '1.0'}_{size or '224'}"
    return name or DEFAULT


def build(backbone: Backbone, backend: str = "tensorflow") -> "keras.Model":
    """Build the Keras model with its pre-trained weights, scaling included; imports Keras.

    It is in float32 even for a quantized backbone, which is made from it. Of a combination it has one input,
    and the vectors of its parts side by side, as `side_by_side` puts them.

    Args:
        backbone: which one.
        backend: on which Keras runs, one of `BACKENDS`; what converts or exports it needs TensorFlow.

    Returns:
        A model from `(n, size, size, 3) float32`, RGB, 0 to 255, to `(n, vector_length) float32`.

    Raises:
        BackboneError: its weights cannot be read or downloaded.
        OptionError: Keras runs on another backend in this process.
    """
    keras = keras_on(backend)
    size = backbone.input_size
    pixels = keras.Input((size, size, 3), name="pixels")
    if not backbone.parts:
        return keras.Model(pixels, _vector_of(backbone, pixels), name="backbone")
    vectors = []
    for number, part in enumerate(backbone.parts, 1):
        vector = _vector_of(part, pixels, f"_{number}")
        unit = keras.layers.UnitNormalization(name=f"unit_{number}")(vector)
        vectors.append(keras.layers.Rescaling(LENGTH, name=f"length_{number}")(unit))
    joined = keras.layers.Concatenate(name="side_by_side")(vectors)
    return keras.Model(pixels, joined, name="backbone")


def _vector_of(backbone: Backbone, pixels: "keras.KerasTensor", suffix: str = "") -> "keras.KerasTensor":
    """Return the feature vector that a single network makes of pixels; `suffix` tells its layers apart."""
    import keras

    mean, divisor = map(np.asarray, backbone.scaling)
    scale, offset = (1 / divisor).tolist(), (-mean / divisor).tolist()
    scaled = keras.layers.Rescaling(scale, offset, name=f"scaling{suffix}")(pixels)
    source, size = backbone.source, backbone.input_size
    base = backbone.network.partition("@")[0]
    if isinstance(source, NetworkFile):
        built = source.build(backbone.name)
        # All files that Poet writes have one name inside, which two networks in one model must not have.
        network = keras.Model(built.inputs, built.outputs[0], name=f"network{suffix}")
    elif isinstance(source, KerasApplication):
        network = source.build(backbone.name, size, BACKBONES[base].input_size)
    else:
        assert source is not None  # only a combination has none
        network = source.build(base, size)
    return network(scaled)
