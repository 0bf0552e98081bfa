"""Many requests at once, polite to each host: so many at a time, its robots.txt, time to recover.

Addresses wait in a queue per host. A worker takes one whose host is free, so that a slow host never holds up
the others. A host that answers 429 or 5xx is left in peace for as long as it asks, one that nobody answers
for is given up.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from poetcore.errors import PictureError
from poetcore.sources.fetch import AGENT, Fetched, FetchOptions, Outcome, PlaceholderError, fetch, new_session
from poetcore.sources.robots import MAX_BYTES, Rules

if TYPE_CHECKING:
    from requests import Session

__all__ = ["FetchPool"]

#: Seconds between two looks at requests that hang.
_LOOK = 0.1

#: What a content is made into; raises PictureError where it is no use.
Check = Callable[[bytes], Any]


@dataclass(eq=False)
class _Task:
    key: Any
    address: str
    tries: int = 0
    not_before: float = 0.0
    host: _Host | None = None  # at which it holds a place
    began: float = 0.0
    deadline: float = float("inf")


@dataclass(eq=False)
class _Host:
    name: str
    waiting: deque[_Task] = field(default_factory=deque)
    busy: int = 0
    not_before: float = 0.0
    silent: int = 0
    placeholders: int = 0
    rules: Rules | None = None
    robots: threading.Lock = field(default_factory=threading.Lock)


class _GivenUpError(Exception):
    """The pool does not wait for this worker any more."""


class FetchPool:
    """Fetches addresses in threads; a context manager that stops them when it is left.

    Args:
        options: the limits.
        check: makes of a content what is wanted of it, in the worker's thread; a PictureError refuses it.
    """

    def __init__(self, options: FetchOptions, check: Check) -> None:
        self._options = options
        self._check = check
        self._hosts: dict[str, _Host] = {}
        self._changed = threading.Condition()
        self._results: SimpleQueue[tuple[Any, Fetched]] = SimpleQueue()
        # What each worker does at the moment; a worker that is not listed any more has been given up.
        self._doing: dict[threading.Thread, _Task | None] = {}
        self._outstanding = 0
        self._stopped = False

    def __enter__(self) -> FetchPool:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        # Those in a system call end by themselves, and what they bring is not used.
        for thread in list(self._doing):
            thread.join(_LOOK)

    @property
    def outstanding(self) -> int:
        """How many addresses were added and have not come back."""
        return self._outstanding

    def add(self, key: Any, address: str) -> None:
        """Queue an address; `key` comes back with what became of it."""
        with self._changed:
            host = self._host(address)
            host.waiting.append(_Task(key, address))
            self._outstanding += 1
            if self._given_up(host):
                self._skip_waiting(host)
            elif len(self._doing) < min(self._outstanding, self._options.workers):
                self._start_worker()
            self._changed.notify()

    def note_placeholder(self, address: str) -> None:
        """Count a placeholder that showed only afterwards, by coming from several addresses."""
        with self._changed:
            self._host(address).placeholders += 1

    def next(self, timeout: float | None = None) -> tuple[Any, Fetched] | None:
        """Wait for the next result; None where there is none in time, or nothing outstanding."""
        ends = None if timeout is None else time.monotonic() + timeout
        while self._outstanding:
            try:
                key, fetched = self._results.get(timeout=_LOOK)
            except Empty:
                self._abandon_hanging()
                if ends is not None and time.monotonic() > ends:
                    return None
                continue
            self._outstanding -= 1
            return key, fetched
        return None

    def _host(self, address: str) -> _Host:
        name = urlsplit(address).netloc.lower()
        return self._hosts.setdefault(name, _Host(name))

    def _start_worker(self) -> None:
        thread = threading.Thread(target=self._work, name="fetch", daemon=True)
        thread.start()  # first, so that Ctrl-C never leaves one listed that cannot be joined
        self._doing[thread] = None

    def _abandon_hanging(self) -> None:
        """Replace workers that hang where no timeout reaches: in name resolution, or in a dripping header."""
        now = time.monotonic()
        with self._changed:
            for thread, task in list(self._doing.items()):
                if task and now > task.deadline:
                    del self._doing[thread]
                    reason = f"took longer than {self._options.total_timeout:g} seconds"
                    self._end(task, Fetched(task.address, Outcome.UNREACHABLE, reason))
                    self._start_worker()

    def _work(self) -> None:
        """Do one task after the other until the pool is left."""
        me = threading.current_thread()
        with new_session(self._options) as session:
            while task := self._take(me):
                try:
                    fetched = self._checked(self._fetch(task, session, me))
                except _GivenUpError:
                    return
                except Exception as error:  # a library's surprise costs one picture, not the batch
                    reason = f"cannot be fetched ({type(error).__name__}: {error})"
                    fetched = Fetched(task.address, Outcome.REFUSED, reason)
                with self._changed:
                    if me not in self._doing:
                        return
                    self._doing[me] = None
                    self._end(task, fetched)

    def _fetch(self, task: _Task, session: Session, me: threading.Thread) -> Fetched:
        def leave(address: str) -> tuple[Outcome, str] | None:
            host = self._move(task, self._host(address), me)
            return self._against(host, address, task, session) if self._options.robots else None

        return fetch(task.address, session, self._options, leave, lambda: self._stopped)

    def _checked(self, fetched: Fetched) -> Fetched:
        """Let the check look at a content, and keep only what it accepts."""
        if fetched.outcome is not Outcome.FETCHED:
            return fetched
        try:
            return replace(fetched, found=self._check(fetched.content))
        except PictureError as error:
            led = f"leads to {fetched.final}, which " if fetched.final != fetched.address else ""
            outcome = Outcome.PLACEHOLDER if isinstance(error, PlaceholderError) else Outcome.REFUSED
            return replace(fetched, outcome=outcome, reason=f"{led}{error}", content=b"")

    def _take(self, me: threading.Thread) -> _Task | None:
        """Wait for a task whose host is free, and hold a place there; None where the pool is left."""
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                soonest = float("inf")
                for host in list(self._hosts.values()):
                    if not host.waiting or host.busy >= self._options.per_host:
                        continue
                    if host.not_before > now:
                        soonest = min(soonest, host.not_before)
                        continue
                    task = next((task for task in host.waiting if task.not_before <= now), None)
                    if task is None:
                        soonest = min(soonest, *(task.not_before for task in host.waiting))
                        continue
                    host.waiting.remove(task)
                    self._hold(task, host)
                    # The next look begins with another host.
                    self._hosts[host.name] = self._hosts.pop(host.name)
                    self._doing[me] = task
                    return task
                self._changed.wait(None if soonest == float("inf") else soonest - now)
            self._doing.pop(me, None)
            return None

    def _hold(self, task: _Task, host: _Host) -> None:
        now = time.monotonic()
        host.busy += 1
        delay = host.rules.delay if host.rules else 0.0
        host.not_before = max(host.not_before, now + max(self._options.interval, delay))
        task.host = host
        task.began = task.began or now
        task.deadline = now + self._options.total_timeout + 1

    def _release(self, task: _Task) -> None:
        if task.host:
            task.host.busy -= 1
            task.host = None
            self._changed.notify_all()

    def _move(self, task: _Task, host: _Host, me: threading.Thread) -> _Host:
        """Give up the place at one host for a place at another, to which a redirect led."""
        with self._changed:
            if task.host is not host:
                self._release(task)  # before waiting, so that nobody waits for one who waits
                while not self._stopped and me in self._doing:
                    now = time.monotonic()
                    if host.busy < self._options.per_host and host.not_before <= now:
                        self._hold(task, host)
                        return host
                    self._changed.wait(max(_LOOK, host.not_before - now))
            if self._stopped or me not in self._doing:
                raise _GivenUpError
        return host

    def _against(
        self, host: _Host, address: str, task: _Task, session: Session
    ) -> tuple[Outcome, str] | None:
        """Say what robots.txt has against an address; it is read once per host."""
        with host.robots:
            if host.rules is None:
                parts = urlsplit(address)
                file = f"{parts.scheme}://{parts.netloc}/robots.txt"
                answer = fetch(file, session, self._options, lambda _: None, lambda: self._stopped, MAX_BYTES)
                if answer.outcome in (Outcome.UNREACHABLE, Outcome.TEMPORARY):
                    return answer.outcome, answer.reason
                # Whatever else is not a file stands for "no rules" (RFC 9309, section 2.3.1.3).
                host.rules = Rules(answer.content.decode("utf-8", "replace"), AGENT)
                task.deadline = time.monotonic() + self._options.total_timeout + 1
        return None if host.rules.allow(address) else (Outcome.REFUSED, "is closed to programs by robots.txt")

    def _end(self, task: _Task, fetched: Fetched) -> None:
        """Queue a task again, or give out what came of it."""
        host = self._host(task.address)
        self._release(task)
        if fetched.again and task.tries < self._options.retries:
            wait = self._options.backoff * 2**task.tries * random.uniform(1, 1.25)
            if fetched.wait is not None:
                wait = fetched.wait
                host.not_before = max(
                    host.not_before, time.monotonic() + min(wait, self._options.longest_wait)
                )
            if wait <= self._options.longest_wait:
                task.tries += 1
                task.not_before = time.monotonic() + wait
                host.waiting.append(task)
                self._changed.notify_all()
                return
        if fetched.outcome in (Outcome.UNREACHABLE, Outcome.TEMPORARY):
            host.silent += 1
        elif fetched.outcome is Outcome.PLACEHOLDER:
            host.silent, host.placeholders = 0, host.placeholders + 1
        else:
            host.silent = 0
            if fetched.outcome is Outcome.FETCHED:
                host.placeholders = 0
        took = time.monotonic() - task.began
        self._results.put((task.key, replace(fetched, seconds=took)))
        if self._given_up(host):
            self._skip_waiting(host)

    def _given_up(self, host: _Host) -> str:
        """Say why a host is asked no more, or ""."""
        if host.silent >= self._options.host_failures:
            return f"was not asked: {host.name} failed {host.silent} times in a row"
        if host.placeholders >= self._options.host_placeholders:
            return f"was not asked: {host.name} sent placeholders {host.placeholders} times in a row"
        return ""

    def _skip_waiting(self, host: _Host) -> None:
        reason = self._given_up(host)
        while host.waiting:
            task = host.waiting.popleft()
            self._results.put((task.key, Fetched(task.address, Outcome.SKIPPED, reason)))
