"""Lists of picture URLs: one a line, as people write them and as ImageNet publishes them."""

import csv
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from poetcore.errors import OptionError
from poetcore.sources.boxes import Box
from poetcore.sources.origin import Origin
from poetcore.system.paths import to_path
from poetcore.system.reading import read_text_limited

__all__ = ["Source", "UrlEntry", "UrlList", "parse_urls", "read_table", "read_urls"]

#: Longer lines are no URLs; browsers and servers refuse them long before.
_MAX_CHARACTERS = 4000

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class UrlEntry:
    """A picture to fetch.

    Attributes:
        url: where it is, http or https; what stands behind a # is for the log, and is not requested.
        name: the name for its file; "" takes it from the URL.
        licence: under which licence it is published, "" where that is not known.
        attribution: whom to name, in the words that the publisher asks for.
        page: the web page on which it is shown.
        content: the whole file where it comes out of an archive, and nothing has to be requested; else None.
        box: what to crop it to, or None.
    """

    url: str
    name: str = ""
    licence: str = ""
    attribution: str = ""
    page: str = ""
    content: bytes | None = None
    box: Box | None = None


@dataclass(frozen=True)
class UrlList:
    """The content of a list of URLs.

    Attributes:
        entries: the URLs in their order, each once.
        bad_lines: (number of the line from 1, its text, why it is no URL).
    """

    entries: tuple[UrlEntry, ...]
    bad_lines: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True)
class Source:
    """Where the pictures of a label come from.

    Attributes:
        label: the name of the label folder.
        entries: the pictures, taken one by one as they are needed.
        expected: how many these are; 0 where it is not known.
        origins: what the pictures come from, to be kept for a refresh.
        count: pictures to have of it, in place of the number for every label; None for that.
    """

    label: str
    entries: Iterable[UrlEntry]
    expected: int = 0
    origins: tuple[Origin, ...] = ()
    count: int | None = None


def parse_urls(lines: Iterable[str]) -> UrlList:
    """Parse URLs, one a line; blank lines and lines that begin with # are skipped.

    An identifier without blanks may stand before a URL, separated by a tab or a blank, as in ImageNet's
    lists ("n07739125_1<tab>http://..."); it names the file. Blanks within a URL are kept, encoded.

    Args:
        lines: the lines, with or without their ends.

    Returns:
        The URLs, and the lines that hold none.
    """
    entries: dict[str, UrlEntry] = {}
    bad: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().strip("\ufeff\"'").strip()
        if not text or text.startswith("#"):
            continue
        try:
            name, url = _normalized(text)
        except ValueError as error:
            bad.append((number, text[:200], str(error)))
        else:
            entries.setdefault(url, UrlEntry(url, name))
    return UrlList(tuple(entries.values()), tuple(bad))


def read_urls(file: Path) -> UrlList:
    """Read a file of URLs, one a line.

    Args:
        file: a text file in UTF-8.

    Returns:
        The URLs, and the lines that hold none.

    Raises:
        OptionError: the file cannot be read.
    """
    return parse_urls(_text(file).splitlines())


def read_table(file: Path) -> dict[str, Path]:
    """Read a CSV table of two columns: label, and a file of its URLs. A heading may stand above.

    Args:
        file: the table, in UTF-8.

    Returns:
        label -> file; relative names are relative to the folder of the table.

    Raises:
        OptionError: the table cannot be read, or a row is not a label and a file.
    """
    found: dict[str, Path] = {}
    for number, row in enumerate(_rows(file), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith("#"):
            continue
        if number == 1 and cells[0].lower() == "label":
            continue
        if len(cells) != 2 or not all(cells):
            raise OptionError(
                f"Line {number} of {file} is not a label and a file of URLs, separated by a comma."
                f" Received: {','.join(row)!r}"
            )
        if cells[0] in found:
            raise OptionError(f"The label {cells[0]!r} stands twice in {file}: write one row for it.")
        beside = str(file.parent / cells[1])
        found[cells[0]] = Path(beside) if os.path.lexists(beside) else file.parent / to_path(cells[1])
    if not found:
        raise OptionError(
            f"No row in {file}: write rows of a label and a file of URLs, with a comma between."
        )
    return found


def _rows(file: Path) -> list[list[str]]:
    try:
        return list(csv.reader(_text(file).lstrip("\ufeff").splitlines()))
    except csv.Error as error:  # a field of more than 131,072 characters: no name of a file is so long
        raise OptionError(f"{file} is not a table of labels and files of URLs ({error}).") from None


def _text(file: Path) -> str:
    try:
        # Foreign bytes make a bad line, not a stop.
        return read_text_limited(file, encoding="utf-8-sig", errors="backslashreplace")
    except OSError as error:
        raise OptionError(f"{file} cannot be read ({error.strerror or error}): name a text file.") from None


def _normalized(text: str) -> tuple[str, str]:
    """Return the identifier in a line or "", and the URL: scheme and host in lower case, no fragment.

    Raises:
        ValueError: there is none; the message says why.
    """
    before, _, after = text.partition("\t") if "\t" in text else text.partition(" ")
    name = ""
    if _WEB.match(after.strip()) and not _SCHEME.match(before):
        name, text = before.strip(), after.strip()
    if len(text) > _MAX_CHARACTERS:
        raise ValueError(f"is longer than {_MAX_CHARACTERS} characters")
    if not _WEB.match(text):
        scheme = _SCHEME.match(text)
        known = f"begins with {scheme.group()}" if scheme else "does not begin with http:// or https://"
        raise ValueError(f"{known}, and only http and https URLs are fetched")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a valid URL") from None
    if not host or not text.isprintable() or re.search(r"\s", parts.netloc):
        raise ValueError("is not a valid URL")
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or a password, which would stand in the log")
    plain = (parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", parts.query, "")
    return name, urlunsplit(plain).replace(" ", "%20")
