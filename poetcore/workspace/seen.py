"""What the people of a workspace have seen and do not want to be shown again."""

import json
from contextlib import suppress

from filelock import FileLock, Timeout

from poetcore.errors import RunError
from poetcore.system.files import write_whole
from poetcore.workspace.records import read_json
from poetcore.workspace.workspace import Workspace

__all__ = ["dismiss", "dismissed"]

_FILE = "dismissed.json"


def dismissed(workspace: Workspace) -> frozenset[str]:
    """Return the names of what was dismissed; nothing where that cannot be read."""
    names: object = None
    with suppress(RunError):
        names = read_json(workspace.root / _FILE)
    return frozenset(one for one in names if isinstance(one, str)) if isinstance(names, list) else frozenset()


def dismiss(workspace: Workspace, name: str) -> None:
    """Remember for good that something was dismissed; a workspace that may only be read does not."""
    file = workspace.root / _FILE
    with suppress(OSError, Timeout):
        workspace.root.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock"), timeout=5):  # two windows may dismiss at once
            write_whole(file, json.dumps(sorted({*dismissed(workspace), name})))
