"""The audience as the dashboard has it: the process that serves its phones, and what it tells."""

import contextlib
import functools
import json
import secrets
import subprocess
import threading
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import segno

from poetcore.errors import PoetError
from poetcore.system.processes import converse
from poetcore.ui.audience.phones import Limits
from poetcore.ui.audience.server import SILENCE

__all__ = ["Invitation", "Invitations", "invitations"]

#: Seconds that its process may take to open, and to end after it was told.
_DEADLINE, _PATIENCE = 30.0, 5.0


class Invitation:
    """One audience: a process that ends with this one, whatever becomes of it.

    Args:
        host: the address of this machine at which phones find it.
        port: None for the first usual one that is free, 0 for any.
        silence: seconds without a word from a presenter's page after which it ends.
        limits: how many phones may come.

    Raises:
        PoetError: it cannot be opened there.
    """

    def __init__(
        self, host: str, port: int | None = None, silence: float = SILENCE, limits: Limits | None = None
    ) -> None:
        #: Tells it from others, and is known to pages of the dashboard only.
        self.id = secrets.token_urlsafe(12)
        #: How often there was something new.
        self.version = 0
        score = {"audience": 0, "model": 0, "of": 0}
        self._news: dict[str, Any] = {"slide": "", "votes": [], "phones": 0, "score": score}
        self._opened: dict[str, Any] = {}
        self._answered = threading.Event()
        self._writing = threading.Lock()
        told = [host, "" if port is None else str(port), str(silence), json.dumps(asdict(limits or Limits()))]
        self._process = converse("poetcore.ui.audience.server", told)
        threading.Thread(target=self._listen, daemon=True).start()
        self._answered.wait(_DEADLINE)
        if "address" not in self._opened:
            self.end()
            raise PoetError(self._opened.get("problem", "The vote page did not open: try again."))
        #: What a phone's browser opens.
        self.address: str = self._opened["address"]

    @property
    def host(self) -> str:
        """The address of this machine."""
        return urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        """The port that is open."""
        return urlsplit(self.address).port or 0

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    @property
    def is_open(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    @property
    def news(self) -> Mapping[str, Any]:
        """What `VoteServer.news` told last."""
        return self._news

    def qr_code(self) -> str:
        """Return a data address of a picture, an SVG, of the code that leads a phone's camera to the page."""
        code = segno.make(self.address, error="m", micro=False)
        return code.svg_data_uri(border=4, light="white", omitsize=True)

    def say(self, message: Mapping[str, Any]) -> None:
        """Send the process what is on the screen, as `VoteServer.show` takes it, or {} that it still is.

        Nothing happens where it has ended.
        """
        with self._writing, contextlib.suppress(OSError, ValueError):
            assert self._process.stdin
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def end(self) -> None:
        """Close the port: phones read that the show is over."""
        self._hang_up()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_PATIENCE)

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                try:
                    told = json.loads(line)
                except ValueError:  # cut off: it was killed
                    continue
                if self._opened:
                    self._news = told
                    self.version += 1
                else:
                    self._opened = told
                    self._answered.set()
        self._answered.set()  # it may have ended without a word
        self._hang_up()

    def _hang_up(self) -> None:
        with self._writing, contextlib.suppress(OSError):
            assert self._process.stdin
            self._process.stdin.close()


class Invitations:
    """The one audience of a dashboard: a second one would ask people to vote in two places."""

    def __init__(self) -> None:
        self._one: Invitation | None = None
        self._lock = threading.Lock()

    def current(self) -> Invitation | None:
        """Return the audience that is open, or None."""
        one = self._one
        return one if one and one.is_open else None

    def open(self, host: str, port: int | None = None) -> Invitation:
        """Open one, or return the one that is open; arguments are those of `Invitation`.

        Raises:
            PoetError: it cannot be opened there.
        """
        with self._lock:
            self._one = self.current() or Invitation(host, port)
            return self._one

    def end(self) -> None:
        """End the one that is open; nothing happens where there is none."""
        with self._lock:
            if self._one:
                self._one.end()
                self._one = None


@functools.cache
def invitations() -> Invitations:
    """Return the audiences of this process."""
    return Invitations()
