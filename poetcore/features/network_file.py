"""Networks of one's own: a .tflite or .keras file or a SavedModel that makes a feature vector of a picture.

Each is brought into Poet's form once and kept among the workspace's models: a LiteRT file with its scaling
inside, from `(1, size, size, 3) float32`, RGB, 0 to 255, to `(1, vector_length) float32`; of a Keras file
also a Keras model like that. Its name there, and so the key of its feature vectors, has the hash of its
content.
"""

import contextlib
import glob
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from poetcore.errors import BackboneError, OptionError, PoetError
from poetcore.features.allowed_operations import MOST_BYTES
from poetcore.features.backbones import Backbone, NetworkFile, combine, find
from poetcore.features.keras_applications import Scaling
from poetcore.features.known_backbones import ALIASES
from poetcore.features.lite_graph import LiteGraph
from poetcore.features.lite_scaling import METADATA, scaling_in
from poetcore.features.network_content import check_runs, hash_of
from poetcore.features.network_shapes import (
    Found,
    parse_scaling,
    picture_size,
    unknown_scaling,
    vector_length,
)
from poetcore.system.checksums import is_sound, sealed, unsealed, write_checked
from poetcore.system.files import write_whole
from poetcore.system.paths import to_path
from poetcore.system.processes import run_module
from poetcore.system.progress import OnProgress, Progress
from poetcore.system.reading import read_limited, read_text_limited
from poetcore.system.shapes import Count, fits

__all__ = ["find_network", "is_own", "spelled_out"]

_ENDINGS = (".tflite", ".keras")

#: What the name of a network that is kept ends in.
_KEPT = (*_ENDINGS, ".saved_model")

#: What a path may end in: the pixels a side of a network that leaves them open.
_SIZE = re.compile(r"@(\d{2,4})$")


def find_network(
    architecture: str, folder: Path, scaling: str = "", on_progress: OnProgress | None = None
) -> Backbone:
    """Find a backbone by its name, or read one's own network from its path.

    Args:
        architecture: as `find` takes it; any part may be the path of a .tflite or .keras file or a
            SavedModel's folder, with `@224` after it where it leaves the size of its input open, or the name
            under which such a network is kept.
        folder: the workspace's `models` folder, where a network of one's own is kept once it was read.
        scaling: how networks of one's own want their pixels (`parse_scaling`); "" as the file says, or as was
            said before.
        on_progress: called in the phase `backbone` where one is converted.

    Raises:
        BackboneError: there is none of that name, or the file is none that maps a picture to a vector.
    """
    parts = [_find_one(part, folder, parse_scaling(scaling), on_progress) for part in _parts(architecture)]
    return combine(parts) if len(parts) > 1 else parts[0]


def is_own(architecture: str) -> bool:
    """Return whether an architecture is, or has as a part, the path or name of a network of one's own."""
    return any(_path_in(part) or part.endswith(_KEPT) for part in _parts(architecture))


def spelled_out(architecture: str) -> str:
    """Return what an architecture is called in a run's options: names as the list has them, paths absolute.

    Raises:
        BackboneError: there is none of that name.
    """
    parts = _parts(architecture)
    if not is_own(architecture):
        return find(architecture).name
    words = []
    for part in parts:
        if path := _path_in(part):
            words.append(f"{path[0].absolute()}{f'@{path[1]}' if path[1] else ''}")
        else:
            words.append(part if part.endswith(_KEPT) else find(part).name)
    return "+".join(words)


def _find_one(name: str, folder: Path, scaling: Scaling | None, on_progress: OnProgress | None) -> Backbone:
    """Find a single network: by its path, by the name under which it is kept, or in the table."""
    if path := _path_in(name):
        return read_network(*path, folder, scaling, on_progress)
    if name.endswith(_KEPT):
        note = next(_notes(folder, name), None) if Path(name).name == name else None  # no path
        if note:
            return _kept(name, note, folder, on_progress)
        raise BackboneError(
            f"There is no network {name} here, nor among those kept in {folder}: give its path."
        )
    return find(name)


def _parts(architecture: str) -> list[str]:
    """Split a combination; a path that is there may have a plus in its name."""
    return [architecture] if _path_in(architecture) else architecture.split("+")


def _path_in(text: str) -> tuple[Path, int | None] | None:
    """Return the path and the size that a text means; None where it is the name of a known network."""
    name = text.strip().lower().removesuffix("_quantized").partition("@")[0]
    if not name or name in ALIASES:
        return None
    size = _SIZE.search(text)
    for given, pixels in ((text, None), (text[: size.start()], int(size[1])) if size else (text, None)):
        with contextlib.suppress(OptionError, OSError):  # what can be no path here
            if (path := to_path(given)).exists():
                return path, pixels
    return None


def read_network(
    path: Path,
    size: int | None,
    folder: Path,
    scaling: Scaling | None = None,
    on_progress: OnProgress | None = None,
) -> Backbone:
    """Read a network of one's own, or find it as it was read before.

    Args:
        path: of the file, or of a SavedModel's folder.
        size: pixels a side, where it leaves them open.
        folder: the workspace's `models` folder.
        scaling: what it was trained on; None as the file says, or as was said before.
        on_progress: called in the phase `backbone`.

    Raises:
        BackboneError: it is none that maps a picture to a vector, or tells nothing of its scaling.
    """
    _check_kind(path)
    sha = hash_of(path)
    stem = re.sub(r"[^\w.-]+", "_", path.name)[-60:] + (".saved_model" if path.is_dir() else "")
    note = next((one for one in _notes(folder, stem) if _is_meant(one, sha, size, scaling)), None)
    if note is None:
        digest = hashlib.sha256(f"{sha} {scaling} {size}".encode()).hexdigest()[:12]
        folder.mkdir(parents=True, exist_ok=True)
        found = _converted(path, folder / f"{stem}-{digest}", scaling, size, on_progress)
        made: dict[str, Any] = found._asdict()
        note = made | {"sha": sha, "digest": digest, "given": scaling, "size": size}
        write_whole(folder / f"{stem}-{digest}.json", json.dumps(sealed(note)))
    return _kept(stem, note, folder, on_progress)


