"""Every export format there is: commands, pages, notes and the comparison with the app read them here."""

from poetcore.errors import OptionError
from poetcore.export.bundle.bundle_format import BUNDLE
from poetcore.export.core_ml_format import CORE_ML
from poetcore.export.export_format import ExportFormat
from poetcore.export.graph_format import FROZEN_GRAPH
from poetcore.export.keras_formats import KERAS, SAVED_MODEL
from poetcore.export.litert_formats import TFLITE, TFLITE_INT8
from poetcore.export.onnx_format import ONNX
from poetcore.export.openvino_format import OPENVINO
from poetcore.export.web.web_format import WEB

__all__ = ["FORMATS", "find_format"]

#: By name, in the order in which a page offers them.
FORMATS: dict[str, ExportFormat] = {
    one.name: one
    for one in (TFLITE, TFLITE_INT8, KERAS, SAVED_MODEL, FROZEN_GRAPH, OPENVINO, ONNX, CORE_ML, BUNDLE, WEB)
}


def find_format(name: str) -> ExportFormat:
    """Return the export format of a name.

    >>> find_format("tflite").default_name
    'model.tflite'

    Args:
        name: one of `FORMATS`.

    Raises:
        OptionError: there is none of that name.
    """
    if name not in FORMATS:
        raise OptionError(f"Unknown format {name!r}: choose {', '.join(FORMATS)}.")
    return FORMATS[name]
