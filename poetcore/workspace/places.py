"""Where outside of the workspace something was written, so that what a killed process left is found there."""

import json
import os
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from poetcore.errors import RunError
from poetcore.system.files import is_unicode, write_whole
from poetcore.system.shapes import fits
from poetcore.workspace.records import read_json
from poetcore.workspace.workspace import Workspace

__all__ = ["remember_places", "remembered_places"]

_FILE = "places.json"

#: How many are remembered, the latest.
_MOST = 200


def remember_places(workspace: Workspace, *outputs: Path) -> None:
    """Remember where something is written, before it is; a workspace that is not there yet does not.

    Args:
        workspace: what is kept in it.
        outputs: files or folders that are written; temporary ones lie beside and in them.
    """
    places = [Path(os.path.abspath(one)) for one in outputs]
    wanted = [str(one) for one in places if is_unicode(one) and not one.is_relative_to(workspace.root)]
    if not wanted or not workspace.root.is_dir():
        return
    file = workspace.root / _FILE
    with suppress(OSError, Timeout), FileLock(file.with_suffix(".lock"), timeout=5):
        known = _known(workspace)
        if not set(wanted) <= set(known):
            write_whole(file, json.dumps(list(dict.fromkeys([*wanted, *known]))[:_MOST]))


def remembered_places(workspace: Workspace) -> list[Path]:
    """List the files and folders outside of the workspace that were written, the latest first."""
    return list(map(Path, _known(workspace)))


def _known(workspace: Workspace) -> list[str]:
    with suppress(RunError):
        found = read_json(workspace.root / _FILE)
        paths = map(Path, found if fits(found, list[str]) else [])
        return [str(one) for one in paths if one.is_absolute() and is_unicode(one) and "\0" not in str(one)]
    return []
