"""What the people of a workspace have seen and do not want to be shown again."""

import json

from poetcore.system.files import write_whole
from poetcore.workspace.workspace import Workspace

__all__ = ["dismiss", "dismissed"]

_FILE = "dismissed.json"


def dismissed(workspace: Workspace) -> frozenset[str]:
    """Return the names of what was dismissed; nothing where that cannot be read."""
    try:
        names = json.loads((workspace.root / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    return (
        frozenset(name for name in names if isinstance(name, str)) if isinstance(names, list) else frozenset()
    )


def dismiss(workspace: Workspace, name: str) -> None:
    """Remember for good that something was dismissed."""
    write_whole(workspace.root / _FILE, json.dumps(sorted({*dismissed(workspace), name})))
