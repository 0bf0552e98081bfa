"""Which phones are in the room: the number that each got with the page, and how many may come."""

import hmac
import secrets
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Limits", "Phones"]


@dataclass(frozen=True)
class Limits:
    """How much of an audience is served; more is refused with a sentence.

    Attributes:
        phones: at the same time.
        phones_per_address: at the same time from one network address; behind a router that hides its phones
            all have the same.
        requests_per_address: within a second.
        votes_per_phone: within a second.
    """

    phones: int = 500
    phones_per_address: int = 60
    requests_per_address: int = 200
    votes_per_phone: int = 5


@dataclass
class _Phone:
    address: str
    seen: float


class Phones:
    """The phones of an audience: of each a random number, its address and when it was seen.

    Args:
        limits: how many may come.
        clock: seconds that only grow.
    """

    #: Seconds after which a phone that did not ask counts as gone; it asks again at least every 25.
    HERE = 40.0

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._phones: dict[str, _Phone] = {}
        self._second = -1
        self._asked: Counter[str] = Counter()

    def new(self) -> str:
        """Return the token of a phone that comes for the first time; nothing is kept of it yet."""
        phone = secrets.token_urlsafe(9)
        return f"{phone}.{self._signature(phone)}"

    def known(self, token: str | None) -> str | None:
        """Return the number of the phone that a token was given to; None where it is not one of ours."""
        phone, _, signature = (token or "").partition(".")
        own = hmac.compare_digest(signature.encode(), self._signature(phone).encode())
        return phone if phone and own else None

    def admit(self, phone: str, address: str) -> str:
        """Count a phone as being here.

        Returns:
            "", or the sentence that tells why there is no room for it.
        """
        now = self._clock()
        if phone in self._phones:
            self._phones[phone].seen = now
            return ""
        self._forget(now)
        if len(self._phones) >= self._limits.phones:
            return f"The room is full: {self._limits.phones} phones are here already."
        if sum(one.address == address for one in self._phones.values()) >= self._limits.phones_per_address:
            most = self._limits.phones_per_address
            return f"From this network address {most} phones vote already, and more are not taken."
        self._phones[phone] = _Phone(address, now)
        return ""

    def count(self) -> int:
        """Return how many phones are here."""
        self._forget(self._clock())
        return len(self._phones)

    def too_fast(self, who: str, most: int) -> bool:
        """Count a request, and return whether that is one too many within this second."""
        second = int(self._clock())
        if second != self._second:
            self._second = second
            self._asked.clear()
        self._asked[who] += 1
        return self._asked[who] > most

    def _forget(self, now: float) -> None:
        gone = [phone for phone, one in self._phones.items() if now - one.seen > self.HERE]
        for phone in gone:
            del self._phones[phone]

    def _signature(self, phone: str) -> str:
        return hmac.new(self._key, phone.encode(), "sha256").hexdigest()[:24]
