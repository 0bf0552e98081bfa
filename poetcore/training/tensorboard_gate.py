"""What stands before TensorBoard's answers: by itself it asks neither for which name they are, nor whose."""

from collections.abc import Callable, Iterable
from typing import Any

from poetcore.system.hosts import allows, names_of
from poetcore.system.sender import leads_here, sender

__all__ = ["guarded"]

_Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: It frames parts of itself, so that it is not forbidden to be framed at all.
_HEADERS = [
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "SAMEORIGIN"),
]


def guarded(app: _Wsgi, address: str) -> _Wsgi:
    """Return a WSGI application that answers only under this machine's names, and to no page of another site.

    Args:
        app: what answers everyone else.
        address: on which it listens.
    """
    names = names_of(address)

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        given = {
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }

        def start_protected(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [one for one in headers if one[0].lower() not in {name.lower() for name, _ in _HEADERS}]
            return start(status, [*kept, *_HEADERS], *rest)

        if not allows(names, given.get("host")):
            return _refused(start_protected, "400 Bad Request", b"Invalid host header")
        page = (
            environ.get("REQUEST_METHOD") == "GET" and environ.get("PATH_INFO") == "/" and leads_here(given)
        )
        if sender(given) == "other" and not page:
            return _refused(
                start_protected, "403 Forbidden", b"Only its own pages may ask TensorBoard for this."
            )
        return app(environ, start_protected)

    return answer


def _refused(start: Callable[..., Any], status: str, words: bytes) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(words)))])
    return [words]
