"""What other packages would report to their makers, which nobody was asked about."""

import sys

__all__ = ["silence_reports"]


def silence_reports() -> None:
    """Keep OpenVINO from reporting to its makers, over the network, that it was imported."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # so that no import finds it
