"""Lists of picture addresses: one a line, as people write them and as ImageNet gives them out."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from poetcore.errors import OptionError

__all__ = ["UrlEntry", "UrlList", "parse_urls", "read_table", "read_urls"]

#: Longer lines are no addresses; browsers and servers refuse them long before.
_LONGEST = 4000

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class UrlEntry:
    """A picture that is to be fetched.

    Attributes:
        address: where it is, http or https.
        name: what its file is called; from the address by default.
        licence: under which licence it is published, "" where that is not known.
        attribution: whom to name, in the words that the publisher asks for.
        page: the page on which it is shown to people.
    """

    address: str
    name: str = ""
    licence: str = ""
    attribution: str = ""
    page: str = ""


@dataclass(frozen=True)
class UrlList:
    """What was read from a list.

    Attributes:
        wanted: the addresses in their order, each once.
        bad_lines: (number of the line from 1, what it says, why it is no address).
    """

    wanted: tuple[UrlEntry, ...]
    bad_lines: tuple[tuple[int, str, str], ...] = ()


def parse_urls(lines: Iterable[str]) -> UrlList:
    """Read addresses, one a line; blank lines and lines that begin with # are left out.

    Something without blanks may stand before an address, parted from it by a tab or a blank, as in ImageNet's
    lists ("n07739125_1<tab>http://..."). Blanks within an address are kept, encoded.
    """
    wanted: dict[str, UrlEntry] = {}
    bad: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().strip("\ufeff\"'").strip()
        if not text or text.startswith("#"):
            continue
        try:
            address = _address(text)
        except ValueError as error:
            bad.append((number, text[:200], str(error)))
        else:
            wanted.setdefault(address, UrlEntry(address))
    return UrlList(tuple(wanted.values()), tuple(bad))


def read_urls(file: Path) -> UrlList:
    """Read a file of addresses, one a line.

    Raises:
        OptionError: the file cannot be read.
    """
    return parse_urls(_text(file).splitlines())


def read_table(file: Path) -> dict[str, Path]:
    """Read a table of label and file of addresses: a CSV file with these two columns, a heading or none.

    Returns:
        label -> file; files are looked for beside the table.

    Raises:
        OptionError: the table cannot be read, or a row is not a label and a file.
    """
    found: dict[str, Path] = {}
    for number, row in enumerate(csv.reader(_text(file).lstrip("\ufeff").splitlines()), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if number == 1 and cells[0].lower() == "label":
            continue
        if len(cells) != 2 or not all(cells):
            raise OptionError(
                f"Line {number} of {file} is not a label and a file of addresses, parted by a comma."
                f" Received: {','.join(row)!r}"
            )
        if cells[0] in found:
            raise OptionError(
                f"The label {cells[0]!r} stands twice in {file}: give it one file of addresses."
            )
        found[cells[0]] = file.parent / cells[1]
    if not found:
        raise OptionError(f"No row in {file}: write a label and a file of addresses in each, with a comma.")
    return found


def _text(file: Path) -> str:
    try:
        # Foreign bytes make a bad line, not a stop.
        return file.read_text(encoding="utf-8-sig", errors="backslashreplace")
    except OSError as error:
        raise OptionError(f"{file} cannot be read ({error.strerror or error}): name a text file.") from None


def _address(text: str) -> str:
    """Take the address out of a line, in its plain form.

    Raises:
        ValueError: there is none; the message says why.
    """
    before, _, after = text.partition("\t") if "\t" in text else text.partition(" ")
    if _WEB.match(after.strip()) and not _SCHEME.match(before):
        text = after.strip()
    if len(text) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters")
    if not _WEB.match(text):
        scheme = _SCHEME.match(text)
        known = f"begins with {scheme.group()}" if scheme else "does not begin with http:// or https://"
        raise ValueError(f"{known}, and only http and https addresses are fetched")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a sound address") from None
    if not host or not text.isprintable() or re.search(r"\s", parts.netloc):
        raise ValueError("is not a sound address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or a password, which would stand in the log")
    plain = (parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, "")
    return urlunsplit(plain).replace(" ", "%20")
