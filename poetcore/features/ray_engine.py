"""The engine `ray`: the same LiteRT model on every core of a Ray cluster, through Ray Data.

The address of the cluster comes from Ray's own variable `RAY_ADDRESS`; without it, Ray is started on this
machine for as long as this process lives. Workers receive the model and this package over the network; they
read the pictures themselves, so these must lie at a path that every machine sees.
"""

import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.data.perceptual_hash import PerceptualHash
from poetcore.errors import OptionError, PictureError
from poetcore.features.backbones import Backbone
from poetcore.features.engines import BATCH_SIZE, Batch, Bottleneck, View
from poetcore.features.feature_extractor import FeatureExtractor
from poetcore.features.litert_engine import extract_some
from poetcore.system.files import cores
from poetcore.system.tensorflow import muted

__all__ = ["extract_batches"]

#: Ray's own settings, where the user has set none: no usage report to its makers, no advice about graphics
#: cards, no native log on the terminal, and no repeated message kept back and printed behind the JSON answer.
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DEDUP_LOGS": "0",
}

#: Seconds in which a cluster must accept a connection.
_CONNECT_TIMEOUT = 10


def extract_batches(
    batches: Iterable[Batch],
    backbone: Backbone,
    model: Callable[[], Path],
    view: View,
    workers: int | None,
) -> Generator[list[Bottleneck], None, None]:
    """Extract the features of batches of pictures, in the order in which workers finish.

    The interface is that of `ExtractBatches`; all cores of the cluster work, whatever `workers` says. A
    worker that dies costs the batch that it was working on, which another one computes again.

    Raises:
        OptionError: the cluster cannot be reached, or its workers failed.
    """
    pictures = {sha: path for batch in batches for sha, path in batch}
    if not pictures:
        return
    ray = _connected()
    blocks = -(-len(pictures) // BATCH_SIZE)
    size = max(1, min(blocks, int(ray.cluster_resources().get("CPU", 1))))
    try:
        extracted = ray.data.from_items(
            [{"sha": sha, "path": str(path.absolute())} for sha, path in pictures.items()],
            override_num_blocks=blocks,
        ).map_batches(
            _Worker,
            batch_size=None,  # a block is a batch
            batch_format="pyarrow",
            fn_constructor_args=(ray.put(model().read_bytes()), view),
            num_cpus=1,
            # All at once, but a cluster that others use too may have fewer free.
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=size, initial_size=size),
        )
        tables = iter(extracted.iter_batches(batch_size=None, batch_format="pyarrow"))
        while True:
            # Ray reports a dead worker on standard output, where only results belong.
            with contextlib.redirect_stdout(sys.stderr):
                table = next(tables, None)
            if table is None:
                return
            yield [_to_bottleneck(row, pictures[row["sha"]]) for row in table.to_pylist()]
    except ray.exceptions.RayError as error:
        raise OptionError(
            f"The Ray workers failed ({_last_line(error)}). Features extracted so far are kept: start again."
        ) from error


class _Worker:
    """One interpreter on one core, in a process of the cluster."""

    def __init__(self, model: Any, view: View) -> None:
        import ray

        self._machine = socket.gethostname()
        self._view = view
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "backbone.tflite"
            file.write_bytes(ray.get(model))
            self._extractor = FeatureExtractor(file)

    def __call__(self, batch: Any) -> Any:
        """Turn a table of sha and path into one of bottlenecks, with the machine's name."""
        import pyarrow

        pictures = [(row["sha"], Path(row["path"])) for row in batch.to_pylist()]
        found = extract_some(pictures, self._view, lambda: self._extractor)
        vectors = [None if one.vector is None else one.vector.astype("<f4").tobytes() for one in found]
        return pyarrow.table(
            {
                "sha": pyarrow.array([one.sha for one in found], pyarrow.string()),
                # In a batch without any vector, or any reason, the type cannot be inferred.
                "vector": pyarrow.array(vectors, pyarrow.binary()),
                "reason": pyarrow.array([one.reason for one in found], pyarrow.string()),
                "decoded": pyarrow.array([one.decoded for one in found], pyarrow.bool_()),
                "hash": pyarrow.array([one.hash and one.hash.thumbnail for one in found], pyarrow.binary()),
                "machine": pyarrow.array([self._machine] * len(found), pyarrow.string()),
            }
        )


def _to_bottleneck(row: Mapping[str, Any], path: Path) -> Bottleneck:
    """Turn a worker's row into a bottleneck.

    Args:
        row: one row of the table that `_Worker` returns.
        path: the picture on this machine.
    """
    vector, reason = row["vector"], row["reason"]
    if reason is not None and not row["decoded"] and row["machine"] != socket.gethostname():
        # A file that this machine can read and a worker cannot is not a bad picture.
        with contextlib.suppress(PictureError):
            if sha_of(images.read(path)) == row["sha"]:
                reason = (
                    f"cannot be read on the machine {row['machine']} ({reason}): put the pictures where every"
                    " machine of the cluster sees them under the same path"
                )
    vector = None if vector is None else np.frombuffer(vector, "<f4")
    hashed = None if row["hash"] is None else PerceptualHash(row["hash"])
    return Bottleneck(row["sha"], vector, reason, decoded=row["decoded"], hash=hashed)


def _connected() -> Any:
    """Return the module ray, connected to the cluster of `RAY_ADDRESS` or to one started on this machine.

    Raises:
        OptionError: the cluster cannot be reached.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    import ray
    import ray.data

    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    if not ray.is_initialized():
        _connect(ray)
    return ray


def _connect(ray: Any) -> None:
    address = os.environ.get("RAY_ADDRESS", "")
    # Ray replaces the signal handler by which a run is stopped.
    stop_handler = signal.getsignal(signal.SIGTERM)
    try:
        _check_listening(address)
        with muted():
            ray.init(log_to_driver=False, logging_level=logging.ERROR, **_init_arguments(address))
    except (OSError, RuntimeError, ValueError) as error:
        raise OptionError(
            f"No Ray cluster could be reached at {address or 'this machine'} ({_last_line(error)}): check the"
            " environment variable RAY_ADDRESS, or choose the engine litert."
        ) from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, stop_handler)


def _check_listening(address: str) -> None:
    """Check that something listens at `host:port`; Ray itself would try for minutes.

    Raises:
        OSError: nothing does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_TIMEOUT):
            pass


def _init_arguments(address: str) -> dict[str, Any]:
    """Return the arguments of `ray.init` for a cluster, or for this machine where no address is given."""
    if address in ("", "local"):
        return {"address": "local", "num_cpus": cores(), "include_dashboard": False}
    # The machines of a cluster have the libraries installed; this package is sent to them.
    return {"address": address, "runtime_env": {"py_modules": [str(Path(__file__).parents[1])]}}


def _last_line(error: Exception) -> str:
    """Return the last line of an error's message, shortened; Ray puts a traceback before it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
