"""The HTML, CSS and JavaScript that lie beside the modules which make pages of them."""

from pathlib import Path

__all__ = ["read_assets"]

_SHARED = Path(__file__).parent


def read_assets(folder: Path, *names: str) -> str:
    """Return the texts of files, one after the other.

    Args:
        folder: where they lie; what is not there is one that several packages share, of this folder.
        names: of the files, in their order.
    """
    places = ((folder / name, _SHARED / name) for name in names)
    files = (own if own.is_file() else shared for own, shared in places)
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
