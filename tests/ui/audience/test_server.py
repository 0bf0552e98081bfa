"""The server of an audience as a process: what phones find there, what they do not, and when it ends."""

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

import psutil
import pytest

from poetcore.errors import PoetError
from poetcore.ui.audience.invitation import Invitation
from poetcore.ui.audience.phones import Limits
from tests.conftest import PATIENCE, ROOT
from tests.ui.audience.phone import Phone, round_of, turn_of

LABELS = ["daisy", "<b>rose"]


def news(invitation: Invitation, **wanted: object) -> dict[str, object]:
    """Wait until the process tells what is wanted."""
    deadline = time.monotonic() + PATIENCE
    while not wanted.items() <= dict(invitation.news).items():
        assert time.monotonic() < deadline, invitation.news
        time.sleep(0.02)
    return dict(invitation.news)


@pytest.fixture(scope="module")
def opened() -> Iterator[Invitation]:
    limits = Limits(phones_per_address=250, requests_per_address=9999)
    invitation = Invitation("127.0.0.1", 0, silence=9999, limits=limits)  # a test may take long
    yield invitation
    invitation.end()


@pytest.fixture
def invitation(opened: Invitation) -> Invitation:
    """One for all tests, with a slide on the screen that was never voted on."""
    opened.say({"do": "restart"})
    opened.say({"do": "ask", "slide": "a", "labels": LABELS})
    news(opened, slide="a", votes=[0, 0], score={"audience": 0, "model": 0, "of": 0})
    return opened


def test_a_vote_reaches_the_slide(invitation: Invitation):
    assert Phone(invitation.address).vote(1) == 200
    news(invitation, votes=[0, 1])


def test_a_vote_may_be_changed(invitation: Invitation):
    phone = Phone(invitation.address)
    assert (phone.vote(1), phone.vote(0)) == (200, 200)
    news(invitation, votes=[1, 0])


def test_the_page_says_what_was_voted_for_and_who_was_right(invitation: Invitation):
    phone = Phone(invitation.address)
    phone.vote(0)
    assert "Your vote: daisy." in phone.now()
    invitation.say({"do": "reveal", "slide": "a", "labels": LABELS, "truth": "daisy", "predicted": "<b>rose"})
    news(invitation, score={"audience": 1, "model": 0, "of": 1})
    room = phone.now()
    assert "It is daisy" in room and "Right: you voted for daisy." in room
    assert "it says &lt;b&gt;rose" in room, "what people named is no markup"


def test_nothing_tells_the_answer_before_it_is_shown(invitation: Invitation):
    assert "It is" not in Phone(invitation.address).now()


def test_a_phone_that_waits_hears_at_once_of_the_next_slide(invitation: Invitation):
    phone = Phone(invitation.address)
    turn = turn_of(phone.now())
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(phone.now, turn)
        invitation.say({"do": "ask", "slide": "b", "labels": ["oak"]})
        assert "oak" in waiting.result(PATIENCE)


def test_200_phones_vote_and_every_vote_is_counted_once(invitation: Invitation):
    with ThreadPoolExecutor(16) as threads:
        phones = list(threads.map(lambda _: Phone(invitation.address), range(200)))
        number = round_of(phones[0].now())
        votes = [(phone, at % 2) for at, phone in enumerate(phones)]
        for _ in range(2):
            statuses = list(threads.map(lambda vote: vote[0].vote(vote[1], number), votes))
            assert set(statuses) == {200}
    news(invitation, votes=[100, 100])


def test_a_phone_without_our_cookie_has_no_vote(invitation: Invitation):
    phone = Phone(invitation.address)
    for cookie in ("", "poet_phone=made.up"):
        phone.cookie = cookie
        assert phone.vote(0, 1) == 403
    assert invitation.news["votes"] == [0, 0]


def test_a_page_of_another_site_may_not_vote(invitation: Invitation):
    answer = Phone(invitation.address).ask(
        "POST", "/vote", "round=1&label=0", {"Origin": "http://evil.example"}
    )
    assert answer.status == 403


@pytest.mark.parametrize("body", ["", "label=0", "round=x&label=y", "round=1&label=99999", "&" * 150])
def test_what_is_no_vote_changes_nothing(invitation: Invitation, body: str):
    assert Phone(invitation.address).ask("POST", "/vote", body).status == 200
    Phone(invitation.address).vote(1)
    news(invitation, votes=[0, 1])  # the one vote there is


def test_a_body_without_end_is_refused(invitation: Invitation):
    assert Phone(invitation.address).ask("POST", "/vote", "x" * 100_000).status == 413


def test_a_foreign_name_is_refused(invitation: Invitation):
    assert Phone(invitation.address).ask("GET", "/", headers={"Host": "evil.example"}).status == 400


