"""What a file is by its name: picture, note beside one, video, litter. Its content has the last word."""

__all__ = ["PICTURE_ENDINGS", "is_hidden", "is_litter", "is_picture_name", "is_sidecar", "is_video"]

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
