"""Decides whether a fetched file is kept: a real picture, not there already, no placeholder.

What is kept is written into its label folder once; a placeholder that shows only later is taken back.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np

from poetcore.data import images
from poetcore.data.file_index import sha_of
from poetcore.data.placeholders import SHOWN_SIZES, changes_in_lines, is_known, looks_like_page
from poetcore.errors import PictureError
from poetcore.sources.fetch import Fetched, Outcome, PlaceholderError
from poetcore.sources.gather_log import DUPLICATE, KEPT, Entry, GatherLog
from poetcore.sources.urls import UrlEntry
from poetcore.system.file_kinds import PICTURE_ENDINGS
from poetcore.system.files import write_whole

__all__ = ["MIN_PIXELS", "Keeper", "Picture", "check_picture", "stem"]

#: A smaller picture is an icon or a counting pixel.
MIN_PIXELS = 32

#: A picture is a placeholder where this share of it lies this near its median colour. Of 1,250 photos of
#: flowers the most uniform has a share of 0.90.
_ONE_COLOUR_SHARE = 0.97
_ONE_COLOUR_LEVELS = 8

#: The same picture from so many URLs of one host is a placeholder.
_PLACEHOLDER_COPIES = 3

#: What a name in a URL may end with; the file's ending comes from its content.
_ENDING = re.compile(
    "|".join(re.escape(ending) + "$" for endings in PICTURE_ENDINGS.values() for ending in endings),
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Picture:
    """What is known of a content after it was decoded.

    Attributes:
        sha: sha256 of the content.
        pixel_hash: a hash of the decoded pixels.
        suffix: the file extension that fits the content.
    """

    sha: str
    pixel_hash: str
    suffix: str


def check_picture(content: bytes) -> Picture:
    """Decode a content and check that it is a picture worth keeping.

    Args:
        content: a whole file.

    Returns:
        Its hashes and the file extension that fits.

    Raises:
        PictureError: it is no picture, damaged, or tiny.
        PlaceholderError: it is nearly one colour, or the page that Flickr or Imgur shows instead.
    """
    info = images.identify(content)
    if min(info.width, info.height) < MIN_PIXELS:
        raise PictureError(f"has only {info.width} x {info.height} pixels")
    small = images.to_square(content, 64).astype(np.int16)
    near = np.abs(small - np.median(small, axis=(0, 1))).max(axis=-1) <= _ONE_COLOUR_LEVELS
    if near.mean() >= _ONE_COLOUR_SHARE:
        raise PlaceholderError("is a placeholder: it is nearly one colour")
    if is_known(content) or _is_shown_by_sites(content, (info.width, info.height)):
        raise PlaceholderError("is a placeholder: a page that says that the picture is gone")
    pixel_hash = hashlib.sha256(small.tobytes()).hexdigest()
    return Picture(sha_of(content), pixel_hash, PICTURE_ENDINGS[info.format][0])


def _is_shown_by_sites(content: bytes, size: tuple[int, int]) -> bool:
    """Return whether a picture looks like a placeholder and has the size of one.

    Here nothing is known of other pictures: a list may well lead to drawings, which are of any other size.
    """
    if size not in SHOWN_SIZES:
        return False
    picture = images.decode(content)
    picture.thumbnail((256, 256))
    return looks_like_page(changes_in_lines(picture), size)


def stem(entry: UrlEntry) -> str:
    """Return a file name, without extension, for the picture of a URL.

    It is readable, safe on every system, the same in every run, and different for different URLs.
    """
    name = entry.name or unquote(urlsplit(entry.url).path).rstrip("/").rpartition("/")[2]
    plain = _ENDING.sub("", name)
    safe = re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")[:60].replace("_nohash_", "_")
    return f"{safe or 'picture'}_{hashlib.sha256(entry.url.encode()).hexdigest()[:10]}"


class Keeper:
    """Writes pictures into the label folders of one destination.

    Args:
        dest: the folder of label folders.
        log: what happened to each URL there.
        present: sha256 -> file relative to `dest`, of the files that are there already; kept up to date.
        again: keep a picture again whose file was deleted.
        on_placeholder: called with each entry that is a placeholder, those that had been kept included.
        stays_before: what was kept before then, in seconds since 1970, stays even if it is a placeholder.
    """

    def __init__(
        self,
        dest: Path,
        log: GatherLog,
        present: dict[str, str],
        *,
        again: bool,
        on_placeholder: Callable[[Entry], object],
        stays_before: float = 0.0,
    ) -> None:
        self._dest = dest
        self._log = log
        self._present = present
        self._again = again
        self._on_placeholder = on_placeholder
        self._stays_before = stays_before

    def keep(self, entry: Entry, url_entry: UrlEntry, fetched: Fetched) -> Entry:
        """Write a picture, unless it is there already or is a placeholder.

        Args:
            entry: what is known of the URL so far.
            url_entry: the URL with the name for its file.
            fetched: the content, checked by `check_picture`.

        Returns:
            The entry with its outcome; it is in the log where that is KEPT.
        """
        picture: Picture = fetched.checked
        entry = replace(entry, sha=picture.sha, pixel_hash=picture.pixel_hash)
        same = self._log.with_pixel_hash(picture.pixel_hash)
        if self._is_placeholder(entry, same):
            return self._drop_placeholder(entry, same)
        file = f"{entry.label}/{stem(url_entry)}{picture.suffix}"
        duplicate = self._present.get(picture.sha) or next(
            (one.file for one in same if self._exists(one)), None
        )
        if duplicate and duplicate != file:
            return _duplicate_of(duplicate, entry)
        path = self._dest / file
        if not duplicate and path.exists() and _content_of(path) != picture.sha:
            return replace(entry, outcome=Outcome.REFUSED, reason=f"has changed since {file} was gathered")
        if not path.exists():
            write_whole(path, fetched.content)
        kept = replace(entry, outcome=KEPT, reason="", file=file)
        if not self._log.put(kept):
            # Another process was faster, or someone deleted the first one and it was fetched again.
            first = self._log.kept(picture.sha)
            if first and (self._exists(first) or not self._again):
                path.unlink(missing_ok=True)
                deleted = "" if self._exists(first) else ", which was deleted"
                return _duplicate_of(first.file + deleted, entry)
            self._log.forget([first] if first else [])
            self._log.put(kept)
        self._present[picture.sha] = file
        return kept

    def _exists(self, entry: Entry) -> bool:
        return entry.outcome == KEPT and (self._dest / entry.file).exists()

    def _is_placeholder(self, entry: Entry, same: Sequence[Entry]) -> bool:
        if any(one.outcome == Outcome.PLACEHOLDER for one in same):
            return True
        # http and https are one URL here; mirrors of a photo are other hosts.
        urls = {one.url.partition("://")[2] for one in (entry, *same) if one.host == entry.host}
        return len(urls) >= _PLACEHOLDER_COPIES

    def _drop_placeholder(self, entry: Entry, same: Sequence[Entry]) -> Entry:
        """Take back what was kept of a placeholder before it showed as one."""
        reason = "is a placeholder: the same picture came from several URLs"
        for one in same:
            stays = one.outcome == KEPT and one.asked < self._stays_before
            if stays or one.outcome == Outcome.PLACEHOLDER or one.host != entry.host:
                continue
            path = self._dest / one.file
            if one.outcome == KEPT and _content_of(path) == one.sha:
                path.unlink()
                self._present.pop(one.sha, None)
            dropped = replace(one, outcome=Outcome.PLACEHOLDER, reason=reason, file="")
            self._log.put(dropped)
            self._on_placeholder(dropped)
        entry = replace(entry, outcome=Outcome.PLACEHOLDER, reason=reason)
        self._on_placeholder(entry)
        return entry


def _duplicate_of(file: str, entry: Entry) -> Entry:
    return replace(entry, outcome=DUPLICATE, reason=f"is the same picture as {file}")


def _content_of(path: Path) -> str:
    """Return the sha256 of a picture's content; "" where it cannot be read."""
    try:
        return sha_of(images.read(path))
    except PictureError:
        return ""
