"""The one door through which TensorFlow comes in, and a filter for what native libraries log.

Importing TensorFlow costs seconds and hundreds of megabytes, so only a process that converts or exports a
network calls for it.
"""

import contextlib
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from poetcore.errors import OptionError
from poetcore.system.packages import is_installed

__all__ = ["check_tensorflow", "keras_imported_on", "muted", "tensorflow"]

_muting = threading.RLock()

#: What native libraries log: lines of absl ("W0000 00:00:1.5  12 a.cc:3] ..."), of TensorFlow
#: ("2026-01-02 03:04:05.6: I a.cc:3] ..."), of Ray ("[2026-01-02 03:04:05,6 I 12 12] a.cc:3: ..."), and those
#: that LiteRT and its converter write.
_NATIVE_LOG = re.compile(
    rb"(?:[IWEF]\d{4} \d\d:\d\d:[\d.]+ +\d+ \S+:\d+\] "
    rb"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] \S+:\d+\] "
    rb"|\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ [IWE] \d+ \d+\] \S+:\d+: "
    rb"|WARNING: All log messages before absl::InitializeLog"
    rb"|fully_quantize: "
    rb"|INFO: Created TensorFlow Lite )[^\n]*\n"
)


def tensorflow() -> Any:
    """Import TensorFlow, without its start-up messages and warnings, and return the module.

    It imports Keras, and so decides that Keras runs on it, whatever `KERAS_BACKEND` says: networks are
    converted and exported by TensorFlow only.

    Raises:
        OptionError: it is not installed.
    """
    check_tensorflow("This")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with muted(), keras_imported_on("tensorflow"):
        import tensorflow

        # The first search for devices is what complains about a missing graphics card.
        tensorflow.config.list_physical_devices()
        # Deprecations that only its next version can do something about.
        tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


def check_tensorflow(what: str) -> None:
    """Check that TensorFlow is installed, without importing it.

    Args:
        what: is in need of it, as a sentence begins.

    Raises:
        OptionError: it is not.
    """
    if not is_installed("tensorflow"):
        raise OptionError(
            f"{what} needs TensorFlow, which is not installed: run `python -m pip install tensorflow`, and do"
            " the same again."
        )


@contextlib.contextmanager
def keras_imported_on(backend: str) -> Iterator[None]:
    """Let Keras, where it is imported in this block for the first time, run on a backend."""
    before = os.environ.get("KERAS_BACKEND")
    os.environ["KERAS_BACKEND"] = backend
    try:
        yield
    finally:
        if before is None:
            del os.environ["KERAS_BACKEND"]
        else:
            os.environ["KERAS_BACKEND"] = before


def _scratch() -> BinaryIO:
    """Return a file for a moment: in memory where the system has such, so that it takes no disk."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("captured"), "w+b")
    return cast(BinaryIO, tempfile.TemporaryFile())


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Keep native libraries from logging to standard error, which they do before any setting reaches them.

    Native code writes to the process's file descriptor 2, past Python and for all threads at once. So
    everything that arrives there meanwhile is kept, and written afterwards without the lines of the
    libraries' logs: other threads' lines come late, and none is lost. One thread at a time.
    """
    with _muting, contextlib.ExitStack() as opened:
        try:
            captured = opened.enter_context(_scratch())
        except OSError:  # nothing may be written here
            yield
            return
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            captured.seek(0)
            with os.fdopen(kept, "wb") as original:
                original.write(_NATIVE_LOG.sub(b"", captured.read()))
