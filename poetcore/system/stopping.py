"""Ctrl-C ends a command also while a disk does not answer.

A thread that waits for a network disk that is gone takes no signal but the one that kills. So another thread
looks whether one waits to be taken, or was taken by a thread that cannot act on it.
"""

import _thread
import contextlib
import math
import os
import select
import signal
import threading
import time
from dataclasses import dataclass
from types import FrameType

__all__ = ["end_at_once_from_now", "end_when_asked_twice"]

_ASKS = frozenset({signal.SIGINT, signal.SIGTERM})

#: So many seconds the main thread has, before it is said that it waits.
_PATIENCE = 3


@dataclass
class _Main:
    """Whether the main thread is watched, and when it acted last on being asked to end."""

    watched: bool = False
    acted: float = -math.inf  # by the clock that only advances


_MAIN = _Main()


def end_when_asked_twice() -> None:
    """See to it that a second Ctrl-C, or SIGTERM, ends this process where the first could not be acted on.

    On Linux; other systems give up on a disk that does not answer. Once a process, whoever calls it.
    """
    on_main = threading.current_thread() is threading.main_thread()
    if _MAIN.watched or not on_main or not hasattr(signal, "sigtimedwait"):
        return
    _MAIN.watched = True
    for number in _ASKS:
        _note(number)
    taken, takes = os.pipe()
    for end in (taken, takes):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(takes, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(taken,), daemon=True, name="stopping").start()


def _note(number: int) -> None:
    before = signal.getsignal(number)
    if not callable(before):  # it is ignored
        return

    def act(number: int, frame: FrameType | None) -> None:
        _MAIN.acted = time.monotonic()
        before(number, frame)

    signal.signal(number, act)


def end_at_once_from_now() -> None:
    """Let Ctrl-C end this process at once: its work has ended, and it waits for threads of its own only."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _watch(taken: int) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, _ASKS)  # of this thread: they are for the main one
    asked, waits, told = math.inf, False, False
    ready = select.poll()  # `select.select` takes no number above 1,023, and a busy process has such files
    ready.register(taken, select.POLLIN)
    while True:
        is_asked = bool(ready.poll(1000) and set(os.read(taken, 512)) & _ASKS)
        waited, waits = waits, bool(signal.sigpending() & _ASKS)
        if waited and waits and (found := signal.sigtimedwait(_ASKS, 0)):
            _thread.interrupt_main(signal.Signals(found.si_signo))  # when it waits no longer
            os.read(taken, 512)
            is_asked = True
        acted = _MAIN.acted > asked - 2
        if is_asked and told and not acted:
            _say("Error: Stopped, without waiting for the disk.\n")
            os._exit(1)
        if is_asked or acted:
            asked, told = time.monotonic() if is_asked else math.inf, False
        elif not told and time.monotonic() > asked + _PATIENCE:
            _say("It ends when the disk answers; Ctrl-C again ends it at once.\n")
            told = True


def _say(line: str) -> None:
    with contextlib.suppress(OSError):
        os.write(2, f"\n{line}".encode())
