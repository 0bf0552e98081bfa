"""Whether gathering can be made to ask anything but the internet: spellings, redirects, names that change.

    python -m tests.benchmarks.inside [--trials 3000]

A server on this machine counts what it is asked; only 127.0.0.1 is allowed, and only for the first step of a
redirect. Names are answered by a resolver of its own, whose answers change from one question to the next.
"""

import argparse
import ipaddress
import os
import random
import socket
import time
from dataclasses import replace

from poetcore.sources.addresses import ALLOW_PRIVATE
from poetcore.sources.fetch import Fetched, Outcome, fetch, new_session
from poetcore.sources.fetch_options import FetchOptions
from tests.badserver import bad_server
from tests.benchmarks.campaign import Campaign

SEED = 18
_OPTIONS = FetchOptions(connect_timeout=1, read_timeout=1, total_timeout=2, redirects=3)


def spelt(address: ipaddress.IPv4Address, rng: random.Random) -> str:
    """Write an address in one of the ways in which systems read it."""
    number = int(address)
    a, b, c, d = address.packed
    return rng.choice(
        [
            *(
                str(address),
                str(number),
                hex(number),
                f"0{number:o}",
                f"{a}.{number & 0xFFFFFF}",
                f"{address}.",
            ),
            *(f"{a:#x}.{b:#x}.{c:#x}.{d:#x}", f"0{a:o}.0{b:o}.0{c:o}.0{d:o}", f"[::ffff:{address}]"),
            *(
                f"[::ffff:{number >> 16:x}:{number & 0xFFFF:x}]",
                f"[64:ff9b::{number >> 16:x}:{number & 0xFFFF:x}]",
            ),
            *(
                f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::1]",
                f"[::{address}]",
                f"{a}.{b}.{c}.{d}".replace(".", "。"),
            ),
            "".join(chr(0xFF10 + int(one)) if one.isdigit() else one for one in str(address)),
        ]
    )


def inside(rng: random.Random) -> ipaddress.IPv4Address:
    """Draw an address that is not outside; half of them this machine's, where somebody would answer."""
    networks = (
        "127.0.0.0/8",
        "127.0.0.2/32",
        "0.0.0.0/32",
        "10.0.0.0/8",
        "169.254.169.254/32",
        "192.168.0.0/16",
    )
    network = ipaddress.ip_network(rng.choice(networks))
    return network[rng.randrange(min(network.num_addresses, 2**24))]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.inside",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--trials", type=int, default=3000)
    trials = parser.parse_args().trials
    rng, start = random.Random(SEED), time.monotonic()
    reached = wrong = tracebacks = 0
    connected: list[str] = []
    ask, connect = socket.getaddrinfo, socket.socket.connect
    answers: list[str] = []

    def resolve(host: str, port: int, *rest: int, **named: int) -> list[tuple[object, ...]]:
        if host != "changing.example":
            return ask(host, port, *rest, **named)
        return ask(answers.pop(0) if len(answers) > 1 else answers[0], port, *rest, **named)

    def note(self: socket.socket, address: tuple[str, int]) -> None:
        connected.append(address[0])
        connect(self, address)

    with bad_server() as server:
        os.environ[ALLOW_PRIVATE] = ""
        server.photo("/a.jpg")
        port = server.url.rpartition(":")[2]
        socket.getaddrinfo, socket.socket.connect = resolve, note  # type: ignore[assignment,method-assign]
        for trial in range(trials):
            connected.clear(), server.requested.clear()
            target, kind = inside(rng), trial % 3
            options = _OPTIONS
            if kind == 0:
                url = f"http://{spelt(target, rng)}:{port}/a.jpg"
            elif kind == 1:  # a step that is allowed, and then one that is not
                options = replace(_OPTIONS, allow_private="127.0.0.1")
                target = ipaddress.IPv4Address("127.0.0.2") if target in _ALLOWED else target
                url = server.redirect("/go", f"http://{spelt(target, rng)}:{port}/a.jpg")
            else:  # what was outside, or allowed, when it was looked at is inside the next time
                options = replace(_OPTIONS, allow_private="127.0.0.1")
                answers[:] = ["127.0.0.1", "127.0.0.2"]
                url = f"http://changing.example:{port}/a.jpg"
            try:
                fetched = _fetch(url, options)
            except Exception as error:
                tracebacks += 1
                print(f"{url}: {type(error).__name__}: {error}")
                continue
            allowed = {"127.0.0.1"} if kind else set()
            if set(connected) - allowed or (kind < 2 and "/a.jpg" in server.requested):
                reached += 1
                print(f"{url} reached {set(connected)}: {fetched.outcome}")
            wrong += not fetched.reason and fetched.outcome is not Outcome.FETCHED
        socket.getaddrinfo, socket.socket.connect = ask, connect  # type: ignore[method-assign]
    command = f"python -m tests.benchmarks.inside --trials {trials}"
    Campaign(
        "addresses inside a network", command, trials, trials, reached, wrong, tracebacks, SEED,
        time.monotonic() - start,
    ).report()  # fmt: skip


_ALLOWED = ipaddress.ip_network("127.0.0.1/32")


def _fetch(url: str, options: FetchOptions) -> Fetched:
    with new_session(options) as session:
        return fetch(url, session, options, lambda _: None)


if __name__ == "__main__":
    main()
