"""The engines that extract features: a table of which there are, and the types that all of them share.

Each engine is one module with a function `extract_batches` (`ExtractBatches`). All of them load a picture
through the same `View`, so that a bottleneck does not depend on the engine by more than rounding.
"""

import importlib
import platform
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.data.perceptual_hash import PerceptualHash, hash_picture
from poetcore.errors import OptionError, PictureError
from poetcore.features.augmentation import Augmentation
from poetcore.features.backbones import Backbone
from poetcore.system.keras_backend import check_backend, configured_backend
from poetcore.system.packages import is_installed

__all__ = [
    "BATCH_SIZE",
    "DEFAULT_ENGINE",
    "ENGINES",
    "Batch",
    "Bottleneck",
    "Engine",
    "ExtractBatches",
    "Loaded",
    "View",
    "check_engine",
    "concrete",
    "recorded",
    "resolve",
    "usable_again",
]

#: How many pictures are extracted and committed to the cache at once: what a killed process loses at most.
BATCH_SIZE = 32

#: Pictures: (sha256 of the content, a file that had it).
Batch = Sequence[tuple[str, Path]]


@dataclass(frozen=True)
class Bottleneck:
    """The features of one picture, or the reason why it has none.

    Attributes:
        sha: sha256 of its content.
        vector: its feature vector, `(vector_length,) float32`, or None where the picture cannot be used.
        reason: why it cannot be used, or None.
        cached: whether the feature vector was in the cache already.
        decoded: whether its pixels were decoded now, with or without success; False where the file is gone
            or was changed meanwhile, which does not concern its content.
        hash: its perceptual hash, where it was decoded now and is no augmented copy; else None.
        engine: which engine computed it now; empty where the engine that was asked for did, or none.
    """

    sha: str
    vector: np.ndarray | None
    reason: str | None = None
    cached: bool = False
    decoded: bool = False
    hash: PerceptualHash | None = None
    engine: str = ""


@dataclass(frozen=True)
class Loaded:
    """A decoded picture.

    Attributes:
        sha: sha256 of its content.
        pixels: `(size, size, 3) uint8`, RGB, 0 to 255.
        hash: its perceptual hash; None of an augmented copy.
    """

    sha: str
    pixels: np.ndarray
    hash: PerceptualHash | None = None

    def bottleneck(self, vector: np.ndarray, engine: str = "") -> Bottleneck:
        """Return the bottleneck with the vector that an engine computed, `(vector_length,) float32`."""
        return Bottleneck(self.sha, vector, decoded=True, hash=self.hash, engine=engine)


@dataclass(frozen=True)
class View:
    """What an engine sees of a picture: its input size, and which augmented copy.

    Attributes:
        size: pixels a side of the network's input.
        augmentation: how an augmented copy is drawn.
        copy: which augmented copy, from 1; 0 for the picture itself.
    """

    size: int
    augmentation: Augmentation
    copy: int

    def load(self, sha: str, path: Path) -> Loaded | Bottleneck:
        """Read and decode a picture, once for the network and for the perceptual hash.

        Args:
            sha: sha256 of the content that is meant.
            path: a file that had it.

        Returns:
            The picture, or a bottleneck with the reason why it cannot be used.
        """
        try:
            content = images.read(path)
            if sha_of(content) != sha:
                raise PictureError("was changed while it was being read: start again")
        except PictureError as error:
            return Bottleneck(sha, None, str(error))
        try:
            if self.copy:
                return Loaded(sha, self.augmentation.apply(content, self.size, sha, self.copy))
            picture = images.decode(content, at_least=self.size)
            return Loaded(sha, images.resize_to_square(picture, self.size), hash_picture(picture))
        except PictureError as error:
            return Bottleneck(sha, None, str(error), decoded=True)


class ExtractBatches(Protocol):
    """The function `extract_batches` that every engine's module has."""

    def __call__(
        self,
        batches: Iterable[Batch],
        backbone: Backbone,
        model: Callable[[], Path],
        view: View,
        workers: int | None,
    ) -> Generator[list[Bottleneck], None, None]:
        """Extract the features of batches of pictures.

        Args:
            batches: taken one by one, in the caller's thread; a batch may be empty.
            backbone: which network.
            model: returns the LiteRT file of the backbone; called only if there is something to compute.
            view: what is seen of a picture.
            workers: threads of this machine; one per core by default.

        Yields:
            The bottlenecks of one batch, in the order given unless the engine is `unordered`.
        """


