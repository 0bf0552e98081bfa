"""A phone in the audience, as far as its server can tell."""

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]


class Phone:
    """Opens the vote page and keeps its cookie.

    Args:
        page: the page's address.
        source: the phone's own network address; Linux gives this machine all that begin with 127.
    """

    def __init__(self, page: str, source: str = "127.0.0.1") -> None:
        self._server = urlsplit(page).netloc
        self._source = source
        self.cookie = ""
        first = self.ask("GET", "/")
        self.page = first.text
        self.cookie = first.headers.get("set-cookie", "").partition(";")[0]

    def ask(
        self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        with closing(
            HTTPConnection(self._server, timeout=60, source_address=(self._source, 0))
        ) as connection:
            connection.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
            with connection.getresponse() as got:
                headers = {name.lower(): value for name, value in got.getheaders()}
                return Answer(got.status, got.read().decode(), headers)

    def now(self, seen: str = "") -> str:
        """What the page shows; with the turn that was seen, what it shows next."""
        return self.ask("GET", f"/now?seen={seen}").text

    def vote(self, label: int, number: int | None = None) -> int:
        """Vote for the slide on the screen, or for the round of a number; gives the status of the answer."""
        return self.ask("POST", "/vote", f"round={number or round_of(self.now())}&label={label}").status


def round_of(room: str) -> int:
    found = re.search(r'name="round" value="(\d+)"', room)
    assert found, room
    return int(found[1])


def turn_of(room: str) -> str:
    found = re.search(r'id="turn" value="(\d+)"', room)
    assert found, room
    return found[1]
