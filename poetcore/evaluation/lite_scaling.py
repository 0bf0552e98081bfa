"""The scaling of pictures that the metadata inside a LiteRT file name.

Source: the schema `metadata_schema.fbs` of tensorflow/tflite-support; the numbers are the places of fields.
"""

from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["lite_scaling"]

#: The name under which metadata stand in a file.
_NAME = b"TFLITE_METADATA"

#: From the root to the normalisation of the first input: (place of the field, whether it is a list).
_TO_SCALING = ((3, True), (2, True), (4, True), (1, False))


def lite_scaling(file: Path) -> tuple[float, float]:
    """Return what a LiteRT file is fed: (RGB - mean) / std, with RGB in 0..255.

    Args:
        file: a LiteRT file.

    Returns:
        Mean and std, of the first colour; 0 and 1 where its metadata do not say.
    """
    from ai_edge_litert.schema_py_generated import Model

    model = Model.GetRootAs(file.read_bytes(), 0)
    for number in range(model.MetadataLength()):
        entry = model.Metadata(number)
        if entry.Name() == _NAME:
            content = model.Buffers(entry.Buffer()).DataAsNumpy()
            if not isinstance(content, int):  # what the reader returns for an empty one
                return _scaling(bytes(content))
    return 0.0, 1.0


def _scaling(metadata: bytes) -> tuple[float, float]:
    from flatbuffers.encode import Get
    from flatbuffers.packer import uoffset
    from flatbuffers.table import Table

    table = Table(bytearray(metadata), Get(uoffset, metadata, 0))
    for place, is_list in _TO_SCALING:
        offset = table.Offset(4 + 2 * place)
        if not offset or (is_list and not table.VectorLen(offset)):
            return 0.0, 1.0
        start = table.Vector(offset) if is_list else offset + table.Pos
        table = Table(table.Bytes, table.Indirect(start))
    return _first(table, 0, 0.0), _first(table, 1, 1.0)


def _first(table: Any, place: int, default: float) -> float:
    """Return the first of a list of numbers."""
    offset = table.Offset(4 + 2 * place)
    if not offset or not table.VectorLen(offset):
        return default
    return float(np.frombuffer(table.Bytes, np.float32, 1, table.Vector(offset))[0])
