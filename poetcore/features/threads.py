"""Threads that work on one batch of pictures after the other."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from poetcore.features.engines import Batch
from poetcore.system.files import cores

__all__ = ["map_in_threads", "run_in_threads"]

T = TypeVar("T")


def map_in_threads(
    batches: Iterable[Batch], task: Callable[[str, Path], T], workers: int | None = None
) -> Generator[list[T], None, None]:
    """Call a function for every picture in threads.

    Args:
        batches: taken one by one, in the caller's thread; a batch may be empty.
        task: called with a picture's sha and path.
        workers: threads; one per core by default.

    Yields:
        The results of one batch, in the order given.
    """

    def alone(sha: str, path: Path) -> list[T]:
        return [task(sha, path)]

    return run_in_threads(([partial(alone, sha, path) for sha, path in batch] for batch in batches), workers)


def run_in_threads(
    batches: Iterable[Sequence[Callable[[], Sequence[T]]]], workers: int | None = None
) -> Generator[list[T], None, None]:
    """Call functions in threads, each for some pictures.

    Two batches are in progress while the caller waits for a third: memory does not grow with their number.

    Args:
        batches: taken one by one, in the caller's thread; a batch may be empty.
        workers: threads; one per core by default.

    Yields:
        The results of one batch, in the order given.
    """
    with ThreadPoolExecutor(workers or cores()) as pool:
        in_progress: deque[list[Future[Sequence[T]]]] = deque()
        try:
            for batch in batches:
                in_progress.append([pool.submit(task) for task in batch])
                if len(in_progress) > 2:
                    yield [one for future in in_progress.popleft() for one in future.result()]
            while in_progress:
                yield [one for future in in_progress.popleft() for one in future.result()]
        finally:
            # Where the caller stops early, tasks that have not begun are dropped.
            pool.shutdown(cancel_futures=True)
