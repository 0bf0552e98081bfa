"""The HTML, CSS and JavaScript that lie beside the components."""

from pathlib import Path

__all__ = ["asset"]


def asset(*names: str) -> str:
    """Return the texts of files of this folder, one after the other."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)
