"""What phones may ask of an audience's server: the vote page, what changed in it, a vote.

Nothing else is there.

    GET  /                 the page
    GET  /now?seen=TURN    its part that changes, once the show's turn is another; 204 if that takes long
    POST /vote             round=NUMBER&label=PLACE: a vote; the part of the page that tells it

A phone is known by a cookie that the page gives it: a random number, signed, so that none can be made up.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from poetcore.ui.audience.ballot import Ballot
from poetcore.ui.audience.phones import Limits, Phones
from poetcore.ui.audience.vote_page import Room, headers, vote_page, vote_room

__all__ = ["VoteServer"]

_COOKIE = "poet_phone"

#: Bytes of a vote at the most.
_LONGEST = 200

#: Seconds that a phone waits for something new; less than networks let a silent connection live.
_WAIT = 25.0

#: Of a phone that is refused: whatever the show's turn is when there is room, it has not seen it.
_NO_TURN = -1

_TOO_FAST = "Too many requests: wait a second."

_Endpoint = Callable[[Request], Awaitable[Response]]


class VoteServer:
    """The answers to phones, and what they are about.

    Args:
        hosts: under which names it may be opened, as in a request's Host header without the port.
        limits: how many phones may come.
    """

    def __init__(self, hosts: list[str], limits: Limits) -> None:
        self.ballot = Ballot()
        self.phones = Phones(limits)
        self.over = False
        self._limits = limits
        self._turn = 0
        self._changed = asyncio.Event()
        #: The event that each phone waits for; a second wait of the same phone ends the first.
        self._waiting: dict[str, asyncio.Event] = {}
        self.app = Starlette(
            routes=[
                Route("/", self._guarded(self._page), methods=["GET"]),
                Route("/now", self._guarded(self._now), methods=["GET"]),
                Route("/vote", self._guarded(self._vote), methods=["POST"]),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
        )
        self.app.router.redirect_slashes = False

    def show(self, message: dict[str, Any]) -> None:
        """Apply what the presenter's page says: `do` is ask, reveal, pause or restart."""
        ballot = self.ballot
        before = (ballot.slide, ballot.round and ballot.round.revealed)
        match message:
            case {"do": "ask", "slide": slide, "labels": labels}:
                ballot.ask(slide, labels)
            case {"do": "reveal", "slide": slide, "labels": labels, "truth": truth, "predicted": predicted}:
                ballot.reveal(slide, labels, truth, predicted)
            case {"do": "pause"}:
                ballot.pause()
            case {"do": "restart"}:
                ballot.restart()
        if (ballot.slide, ballot.round and ballot.round.revealed) != before:
            self._wake()

    def news(self) -> dict[str, Any]:
        """Return what the presenter's page shows: the slide, its votes by label, phones, score."""
        shown, score = self.ballot.round, self.ballot.score
        return {
            "slide": self.ballot.slide,
            "votes": shown.counts() if shown else [],
            "phones": self.phones.count(),
            "score": {"audience": score.audience, "model": score.model, "of": score.of},
        }

    def close(self) -> None:
        """Answer every phone that the show is over."""
        self.over = True
        self._wake()

    def _wake(self) -> None:
        self._turn += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def _guarded(self, answer: _Endpoint) -> _Endpoint:
        """Return an endpoint that refuses who asks too often, and says what every answer says."""

        async def guarded(request: Request) -> Response:
            if self.phones.too_fast(_address(request), self._limits.requests_per_address):
                response: Response = PlainTextResponse(_TOO_FAST, 429)
            else:
                response = await answer(request)
            response.headers.update(headers())
            return response

        return guarded

    async def _page(self, request: Request) -> Response:
        phone = self.phones.known(request.cookies.get(_COOKIE))
        response = HTMLResponse(vote_page(self._room(phone)))
        if phone is None:
            response.set_cookie(_COOKIE, self.phones.new(), httponly=True, samesite="strict", path="/")
        return response

    async def _now(self, request: Request) -> Response:
        phone, problem = self._admitted(request)
        if problem:
            return HTMLResponse(vote_room(Room(_NO_TURN, problem=problem)), 403)
        if request.query_params.get("seen") == str(self._turn) and not await self._something_new(phone):
            return Response(status_code=204)
        return HTMLResponse(vote_room(self._room(phone)))

    async def _something_new(self, phone: str) -> bool:
        """Wait until the show's turn is another; False where it takes long, or the phone asks anew."""
        changed, anew = self._changed, asyncio.Event()
        if phone in self._waiting:
            self._waiting[phone].set()
        self._waiting[phone] = anew
        waits = [asyncio.ensure_future(one.wait()) for one in (changed, anew)]
        try:
            await asyncio.wait(waits, timeout=_WAIT, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            if self._waiting.get(phone) is anew:
                del self._waiting[phone]
        return changed.is_set()

    async def _vote(self, request: Request) -> Response:
        if not _from_own_page(request):
            return PlainTextResponse("Only the vote page may vote.", 403)
        phone, problem = self._admitted(request)
        if problem:
            return PlainTextResponse(problem, 403)
        if self.phones.too_fast(phone, self._limits.votes_per_phone):
            return PlainTextResponse(_TOO_FAST, 429)
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > _LONGEST:
                    return PlainTextResponse("A vote is shorter.", 413, {"Connection": "close"})
        except ClientDisconnect:
            return Response(status_code=400)
        number, label = _vote_of(bytes(body))
        self.ballot.vote(phone, number, label)
        if "sec-fetch-dest" in request.headers and request.headers["sec-fetch-dest"] == "document":
            return RedirectResponse("./", 303)  # a form without the script
        return HTMLResponse(vote_room(self._room(phone)))

    def _admitted(self, request: Request) -> tuple[str, str]:
        """Return the phone that asks, and why it is refused or ""."""
        phone = self.phones.known(request.cookies.get(_COOKIE))
        if phone is None:
            return "", "Load this page again, with cookies allowed: they tell one phone from another."
        return phone, self.phones.admit(phone, _address(request))

    def _room(self, phone: str | None) -> Room:
        right, of = self.ballot.score_of(phone) if phone else (0, 0)
        shown = self.ballot.round
        return Room(
            self._turn,
            shown,
            shown.vote_of(phone) if shown and phone else None,
            f"{right} of {of}" if of else "",
            self.ballot.score,
            self.over,
        )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _from_own_page(request: Request) -> bool:
    """Return whether our page sent a vote; old phones do not say, and have our cookie all the same."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _vote_of(body: bytes) -> tuple[int, int]:
    """Return the round and the label of a vote; -1 for what cannot be read."""
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=2)
        return int(fields["round"][0]), int(fields["label"][0])
    except (ValueError, KeyError):
        return -1, -1
