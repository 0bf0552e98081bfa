"""The one door through which TensorFlow comes in, and quiet for what native libraries print.

Importing TensorFlow costs seconds and hundreds of megabytes, so only a process that trains or converts
calls for it.
"""

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from typing import Any

__all__ = ["muted", "tensorflow"]

_muting = threading.RLock()


def tensorflow() -> Any:
    """Import TensorFlow, without its start-up chatter, and give the module."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with muted():
        import tensorflow

        # The first look for devices is what complains about a missing graphics card.
        tensorflow.config.list_physical_devices()
    return tensorflow


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Keep native code from writing to standard error; it knows no setting for its first lines.

    Python exceptions are not touched. One thread at a time.
    """
    with _muting, open(os.devnull, "w") as nowhere:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
