"""Removing label folders that hold no picture, such as one that waits for pictures to come."""

import os
import shutil
from pathlib import Path

from poetcore.data.layout import folders_in
from poetcore.data.listing import is_listing
from poetcore.errors import OptionError
from poetcore.system.file_kinds import is_litter
from poetcore.system.files import printable

__all__ = ["remove_empty_label"]


def remove_empty_label(folder: Path, label: str) -> None:
    """Remove a label folder without files; what systems left in it goes with it.

    Args:
        folder: the folder of label folders.
        label: the name of the empty one.

    Raises:
        OptionError: there is no such label folder, or a file lies in it.
    """
    if is_listing(folder) or label not in [path.name for path in folders_in(folder)]:
        raise OptionError(f"No label folder {label!r} in {printable(folder)}: it may be removed already.")
    for place, _, names in os.walk(folder / label):
        kept = [name for name in names if not is_litter(name)]
        if kept:
            raise OptionError(
                f"{printable(Path(place) / kept[0])} lies in the label folder {label!r}: a folder is removed"
                " only where nothing is in it."
            )
    shutil.rmtree(folder / label)
