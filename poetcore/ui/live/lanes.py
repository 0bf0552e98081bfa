"""Who may have a frame worked on: of each viewer one at a time, and the newest of those that wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

__all__ = ["Lanes"]

#: Viewers that are served at once; a frame of another is dropped. Each has two frames in memory at the most.
_MOST = 64


class Lanes:
    """A lane for each viewer and run, as long as a frame of theirs is here; for one event loop."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        #: By viewer and run the frame that waits; None for a lane on which none waits.
        self._waiting: dict[tuple[str, str], asyncio.Future[bool] | None] = {}

    @asynccontextmanager
    async def turn(self, viewer: str, run: str) -> AsyncIterator[bool]:
        """Wait until a frame may be worked on; False where it was dropped, since a newer one came.

        Args:
            viewer: any name that tells one viewer from another.
            run: name of the run.
        """
        lane = viewer, run
        if not await self._entered(lane):
            yield False
            return
        try:
            yield True
        finally:
            self._leave(lane)

    async def _entered(self, lane: tuple[str, str]) -> bool:
        if lane not in self._waiting:
            if len(self._waiting) >= self._most:
                return False
            self._waiting[lane] = None
            return True
        before = self._waiting[lane]
        if before is not None and not before.done():
            before.set_result(False)
        mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[lane] = mine
        try:
            return await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled() and mine.result():
                self._leave(lane)  # its turn came as it went away
            raise

    def _leave(self, lane: tuple[str, str]) -> None:
        following = self._waiting.pop(lane)
        if following is not None and not following.done():
            self._waiting[lane] = None
            following.set_result(True)
