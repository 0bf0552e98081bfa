"""The changes that a program makes below a folder, with its waits for the disk, as strace sees them."""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Op", "record"]

_CALLS = (
    "openat,open,creat,write,pwrite64,writev,pwritev,pwritev2,sendfile,copy_file_range,ftruncate,truncate,fallocate,"
    "rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,"
    "sync,syncfs,lseek,chdir,fchdir"
)
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)(<[^>]*>)?.*$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')
_PATH = re.compile(r'(?:(?:AT_FDCWD|\d+)<((?:\\x[0-9a-f]{2})*)>, )?"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"^(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2}|[^>])*)>")


@dataclass(frozen=True)
class Op:
    """One change below the folder, paths relative.

    Attributes:
        kind: "create", "write", "truncate", "rename", "link", "symlink", "unlink", "mkdir", "rmdir", "sync".
        path: what is changed; of "sync" what is waited for, "" for everything.
        other: the new path of "rename" and "link", the target of "symlink".
        offset: of "write"; the length of "truncate".
        data: of "write".
    """

    kind: str
    path: str
    other: str = ""
    offset: int = 0
    data: bytes = b""


def record(command: Sequence[str], folder: Path, log: Path, cwd: Path, env: dict[str, str]) -> list[Op]:
    """Run a command and return its changes below a folder.

    Args:
        command: what is run, to its end.
        folder: below which changes count.
        log: where strace writes.
        cwd: where it runs.
        env: its environment.
    """
    watch = ["strace", "-f", "-y", "-xx", "-s", str(2**26), "-o", str(log), "-e", f"trace={_CALLS}"]
    watch += ["--seccomp-bpf", "-e", "signal=none", "-e", "status=successful"]
    done = subprocess.run([*watch, *command], cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command} failed: {done.stderr[-2000:]}")
    with log.open(encoding="latin-1") as lines:
        return list(_ops(lines, folder, cwd))


def _ops(lines: Iterable[str], folder: Path, cwd: Path) -> Iterator[Op]:
    parser = _Parser(folder, cwd)
    unfinished: dict[str, str] = {}
    for line in lines:
        line = line.rstrip("\n")
        if line.endswith("<unfinished ...>"):
            pid, _, begun = line.removesuffix(" <unfinished ...>").partition(" ")
            unfinished[pid] = begun.lstrip()
            continue
        if resumed := re.match(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$", line):
            line = f"{resumed[1]} {unfinished.pop(resumed[1])}{resumed[2]}"
        if found := _LINE.match(line):
            yield from parser.call(found[2], found[3], int(found[4]), found[5] or "")


class _Parser:
    """Knows where in each open file the next write goes."""

    def __init__(self, folder: Path, cwd: Path) -> None:
        self._folder, self._cwd = str(folder), str(cwd)
        self._offsets: dict[str, int | None] = {}  # None where the file is opened to append
        self._sizes: dict[str, int] = {}

    def call(self, name: str, words: str, result: int, found: str) -> Iterator[Op]:
        """Yield the changes of one call."""
        if name in ("openat", "open", "creat"):
            yield from self._open(words, _text(found[1:-1]))
        elif name in ("write", "pwrite64", "writev", "pwritev", "pwritev2", "sendfile", "copy_file_range"):
            yield from self._write(name, words, result)
        elif name == "lseek" and (place := self._file(words)):
            if self._offsets.get(place) is not None:
                self._offsets[place] = result
        elif name in ("ftruncate", "truncate"):
            place = self._file(words) if name == "ftruncate" else self._paths(words)[0]
            if place:
                length = int(words.rsplit(", ", 1)[1])
                self._sizes[place] = length
                yield Op("truncate", place, offset=length)
        elif name in ("fsync", "fdatasync"):
            place = self._file(words)
            if place is not None:
                yield Op("sync", place)
        elif name in ("sync", "syncfs"):
            yield Op("sync", "")
        elif name.startswith(("rename", "link", "symlink", "unlink", "mkdir", "rmdir")):
            yield from self._change(name, words)

    def _change(self, name: str, words: str) -> Iterator[Op]:
        kind = re.sub(r"(at|at2)$", "", name)
        paths = self._paths(words)
        if kind == "unlink" and "AT_REMOVEDIR" in words:
            kind = "rmdir"
        if kind == "symlink":
            target, place = _texts(words)[0], self._relative(_texts(words)[-1], self._cwd)
            if place is not None:
                yield Op(kind, place, target)
            return
        if kind in ("rename", "link"):
            one, other = paths[0], paths[-1]
            if one is None or other is None:
                if one is not None or other is not None:
                    raise ValueError(f"moved across the folder's border: {words}")
                return
            for known in (self._offsets, self._sizes):
                if kind == "rename" and one in known:
                    known[other] = known.pop(one)  # type: ignore[assignment]
            yield Op(kind, one, other)
        elif paths and paths[0] is not None:
            yield Op(kind, paths[0])

    def _open(self, words: str, opened: str) -> Iterator[Op]:
        place = self._relative(opened, self._cwd)
        if place is None or not any(flag in words for flag in ("O_WRONLY", "O_RDWR", "creat")):
            return
        self._offsets[place] = None if "O_APPEND" in words else 0
        if "O_CREAT" in words:
            yield Op("create", place)
        if "O_TRUNC" in words:
            self._sizes[place] = 0
            yield Op("truncate", place, offset=0)

    def _write(self, name: str, words: str, written: int) -> Iterator[Op]:
        to = words
        if name == "copy_file_range":
            to = words.split(", ", 2)[2]
        place = self._file(to)
        if place is None or written <= 0:
            return
        if name in ("sendfile", "copy_file_range"):
            source = words.split(", ")[1] if name == "sendfile" else words
            data = b""
            if from_file := _FILE.match(source):
                data = Path(_text(from_file[2])).read_bytes()  # whole files are copied, in parts
                start = self._offsets.get(place) or 0
                data = data[start : start + written]
        else:
            data = b"".join(_bytes(one) for one in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', words))[:written]
        if name in ("pwrite64", "pwritev", "pwritev2"):
            offset = int(re.split(r", ", words)[-1])
        else:
            known = self._offsets.get(place)
            offset = self._sizes.get(place, -1) if known is None else known
            if known is not None:
                self._offsets[place] = known + written
        self._sizes[place] = max(self._sizes.get(place, 0), offset + written) if offset >= 0 else -1
        yield Op("write", place, offset=offset, data=data)

    def _file(self, words: str) -> str | None:
        found = _FILE.match(words)
        opened = _text(found[2]) if found else ""
        return self._relative(opened, "/") if opened.startswith("/") else None  # not a pipe

    def _paths(self, words: str) -> list[str | None]:
        """Return the paths of a call, each with the folder that it is relative to."""
        return [
            self._relative(_text(part[2]), _text(part[1]) if part[1] else self._cwd)
            for part in _PATH.finditer(words)
        ]

    def _relative(self, path: str, at: str) -> str | None:
        path = os.path.normpath(Path(at, path.removesuffix(" (deleted)")))
        if path == self._folder:
            return "."
        return os.path.relpath(path, self._folder) if path.startswith(self._folder + "/") else None


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _text(text: str) -> str:
    return os.fsdecode(_bytes(text)) if text.startswith("\\x") else text


def _texts(words: str) -> list[str]:
    return [_text(one) for one in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', words)]
