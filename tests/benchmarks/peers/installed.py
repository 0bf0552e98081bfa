"""What packages need on the disk, with all that they require.

`python -m tests.benchmarks.peers.installed NAME ...` prints one line of JSON, in MB: everything, and what of
it belongs to graphics cards by NVIDIA.
"""

import importlib.metadata
import json
import sys
from collections.abc import Iterable

__all__ = ["megabytes"]

_CARDS = ("nvidia-", "cuda-", "triton")


def megabytes(names: Iterable[str]) -> dict[str, float]:
    """Return the size of packages and of what they require; what is not installed counts nothing."""
    found, waiting = dict[str, float](), list(names)
    while waiting:
        name = _canonical(waiting.pop())
        if name in found:
            continue
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        found[name] = _bytes(package) / 1e6
        waiting += _required(package)
    cards = sum(size for name, size in found.items() if name.startswith(_CARDS))
    return {"all": sum(found.values()), "cards": cards}


def _bytes(package: importlib.metadata.Distribution) -> int:
    places = (package.locate_file(file) for file in package.files or ())
    return sum(place.stat().st_size for place in places if place.is_file())  # type: ignore[attr-defined]


def _required(package: importlib.metadata.Distribution) -> list[str]:
    from packaging.requirements import Requirement

    required = [Requirement(line) for line in package.requires or ()]
    return [one.name for one in required if one.marker is None or one.marker.evaluate({"extra": ""})]


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    print(json.dumps(megabytes(sys.argv[1:])))
