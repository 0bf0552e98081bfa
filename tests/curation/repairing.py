"""What tests of repairs share: files of a word each, and short ways to change them."""

from collections import Counter
from pathlib import Path

from poetcore.curation.changes import Change
from poetcore.curation.repair import Repairs
from poetcore.data.file_index import sha_of


def put(folder: Path, place: str, content: str) -> Path:
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def tree(folder: Path) -> dict[str, bytes | None]:
    """What is in a folder: path -> content, None for a folder; without Poet's own files."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*")}
    return {
        place: path.read_bytes() if path.is_file() else None
        for place, path in sorted(found.items())
        if not place.startswith(".poet")
    }


def change(folder: Path, place: str, action: str = "quarantine", label: str = "", reason: str = "blurry"):
    path = folder / place
    return Change(path, action, sha_of(path.read_bytes()), reason, label)


def applied(repairs: Repairs, *changes: Change):
    repairs.propose(changes)
    step = repairs.apply()
    assert step
    return step


def relabelled(repairs: Repairs, place: str, label: str):
    return applied(repairs, change(repairs.folder, place, "relabel", label))


def pictures_in(folder: Path) -> Counter[bytes]:
    """The contents of all pictures under a folder, wherever they are."""
    return Counter(path.read_bytes() for path in folder.rglob("*.jpg") if path.is_file())


def pictures(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.jpg"))
