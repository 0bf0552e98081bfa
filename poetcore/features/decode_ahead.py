"""Pictures decoded ahead of a network that must not wait: in processes where threads are too slow.

Python runs one thread at a time for a ninth of the work of decoding a photo of 500 x 400 pixels (0.3 ms), so
that threads decode at most some 3,000 a second on however many cores, and take from the thread that feeds the
network. Processes have no such limit. They hand pixels over by pipes: no shared memory is needed, of which a
container has 64 MB, and nothing has to be removed after them.
"""

import contextlib
import pickle
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from io import TextIOWrapper
from pathlib import Path
from queue import SimpleQueue
from subprocess import Popen
from typing import IO, BinaryIO, cast

from poetcore.errors import ResourceError
from poetcore.features.engines import BATCH_SIZE, Batch, Bottleneck, Loaded, View
from poetcore.system.files import in_chunks
from poetcore.system.processes import converse

__all__ = ["decode_in_processes"]

#: How many pictures a process decodes for one question: a few, so that all end at about the same time.
_AT_ONCE = 8

#: How many batches are asked for ahead at most, where most of their pictures are in the cache.
_BATCHES_AHEAD = 64

Decoded = Loaded | Bottleneck


def decode_in_processes(
    batches: Iterable[Batch], view: View, workers: int
) -> Generator[list[Decoded], None, None]:
    """Decode pictures in processes, as many ahead as keep all of these busy.

    Args:
        batches: taken one by one, in the caller's thread; a batch may be empty.
        view: what is seen of a picture.
        workers: processes.

    Yields:
        What `View.load` returns of the pictures of one batch, in the order given.

    Raises:
        ResourceError: a process was ended by something else.
    """
    ahead = 2 * workers * _AT_ONCE + BATCH_SIZE
    with _Decoders(view, workers) as decoders, ThreadPoolExecutor(workers) as pool:
        in_progress: deque[list[Future[list[Decoded]]]] = deque()
        pictures = 0

        def finished() -> list[Decoded]:
            nonlocal pictures
            batch = [one for future in in_progress.popleft() for one in future.result()]
            pictures -= len(batch)
            return batch

        try:
            for batch in batches:
                in_progress.append([pool.submit(decoders.load, part) for part in in_chunks(batch, _AT_ONCE)])
                pictures += len(batch)
                while pictures > ahead or len(in_progress) > _BATCHES_AHEAD:
                    yield finished()
            while in_progress:
                yield finished()
        finally:
            # Where the caller stops early: what has not begun is dropped, and what has ends with its process.
            pool.shutdown(wait=False, cancel_futures=True)
            decoders.end()


class _Decoders:
    """Processes that decode, each for one thread at a time."""

    def __init__(self, view: View, count: int) -> None:
        self._view, self._count = view, count
        self._children: list[Popen[str]] = []
        self._idle: SimpleQueue[Popen[str]] = SimpleQueue()

    def __enter__(self) -> "_Decoders":
        try:
            for _ in range(self._count):
                child = converse("poetcore.features.decode_worker", [])
                self._children.append(child)
                _ask(child, self._view)
                self._idle.put(child)
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End all processes at once: they keep nothing."""
        for child in self._children:
            child.kill()
        for child in self._children:
            with contextlib.suppress(OSError), child:  # closes its pipes, waits for it
                pass

    def load(self, pictures: Sequence[tuple[str, Path]]) -> list[Decoded]:
        """Let a process that is idle decode pictures, for any thread."""
        child = self._idle.get()
        try:
            _ask(child, pictures)
            answer = pickle.load(_buffer(child.stdout))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            raise ResourceError(
                "A process that decodes pictures was ended by the system, most likely for want of memory:"
                " close other programs, and start again; features extracted so far are kept."
            ) from None
        finally:
            self._idle.put(child)
        if isinstance(answer, Exception):
            raise answer
        return cast(list[Decoded], answer)


def _ask(child: "Popen[str]", question: object) -> None:
    pipe = _buffer(child.stdin)
    pickle.dump(question, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _buffer(pipe: "IO[str] | None") -> BinaryIO:
    """Return the bytes below a pipe of `converse`, on which nothing is read or written as text."""
    return cast(BinaryIO, cast(TextIOWrapper, pipe).buffer)
