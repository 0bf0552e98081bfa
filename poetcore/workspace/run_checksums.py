"""The checksums in `run.json` of the files beside it.

Of the layer it is that of its weights as they were trained, since calibrating writes the file anew. Labels
stand in `run.json` themselves, and a network that is kept has its checksum beside it.
"""

from collections.abc import Mapping
from pathlib import Path

from poetcore.errors import RunError
from poetcore.system.checksums import sha256_of
from poetcore.workspace.head import Head
from poetcore.workspace.model_files import read_layers

__all__ = ["HEAD", "add_missing", "check_layer"]

HEAD = "head.npz"

_FILES = ("split.csv", "cross_validation.csv", "novelty.npy")


def add_missing(checksums: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return checksums with those of files of which there is none yet.

    Args:
        checksums: by the name of the file.
        folder: of the run.
    """
    new = {}
    for name in (HEAD, *_FILES):
        file = folder / name
        if name not in checksums and file.is_file():
            new[name] = read_layers(file)[1].checksum() if name == HEAD else sha256_of(file)
    return {**checksums, **new}


def check_layer(trained: Head, checksums: Mapping[str, str], file: Path) -> None:
    """Check that a layer is the one that was trained, as far as that is known.

    Raises:
        RunError: it is not.
    """
    if checksums.get(HEAD) not in (None, trained.checksum()):
        raise RunError(f"{file} is damaged, it is not the layer that was trained: train again.")
