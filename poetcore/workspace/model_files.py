"""The files of a trained model: `labels.txt`, `head.npz` and arrays beside them, read whole or not at all."""

import io
from pathlib import Path

import numpy as np

from poetcore.errors import RunError
from poetcore.system.reading import TEXT_BYTES, read_limited, read_text_limited
from poetcore.workspace.head import Head, unpack_head
from poetcore.workspace.records import check_file
from poetcore.workspace.run_record import RunRecord

__all__ = ["pack_array", "read_array", "read_labels", "read_layers"]


def read_labels(file: Path, trained: list[str] | None) -> list[str]:
    """Read the labels, one a line, in the order of the model's outputs.

    Args:
        file: in UTF-8.
        trained: what the run was trained on; None where that is not known.

    Raises:
        RunError: they are damaged, or others than those that the run was trained on.
    """
    try:
        labels = [label for label in read_text_limited(file, encoding="utf-8-sig").split("\n") if label]
    except (UnicodeDecodeError, OSError):
        raise RunError(f"{file} is damaged: train again.") from None
    if trained is not None and labels != trained:
        raise RunError(
            f"The run {file.parent.name!r} is damaged: the {len(labels)} labels of {file.name} are not the"
            f" {len(trained)} of run.json in their order: undo the change, or train again."
        )
    return labels


def read_layers(file: Path) -> tuple[Head, Head, float]:
    """Read the layer to predict with, the layer as it was trained, and the temperature between them.

    Raises:
        RunError: the file is damaged.
    """
    try:
        return unpack_head(read_limited(file, TEXT_BYTES))
    except (ValueError, OSError):
        raise RunError(f"{file} is damaged: train again.") from None


def pack_array(values: np.ndarray) -> bytes:
    """Return the content of a `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def read_array(file: Path, record: RunRecord | None = None) -> np.ndarray | None:
    """Read a `.npy` file of numbers in rows; None where it is missing or holds none, or is none.

    Raises:
        RunError: it is not as the record of its run knows it.
    """
    remedy = "train again, or delete it, to be told of no picture that it is unknown"
    check_file(file, record.checksums if record else {}, remedy)
    try:
        with file.open("rb") as opened:
            values: np.ndarray = np.load(opened, allow_pickle=False)
    except Exception:  # numpy lets through whatever parsing a header as Python raises
        return None
    sound = isinstance(values, np.ndarray) and values.ndim == 2 and values.dtype.kind == "f" and values.size
    return values if sound and np.isfinite(values).all() else None
