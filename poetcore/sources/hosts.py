"""Politeness to one host: requests at once, pauses between them, its robots.txt, and when it is skipped."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego

from poetcore.sources.fetch import AGENT, Fetched, Outcome, fetch
from poetcore.sources.fetch_options import FetchOptions

if TYPE_CHECKING:
    from requests import Session

__all__ = ["Host", "RobotsRules", "Task", "load_rules"]

#: RFC 9309, section 2.5: at least 500 kibibytes must be read.
_MAX_ROBOTS_BYTES = 512_000

#: Protego stores each rule once per agent of its group, so that 500 kB of agents and rules would fill the
#: memory. A file with more agents times lines than this is not parsed.
_MAX_ROBOTS_PAIRS = 1_000_000
_AGENT_LINE = re.compile(r"^\s*user.?agent", re.IGNORECASE | re.MULTILINE)

#: Seconds; where a site demands more between two requests, they are this far apart.
_MAX_CRAWL_DELAY = 30.0


class RobotsRules:
    """The rules of a site's robots.txt that apply to Poet: its own group, or that for every agent (RFC 9309).

    Args:
        text: the content of the file; "" where there is none, and then everything is allowed. Where it has
            too many agents and rules to be parsed nothing is allowed.

    Attributes:
        delay: seconds that the site wants between two requests.
    """

    def __init__(self, text: str) -> None:
        if len(_AGENT_LINE.findall(text)) * len(text.splitlines()) > _MAX_ROBOTS_PAIRS:
            text = "User-agent: *\nDisallow: /"
        self._parsed = Protego.parse(text)
        self.delay = min(self._parsed.crawl_delay(AGENT) or 0.0, _MAX_CRAWL_DELAY)

    def allows(self, url: str) -> bool:
        """Return whether a URL may be requested: of the rules that match it the longest decides."""
        return self._parsed.can_fetch(url, AGENT)


def load_rules(
    url: str, session: Session, options: FetchOptions, stopped: Callable[[], bool]
) -> RobotsRules | Fetched:
    """Request the robots.txt of a URL's host.

    Args:
        url: any URL of the host.
        session: from `new_session`.
        options: the limits.
        stopped: called now and then; True ends the request.

    Returns:
        The rules; or the failed request where the host did not answer, and then nothing may be requested.
    """
    parts = urlsplit(url)
    file = f"{parts.scheme}://{parts.netloc}/robots.txt"
    answer = fetch(file, session, options, lambda _: None, stopped, _MAX_ROBOTS_BYTES)
    if answer.outcome in (Outcome.UNREACHABLE, Outcome.TEMPORARY):
        return answer
    # Whatever else is not a file means "no rules", 401 and 403 too (RFC 9309, section 2.3.1.3).
    return RobotsRules(answer.content.decode("utf-8-sig", "replace"))


@dataclass(eq=False)
class Task:
    """A URL that waits for its request, or is being requested.

    Attributes:
        key: identifies the task for the caller.
        url: what to request.
        retries: how often it was queued again.
        not_before: when it may start, on the monotonic clock.
        host: the host at which it occupies a slot.
        started: when it got its first slot; 0 before.
        deadline: when its worker counts as hanging.
    """

    key: Any
    url: str
    retries: int = 0
    not_before: float = 0.0
    host: Host | None = None
    started: float = 0.0
    deadline: float = float("inf")


@dataclass(eq=False)
class Host:
    """What is known of one host; used under the lock of its pool.

    Attributes:
        name: host and port, in lower case.
        waiting: its tasks in their order.
        active: occupied slots.
        not_before: when the next request may start, on the monotonic clock.
        failures: failed requests in a row.
        placeholders: placeholders in a row.
        rules: its robots.txt, once it was read.
        robots_lock: held while robots.txt is being read.
    """

    name: str
    waiting: deque[Task] = field(default_factory=deque)
    active: int = 0
    not_before: float = 0.0
    failures: int = 0
    placeholders: int = 0
    rules: RobotsRules | None = None
    robots_lock: threading.Lock = field(default_factory=threading.Lock)

    def ready_at(self, per_host: int) -> float:
        """Return when its next task may start; infinity where none waits or every slot is occupied."""
        if not self.waiting or self.active >= per_host:
            return float("inf")
        return max(self.not_before, min(task.not_before for task in self.waiting))

    def pop_ready(self, now: float) -> Task:
        """Remove and return the first task that may start."""
        task = next(task for task in self.waiting if task.not_before <= now)
        self.waiting.remove(task)
        return task

    def occupy(self, task: Task, options: FetchOptions) -> None:
        """Occupy a slot for a task; the next request must wait for the interval and the crawl delay."""
        now = time.monotonic()
        self.active += 1
        delay = self.rules.delay if self.rules else 0.0
        self.not_before = max(self.not_before, now + max(options.interval, delay))
        task.host = self
        task.started = task.started or now
        task.deadline = now + options.total_timeout + 1

    def release(self, task: Task) -> None:
        """Free the slot of a task."""
        self.active -= 1
        task.host = None

    def record(self, outcome: Outcome) -> None:
        """Count an outcome for or against the host."""
        if outcome in (Outcome.UNREACHABLE, Outcome.TEMPORARY):
            self.failures += 1
            return
        self.failures = 0
        if outcome is Outcome.PLACEHOLDER:
            self.placeholders += 1
        elif outcome is Outcome.FETCHED:
            self.placeholders = 0

    def skip_reason(self, options: FetchOptions) -> str:
        """Return why the host gets no more requests, or ""."""
        if self.failures >= options.host_failures:
            return f"was not requested: {self.name} failed {self.failures} times in a row"
        if self.placeholders >= options.host_placeholders:
            return f"was not requested: {self.name} sent placeholders {self.placeholders} times in a row"
        return ""
