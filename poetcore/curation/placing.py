"""Putting one picture into a prepared set: linked or copied, whole or not at all."""

import errno
import os
from pathlib import Path

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.errors import PictureError
from poetcore.system.temporary import temporary_path

__all__ = ["put"]

#: What a system says where a hard link cannot be made but a copy can.
_NO_LINK = {
    errno.EXDEV,
    errno.EPERM,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.EMLINK,
    errno.ENOSYS,
    errno.EACCES,
}


def put(source: Path, target: Path, sha: str, link: bool) -> tuple[str, str]:
    """Link or copy one file.

    Args:
        source: the file.
        target: its new path.
        sha: of the content that was planned.
        link: whether to link where the system can.

    Returns:
        "linked", "copied" or "failed", and why it was not linked or copied.
    """
    try:
        content = images.read(source)
    except PictureError as error:
        return "failed", str(error)
    if sha_of(content) != sha:
        return "failed", "was changed meanwhile"
    refusal = ""
    if link:
        try:
            os.link(source, target)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            refusal = error.strerror or str(error)
        else:
            return "linked", ""
    temporary = temporary_path(target)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the name with nothing in it
        stat = source.stat()
        os.utime(temporary, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # a photo keeps its day
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    return "copied", refusal
