"""Many requests at once, polite to each host.

URLs wait in a queue per host. A worker takes one whose host has a free slot, so that a slow host never holds
up the others. A host that answers 429 or 5xx gets a pause as long as it demands; one that does not answer is
skipped after some failures.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from poetcore.errors import PictureError
from poetcore.sources.fetch import Fetched, Outcome, PlaceholderError, fetch, new_session
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.hosts import Host, RobotsRules, Task, load_rules

if TYPE_CHECKING:
    from requests import Session

__all__ = ["FetchPool", "checked"]

#: Seconds between two checks for requests that hang.
_POLL_SECONDS = 0.1

#: Returns what is needed of a content; raises PictureError where it cannot be used.
Check = Callable[[bytes], Any]


class _AbandonedError(Exception):
    """The pool does not wait for this worker any more."""


class FetchPool:
    """Requests URLs in threads; a context manager that stops them when it is left.

    Args:
        options: the limits.
        check: called with each content in the worker's thread; its result becomes `Fetched.checked`, and a
            PictureError refuses the content.
    """

    def __init__(self, options: FetchOptions, check: Check) -> None:
        self._options = options
        self._check = check
        self._hosts: dict[str, Host] = {}
        self._changed = threading.Condition()
        self._results: SimpleQueue[tuple[Any, Fetched]] = SimpleQueue()
        # The current task of each worker; a worker that is not listed any more has been abandoned.
        self._workers: dict[threading.Thread, Task | None] = {}
        self._outstanding = 0
        self._stopped = False

    def __enter__(self) -> FetchPool:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        # Those in a system call end by themselves, and their results are not used.
        for thread in list(self._workers):
            thread.join(_POLL_SECONDS)

    @property
    def outstanding(self) -> int:
        """How many URLs were added and have no result yet."""
        return self._outstanding

    def add(self, key: Any, url: str) -> None:
        """Queue a URL; `key` is returned with its result."""
        with self._changed:
            host = self._host(url)
            host.waiting.append(Task(key, url))
            self._outstanding += 1
            if host.skip_reason(self._options):
                self._skip_waiting(host)
            elif len(self._workers) < min(self._outstanding, self._options.workers):
                self._start_worker()
            self._changed.notify()

    def note_placeholder(self, url: str) -> None:
        """Count a placeholder that showed only afterwards, by coming from several URLs."""
        with self._changed:
            self._host(url).placeholders += 1

    def next(self, timeout: float | None = None) -> tuple[Any, Fetched] | None:
        """Wait for the next result.

        Args:
            timeout: seconds; None waits as long as it takes.

        Returns:
            The key and the result; None where there is none in time, or nothing outstanding.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        while self._outstanding:
            try:
                key, fetched = self._results.get(timeout=_POLL_SECONDS)
            except Empty:
                self._replace_hanging()
                if ends is not None and time.monotonic() > ends:
                    return None
                continue
            self._outstanding -= 1
            return key, fetched
        return None

    def _host(self, url: str) -> Host:
        name = urlsplit(url).netloc.lower()
        return self._hosts.setdefault(name, Host(name))

    def _start_worker(self) -> None:
        thread = threading.Thread(target=self._work, name="fetch", daemon=True)
        thread.start()  # first, so that Ctrl-C never leaves one listed that cannot be joined
        self._workers[thread] = None

    def _replace_hanging(self) -> None:
        """Replace workers that hang where no timeout reaches: in name resolution, or in a dripping header."""
        now = time.monotonic()
        with self._changed:
            for thread, task in list(self._workers.items()):
                if task and now > task.deadline:
                    del self._workers[thread]
                    reason = f"took longer than {self._options.total_timeout:g} seconds"
                    self._finish(task, Fetched(task.url, Outcome.UNREACHABLE, reason))
                    self._start_worker()

    def _work(self) -> None:
        """Do one task after the other until the pool is left."""
        me = threading.current_thread()
        with new_session(self._options) as session:
            while task := self._take(me):
                try:
                    fetched = checked(self._fetch(task, session, me), self._check)
                except _AbandonedError:
                    return
                except Exception as error:  # a library's surprise costs one picture, not the batch
                    reason = f"cannot be fetched ({type(error).__name__}: {error})"
                    fetched = Fetched(task.url, Outcome.REFUSED, reason)
                with self._changed:
                    if me not in self._workers:
                        return
                    self._workers[me] = None
                    self._finish(task, fetched)

    def _fetch(self, task: Task, session: Session, me: threading.Thread) -> Fetched:
        def acquire_slot(url: str) -> tuple[Outcome, str] | None:
            host = self._acquire(task, self._host(url), me)
            return self._disallowed(host, url, task, session) if self._options.robots else None

        return fetch(task.url, session, self._options, acquire_slot, lambda: self._stopped)

    def _take(self, me: threading.Thread) -> Task | None:
        """Wait for a task whose host has a free slot, and occupy it; None where the pool is left."""
        with self._changed:
            while not self._stopped:
                now = time.monotonic()
                soonest = float("inf")
                for host in list(self._hosts.values()):
                    ready_at = host.ready_at(self._options.per_host)
                    if ready_at > now:
                        soonest = min(soonest, ready_at)
                        continue
                    task = host.pop_ready(now)
                    host.occupy(task, self._options)
                    # The next search begins with another host.
                    self._hosts[host.name] = self._hosts.pop(host.name)
                    self._workers[me] = task
                    return task
                self._changed.wait(None if soonest == float("inf") else soonest - now)
            self._workers.pop(me, None)
            return None

    def _acquire(self, task: Task, host: Host, me: threading.Thread) -> Host:
        """Exchange the slot at one host for a slot at another, where a redirect led there."""
        with self._changed:
            if task.host is not host:
                self._release(task)  # before waiting, so that nobody waits for one who waits
                while not self._stopped and me in self._workers:
                    now = time.monotonic()
                    if host.active < self._options.per_host and host.not_before <= now:
                        host.occupy(task, self._options)
                        return host
                    self._changed.wait(max(_POLL_SECONDS, host.not_before - now))
            if self._stopped or me not in self._workers:
                raise _AbandonedError
        return host

    def _release(self, task: Task) -> None:
        if task.host:
            task.host.release(task)
            self._changed.notify_all()

    def _disallowed(self, host: Host, url: str, task: Task, session: Session) -> tuple[Outcome, str] | None:
        """Return how robots.txt forbids a URL, or None; the file is read once per host."""
        with host.robots_lock:
            if host.rules is None:
                rules = load_rules(url, session, self._options, lambda: self._stopped)
                if not isinstance(rules, RobotsRules):
                    return rules.outcome, rules.reason
                host.rules = rules
                task.deadline = time.monotonic() + self._options.total_timeout + 1
        return None if host.rules.allows(url) else (Outcome.REFUSED, "is disallowed by robots.txt")

    def _finish(self, task: Task, fetched: Fetched) -> None:
        """Queue a task again for a retry, or queue its result."""
        host = self._host(task.url)
        self._release(task)
        if fetched.retry and task.retries < self._options.retries:
            wait = self._options.backoff * 2**task.retries * random.uniform(1, 1.25)
            if fetched.retry_after is not None:
                wait = fetched.retry_after
                pause = min(wait, self._options.longest_wait)
                host.not_before = max(host.not_before, time.monotonic() + pause)
            if wait <= self._options.longest_wait:
                task.retries += 1
                task.not_before = time.monotonic() + wait
                host.waiting.append(task)
                self._changed.notify_all()
                return
        host.record(fetched.outcome)
        took = time.monotonic() - task.started
        self._results.put((task.key, replace(fetched, seconds=took)))
        if host.skip_reason(self._options):
            self._skip_waiting(host)

    def _skip_waiting(self, host: Host) -> None:
        reason = host.skip_reason(self._options)
        while host.waiting:
            task = host.waiting.popleft()
            self._results.put((task.key, Fetched(task.url, Outcome.SKIPPED, reason)))


def checked(fetched: Fetched, check: Check) -> Fetched:
    """Check a content, and keep only what is accepted.

    Args:
        fetched: a result; one without a content is returned as it is.
        check: its result becomes `Fetched.checked`, and a PictureError refuses the content.
    """
    if fetched.outcome is not Outcome.FETCHED:
        return fetched
    try:
        return replace(fetched, checked=check(fetched.content))
    except PictureError as error:
        led = (
            f"redirects to {fetched.final_url}, which " if fetched.final_url not in ("", fetched.url) else ""
        )
        outcome = Outcome.PLACEHOLDER if isinstance(error, PlaceholderError) else Outcome.REFUSED
        return replace(fetched, outcome=outcome, reason=f"{led}{error}", content=b"")
