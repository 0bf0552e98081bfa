"""What the server's gate lets through, without a browser; tests/browser/test_hosts.py tries it in one."""

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from poetcore.training.tensorboard_gate import guarded
from poetcore.ui.protection import Gate, headers
from tests.ui.routes import OWN, Answer, ask

HOST = {"host": "localhost:8501"}
OTHER = {"sec-fetch-site": "cross-site"}
LINK = OTHER | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
FRAME = LINK | {"sec-fetch-dest": "iframe"}


class Gated(Route):
    """A route behind the gate."""

    def __init__(self) -> None:
        super().__init__("/{path:path}", lambda _: PlainTextResponse("here"), methods=["GET", "POST", "PUT"])

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Gate(super().handle, ["localhost"])(scope, receive, send)


def asked(method: str, path: str, given: dict[str, str]) -> Answer:
    return ask([Gated()], method, path, headers=HOST | given)


CASES = [
    ("GET", "/", {}, 200),
    ("GET", "/train", {"host": "evil.example:8501"}, 400),
    ("GET", "/train", LINK, 200),
    ("GET", "/train", FRAME, 403),
    ("GET", "/train", OTHER, 403),
    ("GET", "/poet/facts/x", LINK, 403),
    ("GET", "/poet/facts/x", OWN, 200),
    ("GET", "/_stcore/health", {}, 200),
    ("GET", "/media/x", {"origin": "http://localhost:9999"}, 403),
    ("POST", "/poet/uploads", {}, 403),
    ("POST", "/train", LINK, 403),
    ("PUT", "/poet/uploads", OWN, 200),
]


@pytest.mark.parametrize(("method", "path", "given", "status"), CASES)
def test_who_is_answered(method, path, given, status):
    assert asked(method, path, given).status == status


def test_nothing_is_loaded_from_elsewhere_and_nobody_frames_it():
    policy = headers()["Content-Security-Policy"]
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy and headers()["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("method", "path", "given", "status"),
    [(*one[:3], one[3]) for one in CASES if one[1] in ("/", "/train") and one[2] != LINK]
    + [("GET", "/", LINK, 200), ("GET", "/data/runs", LINK, 403)],
)
def test_tensorboard_has_the_same_gate(method, path, given, status):
    told = []
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (HOST | given).items()}
    app = guarded(lambda environ, start: start("200 OK", []) or [], "127.0.0.1")
    app(environ | {"REQUEST_METHOD": method, "PATH_INFO": path}, lambda *one: told.append(one))
    ((said, added),) = told
    assert int(said.split()[0]) == status and ("X-Frame-Options", "SAMEORIGIN") in added
