"""Models, as objects of the classes that LiteRT generates from its schema, as the content of files."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import flatbuffers

__all__ = ["IDENTIFIER", "packed"]

IDENTIFIER = b"TFL3"


def packed(model: Any) -> bytes:
    """Return a model as the content of a `.tflite` file.

    Args:
        model: a `ModelT`.
    """
    builder = _aligned_builder()
    builder.Finish(model.Pack(builder), file_identifier=IDENTIFIER)
    return bytes(builder.Output())


def _aligned_builder() -> "flatbuffers.Builder":
    """Return a builder of files whose arrays begin at multiples of 16 bytes, as the schema asks of weights.

    The code that is generated for Python sees to multiples of four only.
    """
    import flatbuffers

    class Aligned(flatbuffers.Builder):  # type: ignore[misc]
        def CreateNumpyVector(self, x: np.ndarray) -> int:  # noqa: N802 - its base's name
            self.Prep(16, x.nbytes)
            return int(super().CreateNumpyVector(x))

    return Aligned(1024)
