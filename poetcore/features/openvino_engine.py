"""The engine `openvino`: the LiteRT file of a backbone, run by OpenVINO with one stream a core.

It computes in 32-bit floating point, as LiteRT does, and is only used where it shows that it computes the
same: a network that it cannot read or computes otherwise, such as one with unusual operators, is refused
before a picture is looked at. So its feature vectors share the cache with LiteRT's.
"""

import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from poetcore.errors import OptionError
from poetcore.features.backbones import Backbone
from poetcore.features.engines import Batch, Bottleneck, View
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.litert_engine import Extractors, extract_in_threads
from poetcore.system.files import cores
from poetcore.system.telemetry import silence_reports

if TYPE_CHECKING:
    import openvino

__all__ = ["OpenVinoNetwork", "extract_batches"]

#: Pictures that a stream computes in one go. Two take 4 % less than one after the other, decoding included,
#: and their numbers are the same bit for bit; four or eight take longer.
AT_ONCE = 2

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
    made = cache(lambda: OpenVinoNetwork(model(), backbone, workers).extractors)
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
        self._backbone = backbone
        size = backbone.input_size
        noise = [*np.random.default_rng(0).integers(0, 256, (AT_ONCE, size, size, 3), np.uint8)]
        wanted = np.stack(FeatureExtractor(file).extract_some(noise))
        try:
            with _alone:
                self._compiled = _compile(file, size, streams or cores())
                found = np.stack(self._of_thread().extract_some(noise))
        except OptionError:
            raise
        except Exception as error:  # a missing library, an unknown operator, a shape ...: whatever it raises
            raise _refusal(backbone, _last_line(error)) from error
        limit = _TOLERANCE * max(1.0, float(np.abs(wanted).max()))
        if found.shape != wanted.shape or not np.abs(found - wanted).max() <= limit:
            raise _refusal(backbone, "it computes other numbers than LiteRT")

    @property
    def extractors(self) -> Extractors:
        """Return what extracts features in any thread."""
        return Extractors(self._of_thread, AT_ONCE)

    def _of_thread(self) -> "OpenVinoExtractor":
        if self._local.extractor is None:
            self._local.extractor = OpenVinoExtractor(self._compiled, self._backbone)
        return self._local.extractor


class OpenVinoExtractor:
    """One stream of a compiled network; belongs to the thread that made it."""

    engine: ClassVar[str] = "openvino"

    def __init__(self, compiled: "openvino.CompiledModel", backbone: Backbone) -> None:
        self._backbone = backbone
        self._request = compiled.create_infer_request()
        self._input = np.zeros(tuple(compiled.input(0).shape), np.float32)

    def extract_some(self, pixels: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Extract the features of `AT_ONCE` pictures at the most; see `Extractor`."""
        for place, one in enumerate(pixels):
            self._input[place] = one
        # Where there are fewer, what stands in the other places is computed for nothing.
        try:
            found = self._request.infer([self._input], share_inputs=True)[0]
        except Exception as error:  # want of memory, for one, is a RuntimeError too
            raise _refusal(self._backbone, _last_line(error)) from error
        return list(found[: len(pixels)])


class _ThreadLocal(threading.local):
    """A thread's stream, made when the thread first needs it."""

    extractor: OpenVinoExtractor | None = None


def _compile(file: Path, size: int, streams: int) -> "openvino.CompiledModel":
    silence_reports()
    import openvino

    core = openvino.Core()
    # Mapped into memory, the weights would keep the file from being deleted on Windows.
    model = core.read_model(file, config={"ENABLE_MMAP": False})
    model.reshape([AT_ONCE, size, size, 3])  # a number that is left open costs a fifth of the speed
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",  # some processors would calculate in 16 bits
        "NUM_STREAMS": str(streams),
        "INFERENCE_NUM_THREADS": streams,
        "ENABLE_CPU_PINNING": False,  # other processes use these cores too
    }
    return core.compile_model(model, "CPU", settings)


def _refusal(backbone: Backbone, reason: str) -> OptionError:
    return OptionError(f"OpenVINO cannot run {backbone.name} ({reason}): choose the engine litert.")


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200].rstrip(".") if lines else type(error).__name__
