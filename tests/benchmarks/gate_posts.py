"""What changes something, asked for as a page of another site would, with the gate and without it.

That a request was refused says something only where the same request does its work once nothing refuses it.
So all are sent first to a server without the gate and without the routes' own check, where they must
succeed, and then, word by word, to the one that is attacked.
"""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.benchmarks.gate_place import GatePlace
from tests.browser.conftest import PATIENCE, ROOT, end, free_port, is_up

__all__ = ["Post", "forge", "proven_posts", "without_gate"]

_UNGATED = """
import sys
from poetcore.ui import origin, protection
origin.from_own_page = lambda request: True
async def passes(self, scope, receive, send):
    await self._app(scope, receive, send)
protection.Gate.__call__ = passes
from streamlit.web.cli import main
sys.argv = ["streamlit", "run", "app.py", "--server.headless", "true", "--server.port", sys.argv[1]]
main()
"""


@dataclass(frozen=True)
class Post:
    """A request that changes something: method, path with its query, and body."""

    method: str
    path: str
    body: bytes = b""


@contextmanager
def without_gate(environment: dict[str, str]) -> Iterator[int]:
    """Run the dashboard without its gate; gives its port."""
    port = free_port()
    command = [sys.executable, "-c", _UNGATED, str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        if not is_up(f"http://127.0.0.1:{port}", server):
            raise RuntimeError("the server without the gate did not start")
        yield port
    finally:
        end(server)


def forge(port: int, post: Post, site: str) -> tuple[int, bytes]:
    """Send a request with the headers of a browser that shows a page of another site.

    Args:
        port: of the server, on this machine.
        post: what is sent.
        site: origin of that page.

    Returns:
        The status of the answer and its body; 0 where there was none.
    """
    headers = {"Origin": site, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    address = f"http://127.0.0.1:{port}{post.path}"
    asked = urllib.request.Request(address, post.body, headers, method=post.method)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError as error:
        return 0, str(error).encode()


def proven_posts(port: int, place: GatePlace, site: str) -> tuple[list[Post], list[str]]:
    """Send every kind of request that changes something to a server without the gate.

    Returns:
        Those that did their work there, and a sentence on each that did not.
    """
    proven: list[Post] = []
    failed: list[str] = []

    def send(method: str, path: str, body: bytes | dict[str, Any] | list[Any] = b"") -> dict[str, Any]:
        post = Post(method, path, body if isinstance(body, bytes) else json.dumps(body).encode())
        status, answer = forge(port, post, site)
        if 200 <= status < 300:
            proven.append(post)
        else:
            failed.append(
                f"{method} {path} proves nothing, without the gate it gets {status}: {answer[:200]!r}"
            )
        try:
            return dict(json.loads(answer))
        except (TypeError, ValueError):
            return {}

    run, photo = place.run, Path(place.run.split()["path"].iloc[0]).read_bytes()
    evaluation, label = run.evaluations()[0].name, run.labels()[0]
    collect = "/poet/collect/{}?dataset=forged&label=rose"
    send("POST", collect.format("labels"), {"label": "rose"})
    taken = send("POST", collect.format("pictures") + "&hold=hold-20260101-120000-a1b2&number=1", photo)
    removed = send("DELETE", collect.format("pictures"), [taken.get("name", "")])
    send("POST", f"{collect.format('undo')}&step={removed.get('step', '')}")
    send("POST", collect.format("labels"), {"label": "empty"})
    send("DELETE", "/poet/collect/labels?dataset=forged&label=empty")
    begun = send("POST", "/poet/uploads", [["rose/a.jpg", len(photo), 0]])
    send("PUT", f"/poet/uploads/{begun.get('id', 'x')}/0", photo)
    send("DELETE", f"/poet/uploads/{begun.get('id', 'x')}")
    send("POST", f"/poet/live/{run.name}?viewer=x", photo)
    send("POST", f"/poet/live/{run.name}/map?viewer=x&label={quote(label)}", photo)
    verdict = {"sha": place.sha, "verdict": "ambiguous", "comment": "forged"}
    send("POST", f"/poet/review/{run.name}/{evaluation}", verdict)
    send("POST", "/poet/audience/x", {"seen": 0})
    return proven, failed
