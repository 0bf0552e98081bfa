"""Names of files and folders that Windows, macOS and Linux all accept."""

import re

from poetcore.errors import OptionError

__all__ = ["MAX_BYTES", "check_name", "is_hidden", "is_name", "natural_key", "to_name"]

#: File systems take 255 bytes; the rest is kept for what is added: numbers, endings, temporary names.
MAX_BYTES = 100

#: What operating systems leave in folders; nobody means them as pictures.
_LITTER = {"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "icon\r"}

#: Separators of paths, and what Windows does not allow in a name ("Naming Files, Paths, and Namespaces",
#: learn.microsoft.com/windows/win32/fileio/naming-a-file).
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')

#: Devices of Windows, reserved with any ending: same source.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)

#: Not \d, which also finds digits such as "²", of which int() makes nothing; nor so many that int() refuses.
_DIGITS = re.compile(r"([0-9]{1,50})")


def is_hidden(name: str) -> bool:
    """Return whether a file or folder of this name is ignored: hidden, or litter of an operating system."""
    return name.startswith(".") or name.lower() in _LITTER


def natural_key(text: str) -> tuple[tuple[int | str, ...], str]:
    """Return what to sort names by so that people find them: `2` before `10`, `a` beside `A`.

    >>> sorted(["label 10", "label 2", "Label 1"], key=natural_key)
    ['Label 1', 'label 2', 'label 10']
    """
    parts = _DIGITS.split(text.casefold())
    # Texts and numbers take turns, so that one is never compared with the other.
    return tuple(int(part) if place % 2 else part for place, part in enumerate(parts)), text


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a visible file or folder on every system."""
    return (
        text.isprintable()  # no control characters, and nothing that is not Unicode
        and 0 < len(text.encode()) <= MAX_BYTES
        and text == text.strip()
        and not text.endswith(".")
        and not is_hidden(text)
        and not _FORBIDDEN.search(text)
        and not _DEVICE.match(text)
    )


def check_name(text: str, subject: str) -> None:
    """Check that a text can be the name of a folder on every system.

    Args:
        text: what was typed.
        subject: what it is to name, as the message begins: "A label".

    Raises:
        OptionError: it cannot.
    """
    if not is_name(text):
        raise OptionError(
            f'{subject} becomes the name of a folder: 1 to {MAX_BYTES} bytes without < > : " / \\ | ? * and'
            " control characters, without a dot or a space at either end, and not a name that a system"
            f" reserves, such as con or thumbs.db. Received: {text!r}."
        )


def to_name(text: str, default: str) -> str:
    """Turn a text into the name of a folder: letters, digits and . _ - only.

    Args:
        text: for example the name of a file without its ending.
        default: the name where nothing of the text is left.
    """
    cleaned = re.sub(r"[^\w.-]+", "_", text).strip("._")
    if is_hidden(cleaned) or _DEVICE.match(cleaned):
        cleaned = f"{default}_{cleaned}"
    return cleaned.encode()[:MAX_BYTES].decode(errors="ignore").rstrip(".") or default