def test_who_votes_without_pause_is_refused(invitation: Invitation):
    phone = Phone(invitation.address)
    # Six within one second; a computer that is busy may take a few seconds to get there.
    assert any(phone.vote(0, 1) == 429 for _ in range(1000))


#: What a dashboard and other servers have, and ways out of a folder.
_PATHS = [
    "/index.html",
    "/favicon.ico",
    "/static/index.html",
    "/_stcore/health",
    "/_stcore/stream",
    "/_stcore/host-config",
    "/_stcore/upload_file/a/b",
    "/media/a.png",
    "/poet/picture/0",
    "/poet/audience/x",
    "/poet/review/a/b",
    "/slideshow",
    "/evaluate",
    "/docs",
    "/openapi.json",
    "/now/",
    "/vote/",
    "//vote",
    "/../vote.js",
    "/%2e%2e/vote.js",
    "/vote.js",
    "/vote.css",
    "/vote_page.html",
    "/.git/config",
    "/poetcore/ui/audience/vote.js",
    "/etc/passwd",
    "//etc/passwd",
]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_a_scan_of_paths_finds_nothing_else(invitation: Invitation, method: str):
    phone = Phone(invitation.address)
    assert {path: phone.ask(method, path).status for path in _PATHS} == dict.fromkeys(_PATHS, 404)


def test_a_scan_of_methods_finds_nothing_else(invitation: Invitation):
    phone = Phone(invitation.address)
    methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "PROPFIND"]
    allowed = {
        path: [method for method in methods if phone.ask(method, path).status not in (400, 404, 405)]
        for path in ("/", "/now?seen=", "/vote")
    }
    assert allowed == {"/": ["GET", "HEAD"], "/now?seen=": ["GET", "HEAD"], "/vote": ["POST"]}


def test_a_page_loads_nothing_from_elsewhere_and_may_not(invitation: Invitation):
    phone = Phone(invitation.address)
    assert not re.findall(r'(?:src|href)="(?!data:)', phone.page) and "//" not in re.sub(
        r"<script>.*</script>", "", phone.page, flags=re.S
    )
    policy = phone.ask("GET", "/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy and "http" not in policy


def test_a_full_room_says_so():
    invitation = Invitation("127.0.0.1", 0, limits=Limits(phones=1))
    first, second = Phone(invitation.address), Phone(invitation.address)
    assert "You are in" in first.now()
    refused = second.now()
    assert "The room is full" in refused
    assert f'value="{turn_of(first.now())}"' not in refused, "whoever gets in later has seen no turn"
    invitation.end()


def port_is_open(invitation: Invitation) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((invitation.host, invitation.port)) == 0


def test_it_ends_with_the_show_and_says_so_to_who_waits():
    invitation = Invitation("127.0.0.1", 0)
    phone = Phone(invitation.address)
    turn = turn_of(phone.now())
    with ThreadPoolExecutor() as threads:
        asked = [threads.submit(phone.now, turn) for _ in range(2)]
        # Of a phone one question waits: once the other is answered, that one is there.
        _, (waiting,) = wait(asked, return_when=FIRST_COMPLETED)
        invitation.end()
        assert "The show is over" in waiting.result(PATIENCE)
    assert not port_is_open(invitation) and not invitation.is_open


def test_it_ends_when_nobody_presents_any_more():
    invitation = Invitation("127.0.0.1", 0, silence=0.5)
    deadline = time.monotonic() + PATIENCE
    while invitation.is_open:  # it may have ended before anybody looks at its process
        assert time.monotonic() < deadline
        time.sleep(0.02)
    invitation.say({"do": "pause"})  # whoever comes back too late breaks nothing


@pytest.mark.parametrize("said", ["", "{"], ids=["quiet", "in the middle of a line"])
def test_it_ends_with_a_dashboard_that_is_killed(said: str):
    script = (
        "import json, time; from poetcore.ui.audience.invitation import Invitation;"
        "one = Invitation('127.0.0.1', 0, silence=9999);"
        f"one._process.stdin.write({said!r}); one._process.stdin.flush();"
        "print(json.dumps([one.pid, one.port]), flush=True); time.sleep(999)"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as dashboard:
        assert dashboard.stdout
        pid, port = json.loads(dashboard.stdout.readline())
        server = psutil.Process(pid)
        dashboard.kill()
        server.wait(PATIENCE)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch, invitation: Invitation):
    with socket.create_connection((invitation.host, invitation.port), timeout=60) as silent:
        silent.sendall(b"GET / HTTP/1.1\r\nHost:")
        assert silent.recv(1) == b""


def test_an_address_that_this_machine_does_not_have_is_told():
    with pytest.raises(PoetError, match=r"cannot be opened at 198\.51\.100\.7"):
        Invitation("198.51.100.7", 0)


def test_a_code_holds_the_address(invitation: Invitation):
    assert invitation.qr_code().startswith("data:image/svg+xml")
