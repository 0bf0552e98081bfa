"""Requests, one and many, against a server that behaves badly."""

import gc
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from poetcore.errors import OptionError
from poetcore.sources.arrivals import check_picture
from poetcore.sources.fetch import Fetched, FetchOptions, Outcome
from poetcore.sources.fetch_pool import FetchPool
from tests.badserver import BadServer, bad_server
from tests.conftest import encoded, picture

PHOTO = encoded(picture(99))
QUICK = FetchOptions(
    connect_timeout=2, read_timeout=1, total_timeout=2, max_megabytes=0.5, retries=2, backoff=0.01
)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with bad_server() as running:
        yield running
    gc.collect()  # connections that were given up close now, in the test that opened them


def fetch_all(addresses: list[str], options: FetchOptions = QUICK) -> dict[str, Fetched]:
    """Fetch addresses; gives what became of each."""
    came: dict[str, Fetched] = {}
    with FetchPool(options, check_picture) as pool:
        for address in addresses:
            pool.add(address, address)
        while result := pool.next():
            came[result[0]] = result[1]
    return came


def fetch_one(address: str, options: FetchOptions = QUICK) -> Fetched:
    return fetch_all([address], options)[address]


def test_a_picture_comes_whole(server):
    assert fetch_one(server.body("/a.jpg", PHOTO)).content == PHOTO


def test_a_picture_that_is_called_text_is_a_picture(server):
    assert fetch_one(server.body("/a.txt", PHOTO, "text/plain")).outcome == Outcome.FETCHED


def test_a_page_that_is_called_a_picture_is_a_page(server):
    came = fetch_one(server.body("/a.jpg", b"<!DOCTYPE html><title>no</title>"))
    assert (came.outcome, came.reason) == (Outcome.REFUSED, "is a web page, not a picture")


def test_a_dead_link_is_told_with_its_status(server):
    came = fetch_one(server.url + "/none.jpg")
    assert (came.outcome, came.reason) == (Outcome.REFUSED, "answered 404 Not Found")


def test_a_dead_link_is_asked_once(server):
    fetch_one(server.url + "/none.jpg")
    assert server.pictures() == ["/none.jpg"]


def test_a_server_that_recovers_is_asked_again(server):
    assert fetch_one(server.flaky("/a.jpg", [500, 503], PHOTO)).content == PHOTO


def test_a_server_that_does_not_recover_is_asked_no_more_than_agreed(server):
    came = fetch_one(server.flaky("/a.jpg", [500] * 9, PHOTO))
    assert (came.outcome, len(server.pictures())) == (Outcome.TEMPORARY, 3)


def test_retry_after_is_kept(server):
    fetch_one(server.flaky("/a.jpg", [429], PHOTO, Retry_After="1"))
    assert server.times[-1] - server.times[-2] >= 1


def test_retry_after_holds_for_the_whole_host(server):
    busy = server.flaky("/a.jpg", [429], PHOTO, Retry_After="1")
    others = server.photos(3)
    fetch_all([busy, *others], replace(QUICK, workers=1))
    answered = server.times[server.asked.index("/a.jpg")]
    assert all(time >= answered + 1 for time in server.times[server.asked.index("/a.jpg") + 1 :])


def test_a_server_that_asks_for_hours_is_not_waited_for(server):
    came = fetch_one(server.flaky("/a.jpg", [429] * 9, PHOTO, Retry_After="7200"))
    assert (came.reason, len(server.pictures())) == ("answered 429 Too Many Requests", 1)


def test_a_redirect_to_a_picture_is_followed(server):
    came = fetch_one(server.redirect("/old.jpg", server.body("/new.jpg", PHOTO)))
    assert (came.content, came.final) == (PHOTO, server.url + "/new.jpg")


def test_a_redirect_to_a_page_names_it(server):
    page = server.body("/sorry", b"<html>sorry</html>")
    assert fetch_one(server.redirect("/a.jpg", "/sorry")).reason == (
        f"leads to {page}, which is a web page, not a picture"
    )


def test_a_redirect_in_a_circle_ends(server):
    came = fetch_one(server.redirect("/a.jpg", "/a.jpg"))
    assert (came.reason, len(server.pictures())) == ("leads on more than 5 times", 6)


def test_a_redirect_to_a_file_is_not_followed(server):
    assert "not http or https" in fetch_one(server.redirect("/a.jpg", "file:///etc/hosts")).reason


@pytest.mark.parametrize("name", ["photo_unavailable.png", "removed.png", "image-not-found_m.gif"])
def test_a_redirect_to_a_picture_of_a_missing_one_is_a_placeholder(server, name):
    server.body(f"/pw/{name}", PHOTO)
    assert fetch_one(server.redirect("/a.jpg", f"/pw/{name}")).outcome == Outcome.PLACEHOLDER


def test_a_picture_that_is_asked_for_by_such_a_name_is_none(server):
    assert fetch_one(server.body("/removed.png", PHOTO)).outcome == Outcome.FETCHED


def test_a_picture_of_one_colour_is_a_placeholder(server):
    grey = encoded(picture().convert("L").point(lambda _: 200), "PNG")
    assert fetch_one(server.body("/a.png", grey)).outcome == Outcome.PLACEHOLDER


def test_a_counting_pixel_is_refused(server):
    came = fetch_one(server.body("/a.png", encoded(picture(size=(1, 1)), "PNG")))
    assert came.reason == "has only 1 x 1 pixels"


def test_a_body_that_drips_is_cut_off(server):
    assert fetch_one(server.drip("/a.jpg", PHOTO, 0.05)).reason == "took longer than 2 seconds"


