"""What the people of a workspace have seen and do not want to be shown again."""

import json
from contextlib import suppress

from filelock import FileLock, Timeout

from poetcore.system.files import write_whole
from poetcore.system.reading import read_text_limited
from poetcore.workspace.workspace import Workspace

__all__ = ["dismiss", "dismissed"]

_FILE = "dismissed.json"


def dismissed(workspace: Workspace) -> frozenset[str]:
    """Return the names of what was dismissed; nothing where that cannot be read."""
    try:
        names = json.loads(read_text_limited(workspace.root / _FILE))
    except (OSError, ValueError):
        return frozenset()
    return (
        frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
    )


def dismiss(workspace: Workspace, name: str) -> None:
    """Remember for good that something was dismissed; a workspace that may only be read does not."""
    file = workspace.root / _FILE
    with suppress(OSError, Timeout):
        workspace.root.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock"), timeout=5):  # two windows may dismiss at once
            write_whole(file, json.dumps(sorted({*dismissed(workspace), name})))
