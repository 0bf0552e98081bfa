"""Keras by itself: on which backend it computes, TensorFlow, JAX or PyTorch.

Keras takes its backend once, when it is imported, from the environment's `KERAS_BACKEND` or its own
`keras.json`. On JAX and PyTorch TensorFlow is never imported.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from poetcore.errors import OptionError
from poetcore.system.packages import is_installed
from poetcore.system.tensorflow import keras_imported_on, muted, tensorflow

__all__ = ["BACKENDS", "check_backend", "configured_backend", "keras_on"]

#: The backends of Keras that are possible, and how each is installed for a graphics card.
BACKENDS = {
    "tensorflow": 'pip install "tensorflow[and-cuda]"',
    "jax": 'pip install "jax[cuda13]"',
    "torch": "pip install torch",
}


def configured_backend() -> str:
    """Return the backend on which Keras runs, or will run once it is imported; any name may be configured."""
    if imported := _imported_backend():
        return imported
    return os.environ.get("KERAS_BACKEND") or _written_backend() or "tensorflow"


def check_backend(name: str) -> None:
    """Check that Keras can run on a backend, without importing either.

    Raises:
        OptionError: it is unknown, not installed, or Keras runs on another in this process.
    """
    if name not in BACKENDS:
        raise OptionError(
            f"Unknown backend {name!r} of Keras: set KERAS_BACKEND, or backend in {_settings()}, to"
            f" {', '.join(BACKENDS)}."
        )
    imported = _imported_backend()
    if imported not in (None, name):
        raise OptionError(
            f"Keras runs on {imported} in this process already, and cannot run on {name} too: do this in"
            " another process, such as a command of its own."
        )
    for package in ("keras", name):
        if not is_installed(package):
            how = f"`{BACKENDS[name]}`" if package == name else "`pip install keras`"
            raise OptionError(
                f"The engine keras on {name} needs {package}, which is not installed: install it with {how},"
                " or set KERAS_BACKEND to another of tensorflow, jax and torch, or choose the engine litert."
            )


def keras_on(name: str) -> Any:
    """Import Keras on a backend, without its start-up messages, and return the module.

    Args:
        name: one of `BACKENDS`.

    Raises:
        OptionError: as `check_backend`.
    """
    check_backend(name)
    if name == "tensorflow":
        tensorflow()
    with muted(), keras_imported_on(name):
        import keras
    # The vectors are the same whatever the user keeps in keras.json for work of their own.
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    return keras


def _imported_backend() -> str | None:
    keras: Any = sys.modules.get("keras")
    return str(keras.config.backend()) if hasattr(keras, "config") else None


def _settings() -> Path:
    """Return the path of Keras's settings, as `keras/src/backend/config.py` finds it."""
    if home := os.environ.get("KERAS_HOME"):
        return Path(home, "keras.json")
    return (Path.home() if os.access(Path.home(), os.W_OK) else Path("/tmp")) / ".keras" / "keras.json"


def _written_backend() -> str:
    try:
        with _settings().open(encoding="utf-8") as file:
            settings = json.load(file)
    except (OSError, ValueError, RecursionError):
        return ""
    return str(settings.get("backend") or "") if isinstance(settings, dict) else ""
