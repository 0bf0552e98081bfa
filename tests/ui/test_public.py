"""The public view without a browser: who may ask what, how much, and what its process refuses to do."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from poetcore.errors import OptionError, RunError
from poetcore.ui.access import access, served_workspace
from poetcore.ui.contents import content_of, is_shown
from poetcore.ui.gallery.pictures import shas
from poetcore.ui.public.gate import Gate, Limits
from poetcore.workspace.published import (
    publish_dataset,
    publish_run,
    published_file,
    read_published,
    withdraw,
)
from tests.conftest import PATIENCE, ROOT, Trained

Sent = list[dict[str, Any]]


def asked(gate: Gate, scope: dict[str, Any], *messages: dict[str, Any]) -> Sent:
    """Ask the gate in a thread of its own, since another loop may run here; returns what it sends."""
    sent: Sent = []
    waiting = list(messages) or [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        return waiting.pop(0) if waiting else {"type": "websocket.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    whole = {"client": ("10.0.0.1", 1), "headers": [], "method": "GET", "type": "http", **scope}
    thread = threading.Thread(target=lambda: asyncio.run(gate(whole, receive, send)))
    thread.start()
    thread.join()
    return sent


def status_of(gate: Gate, path: str, method: str = "GET", **headers: str) -> int:
    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return int(asked(gate, {"path": path, "method": method, "headers": given})[0]["status"])


async def let_through(_: Any, receive: Callable[..., Any], send: Callable[..., Any]) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/evaluate", 200),
        ("GET", "/_stcore/health", 200),
        ("GET", "/evaluate/_stcore/health", 200),
        ("GET", f"/poet/picture/{'0' * 64}", 200),
        ("POST", "/poet/live/first", 200),
        ("PUT", "/_stcore/upload_file/a/b", 200),
        ("POST", "/", 405),
        ("DELETE", "/poet/picture/0", 405),
        ("GET", "/_stcore/metrics", 404),
        ("POST", "/_stcore/agent/mcp", 404),
        ("GET", "/poet/review/first/demo", 404),
        ("POST", "/poet/uploads", 404),
        ("POST", "/poet/audience/x", 404),
        ("GET", "/app/static/x", 404),
        ("GET", "/component/x/y", 404),
    ],
)
def test_only_what_is_listed_is_answered(method, path, status):
    assert status_of(Gate(let_through, Limits()), path, method) == status


@pytest.mark.parametrize(
    ("path", "method", "length", "status"),
    [
        ("/_stcore/upload_file/a/b", "PUT", "10000000", 200),
        ("/_stcore/upload_file/a/b", "PUT", "11000000", 413),
        ("/_stcore/upload_file/a/b", "PUT", "-1", 413),
        ("/poet/live/first", "POST", "2000001", 413),
        ("/", "GET", "1", 413),
    ],
)
def test_what_is_sent_has_a_limit(path, method, length, status):
    assert status_of(Gate(let_through, Limits()), path, method, content_length=length) == status


def test_what_comes_slowly_or_does_not_say_how_much_it_is_takes_its_place_too():
    told: list[int] = []

    async def wait_for_another(_: Any, receive: Any, send: Any) -> None:
        told.append(await asyncio.to_thread(status_of, gate, "/_stcore/upload_file/a/b", "PUT"))
        await send({"type": "http.response.start", "status": 204})

    gate = Gate(wait_for_another, Limits(upload_mb=1))
    for _ in range(2):  # all of it is free again at the end
        told.clear()
        status_of(gate, "/_stcore/upload_file/a/b", "PUT")
        assert told == [413, *[204] * 18]


def test_who_asks_too_much_waits_and_others_do_not():
    gate = Gate(let_through, Limits(rate=1, client_header="x-real-ip"))
    assert [status_of(gate, "/", x_real_ip="8.8.8.8") for _ in range(21)] == [*[200] * 20, 429]
    assert status_of(gate, "/", x_real_ip="evil, 8.8.4.4") == 200


def test_a_page_tells_that_the_server_is_full():
    gate, seen = Gate(let_through, Limits(sessions=1)), Sent()

    async def look(scope: Any, receive: Any, send: Any) -> None:
        seen.append(await receive())
        if scope["type"] == "websocket":  # while one is open, another comes
            seen.append({"status": await asyncio.to_thread(status_of, gate, "/")})

    gate._app = look
    message = BackMsg(app_heartbeat=True).SerializeToString()
    asked(
        gate,
        {"type": "websocket", "path": "/_stcore/stream"},
        {"type": "websocket.receive", "bytes": message},
    )
    assert seen[1]["status"] == 503
    assert status_of(Gate(let_through, Limits(sessions=1)), "/") == 200


def test_a_page_may_not_clear_what_is_kept_for_all():
    passed = Sent()

    async def take(_: Any, receive: Any, send: Any) -> None:
        passed.append(await receive())

    sent = [BackMsg(clear_cache=True), BackMsg(load_git_info=True), BackMsg(stop_script=True)]
    messages = [{"type": "websocket.receive", "bytes": one.SerializeToString()} for one in sent]
    asked(Gate(take, Limits()), {"type": "websocket", "path": "/_stcore/stream"}, *messages)
    assert BackMsg.FromString(passed[0]["bytes"]) == sent[2]


def test_a_limit_that_is_none_is_refused():
    assert Limits.from_environment({"TFP_PUBLIC_SESSIONS": "5"}).sessions == 5
    with pytest.raises(OptionError, match="TFP_PUBLIC_RATE"):
        Limits.from_environment({"TFP_PUBLIC_RATE": "-1"})


def test_what_was_published_is_all_that_there_is(own: Trained, monkeypatch):
    publish_run(own.workspace, own.run)
    demo = next((own.sample / "demo").rglob("*.jpg"))
    train = next((own.sample / "train").rglob("*.jpg"))
    (known,), (hidden,) = shas((str(demo),)), shas((str(train),))
    monkeypatch.setenv("TFP_PUBLIC", "1")
    assert [is_shown(known), is_shown(hidden), content_of(hidden)] == [True, False, None]
    assert content_of(known) == demo.read_bytes()
    assert [run.name for run in served_workspace().all_runs()] == [own.run.name]
    publish_dataset(own.workspace, own.sample / "train")
    assert content_of(hidden) == train.read_bytes()
    made = own.run.evaluations()[0].predictions_file
    once = made.read_bytes()
    made.write_bytes(once + once.splitlines(keepends=True)[-1])  # made again, of more pictures
    assert access().published.runs[own.run.name].evaluations == {} and not is_shown(known)
    made.write_bytes(once)
    assert is_shown(known)
    train.write_bytes(demo.read_bytes())  # another content than was published
    assert content_of(hidden) is None
    withdraw(own.workspace, own.run.name)
    assert not is_shown(known) and served_workspace().all_runs() == []
    published_file(own.workspace).write_text('{"runs": {"../x": {}}, "datasets": {}}')
    assert access().published.runs == {}
    with pytest.raises(RunError, match="damaged"):
        read_published(own.workspace)


CONFINED = """
import os, shutil, socket, sqlite3, subprocess, sys
from pathlib import Path
from poetcore.ui.public.confinement import Confinement, python_folders
own, out = Path(sys.argv[1]), Path(sys.argv[2])
(out / "link").symlink_to(own); (own / "link").symlink_to(out)
Confinement([*python_folders(), own], [], lambda: ([], {str(out / "shown"): ""})).enter()
fine = [
    lambda: (own / "a").read_text(), lambda: (out / "shown").read_text(),
    lambda: (out / "link/a").read_text(),
    lambda: sqlite3.connect("file:/x?vfs=memdb", uri=True), lambda: __import__("colorsys"),
    lambda: open(os.devnull, "w").close(), lambda: list(own.iterdir()),
]
refused = [
    lambda: (out / "b").read_text(), lambda: (own / "link/b").read_text(), lambda: list(out.iterdir()),
    lambda: (own / "new").write_text(""), lambda: (own / "d").mkdir(), lambda: (own / "a").unlink(),
    lambda: (own / "a").rename(own / "c"), lambda: (own / "a").chmod(0), lambda: os.truncate(own / "a", 0),
    lambda: shutil.rmtree(own), lambda: os.open(own / "a", os.O_RDWR), lambda: sqlite3.connect(own / "a"),
    lambda: sqlite3.connect(f"file:{own}/a?mode=ro", uri=True), lambda: subprocess.run(["true"]),
    lambda: os.system("true"), lambda: socket.create_connection(("192.0.2.1", 80), 1),
    lambda: os.symlink(own, own / "s"), lambda: os.utime(own / "a"),
]
for act in fine:
    act()
for number, act in enumerate(refused):
    try:
        act()
    except OSError as error:
        assert "public view" in str(error), (number, error)
    else:
        raise AssertionError(number)
print("confined")
"""


def test_its_process_writes_nothing_and_reads_what_it_may(tmp_path: Path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    for folder, name in ((inside, "a"), (outside, "b"), (outside, "shown")):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    command = [sys.executable, "-c", CONFINED, str(inside), str(outside)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    assert (done.stdout.strip(), done.returncode) == ("confined", 0), done.stderr
