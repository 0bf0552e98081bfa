"""The engine `ray`: the same LiteRT model on every core of a Ray cluster, through Ray Data.

The address of the cluster comes from Ray's own variable `RAY_ADDRESS`; without it, Ray is started on this
machine for as long as this process lives. Workers get the model and this package over the network; pictures
they read themselves, so these must lie at a path that every machine sees.
"""

import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import poetcore
from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import OptionError, PictureError
from poetcore.features.engines import BATCH, Bottleneck, View, extract_one
from poetcore.features.litert import FeatureExtractor
from poetcore.system.files import cores
from poetcore.system.tensorflow import muted

__all__ = ["extract_on_ray"]

#: Ray's own settings, where the user has none: no report to its makers, no advice about graphics cards, no
#: native log on the terminal, and no word kept back to be printed at the end, behind an answer in JSON.
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_BACKEND_LOG_LEVEL": "fatal",
    "RAY_DEDUP_LOGS": "0",
}

#: Seconds in which a cluster's door must open.
_PATIENCE = 10


def extract_on_ray(
    pictures: Mapping[str, Path], model_file: Path, view: View
) -> Generator[list[Bottleneck], None, None]:
    """Describe pictures on a Ray cluster; gives them batch by batch as workers finish, in no certain order.

    A worker that dies costs the batch that it was working on, which another one does again.

    Args:
        pictures: sha -> a file of that content.
        model_file: the LiteRT model; workers get its content.
        view: how to look at them.

    Raises:
        OptionError: the cluster cannot be reached, or its workers cannot work.
    """
    ray = _connected()
    batches = -(-len(pictures) // BATCH)
    size = max(1, min(batches, int(ray.cluster_resources().get("CPU", 1))))
    try:
        described = ray.data.from_items(
            [{"sha": sha, "path": os.path.abspath(path)} for sha, path in pictures.items()],
            override_num_blocks=batches,
        ).map_batches(
            _Worker,
            batch_size=None,  # a block is a batch
            batch_format="pyarrow",
            fn_constructor_args=(ray.put(model_file.read_bytes()), view),
            num_cpus=1,
            # All at once, but a cluster on which others work may give fewer.
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=size, initial_size=size),
        )
        tables = iter(described.iter_batches(batch_size=None, batch_format="pyarrow"))
        while True:
            # Ray tells of a dead worker on standard output, where only results belong.
            with contextlib.redirect_stdout(sys.stderr):
                table = next(tables, None)
            if table is None:
                return
            yield [_received(row, pictures[row["sha"]]) for row in table.to_pylist()]
    except ray.exceptions.RayError as error:
        raise OptionError(
            f"The Ray workers failed ({_words(error)}). What was described is kept: start again."
        ) from error


class _Worker:
    """What lives in a worker's process: one interpreter on one core."""

    def __init__(self, model: Any, view: View) -> None:
        import ray

        self._machine = socket.gethostname()
        self._view = view
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            file = Path(folder) / "backbone.tflite"
            file.write_bytes(ray.get(model))
            self._model = FeatureExtractor(file)

    def __call__(self, batch: Any) -> Any:
        """Describe a table of sha and path; gives one of sha, vector (bytes), reason, decoded and machine."""
        import pyarrow

        found = [
            extract_one(row["sha"], Path(row["path"]), self._view, lambda: self._model)
            for row in batch.to_pylist()
        ]
        vectors = [None if one.vector is None else one.vector.astype("<f4").tobytes() for one in found]
        return pyarrow.table(
            {
                "sha": pyarrow.array([one.sha for one in found], pyarrow.string()),
                # A batch may have no vector, or no reason, to tell the type from.
                "vector": pyarrow.array(vectors, pyarrow.binary()),
                "reason": pyarrow.array([one.reason for one in found], pyarrow.string()),
                "decoded": pyarrow.array([one.decoded for one in found], pyarrow.bool_()),
                "machine": pyarrow.array([self._machine] * len(found), pyarrow.string()),
            }
        )


def _received(row: Mapping[str, Any], path: Path) -> Bottleneck:
    """Turn a worker's row into a bottleneck; `path` is the picture on this machine."""
    vector, reason = row["vector"], row["reason"]
    if reason is not None and not row["decoded"] and row["machine"] != socket.gethostname():
        # What a worker cannot read and this machine can is no fault of the picture.
        with contextlib.suppress(PictureError):
            if sha_of(images.read(path)) == row["sha"]:
                reason = (
                    f"cannot be read on the machine {row['machine']} ({reason}): put the pictures where every"
                    " machine of the cluster sees them under the same path"
                )
    vector = None if vector is None else np.frombuffer(vector, "<f4")
    return Bottleneck(row["sha"], vector, reason, decoded=row["decoded"])


def _connected() -> Any:
    """Give the module ray with Ray Data, connected to the cluster of `RAY_ADDRESS` or to one of this machine.

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
    # Ray puts a handler of its own in the place of the one by which a run learns that it is to stop.
    stop = signal.getsignal(signal.SIGTERM)
    try:
        _probe(address)
        with muted():
            ray.init(log_to_driver=False, logging_level=logging.ERROR, **_where(address))
    except (OSError, RuntimeError, ValueError) as error:
        raise OptionError(
            f"No Ray cluster could be reached at {address or 'this machine'} ({_words(error)}): check the"
            " environment variable RAY_ADDRESS, or choose the engine litert."
        ) from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, stop)


def _probe(address: str) -> None:
    """Raise an OSError where nobody listens at `host:port`: Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE).close()


def _where(address: str) -> dict[str, Any]:
    if address in ("", "local"):
        return {"address": "local", "num_cpus": cores(), "include_dashboard": False}
    # Machines of a cluster need the libraries; the package itself they are sent.
    return {"address": address, "runtime_env": {"py_modules": [str(Path(poetcore.__file__).parent)]}}


def _words(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
