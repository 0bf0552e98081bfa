"""The HTML, CSS and JavaScript that lie beside the components, or are shared with pages of other packages."""

from pathlib import Path

from poetcore.system.browser.assets import read_assets

__all__ = ["asset"]


def asset(*names: str) -> str:
    """Return the texts of files of this folder or `system/browser`, one after the other."""
    return read_assets(Path(__file__).parent, *names)
