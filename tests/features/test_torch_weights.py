"""Weight files: read as PyTorch wrote them, and never executed."""

import hashlib
import os
import pickle
import struct
import sys
import types
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poetcore.errors import BackboneError
from poetcore.features.torch_weights import read_torch_tensors


class FloatStorage:
    """Stands for torch.FloatStorage in a pickle."""


class LongStorage:
    """Stands for torch.LongStorage in a pickle."""


def _rebuild_tensor_v2(*arguments: Any) -> None:
    """Stands for the function of that name in a pickle."""


class Storage:
    """What a tensor's values are written as."""

    def __init__(self, key: str, values: np.ndarray) -> None:
        self.key, self.values = key, values


class Tensor:
    """A view of a storage, pickled as PyTorch pickles its tensors."""

    def __init__(
        self, storage: Storage, offset: int, shape: tuple[int, ...], stride: tuple[int, ...]
    ) -> None:
        self.parts = (storage, offset, shape, stride, False, OrderedDict())

    def __reduce__(self) -> tuple[Callable[..., None], tuple[Any, ...]]:
        return _rebuild_tensor_v2, self.parts


class TorchPickler(pickle._Pickler):  # the Python one: it lets names be written that cannot be imported here
    def persistent_id(self, obj: Any) -> tuple[Any, ...] | None:
        if not isinstance(obj, Storage):
            return None
        kind = FloatStorage if obj.values.dtype == np.float32 else LongStorage
        return ("storage", kind, obj.key, "cpu", len(obj.values), None)


@pytest.fixture(autouse=True)
def torch_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this module's stand-ins be pickled under PyTorch's names."""
    for cls in (FloatStorage, LongStorage):
        monkeypatch.setattr(cls, "__module__", "torch")
    monkeypatch.setattr(_rebuild_tensor_v2, "__module__", "torch._utils")
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage, torch.LongStorage = FloatStorage, LongStorage  # type: ignore[attr-defined]
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def torch_file(path: Path, tensors: Any, storages: list[Storage]) -> Path:
    """Write a file as torch.save did before PyTorch 1.6."""
    with path.open("wb") as stream:
        for head in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(head, stream, protocol=2)
        TorchPickler(stream, protocol=2).dump(tensors)
        pickle.dump([storage.key for storage in storages], stream, protocol=2)
        for storage in storages:
            stream.write(struct.pack("<q", len(storage.values)) + storage.values.tobytes())
    return path


def read(path: Path) -> dict[str, np.ndarray]:
    return read_torch_tensors(path, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def good(tmp_path: Path) -> Path:
    weights = Storage("94", np.arange(7, dtype=np.float32) / 4)
    steps = Storage("12", np.array([-5, 2**40], np.int64))
    tensors = OrderedDict(
        matrix=Tensor(weights, 1, (2, 3), (3, 1)),
        turned=Tensor(weights, 1, (3, 2), (1, 3)),
        steps=Tensor(steps, 0, (2,), (1,)),
        scalar=Tensor(steps, 1, (), ()),
    )
    return torch_file(tmp_path / "good.pth", tensors, [steps, weights])


def test_tensors_have_their_values_and_shapes(good):
    assert {name: array.tolist() for name, array in read(good).items()} == {
        "matrix": [[0.25, 0.5, 0.75], [1.0, 1.25, 1.5]],
        "turned": [[0.25, 1.0], [0.5, 1.25], [0.75, 1.5]],
        "steps": [-5, 2**40],
        "scalar": 2**40,
    }


def test_tensors_have_their_types_and_order(good):
    types_found = [(name, array.dtype.str) for name, array in read(good).items()]
    assert types_found == [("matrix", "<f4"), ("turned", "<f4"), ("steps", "<i8"), ("scalar", "<i8")]


def test_another_file_than_the_expected_one_is_refused(good):
    with pytest.raises(
        BackboneError, match=r"is not the expected one \(sha256 .*, expected 000000000000\.\.\.\)"
    ):
        read_torch_tensors(good, "0" * 64)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BackboneError, match=r"gone\.pth is missing: install its package again"):
        read_torch_tensors(tmp_path / "gone.pth", "0" * 64)


class Evil:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.system, (f"echo > '{self.mark}'",)


def test_a_pickle_that_asks_for_a_command_is_refused(tmp_path):
    file = torch_file(tmp_path / "evil.pth", OrderedDict(weights=Evil(tmp_path / "ran")), [])
    with pytest.raises(BackboneError, match=r"asks for (posix|nt)\.system, which is not allowed"):
        read(file)


@pytest.mark.filterwarnings("ignore")
def test_a_pickle_that_asks_for_a_command_does_not_run_it(tmp_path):
    file = torch_file(tmp_path / "evil.pth", OrderedDict(weights=Evil(tmp_path / "ran")), [])
    with pytest.raises(BackboneError):
        read(file)
    assert not (tmp_path / "ran").exists()


def test_a_file_cut_anywhere_is_refused(good, tmp_path):
    content, cut = good.read_bytes(), tmp_path / "cut.pth"
    for length in range(len(content)):
        cut.write_bytes(content[:length])
        with pytest.raises(BackboneError):
            read(cut)
            pytest.fail(f"read although cut after {length} of {len(content)} bytes")


@pytest.mark.parametrize(
    ("offset", "shape", "stride"),
    [(0, (8,), (1,)), (7, (1,), (1,)), (0, (5,), (2,)), (-1, (2,), (1,)), (6, (3,), (-1,))],
    ids=["too_long", "starts_behind", "wide_steps", "starts_before", "steps_backwards"],
)
def test_a_tensor_that_reaches_beyond_its_storage_is_refused(offset, shape, stride, tmp_path):
    storage = Storage("1", np.arange(7, dtype=np.float32))
    file = torch_file(
        tmp_path / "far.pth", OrderedDict(far=Tensor(storage, offset, shape, stride)), [storage]
    )
    with pytest.raises(BackboneError, match="a tensor reaches beyond its storage"):
        read(file)


def test_a_storage_of_another_length_than_declared_is_refused(tmp_path):
    declared, written = (Storage("1", np.zeros(n, np.float32)) for n in (5, 4))
    file = torch_file(tmp_path / "short.pth", OrderedDict(a=Tensor(declared, 0, (5,), (1,))), [written])
    with pytest.raises(BackboneError, match="storage 1 has 4 values where 5 were declared"):
        read(file)