def _kept(name: str, note: dict[str, Any], folder: Path, on_progress: OnProgress | None) -> Backbone:
    """Return a network that is kept under a name, by the note beside it; tell where it is a classifier."""
    if note["classifier"] and on_progress:
        message = (
            f"{name} is a whole classifier: its {note['vector_length']} probabilities are taken as features;"
            " the same network without its last layer usually does better"
        )
        on_progress(Progress("backbone", message=message))
    lite, keras = (folder / f"{name}-{note['digest']}{ending}" for ending in _ENDINGS)
    return Backbone(
        name,
        note["input_size"],
        note["vector_length"],
        (0.0, 1.0),  # it is inside
        None,
        round(lite.stat().st_size / 1e6, 1),
        None,
        NetworkFile(lite, keras if keras.is_file() else None),
        digest=note["digest"],
    )


def _check_kind(path: Path) -> None:
    kind = (path / "saved_model.pb").is_file() if path.is_dir() else path.suffix.lower() in _ENDINGS
    if not kind:
        raise BackboneError(
            f"{path} is no network that can be used: choose a .tflite or .keras file or the folder of a"
            " SavedModel."
        )


class _Note(TypedDict):
    """What is known of a network that is kept: `Found`, and what it was made of."""

    input_size: Count
    vector_length: Count
    classifier: bool
    sha: str
    digest: str
    given: Any
    size: int | None


def _notes(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """List what is known of the networks that are kept under a name, newest first."""
    files = sorted(
        folder.glob(f"{glob.escape(name)}-*.json"), key=lambda file: file.stat().st_mtime, reverse=True
    )
    for file in files:
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
            note = unsealed(json.loads(read_text_limited(file)))
            kept = [file.with_suffix(ending) for ending in _ENDINGS]
            if fits(note, _Note) and kept[0].is_file() and all(is_sound(one) is not False for one in kept):
                yield note


def _is_meant(note: dict[str, Any], sha: str, size: int | None, scaling: Scaling | None) -> bool:
    """Return whether a note is of this content, and of this size and scaling where they are given."""
    given = json.loads(json.dumps(scaling))
    return note["sha"] == sha and given in (None, note["given"]) and size in (None, note["size"])


def _converted(
    path: Path, stem: Path, scaling: Scaling | None, size: int | None, on_progress: OnProgress | None
) -> Found:
    """Write a network in Poet's form as `stem` with an ending."""
    if path.suffix.lower() == ".tflite" and path.is_file():
        content, found = adapted(path, scaling, size)
        check_runs(path, content)
        write_checked(stem.with_name(f"{stem.name}.tflite"), content)
        return found
    if on_progress:
        message = f"Preparing the network {path.name} (once, up to a minute)"
        on_progress(Progress("backbone", message=message))
    try:
        wanted = json.dumps({"scaling": scaling, "size": size})
        answer = run_module("poetcore.features.network_conversion", [str(path), str(stem)], wanted)
    except PoetError as error:
        raise BackboneError(str(error)) from None
    return Found(**json.loads(answer))


def adapted(path: Path, scaling: Scaling | None = None, size: int | None = None) -> tuple[bytes, Found]:
    """Return a .tflite file in Poet's form, its scaling inside.

    Args:
        path: the file.
        scaling: what it was trained on; None as its metadata say, of whole numbers the pixels themselves.
        size: pixels a side that are expected, or None.

    Raises:
        BackboneError: it is none that maps a picture to a vector, or tells nothing of its scaling.
    """
    try:
        graph = LiteGraph(read_limited(path, MOST_BYTES))
    except ValueError as error:
        raise BackboneError(f"{path} cannot be read as a LiteRT file: {error}.") from None
    side = picture_size(path, [one.shape for one in graph.inputs], size)
    length = vector_length(path, [one.shape for one in graph.outputs])
    (fed,), (given,) = graph.inputs, graph.outputs
    for one in (fed, given):
        if one.dtype not in ("float32", "uint8", "int8"):
            raise BackboneError(
                f"The network in {path} calculates with {one.dtype}: float32, uint8 and int8 are possible."
            )
    whole = fed.dtype != "float32"
    told = scaling is not None  # of whole numbers it is of what they stand for
    scaling = scaling or (None if whole else scaling_in(graph.metadata(METADATA) or b""))
    if scaling is None:
        if not whole:
            raise unknown_scaling(path)
        scaling = (0.0, 1.0) if fed.dtype == "uint8" else (128.0, 1.0)
    classifier = graph.last_operator in ("SOFTMAX", "LOGISTIC")
    mean, divisor = map(np.asarray, scaling)
    steps: list[tuple[str, np.ndarray | None]] = []
    if (divisor != 1).any():
        steps.append(("MUL", 1 / divisor))
    if (mean != 0).any():
        steps.append(("ADD", -mean / divisor))
    if whole:
        steps.append(("QUANTIZE" if told else "CAST", None))
    graph.feed("pixels", (1, side, side, 3), steps)
    if given.dtype != "float32":
        graph.follow("DEQUANTIZE", "floating", given.shape)
    if given.shape[1:] != (length,):
        graph.follow("RESHAPE", "features", (1, length), np.array([1, length], np.int32))
    else:
        graph.rename_output("features")
    return graph.packed(), Found(side, length, scaling, classifier)
