"""Connections that say nothing, or too many of one address, are closed: they would keep the others out."""

import asyncio
from collections import Counter
from typing import Any, ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["Connection"]

#: Seconds within which the first request of a connection must have come in whole, and each later one.
_FIRST, _NEXT = 5.0, 60.0

#: Of one network address at the same time; a phone has one or two.
_MOST = 200


class Connection(H11Protocol):
    """A connection as uvicorn has it, with a limit to its patience."""

    _open: ClassVar[Counter[str]] = Counter()

    _peer = ""
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept a connection, unless its address has too many."""
        super().connection_made(transport)
        self._peer = (transport.get_extra_info("peername") or [""])[0]
        self._open[self._peer] += 1
        if self._open[self._peer] > _MOST:
            transport.abort()
        else:
            self._wait(_FIRST)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no more."""
        self._open[self._peer] -= 1
        if not self._open[self._peer]:
            del self._open[self._peer]
        if self._late:
            self._late.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came; a request that is whole is given all the time it needs."""
        super().data_received(data)
        cycle = self.cycle
        if self._late and cycle is not None and not cycle.more_body and not cycle.response_complete:
            self._late.cancel()
            self._late = None

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._wait(_NEXT)

    def _wait(self, seconds: float) -> None:
        """Close the connection unless a whole request comes in time."""
        if self._late:
            self._late.cancel()
        self._late = self.loop.call_later(seconds, self._give_up)

    def _give_up(self) -> None:
        transport: Any = self.transport
        if transport is not None:
            transport.abort()
