"""The process of an audience's server: `python -m poetcore.ui.audience.server HOST PORT`.

It does what the lines on its standard input say, JSON objects as `VoteServer.show` takes them, and prints
lines: first `{"address": ...}` or `{"problem": ...}`, then what is new for the slide. It ends with its
standard input, and so with the process that started it, however that ends; and when no line came for a while,
since then nobody presents any more.
"""

import asyncio
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

import uvicorn

from poetcore.errors import PoetError
from poetcore.ui.audience.connections import Connection
from poetcore.ui.audience.phones import Limits
from poetcore.ui.audience.vote_server import VoteServer

__all__ = ["PORTS", "SILENCE"]

#: Where it is opened, the first that is free: one that can be typed, and always the same for a firewall.
PORTS = range(8585, 8595)

#: Seconds without a line after which nobody presents any more: as long as someone may look at another page.
SILENCE = 30.0

#: Seconds between two looks at the votes.
_PULSE = 0.15

#: Seconds that phones get to hear that the show is over, before what is left is cut off.
_FAREWELL = 2


def _bound(host: str, port: int | None) -> socket.socket:
    """Return a socket at an address of this machine.

    Args:
        host: the address.
        port: None for the first of `PORTS` that is free, 0 for any.

    Raises:
        PoetError: there is no such address, or no port is free.
    """
    reason: OSError | None = None
    for one in PORTS if port is None else [port]:
        made = socket.socket(socket.AF_INET)
        if os.name == "posix":  # elsewhere two programs would share the port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((host, one))
            return made
        except OSError as error:
            made.close()
            reason = error
    words = reason.strerror if reason else ""
    raise PoetError(
        f"The vote page cannot be opened at {host}: {words}. Choose another address or end other shows."
    )


class _Process:
    """The server with its two lines to the dashboard."""

    def __init__(self, made: socket.socket, silence: float, limits: Limits) -> None:
        self._socket = made
        self._silence = silence
        host, port = made.getsockname()
        self._address = f"http://{host}:{port}"
        self._votes = VoteServer([host], limits)
        config = uvicorn.Config(
            self._votes.app,
            http=Connection,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=60,  # a phone's next question takes its last connection
            timeout_graceful_shutdown=_FAREWELL,
            limit_concurrency=2 * limits.phones + 200,
            h11_max_incomplete_event_size=8192,
        )
        self._server = uvicorn.Server(config)
        self._heard = time.monotonic()

    async def run(self) -> None:
        """Serve until there is nobody left to serve for."""
        threading.Thread(target=self._listen, args=[asyncio.get_running_loop()], daemon=True).start()
        telling = asyncio.create_task(self._tell())
        await self._server.serve([self._socket])
        telling.cancel()

    def _listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read the lines of standard input; its end is the end of everything."""
        for line in sys.stdin:
            try:
                message = json.loads(line)
            except ValueError:  # cut off: who wrote it was killed
                continue
            loop.call_soon_threadsafe(self._hear, message)
        timer = threading.Timer(2 * _FAREWELL, os._exit, [0])  # should a connection hold it up
        timer.daemon = True
        timer.start()
        loop.call_soon_threadsafe(self._end)

    def _hear(self, message: dict[str, Any]) -> None:
        self._heard = time.monotonic()
        self._votes.show(message)

    def _end(self) -> None:
        self._votes.close()
        self._server.should_exit = True

    async def _tell(self) -> None:
        while not self._server.started:
            await asyncio.sleep(0.01)
        _print({"address": self._address})
        told: dict[str, Any] = {}
        while True:
            news = self._votes.news()
            if news != told:
                _print(news)
                told = news
            if time.monotonic() - self._heard > self._silence:
                self._end()
                return
            await asyncio.sleep(_PULSE)


def _print(line: dict[str, Any]) -> None:
    try:
        print(json.dumps(line), flush=True)
    except OSError:  # nobody reads it any more
        os._exit(1)


def _main(arguments: Sequence[str]) -> None:
    host, port, silence, *rest = arguments
    limits = Limits(**json.loads(rest[0])) if rest else Limits()
    if os.name == "posix":
        os.nice(5)  # the slideshow itself comes first
    try:
        made = _bound(host, int(port) if port else None)
    except PoetError as error:
        _print({"problem": str(error)})
        return
    asyncio.run(_Process(made, float(silence), limits).run())


if __name__ == "__main__":
    _main(sys.argv[1:])
