"""Many requests at once, against a server that behaves badly."""

import threading
import time
from dataclasses import replace

import pytest

from poetcore.sources.fetch import Outcome
from tests.badserver import bad_server
from tests.sources.conftest import PHOTO, QUICK, fetch_all, fetch_one


def test_a_request_to_a_server_that_recovers_is_repeated(server):
    assert fetch_one(server.flaky("/a.jpg", [500, 503], PHOTO)).content == PHOTO


def test_a_request_is_repeated_no_more_than_the_limit(server):
    fetched = fetch_one(server.flaky("/a.jpg", [500] * 9, PHOTO))
    assert (fetched.outcome, len(server.pictures())) == (Outcome.TEMPORARY, 3)


def test_retry_after_delays_the_retry(server):
    fetch_one(server.flaky("/a.jpg", [429], PHOTO, Retry_After="1"))
    assert server.times[-1] - server.times[-2] >= 1


def test_retry_after_pauses_the_whole_host(server):
    busy = server.flaky("/a.jpg", [429], PHOTO, Retry_After="1")
    others = server.photos(3)
    fetch_all([busy, *others], replace(QUICK, workers=1))
    answered = server.times[server.requested.index("/a.jpg")]
    assert all(time >= answered + 1 for time in server.times[server.requested.index("/a.jpg") + 1 :])


def test_a_server_that_asks_for_hours_is_not_waited_for(server):
    fetched = fetch_one(server.flaky("/a.jpg", [429] * 9, PHOTO, Retry_After="7200"))
    assert (fetched.reason, len(server.pictures())) == ("answered 429 Too Many Requests", 1)


@pytest.mark.slow
def test_a_header_that_drips_is_cut_off(server):
    impatient = replace(QUICK, read_timeout=1, total_timeout=2)
    assert fetch_one(server.drip_header("/a.jpg", 0.05), impatient).reason == "took longer than 2 seconds"


@pytest.mark.slow
def test_others_are_fetched_while_some_hang(server):
    slow = [server.drip_header(f"/slow{i}.jpg", 0.05) for i in range(3)]
    fetched = fetch_all([*slow, *server.photos(5)], replace(QUICK, workers=3, per_host=3, total_timeout=4))
    assert sum(one.outcome == Outcome.FETCHED for one in fetched.values()) == 5


def test_no_more_requests_at_once_than_per_host(server):
    server.delay = 0.03
    fetch_all(server.photos(24), replace(QUICK, workers=12, per_host=3))
    assert 1 < server.most_at_once <= 3  # on a busy machine one is answered before the third comes


def test_redirects_count_as_requests_to_their_host(server):
    server.delay = 0.03
    with bad_server() as other:
        moved = [other.redirect(f"/{i}.jpg", url) for i, url in enumerate(server.photos(12))]
        fetch_all(moved, replace(QUICK, workers=12, per_host=2, robots=False))
    assert server.most_at_once <= 2 and len(server.requested) == 12


def test_an_interval_lies_between_two_requests(server):
    began = time.monotonic()
    fetch_all(server.photos(4), replace(QUICK, interval=0.1, robots=False))
    assert server.times[-1] - began >= 0.3


def test_a_dead_host_is_skipped_after_some_failures(server):
    urls = [server.reset(f"/{i}.jpg") for i in range(20)]
    fetched = fetch_all(urls, replace(QUICK, workers=1, host_failures=3))
    skipped = sum(one.outcome == Outcome.SKIPPED for one in fetched.values())
    assert (len(server.pictures()), skipped) == (3, 17)


def test_a_host_of_placeholders_is_skipped(server):
    server.body("/photo_unavailable.png", PHOTO)
    urls = [server.redirect(f"/{i}.jpg", "/photo_unavailable.png") for i in range(20)]
    fetched = fetch_all(urls, replace(QUICK, workers=1, host_placeholders=4))
    assert sum(one.outcome == Outcome.SKIPPED for one in fetched.values()) == 16


def test_ctrl_c_while_a_worker_starts_is_passed_on(server, monkeypatch):
    def interrupted(_: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch_one(server.url + "/a.jpg")


def test_dead_links_do_not_make_a_dead_host(server):
    gone = [f"{server.url}/gone{i}.jpg" for i in range(10)]
    fetched = fetch_all([*gone, *server.photos(1)], replace(QUICK, workers=1, host_failures=3))
    assert len(fetched) == len(server.pictures()) == 11
