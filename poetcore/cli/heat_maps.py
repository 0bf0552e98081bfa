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


def write_heat_maps(
    folder: Path, found: Sequence[Prediction], run: Run, workspace: Workspace, force: bool = False
) -> list[Path]:
    """Write a JPEG of each picture with what speaks for its most probable label, and against it.

    Args:
        folder: is made where it is missing.
        found: predictions of files that can be used.
        run: which made them.
        workspace: where its network is.
        force: whether to replace files in it that Poet did not write.

    Returns:
        The files, in the order of the predictions.

    Raises:
        BackboneError: the run's network has no map of the picture.
        OptionError: the folder is a file, or holds one of the pictures, or a file that is not replaced.
    """
    from poetcore.data import images
    from poetcore.evaluation.looks.looker import Looker
    from poetcore.evaluation.looks.overlay import laid_over
    from poetcore.system.outputs import check_output, check_output_folder, write_output

    check_output_folder(folder, "--heat_maps")
    if any(one.path.resolve().parent == folder.resolve() for one in found):
        raise OptionError(f"Pictures in {folder} might be replaced: name another folder for the heat maps.")
    folder.mkdir(parents=True, exist_ok=True)
    taken = set[str]()
    files = [folder / f"{_free(one.path.stem, taken)}.jpg" for one in found]
    for file in files:
        check_output(file, force)
    looker = Looker(run, workspace)
    for file, one in zip(files, found, strict=True):
        content = images.read(one.path)
        heat = looker.heat_map(content, one.label or "")
        photo = images.decode(content, at_least=_PIXELS)
        photo.thumbnail((_PIXELS, _PIXELS))
        out = io.BytesIO()
        laid_over(heat, photo).save(out, "JPEG", quality=90)
        write_output(file, out.getvalue(), force)
    return files


def _free(stem: str, taken: set[str]) -> str:
    """Return a name that no other picture has got, also where capitals are small letters."""
    name, number = stem, 2
    while name.casefold() in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name.casefold())
    return name
