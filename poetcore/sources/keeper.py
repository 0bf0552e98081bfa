"""What has been fetched, kept or not: written into its label folder once, and placeholders taken back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from poetcore.data.file_index import sha_of
from poetcore.sources.arrivals import Picture, stem
from poetcore.sources.fetch import Fetched, Outcome
from poetcore.sources.gather_log import DUPLICATE, KEPT, Entry, GatherLog
from poetcore.sources.urls import UrlEntry
from poetcore.system.files import write_whole

__all__ = ["Keeper"]

#: The same picture from so many addresses of one host stands for something that is gone there.
_PLACEHOLDER_AT = 3


class Keeper:
    """Puts pictures into the label folders of one destination.

    Args:
        dest: the folder of label folders.
        log: its memory.
        present: sha256 -> file relative to `dest`, of what lies there already.
        again: let a picture come back whose file has been taken away.
        on_placeholder: told of each entry that is a placeholder, those that had been kept included.
    """

    def __init__(
        self,
        dest: Path,
        log: GatherLog,
        present: dict[str, str],
        again: bool,
        on_placeholder: Callable[[Entry], object],
    ) -> None:
        self._dest = dest
        self._log = log
        self._present = present
        self._again = again
        self._on_placeholder = on_placeholder

    def keep(self, entry: Entry, wanted: UrlEntry, fetched: Fetched) -> Entry:
        """Write a picture, unless it is there already or stands for a missing one.

        Returns:
            The entry with its outcome; it is in the log where that is KEPT.
        """
        picture: Picture = fetched.found
        entry = replace(entry, sha=picture.sha, look=picture.look)
        alike = self._log.alike(picture.look)
        if self._is_placeholder(entry, alike):
            return self._drop_placeholder(entry, alike)
        file = f"{entry.label}/{stem(wanted)}{picture.suffix}"
        twin = self._present.get(picture.sha) or next(
            (one.file for one in alike if self._is_there(one)), None
        )
        if twin and twin != file:
            return _twin_of(entry, twin)
        path = self._dest / file
        if not twin and path.exists() and sha_of(path.read_bytes()) != picture.sha:
            return replace(entry, outcome=Outcome.REFUSED, reason=f"has changed since {file} was gathered")
        if not path.exists():
            write_whole(path, fetched.content)
        kept = replace(entry, outcome=KEPT, reason="", file=file)
        if not self._log.put(kept):
            # Another process was faster, or someone took the first one away and it has come back.
            first = self._log.kept(picture.sha)
            if first and (self._is_there(first) or not self._again):
                path.unlink(missing_ok=True)
                return _twin_of(
                    entry, first.file + ("" if self._is_there(first) else ", which was taken away")
                )
            self._log.forget([first] if first else [])
            self._log.put(kept)
        self._present[picture.sha] = file
        return kept

    def _is_there(self, entry: Entry) -> bool:
        return entry.outcome == KEPT and (self._dest / entry.file).exists()

    def _is_placeholder(self, entry: Entry, alike: Sequence[Entry]) -> bool:
        if any(one.outcome == Outcome.PLACEHOLDER for one in alike):
            return True
        # http and https are one address; mirrors of a photo are other hosts.
        sent = {one.address.partition("://")[2] for one in (entry, *alike) if one.host == entry.host}
        return len(sent) >= _PLACEHOLDER_AT

    def _drop_placeholder(self, entry: Entry, alike: Sequence[Entry]) -> Entry:
        """Take back what was kept of a placeholder before it showed as one."""
        reason = "is a placeholder: the same picture came from several addresses"
        for one in alike:
            if one.outcome == Outcome.PLACEHOLDER or one.host != entry.host:
                continue
            path = self._dest / one.file
            if one.outcome == KEPT and path.is_file() and sha_of(path.read_bytes()) == one.sha:
                path.unlink()
                self._present.pop(one.sha, None)
            taken = replace(one, outcome=Outcome.PLACEHOLDER, reason=reason, file="")
            self._log.put(taken)
            self._on_placeholder(taken)
        entry = replace(entry, outcome=Outcome.PLACEHOLDER, reason=reason)
        self._on_placeholder(entry)
        return entry


def _twin_of(entry: Entry, file: str) -> Entry:
    return replace(entry, outcome=DUPLICATE, reason=f"is the same picture as {file}")
