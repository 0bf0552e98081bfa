"""Which optional packages are installed, and the versions of packages."""

import contextlib
import importlib.metadata
import importlib.util
from collections.abc import Iterable

__all__ = ["is_installed", "versions_of"]


def is_installed(package: str) -> bool:
    """Return whether a package can be imported, without doing so."""
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:  # it was blocked by hand, as tests do
        return False


def versions_of(packages: Iterable[str]) -> dict[str, str]:
    """Return the versions of those packages that are installed.

    Args:
        packages: their names as pip has them.
    """
    found = {}
    for name in packages:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found
