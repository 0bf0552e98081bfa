"""Names of files and folders that Windows, macOS and Linux all accept."""

import re

from poetcore.errors import OptionError
from poetcore.system.file_kinds import is_hidden

__all__ = [
    "MAX_BYTES",
    "TEMPORARY_NAME",
    "check_name",
    "is_name",
    "lasting_name",
    "natural_key",
    "to_name",
]

#: File systems take 255 bytes; the rest is kept for what is added: numbers, endings, temporary names.
MAX_BYTES = 100

#: What `system/temporary.py` calls what is not whole yet, such as `.photos.3f2a9c.4711-5d8e01.1b2c3d4e.tmp`.
TEMPORARY_NAME = re.compile(
    r"\.(?P<purpose>.*)\.(?P<machine>[0-9a-f]{6})\.(?P<pid>[0-9]{1,10})(-(?P<birth>[0-9a-f]{6}))?"
    r"\.[0-9a-f]{8}\.tmp",
    re.DOTALL,
)

#: Separators of paths, and what Windows does not allow in a name ("Naming Files, Paths, and Namespaces",
#: learn.microsoft.com/windows/win32/fileio/naming-a-file).
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')

#: They hold emoji such as 👩‍🌾 together, and letters of Persian and of Indian scripts apart.
_JOINERS = {0x200C: None, 0x200D: None}

#: Devices of Windows, reserved with any ending: same source.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]) *(\.|$)", re.IGNORECASE)

#: Not \d, which also finds digits such as "²", of which int() makes nothing; nor so many that int() refuses.
_DIGITS = re.compile(r"([0-9]{1,50})")


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
    visible = text.translate(_JOINERS)
    return (
        visible != ""
        and visible.isprintable()  # no control characters, and nothing that is not Unicode
        and len(text.encode()) <= MAX_BYTES
        and text == text.strip()
        and not text.endswith(".")
        and not is_hidden(text)
        and not _FORBIDDEN.search(text)
        and not _DEVICE.match(text)
    )


def lasting_name(name: str) -> str:
    """Return what a temporary file or folder will be called once it is whole, or the name of any other.

    >>> lasting_name(".photos.3f2a9c.4711.1b2c3d4e.tmp")
    'photos'
    """
    match = TEMPORARY_NAME.fullmatch(name)
    return match["purpose"] if match and match["purpose"] else name


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
