"""A process that writes nothing, starts nothing, asks nobody, and reads the files that it is given alone.

Python tells an audit hook of each file that is opened and each process that is started (PEP 578), by whoever
it is; a hook cannot be taken away again. It is the second belt: nothing of the public view is meant to come
here. What a library written in another language opens by itself is not told: of such the public view uses
SQLite, whose every connection is told, and LiteRT, which gets the paths of the published runs' networks.
"""

import errno
import ipaddress
import logging
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

__all__ = ["Confinement", "python_folders"]

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

#: What is refused whatever it is given.
_REFUSED = frozenset(
    [
        "os.chflags",
        "os.chmod",
        "os.chown",
        "os.link",
        "os.lockf",
        "os.mkdir",
        "os.remove",
        "os.removexattr",
        "os.rename",
        "os.rmdir",
        "os.setxattr",
        "os.symlink",
        "os.truncate",
        "os.utime",
        "shutil.chown",
        "shutil.copyfile",
        "shutil.move",
        "shutil.rmtree",
        "shutil.unpack_archive",
        "tempfile.mkdtemp",
        "tempfile.mkstemp",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.killpg",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.startfile/2",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
        "webbrowser.open",
        "_winapi.CreateFile",
        "_winapi.CreateJunction",
        "_winapi.CreateProcess",
        "_winapi.OpenProcess",
        "ftplib.connect",
        "http.client.connect",
        "smtplib.connect",
        "socket.sendmsg",
        "urllib.Request",
    ]
)

_log = logging.getLogger("poetcore.public")


class Confinement:
    """What this process may read; `enter` has everything else refused from then on.

    Args:
        folders: everything below them may be read.
        files: single files that may be, as well as folders that may be listed.
        published: returns paths of folders and of files that may be read too, as they are now.
    """

    def __init__(
        self,
        folders: Iterable[Path],
        files: Iterable[Path],
        published: Callable[[], tuple[Iterable[str], Iterable[str]]],
    ) -> None:
        self._always = tuple(os.path.realpath(one) for one in folders)
        self._files = frozenset(os.path.realpath(one) for one in files)
        self._published = published
        self._told: set[tuple[str, str]] = set()

    def enter(self) -> None:
        """Confine this process until it ends."""
        sys.dont_write_bytecode = True
        sys.addaudithook(self._hook)

    def may_read(self, path: str) -> bool:
        """Return whether a file may be read, or a folder listed; links are judged by what they lead to."""
        real = os.path.realpath(path)
        if real in self._files or _is_below(real, self._always):
            return True
        folders, files = self._published()
        return path in files or real in files or _is_below(real, folders)

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _REFUSED:
            self._refuse(event, str(args[0]) if args else "")
        elif event == "open":
            self._check_open(*args)
        elif event in ("os.listdir", "os.scandir"):
            self._check_read(event, args[0])
        elif event == "sqlite3.connect":
            self._check_database(args[0])
        elif event in ("socket.connect", "socket.sendto") and not _is_here(args[1]):
            self._refuse(event, str(args[1]))

    def _check_open(self, path: Any, _mode: Any, flags: int) -> None:
        if flags & _WRITING:
            if path != os.devnull and not isinstance(path, int):
                self._refuse("writing", path)
        else:
            self._check_read("reading", path)

    def _check_read(self, what: str, path: Any) -> None:
        if path is None or isinstance(path, int):  # the current folder; what is open already
            return
        if not self.may_read(os.fsdecode(path)):
            self._refuse(what, path, FileNotFoundError, errno.ENOENT)

    def _check_database(self, name: Any) -> None:
        """Let SQLite begin in memory alone; what is shown with it is read (see `system/unkept.py`)."""
        if name == ":memory:":
            return
        address = urlsplit(os.fsdecode(name))
        if address.scheme != "file" or parse_qs(address.query).get("vfs") != ["memdb"]:
            self._refuse("sqlite3.connect", name)

    def _refuse(
        self, what: str, path: Any, error: type[OSError] = PermissionError, number: int = errno.EACCES
    ) -> NoReturn:
        """Refuse something; what may not be read is not there, which libraries know how to take."""
        name = os.fsdecode(path) if isinstance(path, bytes | str | os.PathLike) else str(path)
        if (what, name) not in self._told and len(self._told) < 1000:
            self._told.add((what, name))
            _log.warning("Refused in the public view: %s %s", what, name)
        raise error(number, f"The public view refuses {what}", name)


def python_folders() -> list[Path]:
    """Return the folders that hold Python, its packages and Poet, and what systems keep for every program."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sysconfig.get_path("stdlib")}
    package = Path(__file__).parents[2]
    checkout = [package.parent / name for name in ("pages", ".streamlit")]
    system = ["/proc", "/sys", "/dev/null", "/dev/urandom", "/usr/share/zoneinfo", "/etc/mime.types"]
    return [*map(Path, sorted(prefixes)), package, *checkout, *map(Path, system)]


def _is_below(path: str, folders: Iterable[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def _is_here(address: Any) -> bool:
    """Return whether an address is of this machine; a name of a file is one of none."""
    try:
        return ipaddress.ip_address(address[0]).is_loopback
    except (ValueError, TypeError, IndexError):
        return False
