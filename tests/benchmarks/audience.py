"""An audience of simulated phones on loopback: `python -m tests.benchmarks.audience [--phones 200]`.

Each phone has a network address of its own (Linux), waits for the next slide as the vote page does and
votes at a random moment while it is up; every third one changes its vote. Prints a line of JSON for each time
that a slide is up: how many slides were counted wrongly, milliseconds from a vote to its answer and from a
slide to a phone, the server's share of a core and its memory. The phones share the machine with the server.
"""

import argparse
import asyncio
import json
import random
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil

from poetcore.ui.audience.invitation import Invitation
from tests.ui.audience.phone import round_of, turn_of

__all__ = ["measure"]

LABELS = ["daisy", "dandelion", "rose", "sunflower", "tulip"]


@dataclass
class Measured:
    """What the phones saw: milliseconds of each vote, and of each slide until a phone had it."""

    votes: list[float] = field(default_factory=list)
    slides: list[float] = field(default_factory=list)


class Phone:
    """A phone with its two connections, one that waits and one that votes."""

    def __init__(self, server: str, number: int) -> None:
        parts = urlsplit(server)
        self.server = (str(parts.hostname), int(parts.port or 0))
        self.source = f"127.1.{number // 200}.{number % 200 + 1}"
        self.cookie = ""
        self.room = ""

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*self.server, local_addr=(self.source, 0))

    async def open(self) -> None:
        self.waits, self.votes = await self.connect(), await self.connect()
        await self.ask(self.votes, "GET", "/")
        self.room = (await self.ask(self.waits, "GET", "/now?seen="))[1]

    async def ask(
        self,
        stream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        method: str,
        path: str,
        body: str = "",
    ) -> tuple[int, str]:
        reader, writer = stream
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.server[0]}\r\nCookie: {self.cookie}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        if "set-cookie" in headers:
            self.cookie = headers["set-cookie"].partition(";")[0]
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        return int(lines[0].split()[1]), content.decode()

    async def next_room(self) -> None:
        """Wait until something else is on the screen."""
        status = 204
        while status == 204:
            status, room = await self.ask(self.waits, "GET", f"/now?seen={turn_of(self.room)}")
        self.room = room

    async def vote(self, label: int) -> None:
        status, _ = await self.ask(self.votes, "POST", "/vote", f"round={round_of(self.room)}&label={label}")
        assert status == 200, status


async def slide(phone: Phone, shown: float, seconds: float, change: bool, measured: Measured) -> int:
    """One slide as a phone goes through it; gives the label of its last vote."""
    await phone.next_room()
    measured.slides.append(1000 * (time.monotonic() - shown))
    labels = random.sample(range(len(LABELS)), 1 + change)
    await asyncio.sleep(random.random() * seconds)
    for label in labels:
        began = time.monotonic()
        await phone.vote(label)
        measured.votes.append(1000 * (time.monotonic() - began))
    return labels[-1]


async def show(invitation: Invitation, phones: int, slides: int, seconds: float) -> dict[str, object]:
    room = [Phone(invitation.address, number) for number in range(phones)]
    began = time.monotonic()
    await asyncio.gather(*(phone.open() for phone in room))
    opened = time.monotonic() - began
    server, measured, wrong = psutil.Process(invitation.pid), Measured(), 0
    used, began = sum(server.cpu_times()[:2]), time.monotonic()
    for number in range(slides):
        asked = {"slide": str(number), "labels": LABELS}
        shown = time.monotonic()
        invitation.say({"do": "ask", **asked})
        votes = await asyncio.gather(
            *(slide(phone, shown, seconds, at % 3 == 0, measured) for at, phone in enumerate(room))
        )
        counts = Counter(votes)
        wanted = [counts[label] for label in range(len(LABELS))]
        for _ in range(50):  # the server tells what is new a few times a second
            if invitation.news["votes"] == wanted:
                break
            await asyncio.sleep(0.1)
        wrong += invitation.news["votes"] != wanted
        invitation.say({"do": "reveal", "truth": "rose", "predicted": "rose", **asked})
        await asyncio.gather(*(phone.next_room() for phone in room))
        # No presenter is faster, and of a phone five votes a second are taken.
        await asyncio.sleep(max(0.0, shown + 1 - time.monotonic()))
    return {
        "phones": phones,
        "slides": slides,
        "slides_counted_wrongly": wrong,
        "seconds_until_all_were_in": round(opened, 2),
        "vote_ms": figures(measured.votes),
        "slide_ms": figures(measured.slides),
        "share_of_a_core": round((sum(server.cpu_times()[:2]) - used) / (time.monotonic() - began), 3),
        "server_mb": round(server.memory_info().rss / 1e6, 1),
    }


def figures(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median": round(statistics.median(ordered), 1),
        "95 %": round(ordered[int(0.95 * len(ordered))], 1),
        "largest": round(ordered[-1], 1),
    }


def measure(phones: int = 200, slides: int = 20, seconds: float = 3.0) -> dict[str, object]:
    """Go through a show with an audience, and return what was measured.

    Args:
        phones: that vote.
        slides: that they vote on.
        seconds: within which all vote, 0 for all at once.
    """
    invitation = Invitation("127.0.0.1", 0)
    try:
        return asyncio.run(show(invitation, phones, slides, seconds)) | {"seconds": seconds}
    finally:
        invitation.end()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--slides", type=int, default=20)
    parser.add_argument("--seconds", type=float, nargs="+", default=[3.0, 0.0], help="within which all vote")
    arguments = parser.parse_args()
    for seconds in arguments.seconds:
        print(json.dumps(measure(arguments.phones, arguments.slides, seconds)), flush=True)


if __name__ == "__main__":
    main()