def test_a_header_that_drips_is_cut_off(server):
    assert fetch_one(server.drip_header("/a.jpg", 0.05)).reason == "took longer than 2 seconds"


def test_others_are_fetched_while_some_hang(server):
    slow = [server.drip_header(f"/slow{i}.jpg", 0.05) for i in range(3)]
    came = fetch_all([*slow, *server.photos(5)], replace(QUICK, workers=3, per_host=3))
    assert sum(one.outcome == Outcome.FETCHED for one in came.values()) == 5


def test_a_server_that_says_nothing_is_given_up(server):
    came = fetch_one(server.silent("/a.jpg"))
    assert (came.outcome, came.reason) == (Outcome.UNREACHABLE, "did not answer within 1 seconds")


def test_a_body_that_ends_early_is_refused(server):
    came = fetch_one(server.truncated("/a.jpg", PHOTO, 10))
    assert (came.outcome, came.reason) == (Outcome.TEMPORARY, f"broke off after {len(PHOTO)} bytes")


def test_chunks_without_an_end_are_refused(server):
    assert fetch_one(server.truncated_chunks("/a.jpg", PHOTO)).outcome == Outcome.TEMPORARY


def test_half_a_picture_is_refused(server):
    assert "damaged or truncated" in fetch_one(server.body("/a.jpg", PHOTO[:-200])).reason


def test_a_body_that_is_announced_too_large_is_not_read(server):
    came = fetch_one(server.truncated("/a.jpg", PHOTO, 10**9))
    assert came.reason == "is larger than 0.5 megabytes"


def test_a_body_without_end_is_cut_off(server):
    assert fetch_one(server.endless("/a.jpg")).reason == "is larger than 0.5 megabytes"


def test_a_connection_that_is_closed_is_told(server):
    assert fetch_one(server.reset("/a.jpg")).outcome == Outcome.TEMPORARY


def test_nobody_at_an_address_is_told(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    came = fetch_one(f"http://127.0.0.1:{port}/a.jpg")
    assert (came.outcome, came.reason) == (Outcome.UNREACHABLE, "cannot be reached: nobody answers")


def test_who_asks_says_so(server):
    fetch_one(server.photo("/a.jpg"), replace(QUICK, contact="me@example.org"))
    assert [agent.split("/")[0] + agent[-16:] for agent in server.agents] == ["PoetGather me@example.org)"]


def test_no_more_requests_at_once_than_a_host_is_given(server):
    server.delay = 0.03
    fetch_all(server.photos(24), replace(QUICK, workers=12, per_host=3))
    assert server.most_at_once == 3


def test_redirects_count_as_requests_to_their_host(server):
    server.delay = 0.03
    with bad_server() as other:
        moved = [other.redirect(f"/{i}.jpg", address) for i, address in enumerate(server.photos(12))]
        fetch_all(moved, replace(QUICK, workers=12, per_host=2, robots=False, total_timeout=5))
    assert (server.most_at_once, len(server.asked)) == (2, 12)


def test_an_interval_lies_between_two_requests(server):
    began = time.monotonic()
    fetch_all(server.photos(4), replace(QUICK, interval=0.1, robots=False))
    assert server.times[-1] - began >= 0.3


def test_robots_are_asked_once_and_kept_to(server):
    server.body("/robots.txt", b"User-agent: *\nDisallow: /private/", "text/plain")
    private = server.photo("/private/a.jpg")
    came = fetch_all([private, *server.photos(5)])
    told = (came[private].reason, server.counts()["/robots.txt"], server.counts()["/private/a.jpg"])
    assert told == ("is closed to programs by robots.txt", 1, 0)


def test_robots_that_are_forbidden_forbid_nothing(server):
    server.body("/robots.txt", b"no", "text/plain", 403)
    assert fetch_one(server.photo("/a.jpg")).outcome == Outcome.FETCHED


def test_robots_can_set_a_delay(server):
    server.body("/robots.txt", b"User-agent: *\nCrawl-delay: 1", "text/plain")
    began = time.monotonic()
    fetch_all(server.photos(3), replace(QUICK, workers=1, total_timeout=5))
    assert server.times[-1] - began >= 1


def test_a_dead_host_is_left_alone_after_some_failures(server):
    addresses = [server.reset(f"/{i}.jpg") for i in range(20)]
    came = fetch_all(addresses, replace(QUICK, workers=1, host_failures=3))
    skipped = sum(one.outcome == Outcome.SKIPPED for one in came.values())
    assert (len(server.pictures()), skipped) == (3, 17)


def test_a_host_of_placeholders_is_left_alone(server):
    server.body("/photo_unavailable.png", PHOTO)
    addresses = [server.redirect(f"/{i}.jpg", "/photo_unavailable.png") for i in range(20)]
    came = fetch_all(addresses, replace(QUICK, workers=1, host_placeholders=4))
    assert sum(one.outcome == Outcome.SKIPPED for one in came.values()) == 16


def test_ctrl_c_while_a_worker_starts_is_passed_on(server, monkeypatch):
    def interrupted(_: threading.Thread) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch_one(server.url + "/a.jpg")


def test_dead_links_do_not_make_a_dead_host(server):
    gone = [f"{server.url}/gone{i}.jpg" for i in range(10)]
    came = fetch_all([*gone, *server.photos(1)], replace(QUICK, workers=1, host_failures=3))
    assert len(came) == len(server.pictures()) == 11


@pytest.mark.parametrize(
    "wrong", [{"workers": 0}, {"per_host": 0}, {"total_timeout": 0}, {"retries": -1}, {"contact": "\n"}]
)
def test_impossible_limits_are_refused(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        FetchOptions(**wrong)
