"""What is wrong with the files on a disk that was in trouble: pictures lost, half files, leftovers."""

import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np

from poetcore.system.names import TEMPORARY_NAME

__all__ = ["faults_of", "kind_of", "pictures_in"]


def pictures_in(folder: Path) -> Counter[str]:
    """Count the contents of the pictures below a folder, wherever they lie."""
    files = (path for path in folder.rglob("*") if path.suffix == ".jpg" and path.is_file())
    return Counter(sha256(path.read_bytes()).hexdigest() for path in files)


def faults_of(folder: Path, before: Counter[str]) -> Iterator[str]:
    """List what is wrong with the files on a disk: pictures lost, half files, leftovers."""
    if lost := before - pictures_in(folder / "set"):
        yield f"{sum(lost.values())} pictures lost"
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if TEMPORARY_NAME.fullmatch(path.name) or path.suffix in (".part", ".damaged"):
            yield f"left over: {place}"
        elif path.is_file() and not is_whole(path):
            yield f"half a file: {place}"


def kind_of(fault: str) -> str:
    """Return as what a fault counts: as a loss, a traceback, or something that was not said as it should."""
    if "pictures lost" in fault or "half a file" in fault:
        return "loss"
    return "traceback" if fault.startswith(("traceback", "status")) else "silent"


def is_whole(path: Path) -> bool:
    """Return whether a file is whole, by its kind."""
    content = path.read_bytes() if path.stat().st_size < 2**26 else b"x"
    try:
        if path.suffix == ".json":
            json.loads(content)
        elif path.suffix in (".csv", ".jsonl") or path.name == "labels.txt":
            return not content or content.endswith(b"\n")
        elif path.suffix == ".npz":
            with np.load(path) as arrays:
                [arrays[name] for name in arrays]
        elif path.suffix == ".npy":
            np.load(path)
        elif path.suffix == ".html":
            return content.rstrip().endswith(b"</html>")
        elif path.suffix in (".zip", ".keras"):
            with zipfile.ZipFile(path) as archive:
                return archive.testzip() is None
        elif path.suffix == ".sqlite":
            return is_sound(path)
        elif path.suffix in (".tflite", ".onnx", ".pb", ".jpg", ".png"):
            return bool(content)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, sqlite3.Error):
        return False
    return True


def is_sound(path: Path) -> bool:
    """Return whether a copy of a database, with its log, is sound: reading one on a full disk needs room."""
    with tempfile.TemporaryDirectory() as place:
        for ending in ("", "-wal"):
            if Path(f"{path}{ending}").exists():
                shutil.copy2(f"{path}{ending}", place)
        database = sqlite3.connect(Path(place) / path.name)
        try:
            return database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        finally:
            database.close()
