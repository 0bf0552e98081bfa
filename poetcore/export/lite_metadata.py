"""The metadata inside a LiteRT file, from which other programs take labels and the scaling of the input.

Source: the schema `metadata_schema.fbs` of tensorflow/tflite-support, file identifier M001. The numbers are
the places of fields in its tables; of a union the field before holds which member it is.
"""

from typing import Any, NamedTuple

import numpy as np

from poetcore.export.export_options import Facts, InputRange
from poetcore.features.lite_content import packed

__all__ = ["add_metadata"]

#: The name under which programs look for it, and the kind of flatbuffer that it is.
_NAME, _IDENTIFIER = "TFLITE_METADATA", b"M001"

#: The first version of the programs that read it; nothing newer stands in it.
_PARSER = "1.0.0"

#: Members of enumerations and unions.
_TENSOR_AXIS_LABELS = 2  # of AssociatedFileType
_RGB = 1  # of ColorSpaceType
_FEATURE_PROPERTIES = 1  # of ContentProperties
_IMAGE_PROPERTIES = 2  # of ContentProperties
_NORMALIZATION_OPTIONS = 1  # of ProcessUnitOptions


class _Byte(NamedTuple):
    """A field of one byte: an enumeration, or which member a union holds."""

    value: int


def add_metadata(model: bytes, *, facts: Facts, fed: InputRange, labels: str) -> bytes:
    """Return a LiteRT model with metadata: what its input and its output are.

    Args:
        model: with one input, a picture, and one output, probabilities.
        facts: what people are told of it.
        fed: how the values of a picture are scaled for it.
        labels: name of the labels file, which is to be appended as a zip archive.
    """
    from ai_edge_litert import schema_py_generated as schema

    unpacked = schema.ModelT.InitFromPackedBuf(model, 0)
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(_packed(facts, fed, labels), np.uint8)
    entry.name, entry.buffer = _NAME, len(unpacked.buffers)
    unpacked.buffers.append(buffer)
    unpacked.metadata = [*(unpacked.metadata or []), entry]
    return packed(unpacked)


def _packed(facts: Facts, fed: InputRange, labels: str) -> bytes:
    """Return the metadata as a flatbuffer."""
    import flatbuffers

    builder = flatbuffers.Builder(1024)

    def text(value: str) -> int:
        return int(builder.CreateString(value))

    def vector(offsets: list[int]) -> int:
        builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            builder.PrependUOffsetTRelative(offset)
        return int(builder.EndVector())

    def numbers(*values: float) -> int:
        return int(builder.CreateNumpyVector(np.array(values, np.float32)))

    def table(fields: dict[int, Any]) -> int:
        """Write a table of the fields by their places: bytes, and what was written before."""
        builder.StartObject(max(fields, default=-1) + 1)
        for place, value in fields.items():
            if isinstance(value, _Byte):
                builder.PrependByteSlot(place, value.value, 0)
            else:
                builder.PrependUOffsetTRelativeSlot(place, value, 0)
        return int(builder.EndObject())

    # What a table holds is written before it.
    picture = table({0: _Byte(_IMAGE_PROPERTIES), 1: table({0: _Byte(_RGB)})})
    scaling = table({0: numbers(fed.mean), 1: numbers(fed.std)})
    unit = table({0: _Byte(_NORMALIZATION_OPTIONS), 1: scaling})
    limits = [(bound - fed.mean) / fed.std for bound in (255, 0)]
    stats = table({0: numbers(limits[0]), 1: numbers(limits[1])})
    fed_text = text(fed.feed)
    pixels = table({0: text("pixels"), 1: fed_text, 3: picture, 4: vector([unit]), 5: stats})
    file = table({0: text(labels), 1: text("One label a line."), 2: _Byte(_TENSOR_AXIS_LABELS)})
    features = table({0: _Byte(_FEATURE_PROPERTIES), 1: table({})})
    scores = table({0: numbers(1), 1: numbers(0)})
    answer = {0: text("probabilities"), 1: text("One a label."), 3: features, 5: scores, 6: vector([file])}
    graph = table({2: vector([pixels]), 3: vector([table(answer)])})
    told = {0: facts.model_name, 1: facts.description, 4: facts.author, 5: facts.licence}
    written = {place: text(value) for place, value in told.items() if value}
    made = table({3: vector([graph]), 7: text(_PARSER)} | written)
    builder.Finish(made, file_identifier=_IDENTIFIER)
    return bytes(builder.Output())
