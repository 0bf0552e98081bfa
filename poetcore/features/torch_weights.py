"""Reads PyTorch weight files without ever running code from them.

A PyTorch file is made of pickles, and a pickle can call any function ("The pickle module is not secure",
docs.python.org/3/library/pickle.html, "Restricting Globals"). Here only four harmless names are allowed in
one, and the file's sha256 is checked before it is unpickled.
"""

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from poetcore.errors import BackboneError

__all__ = ["read_torch_tensors"]

#: What a name in a pickle becomes: storages their dtype. The fourth name is `_rebuild_tensor_v2`, below.
_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch", "FloatStorage"): np.dtype("<f4"),
    ("torch", "LongStorage"): np.dtype("<i8"),
}


def read_torch_tensors(file: Path, sha256: str) -> dict[str, np.ndarray]:
    """Read the tensors of a PyTorch file in the legacy format (before PyTorch 1.6).

    The layout (github.com/pytorch/pytorch, torch/serialization.py, `_legacy_save`): three small pickles
    (magic number, protocol, system information), a pickled OrderedDict in which a tensor's storage is a
    persistent id (storage type, key, device, count), a pickled list of keys, then for each key an int64 count
    and the raw little-endian values.

    Args:
        file: the file, usually ending in `.pth`.
        sha256: what its content must hash to, in hexadecimal.

    Returns:
        name -> array, float32 or int64, in the file's order and the shapes of the tensors.

    Raises:
        BackboneError: the file is missing, is not the expected one, or holds anything but tensors.
    """
    try:
        with file.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
            if found != sha256:
                raise BackboneError(
                    f"The weight file {file} is not the expected one (sha256 {found[:12]}..., expected"
                    f" {sha256[:12]}...): install its package again."
                )
            stream.seek(0)
            return _read(stream)
    except BackboneError:
        raise
    except FileNotFoundError:
        raise BackboneError(f"The weight file {file} is missing: install its package again.") from None
    # Unpickling lets through whatever its steps raise.
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise BackboneError(f"The weight file {file} cannot be read ({reason}).") from None


def _read(stream: BinaryIO) -> dict[str, np.ndarray]:
    """Read the pickles, then the values of the storages, then cut the tensors out of these."""
    storages: dict[str, np.ndarray] = {}
    for _ in range(3):
        _TensorUnpickler(stream, storages).load()
    tensors = _TensorUnpickler(stream, storages).load()
    for key in _TensorUnpickler(stream, storages).load():
        count = int(np.frombuffer(stream.read(8), "<i8")[0])
        values = storages[key]
        if count != len(values):
            raise ValueError(f"storage {key} has {count} values where {len(values)} were declared")
        raw = stream.read(values.nbytes)
        if len(raw) != values.nbytes:
            raise EOFError(f"storage {key} is cut off")
        values[:] = np.frombuffer(raw, values.dtype)
    return {name: tensor() for name, tensor in tensors.items()}


class _TensorUnpickler(pickle.Unpickler):
    """Unpickles a tensor as a function that returns its array once the storages are read."""

    def __init__(self, stream: BinaryIO, storages: dict[str, np.ndarray]) -> None:
        super().__init__(stream)
        self._storages = storages

    def find_class(self, module: str, name: str) -> Any:
        """Return what a name stands for; any but the allowed ones are refused."""
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _deferred_tensor
        if (module, name) in _ALLOWED:
            return _ALLOWED[module, name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is not allowed")

    def persistent_load(self, pid: Any) -> np.ndarray:
        """Return the storage that a tensor refers to, empty until its values are read."""
        kind, dtype, key, _device, count = pid[:5]
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise pickle.UnpicklingError("it holds something that is not a tensor")
        return self._storages.setdefault(key, np.zeros(count, dtype))


def _deferred_tensor(
    storage: np.ndarray, offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> Callable[[], np.ndarray]:
    """Return a function that cuts a tensor out of its storage; the arguments are those of PyTorch's own."""

    def tensor() -> np.ndarray:
        last = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
        if min(offset, *shape, *stride, 0) < 0 or last >= len(storage):
            raise ValueError("a tensor reaches beyond its storage")
        strides = [step * storage.itemsize for step in stride]
        return np.lib.stride_tricks.as_strided(storage[offset:], shape, strides).copy()

    return tensor
