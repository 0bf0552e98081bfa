"""The limits of requests: how many at once, how long, how large, how often repeated."""

from dataclasses import dataclass

from poetcore.errors import OptionError
from poetcore.sources.addresses import allowed_here
from poetcore.system.options import check_number

__all__ = ["FetchOptions"]


#: More threads than a process gets, longer waits than a socket takes, or more than memory holds.
_MOST = {
    "workers": 1000,
    "per_host": 1000,
    "interval": 86_400,
    "connect_timeout": 86_400,
    "read_timeout": 86_400,
    "total_timeout": 86_400,
    "max_megabytes": 2000,
    "retries": 100,
}


@dataclass(frozen=True)
class FetchOptions:
    """Limits of the requests: how many, how fast, how large, how long.

    Attributes:
        workers: requests at once in all.
        per_host: requests at once to one host.
        interval: seconds between the starts of two requests to one host.
        connect_timeout: seconds until a connection stands.
        read_timeout: seconds without a byte.
        total_timeout: seconds for one picture, redirects included; ends a server that drips.
        max_megabytes: a larger file is cut off and refused.
        retries: how often to repeat a request after 429 or 5xx; after anything else never.
        backoff: seconds before the first retry, doubled each time, if the server names no time itself.
        longest_wait: seconds; a server that demands a longer wait is left to another run.
        redirects: how many to follow.
        host_failures: failures in a row, dead links not among them, after which a host is skipped.
        host_placeholders: placeholders in a row after which a host is skipped.
        robots: keep to robots.txt.
        contact: an e-mail address or page that goes into the user agent.
        allow_private: hosts, addresses and networks that are asked though they are not on the internet, with
            commas between, or "all"; those of the environment come on top (`addresses.ALLOW_PRIVATE`).

    Raises:
        OptionError: a limit is out of its range.
    """

    workers: int = 16
    per_host: int = 4
    interval: float = 0.0
    connect_timeout: float = 10
    read_timeout: float = 20
    total_timeout: float = 60
    max_megabytes: float = 25
    retries: int = 3
    backoff: float = 1.0
    longest_wait: float = 120
    redirects: int = 5
    host_failures: int = 5
    host_placeholders: int = 20
    robots: bool = True
    contact: str = ""
    allow_private: str = ""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            check_number(value, name)
        for name, most in _MOST.items():
            if getattr(self, name) > most:
                raise OptionError(f"{name} must be at most {most}. Received: {getattr(self, name)}")
        for name in ("workers", "per_host", "host_failures", "host_placeholders"):
            if getattr(self, name) < 1:
                raise OptionError(f"{name} must be at least 1. Received: {getattr(self, name)}")
        for name in ("connect_timeout", "read_timeout", "total_timeout", "max_megabytes"):
            if not getattr(self, name) > 0:
                raise OptionError(f"{name} must be more than 0. Received: {getattr(self, name)}")
        for name in ("interval", "retries", "backoff", "longest_wait", "redirects"):
            if not getattr(self, name) >= 0:
                raise OptionError(f"{name} must be at least 0. Received: {getattr(self, name)}")
        allowed_here(self.allow_private)
        if not self.contact.isascii() or not self.contact.isprintable():
            raise OptionError(f"contact must be plain ASCII. Received: {self.contact!r}")
