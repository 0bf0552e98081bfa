"""Disks: which one a file lies on, whether it is full, whether it may be written."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

__all__ = ["full_disk", "full_disks", "is_folder", "is_writable"]

#: Bytes: a disk with less than this left takes nothing of any use.
_LEAST = 2**20


def full_disk(path: Path) -> Path | None:
    """Return the disk that a path is on, as where it is mounted, if it is full; else None.

    Args:
        path: a file or folder, which may be missing.
    """
    there = _nearest(path)
    with suppress(OSError):
        if _is_full(there):
            return _mounted(there)
    return None


def full_disks() -> list[Path]:
    """List the disks of this machine that can be written and are full."""
    import psutil

    found = []
    for disk in psutil.disk_partitions(all=os.name != "nt"):
        if "ro" in disk.opts.split(","):
            continue
        with suppress(OSError):
            if _is_full(Path(disk.mountpoint)):
                found.append(Path(disk.mountpoint))
    return list(dict.fromkeys(found))  # one may be mounted over another


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder that can be asked about."""
    try:
        return path.is_dir()
    except OSError:  # no permission, a name that is too long
        return False


def is_writable(path: Path) -> bool:
    """Return whether a file could be written, or made where it is missing."""
    there = _nearest(path)
    return _may_write(there) and (is_folder(there) or _may_write(there.parent))


def _may_write(there: Path) -> bool:
    return os.access(there, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _is_full(there: Path) -> bool:
    usage = shutil.disk_usage(there)
    if usage.total and usage.free < _LEAST:
        return True
    if not hasattr(os, "statvfs"):
        return False
    found = os.statvfs(there)
    return bool(found.f_files) and not found.f_favail  # it can hold no more files, whatever their size


def _nearest(path: Path) -> Path:
    """Return the path itself, or the nearest folder above it that is there."""
    path = Path(os.path.abspath(path))
    return next((one for one in (path, *path.parents) if os.path.lexists(one)), path)


def _mounted(there: Path) -> Path:
    place = Path(os.path.realpath(there))
    return next((one for one in (place, *place.parents) if os.path.ismount(one)), place)
