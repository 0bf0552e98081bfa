"""Backbones as LiteRT models, which run without TensorFlow: written at once, or converted by a child process.

`python -m poetcore.features.litert NAME FILE` is that child process; for a quantized backbone it reads the
paths of the calibration pictures, as a JSON list, from standard input.
"""

import contextlib
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from filelock import FileLock

from poetcore.data import images
from poetcore.errors import BackboneError, PictureError, PoetError
from poetcore.features.backbones import BACKBONES, Backbone, NetworkFile, build, combine, find
from poetcore.features.efficientnet_lite import EfficientNetLite
from poetcore.system.checksums import add_checksum, is_sound, write_checked
from poetcore.system.files import write_whole
from poetcore.system.processes import run_module, told_to_parent
from poetcore.system.progress import OnProgress, Progress, tell
from poetcore.system.shapes import fits
from poetcore.system.tensorflow import check_tensorflow, tensorflow

__all__ = [
    "CALIBRATION_PICTURES",
    "ListedBackbone",
    "calibrate",
    "convert",
    "converted_file",
    "is_usable",
    "list_backbones",
    "model_file",
    "quantize",
]

#: How many training pictures a quantized backbone is calibrated on; more change little.
CALIBRATION_PICTURES = 100

#: A calibration is reused while this share of its pictures is in the training set: a repaired label or a few
#: photos more must not cost extracting all features again.
_REUSE_SHARE = 0.9


class ListedBackbone(NamedTuple):
    """A pre-trained network as lists show it; the attributes are those of `Backbone`.

    Attributes:
        offline: whether it works without a connection now.
    """

    name: str
    input_size: int
    vector_length: int
    megabytes: float
    imagenet_top1: float | None
    multiply_adds: float | None
    offline: bool


def list_backbones(folder: Path) -> list[ListedBackbone]:
    """List the pre-trained networks.

    Args:
        folder: the workspace's `models` folder; what was converted there works offline.
    """
    return [
        ListedBackbone(
            one.name,
            one.input_size,
            one.vector_length,
            one.megabytes,
            one.imagenet_top1,
            one.multiply_adds,
            one.offline or converted_file(one, folder).is_file(),
        )
        for one in BACKBONES.values()
    ]


def converted_file(backbone: Backbone, folder: Path) -> Path:
    """Return where the LiteRT model of a backbone lies once it was converted; `model_file` sees to that.

    Args:
        backbone: a single one.
        folder: the workspace's `models` folder.
    """
    if isinstance(backbone.source, NetworkFile) and not backbone.quantized:
        return backbone.source.lite
    return folder / f"{backbone.key}.tflite"


def model_file(backbone: Backbone, folder: Path, on_progress: OnProgress | None = None) -> Path:
    """Return the LiteRT model of a backbone, converting it first if this workspace has none yet.

    EfficientNet-Lite is written as one in a moment. The conversion of others needs TensorFlow and takes about
    twenty seconds. It runs in a child process, so that the caller does not keep TensorFlow's 700 MB in
    memory.

    Args:
        backbone: which one; a quantized one comes from `calibrate`.
        folder: the workspace's `models` folder.
        on_progress: called in the phase `backbone` where a conversion starts.

    Raises:
        BackboneError: its weights cannot be read or downloaded, the conversion failed, or a calibrated model
            or a network that is a file is gone.
        OptionError: TensorFlow is not installed.
    """
    file = converted_file(backbone, folder)
    if is_usable(file):
        return file
    gone = f"damaged in {folder}" if file.exists() else f"no longer in {folder}"
    if isinstance(backbone.source, NetworkFile):  # what has its name may be another network
        raise BackboneError(f"The network {backbone.name} is {gone}: put {file} back, or train again.")
    if backbone.quantized and not backbone.calibration:
        raise BackboneError(
            f"{backbone.name} is calibrated on the pictures of a training: choose {backbone.network} to"
            " extract features without one."
        )
    if backbone.quantized:
        raise BackboneError(
            f"The model {file.name}, calibrated on your training pictures, is {gone}: train again."
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f".{file.name}.lock")):  # another process may be at it
        if not is_usable(file):
            _make(backbone, file, on_progress)
    return file


def is_usable(file: Path) -> bool:
    """Return whether a converted model is there and as it was written.

    Of one that an earlier version wrote it is looked at once whether it can be read at all.
    """
    if not file.is_file():
        return False
    sound = is_sound(file)
    if sound is None:
        sound = _can_be_read(file)
        if sound:
            add_checksum(file)
    return sound


def _can_be_read(file: Path) -> bool:
    from poetcore.features.feature_extractor import FeatureExtractor

    try:
        FeatureExtractor(file)
    except BackboneError:
        return False
    return True


