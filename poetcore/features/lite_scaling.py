"""How a LiteRT file wants its pixels scaled, from the metadata inside it.

Source: the schema `metadata_schema.fbs` of tensorflow/tflite-support; the numbers are the places of fields in
its tables.
"""

from typing import Any

from poetcore.features.keras_applications import Scaling

__all__ = ["METADATA", "scaling_in"]

#: Under which name it lies in the file.
METADATA = "TFLITE_METADATA"

_IDENTIFIER = b"M001"

_NORMALIZATION = 1  # of the union ProcessUnitOptions


def scaling_in(metadata: bytes) -> Scaling | None:
    """Return the scaling of the first input: `(pixel - mean) / divisor`; None where nothing is said of it.

    Args:
        metadata: the flatbuffer.
    """
    from flatbuffers import encode, number_types, packer
    from flatbuffers.table import Table

    def inner(table: Any, place: int) -> list[Any]:
        """Return the tables in a field that is a vector of tables."""
        if not (at := table.Offset(4 + 2 * place)):
            return []
        start = table.Vector(at)
        return [Table(metadata, table.Indirect(start + 4 * n)) for n in range(table.VectorLen(at))]

    def numbers(table: Any, place: int) -> tuple[float, ...]:
        if not (at := table.Offset(4 + 2 * place)):
            return ()
        start, kind = table.Vector(at), number_types.Float32Flags
        return tuple(float(table.Get(kind, start + 4 * n)) for n in range(table.VectorLen(at)))

    if metadata[4:8] != _IDENTIFIER:
        return None
    try:
        root = Table(metadata, encode.Get(packer.uoffset, metadata, 0))
        pictures = [tensor for graph in inner(root, 3)[:1] for tensor in inner(graph, 2)[:1]]
        for unit in (unit for tensor in pictures for unit in inner(tensor, 4)):
            kind, options = unit.Offset(4), unit.Offset(6)
            if kind and options and unit.Get(number_types.Uint8Flags, unit.Pos + kind) == _NORMALIZATION:
                union = Table(metadata, 0)
                unit.Union(union, options)
                mean, divisor = (_plain(numbers(union, place)) for place in (0, 1))
                if mean is not None and divisor is not None and 0 not in _each(divisor):
                    return mean, divisor
    except Exception:  # damaged metadata say nothing; flatbuffers raises whatever struct does
        return None
    return None


def _plain(values: tuple[float, ...]) -> float | tuple[float, ...] | None:
    """Return one number for all channels where there is one, or where all three are the same."""
    if len(set(values)) == 1:
        return values[0]
    return values if len(values) == 3 else None


def _each(values: float | tuple[float, ...]) -> tuple[float, ...]:
    return values if isinstance(values, tuple) else (values,)
