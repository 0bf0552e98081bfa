"""Names of files and folders that Windows, macOS and Linux all accept."""

import re

from poetcore.errors import OptionError

__all__ = [
    "MAX_BYTES",
    "PICTURE_ENDINGS",
    "TEMPORARY_NAME",
    "check_name",
    "is_hidden",
    "is_litter",
    "is_name",
    "is_picture_name",
    "is_sidecar",
    "is_video",
    "lasting_name",
    "natural_key",
    "to_name",
]

#: File systems take 255 bytes; the rest is kept for what is added: numbers, endings, temporary names.
MAX_BYTES = 100

#: What `system/temporary.py` calls what is not whole yet, such as `.photos.3f2a9c.4711.1b2c3d4e.tmp`.
TEMPORARY_NAME = re.compile(
    r"\.(?P<purpose>.*)\.(?P<machine>[0-9a-f]{6})\.(?P<pid>[0-9]{1,10})\.[0-9a-f]{8}\.tmp", re.DOTALL
)

#: What the names of a format's files end with; the first is what Poet writes.
PICTURE_ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp", ".dib"),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif", ".avifs"),
    "HEIF": (".heic", ".heif", ".hif"),
    "JXL": (".jxl",),
    "JPEG2000": (".jp2", ".j2k", ".jpx", ".j2c", ".jpc", ".jpf"),
    "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
}

_PICTURES = tuple(ending for endings in PICTURE_ENDINGS.values() for ending in endings)

#: Files and folders that systems, NAS boxes and picture managers make by themselves (Windows, macOS,
#: Synology, Picasa, Google); nobody means them as pictures or labels.
_LITTER = {
    *("thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "folder.ini", "albumart.pamp"),
    *("__macosx", "icon\r", ".ds_store", ".localized", ".apdisk", ".directory"),
    *("@eadir", "#recycle", "#snapshot", "$recycle.bin", "system volume information", "lost+found"),
    *("picasa.ini", ".picasa.ini", ".picasaoriginals", "zbthumbnail.info", ".nomedia", ".thumbnails"),
}

#: What stands beside pictures and speaks of them: edits, dates, addresses, notes, checksums, shortcuts.
_SIDECARS = (
    *(".aae", ".xmp", ".thm", ".pp3", ".dop", ".cos", ".on1", ".ini", ".db", ".info", ".plist"),
    *(".json", ".xml", ".yaml", ".yml", ".csv", ".tsv", ".txt", ".md", ".nfo", ".log", ".html", ".htm"),
    *(".md5", ".sha1", ".sha256", ".lnk", ".url", ".webloc"),
)

_VIDEOS = (
    *(".mov", ".mp4", ".m4v", ".3gp", ".3g2", ".avi", ".mts", ".m2ts", ".mpg", ".mpeg", ".mkv", ".webm"),
    *(".wmv", ".insv", ".lrv"),
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


def is_hidden(name: str) -> bool:
    """Return whether a file or folder of this name is ignored: hidden, or litter of an operating system."""
    return name.startswith(".") or name.lower() in _LITTER


def is_litter(name: str) -> bool:
    """Return whether a file of this name was made by a system or device: its name leaves no doubt.

    Of what `is_hidden`, the rest was hidden by a person or a program, who know about it.
    """
    return name.startswith("._") or name.lower() in _LITTER


def is_picture_name(name: str) -> bool:
    """Return whether a file's name ends as that of a picture; only its content tells whether it is one."""
    return name.lower().endswith(_PICTURES)


def is_sidecar(name: str) -> bool:
    """Return whether a file of this name, if it is no picture, is what phones and programs put beside one."""
    return name.lower().endswith(_SIDECARS)


def is_video(name: str) -> bool:
    """Return whether a file of this name is a video, if it is no picture."""
    return name.lower().endswith(_VIDEOS)


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