@dataclass(frozen=True)
class Engine:
    """One way to run a backbone.

    Attributes:
        module: what is imported when the engine is used; has `extract_batches`, or after a colon the name of
            another such function.
        package: an optional package that it needs, or empty.
        missing: the sentence for the user when that package is not installed.
        runs_quantized: whether it can run quantized (int8) backbones.
        reads_litert: whether it runs a LiteRT file, of which there may be no Keras model.
        unordered: whether it takes all batches first and yields them as workers finish.
        cache_suffix: appended to the cache key where its feature vectors are kept apart from those of
            `litert`, so that no result depends on which engine ran before. Those of `openvino` are not: no
            prediction was found to change, and what is made of vectors finds those of either.
        backend: of Keras, on which it runs.
    """

    module: str
    package: str = ""
    missing: str = ""
    runs_quantized: bool = True
    reads_litert: bool = True
    unordered: bool = False
    cache_suffix: str = ""
    backend: str = ""

    def load(self) -> ExtractBatches:
        """Import the engine's module and return its `extract_batches`."""
        module, _, function = self.module.partition(":")
        return cast(ExtractBatches, getattr(importlib.import_module(module), function or "extract_batches"))


DEFAULT_ENGINE = "auto"


def _keras(backend: str, suffix: str) -> Engine:
    """Return the engine that is Keras on a backend."""
    return Engine(
        f"poetcore.features.keras_engine:on_{backend}",
        runs_quantized=False,
        reads_litert=False,
        cache_suffix=f"+keras{suffix}",
        backend=backend,
    )


ENGINES: dict[str, Engine] = {
    DEFAULT_ENGINE: Engine("poetcore.features.auto_engine"),
    "litert": Engine("poetcore.features.litert_engine"),
    "openvino": Engine(
        "poetcore.features.openvino_engine",
        package="openvino",
        missing="The engine openvino needs OpenVINO, which is not installed: install it with `pip install"
        " openvino`, or choose the engine litert.",
        runs_quantized=False,
    ),
    # Under this name, which the user says, Keras runs on the backend that is set for it (`concrete`); in a
    # record it is the one on TensorFlow (`recorded`).
    "keras": _keras("tensorflow", ""),
    "keras_tensorflow": _keras("tensorflow", ""),
    "keras_jax": _keras("jax", "_jax"),
    "keras_torch": _keras("torch", "_torch"),
    "ray": Engine(
        "poetcore.features.ray_engine",
        package="ray",
        missing='The engine ray needs Ray, which is not installed: install it with `pip install "ray[data]"`,'
        " or choose the engine litert.",
        unordered=True,
    ),
}


def resolve(name: str, backbone: Backbone | None = None) -> str:
    """Return the engine that runs under a name: of `auto` the fastest that is here, else the engine itself.

    OpenVINO computes networks in floating point faster than LiteRT on processors of the kind x86-64. Others
    were not measured; quantized networks it computes otherwise.

    Args:
        name: one of `ENGINES`.
        backbone: what it is to run; None for one in floating point.
    """
    if name != DEFAULT_ENGINE:
        return concrete(name)
    x86_64 = platform.machine().lower() in ("x86_64", "amd64")
    if not x86_64 or (backbone and backbone.quantized) or not is_installed("openvino"):
        return "litert"
    return "openvino"


def concrete(name: str) -> str:
    """Return the entry of `ENGINES` that is meant: of `keras` the one on the backend that is set for Keras.

    One on an unknown backend is `keras` itself, which `check_engine` refuses.
    """
    if name != "keras":
        return name
    wanted = configured_backend()
    return next((one for one in ENGINES if one != name and ENGINES[one].backend == wanted), name)


def recorded(name: str) -> str:
    """Return the engine that a record names: those of earlier versions had Keras on TensorFlow only."""
    return "keras_tensorflow" if name == "keras" else name


def usable_again(name: str) -> str:
    """Return the engine that finds the feature vectors which an earlier one kept, wherever it was installed.

    Args:
        name: the engine in a record, which may be of another version.
    """
    name = recorded(name)
    return name if name in ENGINES and ENGINES[name].cache_suffix else DEFAULT_ENGINE


def check_engine(name: str, backbone: Backbone) -> None:
    """Check that an engine is installed and can run a backbone.

    Args:
        name: of the engine.
        backbone: what it is to run.

    Raises:
        OptionError: the engine is unknown, not installed, or cannot run the backbone.
    """
    if name not in ENGINES:
        raise OptionError(f"Unknown engine {name!r}: choose {', '.join(ENGINES)}.")
    engine = ENGINES[name]
    lite_only, quantized = not engine.reads_litert and backbone.lite_only, backbone.quantized
    if lite_only or (quantized and not engine.runs_quantized):
        what = "exists as a LiteRT model only" if lite_only else "is quantized (int8)"
        others = " or ".join(other for other, one in ENGINES.items() if one.runs_quantized)
        instead = "" if lite_only else f", or train with the architecture {backbone.network}"
        raise OptionError(
            f"The engine {name} cannot run {backbone.name}, which {what}: choose the engine"
            f" {others}{instead}."
        )
    if engine.package and not is_installed(engine.package):
        raise OptionError(engine.missing)
    if engine.backend:
        check_backend(configured_backend() if name == "keras" else engine.backend)
