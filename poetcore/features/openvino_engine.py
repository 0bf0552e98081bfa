"""The engine `openvino`: the LiteRT file of a backbone, run by OpenVINO with one stream a core.

It computes in 32-bit floating point, as LiteRT does, and is only used where it shows that it computes the
same: a network that it cannot read or computes otherwise, such as one with unusual operators, is refused
before a picture is looked at. So its feature vectors share the cache with LiteRT's.
"""

import threading
from collections.abc import Callable, Generator, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.engines import Batch, Bottleneck, View
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.litert_engine import extract_in_threads
from poetcore.system.files import cores
from poetcore.system.telemetry import silence_reports

if TYPE_CHECKING:
    import openvino

__all__ = ["OpenVinoNetwork", "extract_batches"]

#: How far its numbers may be from LiteRT's, as a share of the largest. Measured on photos: 0.000004.
_TOLERANCE = 1e-4

#: OpenVINO 2026.4 waits for ever where two threads are the first of a process to run a network: the lock of
#: what it makes once and Python's are taken in both orders. So each network is first run by one thread alone.
_alone = threading.Lock()


def extract_batches(
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures in the order given; see `ExtractBatches`.

    Raises:
        OptionError: OpenVINO cannot run the network.
    """
    made = cache(lambda: OpenVinoNetwork(model(), backbone, workers).extractor)
    return extract_in_threads(batches, view, workers, lambda _: made())


class OpenVinoNetwork:
    """A backbone compiled for the cores of this machine, which threads share.

    Args:
        file: the LiteRT file.
        backbone: which network it is.
        streams: how many threads use it at once; one per core by default.

    Raises:
        BackboneError: the file is damaged.
        OptionError: OpenVINO cannot run it, or computes something else than LiteRT.
    """

    def __init__(self, file: Path, backbone: Backbone, streams: int | None = None) -> None:
        self._local = _ThreadLocal()
        size = backbone.input_size
        noise = np.random.default_rng(0).integers(0, 256, (size, size, 3), np.uint8)
        wanted = FeatureExtractor(file).extract(noise)
        try:
            with _alone:
                self._compiled = _compile(file, size, streams or cores())
                found = self.extractor().extract(noise)
        except Exception as error:  # a missing library, an unknown operator, a shape ...: whatever it raises
            raise _refusal(backbone, _first_line(error)) from error
        limit = _TOLERANCE * max(1.0, float(np.abs(wanted).max()))
        if found.shape != wanted.shape or not np.abs(found - wanted).max() <= limit:
            raise _refusal(backbone, "it computes other numbers than LiteRT")

    def extractor(self) -> "OpenVinoExtractor":
        """Return what extracts features in the current thread."""
        if self._local.extractor is None:
            self._local.extractor = OpenVinoExtractor(self._compiled)
        return self._local.extractor


class OpenVinoExtractor:
    """One stream of a compiled network; belongs to the thread that made it."""

    engine: ClassVar[str] = "openvino"

    def __init__(self, compiled: "openvino.CompiledModel") -> None:
        self._request = compiled.create_infer_request()

    def extract(self, pixels: np.ndarray) -> np.ndarray:
        """Extract the features of one picture, as `FeatureExtractor.extract` does."""
        found = self._request.infer([pixels[np.newaxis].astype(np.float32)], share_inputs=True)
        vector: np.ndarray = found[0][0]
        return vector


class _ThreadLocal(threading.local):
    """A thread's stream, made when the thread first needs it."""

    extractor: OpenVinoExtractor | None = None


def _compile(file: Path, size: int, streams: int) -> "openvino.CompiledModel":
    silence_reports()
    import openvino

    core = openvino.Core()
    # Mapped into memory, the weights would keep the file from being deleted on Windows.
    model = core.read_model(file, config={"ENABLE_MMAP": False})
    model.reshape([1, size, size, 3])  # a number of pictures that is left open costs a fifth of the speed
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",  # some processors would calculate in 16 bits
        "NUM_STREAMS": str(streams),
        "INFERENCE_NUM_THREADS": streams,
        "ENABLE_CPU_PINNING": False,  # other processes use these cores too
    }
    return core.compile_model(model, "CPU", settings)


def _refusal(backbone: Backbone, reason: str) -> OptionError:
    return OptionError(f"OpenVINO cannot run {backbone.name} ({reason}): choose the engine litert.")


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200].rstrip(".") if lines else type(error).__name__
