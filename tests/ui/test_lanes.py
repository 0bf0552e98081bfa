"""Of each viewer one frame is worked on, and the newest waits."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from poetcore.ui.live.lanes import Lanes

#: What comes of frames, in the order in which that is known: (frame, whether it was worked on).
Outcome = list[tuple[str, bool]]


#: Has a frame come: its name, and its viewer.
Come = Callable[..., "asyncio.Task[None]"]


def played(play: Callable[[Come], Awaitable[None]], most: int = 9) -> Outcome:
    """Play frames that come while a first one is worked on; all go on once `play` is over."""

    async def run() -> Outcome:
        lanes, going, outcome = Lanes(most), asyncio.Event(), Outcome()

        async def frame(name: str, viewer: str) -> None:
            async with lanes.turn(viewer, "run") as mine:
                outcome.append((name, mine))
                if mine:
                    await going.wait()

        tasks: list[asyncio.Task[None]] = []

        def come(name: str, viewer: str = "one") -> asyncio.Task[None]:
            tasks.append(asyncio.create_task(frame(name, viewer)))
            return tasks[-1]

        await play(come)
        await asyncio.sleep(0)
        going.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not lanes._waiting
        return outcome

    # In a thread of its own: where browser tests went before, Playwright's loop occupies this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(run())).result()


def test_the_second_waits_for_the_first_and_the_third_takes_its_place():
    async def play(come: Come) -> None:
        for name in ("first", "second", "third"):
            come(name)
            await asyncio.sleep(0)

    assert played(play) == [("first", True), ("second", False), ("third", True)]


def test_viewers_do_not_wait_for_each_other():
    async def play(come: Come) -> None:
        come("first")
        await asyncio.sleep(0)
        come("other", "two")
        await asyncio.sleep(0)

    assert played(play) == [("first", True), ("other", True)]


def test_there_are_no_more_viewers_than_may_be():
    async def play(come: Come) -> None:
        for viewer in ("one", "two", "three"):
            come(viewer, viewer)
            await asyncio.sleep(0)

    assert played(play, most=2) == [("one", True), ("two", True), ("three", False)]


def test_a_viewer_that_goes_away_leaves_its_lane():
    async def play(come: Come) -> None:
        first = come("first")
        await asyncio.sleep(0)
        waiting = come("second")
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        come("third")
        await asyncio.sleep(0)

    assert played(play) == [("first", True), ("third", True)]
