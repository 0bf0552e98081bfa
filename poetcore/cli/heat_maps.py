"""Copies of pictures with a heat map over them, as the command label_image writes them."""

import io
from collections.abc import Sequence
from pathlib import Path

from poetcore.errors import OptionError
from poetcore.evaluation.classifier import Prediction
from poetcore.workspace.run import Run
from poetcore.workspace.workspace import Workspace

__all__ = ["write_heat_maps"]

#: Longer side in pixels of a copy.
_PIXELS = 1280


def write_heat_maps(folder: Path, found: Sequence[Prediction], run: Run, workspace: Workspace) -> list[Path]:
    """Write a JPEG of each picture with what speaks for its most probable label, and against it.

    Args:
        folder: is made where it is missing; files of the same names in it are replaced.
        found: predictions of files that can be used.
        run: which made them.
        workspace: where its network is.

    Returns:
        The files, in the order of the predictions.

    Raises:
        BackboneError: the run's network has no map of the picture.
        OptionError: the folder is a file, or holds one of the pictures.
    """
    from poetcore.data import images
    from poetcore.evaluation.looks.looker import Looker
    from poetcore.evaluation.looks.overlay import laid_over
    from poetcore.system.files import write_whole

    if folder.exists() and not folder.is_dir():
        raise OptionError(f"{folder} is a file: name a folder for the heat maps.")
    if any(one.path.resolve().parent == folder.resolve() for one in found):
        raise OptionError(f"Pictures in {folder} might be replaced: name another folder for the heat maps.")
    folder.mkdir(parents=True, exist_ok=True)
    looker, files, taken = Looker(run, workspace), [], set[str]()
    for one in found:
        content = images.read(one.path)
        heat = looker.heat_map(content, one.label or "")
        photo = images.decode(content, at_least=_PIXELS)
        photo.thumbnail((_PIXELS, _PIXELS))
        file = folder / f"{_free(one.path.stem, taken)}.jpg"
        out = io.BytesIO()
        laid_over(heat, photo).save(out, "JPEG", quality=90)
        write_whole(file, out.getvalue())
        files.append(file)
    return files


def _free(stem: str, taken: set[str]) -> str:
    """Return a name that no other picture has got, also where capitals are small letters."""
    name, number = stem, 2
    while name.casefold() in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name.casefold())
    return name
