"""Paths as people type and paste them: the one place where a text becomes a path."""

import ntpath
import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

from poetcore.errors import OptionError

__all__ = ["MAX_NAME", "meant_path", "to_path"]

#: What file systems take for one name: bytes, on Windows UTF-16 units.
MAX_NAME = 255

#: What is not seen; the explorer of Windows copies a path with a mark of direction before it.
_INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffc"

#: An opening quote with what may close it: straight ones, and those that word processors make of them.
_QUOTES = {'"': '"', "'": "'", "`": "`'", "“": "”“", "‘": "’‘", "„": "“”", "‚": "‘’", "«": "»", "»": "«"}  # noqa: RUF001

_ADDRESS = re.compile(r"file:(?://(?P<host>[^/\\]*))?(?P<path>.*)", re.IGNORECASE | re.DOTALL)

_DRIVE = re.compile(r"[A-Za-z]:(?=[\\/]|\Z)")

#: Beyond this many characters a message shows the beginning only.
_SHOWN = 60


def to_path(text: str) -> Path:
    r"""Return the path that somebody means who typed, dropped or pasted a text.

    A path that is there as it was given is meant. Otherwise blanks and quotes around it are taken off (also
    PowerShell's `& '...'`), an address `file://...` becomes its path, `~`, `~name` and variables of the
    environment are replaced; and where that is not there, but is with the backslashes read as another system
    or a terminal does (`photos\train`, `My\ Photos`), so they are.

    Args:
        text: what was given. A variable that is not set stays as it is written.

    Raises:
        OptionError: it is empty, or can be no path on this system; whether it is there is not checked.
    """
    _check_characters(text)
    meant = meant_path(text, os.path, os.path.lexists)
    _check_characters(meant)
    _check_length(meant)
    return Path(meant)


def meant_path(text: str, system: ModuleType, exists: Callable[[str], bool]) -> str:
    """Return the path that is meant by a text, by the rules of a system.

    Args:
        text: what was given.
        system: `ntpath` or `posixpath`: the system's rules.
        exists: whether a path is there.

    Raises:
        OptionError: it is empty, or a path of another system or computer.
    """
    windows = system is ntpath
    if exists(text):
        return text
    plain = _unwrapped(text, windows)
    if not plain:
        raise OptionError("A path is empty: give the path of a file or folder.")
    for reading in _readings(text, plain, system):
        if exists(reading):
            return reading
    meant = _expanded(plain, system)
    if meant.startswith("~"):
        user = _short(re.split(r"[/\\]", meant)[0])
        raise OptionError(
            f"No home folder of {user} is known: give the whole path, or ./{user} for that name."
        )
    if not windows and (drive := _DRIVE.match(meant)):
        raise OptionError(
            f"{drive[0]} is a drive of Windows: give a path of this system. Received: {_short(meant)}."
        )
    return meant


def _readings(text: str, plain: str, system: ModuleType) -> Iterator[str]:
    """Yield what a text may mean, the likeliest first.

    Args:
        text: as it was given.
        plain: without what stands around the path.
        system: its rules.
    """
    yield plain
    yield _expanded(plain, system)
    if system is ntpath or not {"\\", "'"} & set(text):
        return
    try:
        words = shlex.split(text)  # as a terminal writes what is dropped on it: My\ Photos, 'it'\''s'
    except ValueError:
        words = []
    if len(words) == 1:
        yield _expanded(words[0], system)
    slashes = _expanded(plain.replace("\\", "/"), system)
    yield slashes
    if _DRIVE.match(slashes):  # Linux inside Windows has its drives there
        yield f"/mnt/{slashes[0].lower()}{slashes[2:]}"


def _unwrapped(text: str, windows: bool) -> str:
    """Return a text without what stands around the path in it."""
    plain = _stripped(text)
    if plain.startswith("&") and plain[1:].lstrip()[:1] in _QUOTES:
        plain = plain[1:].lstrip()
    while len(plain) > 1 and plain[-1] in _QUOTES.get(plain[0], ""):
        plain = _stripped(plain[1:-1])
    if windows:
        plain = plain.strip('"')  # in no name there, and `"C:\photos\"` reaches a program as `C:\photos"`
    address = _ADDRESS.fullmatch(plain)
    return _from_address(address["host"] or "", address["path"], windows) if address else plain


def _from_address(host: str, path: str, windows: bool) -> str:
    r"""Return the path of an address `file://HOST/PATH` (RFC 8089); on Windows a host's is `\\HOST\PATH`."""
    path = unquote(path, errors="surrogateescape")
    if _DRIVE.fullmatch(host):  # file://C:/photos, one slash short
        path, host = f"{host}{path}", ""
    elif _DRIVE.match(path.lstrip("/")):
        path = path.lstrip("/")
    if host.casefold() == "localhost":
        host = ""
    if windows:
        return (rf"\\{host}" if host else "") + path.replace("/", "\\")
    if host:
        raise OptionError(
            f"file://{_short(host)} is another computer: connect to it and give the path that it has here."
        )
    return path


def _expanded(text: str, system: ModuleType) -> str:
    """Return a path with the home folder and variables replaced; only Windows has `%NAME%`."""
    expanded: str = system.expanduser(system.expandvars(text))
    return expanded


def _check_characters(text: str) -> None:
    if "\0" in text:  # an address may hold it as %00
        raise OptionError(f"A path cannot hold the character NUL. Received: {_short(text)}.")


def _check_length(text: str) -> None:
    """Check that a path is not too long for any file system, before one says so in its own way.

    Raises:
        OptionError: it is, or has characters that no name has.
    """
    windows = os.name == "nt"
    try:
        lengths = [len(_encoded(name, windows)) for name in re.split(r"[/\\]" if windows else "/", text)]
        whole = len(_encoded(os.path.abspath(text), windows))
    except UnicodeEncodeError:
        raise OptionError(f"A path cannot hold half a character. Received: {_short(text)}.") from None
    except FileNotFoundError:
        raise OptionError(
            f"The current folder is gone: give a whole path. Received: {_short(text)}."
        ) from None
    if max(lengths) > MAX_NAME:
        raise OptionError(
            f"The name of a file or folder has {MAX_NAME} bytes at the most, here {max(lengths)}."
            f" Received: {_short(text)}."
        )
    most = 32_767 if windows else os.pathconf("/", "PC_PATH_MAX")
    if whole >= most:
        raise OptionError(f"A path has less than {most} bytes, here {whole}. Received: {_short(text)}.")


def _encoded(text: str, windows: bool) -> bytes | list[int]:
    """Return a text in the units that the system counts."""
    if windows:
        return list(memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H"))
    return os.fsencode(text)


def _stripped(text: str) -> str:
    before = None
    while before != text:
        before, text = text, text.strip().strip(_INVISIBLE)
    return text


def _short(text: str) -> str:
    """Return a text that was given as a message shows it: on one line, and not a page of it."""
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in shown)