def calibrate(
    backbone: Backbone,
    pictures: Mapping[str, Path],
    folder: Path,
    on_progress: OnProgress | None = None,
) -> Backbone:
    """Calibrate a quantized backbone on training pictures, or find an earlier calibration that fits them.

    Args:
        backbone: a quantized one; of a combination each part that is.
        pictures: sha -> a file of that content: the training pictures.
        folder: the workspace's `models` folder.
        on_progress: called in the phase `backbone` where a conversion starts.

    Returns:
        The backbone with its calibration, whose `model_file` is there, or those of its parts.

    Raises:
        BackboneError: its weights cannot be read or downloaded, the conversion failed, or no picture can be
            used.
    """
    if backbone.parts:
        return combine(
            [
                calibrate(part, pictures, folder, on_progress) if part.quantized else part
                for part in backbone.parts
            ]
        )
    for note in sorted(folder.glob(f"{backbone.name}-*.json")):
        known = replace(backbone, calibration=note.stem.removeprefix(f"{backbone.name}-"))
        used = _calibrated_on(note)
        present = sum(sha in pictures for sha in used)
        if used and present >= _REUSE_SHARE * len(used) and is_usable(converted_file(known, folder)):
            return known
    chosen = sorted(pictures)[:CALIBRATION_PICTURES]  # by hash: as good as at random, and always the same
    calibrated = replace(backbone, calibration=hashlib.sha256("".join(chosen).encode()).hexdigest()[:12])
    file = converted_file(calibrated, folder)
    _make(calibrated, file, on_progress, [pictures[sha] for sha in chosen])
    write_whole(folder / f"{calibrated.key}.json", json.dumps(chosen))
    return calibrated


def _calibrated_on(note: Path) -> list[str]:
    """Read which pictures a backbone was calibrated on; none where that is damaged."""
    try:
        found = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return []
    return found if fits(found, list[str]) else []


def _make(
    backbone: Backbone,
    file: Path,
    on_progress: OnProgress | None,
    calibration: Sequence[Path] = (),
) -> None:
    """Write a backbone's LiteRT model, or run `convert` in a child process."""
    directly = backbone.written_directly
    if not directly:
        check_tensorflow(f"Preparing {backbone.name}")
    named = backbone.name if directly else f"{backbone.name} (once, up to a minute)"
    if file.exists():
        tell(on_progress, "backbone", f"{file} is damaged: preparing again {named}")
    elif on_progress:
        on_progress(Progress("backbone", message=f"Preparing the backbone {named}"))
    file.parent.mkdir(parents=True, exist_ok=True)
    if directly:
        convert(backbone, file)
        return
    try:
        run_module(
            "poetcore.features.litert",
            [backbone.name, str(file)],
            json.dumps([str(path) for path in calibration]),
        )
    except PoetError as error:
        raise BackboneError(str(error)) from None


def convert(backbone: Backbone, file: Path, calibration: Sequence[Path] = ()) -> None:
    """Make a LiteRT model of a backbone; imports TensorFlow unless it is written directly.

    Args:
        backbone: which one.
        file: the `.tflite` file.
        calibration: for a quantized one, pictures to calibrate on; those that cannot be used are skipped.

    Raises:
        BackboneError: its weights cannot be read or downloaded, or none of the pictures can be used.
    """
    if backbone.written_directly:
        assert isinstance(backbone.source, EfficientNetLite)
        base = backbone.network.partition("@")[0]
        write_checked(file, backbone.source.lite(base, backbone.input_size, backbone.scaling))
        return
    tf = tensorflow()
    converter = tf.lite.TFLiteConverter.from_keras_model(build(backbone))
    if backbone.quantized:
        pixels = []
        for path in calibration:
            with contextlib.suppress(PictureError):
                pixels.append(images.to_square(images.read(path), backbone.input_size))
        if not pixels:
            raise BackboneError(
                f"{backbone.name} is calibrated on training pictures, and none of them can be used: choose"
                f" {backbone.network}."
            )
        quantize(tf, converter, pixels)
    write_checked(file, converter.convert())


def quantize(tf: Any, converter: Any, calibration: Sequence[np.ndarray]) -> None:
    """Set a converter to quantize weights and activations (int8); input and output stay float32.

    Source: ai.google.dev/edge/litert, "Post-training integer quantization", integer with float fallback.

    Args:
        tf: TensorFlow.
        converter: a `TFLiteConverter`.
        calibration: pictures from which the ranges of the activations are estimated, each `(size, size, 3)`
            in the range that the network is fed.
    """
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([one[np.newaxis].astype(np.float32)] for one in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]


def _main(name: str, file: str) -> None:
    """Convert one backbone, as the child process."""
    backbone = find(name)
    with told_to_parent():
        convert(backbone, Path(file), [Path(p) for p in json.load(sys.stdin)] if backbone.quantized else ())


if __name__ == "__main__":
    _main(*sys.argv[1:])
