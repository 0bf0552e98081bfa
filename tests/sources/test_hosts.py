"""What a robots.txt allows and how it is read."""

import time
from dataclasses import replace

import pytest

from poetcore.sources.fetch import Outcome
from poetcore.sources.hosts import RobotsRules
from tests.badserver import BadServer
from tests.sources.conftest import QUICK, fetch_all, fetch_one


def allowed(server: BadServer, robots: str, *paths: str) -> list[str]:
    """Fetch pictures from a site with a robots.txt; returns the paths that were requested."""
    server.body("/robots.txt", robots.encode(), "text/plain")
    fetch_all([server.photo(path) for path in paths], replace(QUICK, workers=1))
    return [path for path in paths if path in server.pictures()]


def test_robots_txt_is_read_once_and_obeyed(server):
    server.body("/robots.txt", b"User-agent: *\nDisallow: /private/", "text/plain")
    private = server.photo("/private/a.jpg")
    fetched = fetch_all([private, *server.photos(5)])
    seen = (fetched[private].reason, server.counts()["/robots.txt"], server.counts()["/private/a.jpg"])
    assert seen == ("is disallowed by robots.txt", 1, 0)


def test_a_forbidden_robots_txt_allows_everything(server):
    server.body("/robots.txt", b"no", "text/plain", 403)
    assert fetch_one(server.photo("/a.jpg")).outcome == Outcome.FETCHED


def test_a_crawl_delay_lies_between_two_requests(server):
    server.body("/robots.txt", b"User-agent: *\nCrawl-delay: 1", "text/plain")
    began = time.monotonic()
    fetch_all(server.photos(3), replace(QUICK, workers=1))
    assert server.times[-1] - began >= 1


def test_a_wildcard_matches_any_characters(server):
    robots = "User-agent: *\nDisallow: /*/private/*.jpg"
    assert allowed(server, robots, "/a/private/b.jpg", "/a/private/b.png") == ["/a/private/b.png"]


def test_a_dollar_matches_the_end_of_the_path(server):
    robots = "User-agent: *\nDisallow: /*.gif$"
    assert allowed(server, robots, "/a.gif", "/a.gif.jpg") == ["/a.gif.jpg"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_longest_match_decides(server, order):
    rules = ["Allow: /photos/", "Disallow: /photos/private/", "Allow: /photos/private/shown/"][::order]
    robots = "\n".join(["User-agent: *", *rules])
    paths = ["/photos/a.jpg", "/photos/private/a.jpg", "/photos/private/shown/a.jpg"]
    assert allowed(server, robots, *paths) == [paths[0], paths[2]]


def test_allow_decides_where_both_matches_are_as_long(server):
    robots = "User-agent: *\nDisallow: /photos/\nAllow: /photos/"
    assert allowed(server, robots, "/photos/a.jpg") == ["/photos/a.jpg"]


def test_the_query_is_compared_too(server):
    robots = "User-agent: *\nDisallow: /*?full="
    server.photo("/a.jpg")
    assert allowed(server, robots, "/b.jpg") == ["/b.jpg"]
    assert fetch_one(server.url + "/a.jpg?full=1").reason == "is disallowed by robots.txt"


def test_the_group_of_poet_replaces_that_of_all_agents(server):
    robots = "User-agent: *\nDisallow: /\n\nUser-agent: other\nUser-agent: poetgather\nDisallow: /private/"
    assert allowed(server, robots, "/a.jpg", "/private/a.jpg") == ["/a.jpg"]


def test_groups_of_poet_count_together(server):
    robots = "User-agent: PoetGather\nDisallow: /a/\n\nUser-agent: x\n\nUser-agent: PoetGather\nDisallow: /b/"
    assert allowed(server, robots, "/a/1.jpg", "/b/1.jpg", "/c/1.jpg") == ["/c/1.jpg"]


def test_the_group_of_another_agent_does_not_count(server):
    robots = "User-agent: Gather\nDisallow: /"
    assert allowed(server, robots, "/a.jpg") == ["/a.jpg"]


def test_an_empty_disallow_allows_everything(server):
    assert allowed(server, "User-agent: *\nDisallow:", "/a.jpg") == ["/a.jpg"]


def test_a_byte_order_mark_does_not_hide_the_first_group(server):
    assert allowed(server, "\ufeffUser-agent: *\nDisallow: /", "/a.jpg") == []


def test_a_missing_robots_txt_allows_everything(server):
    assert fetch_one(server.photo("/a.jpg")).outcome == Outcome.FETCHED


@pytest.mark.parametrize("content", [b"\xff\xfe\x00Disallow", b"<html>no</html>", b"\x00" * 1000])
def test_a_broken_robots_txt_allows_everything(server, content):
    server.body("/robots.txt", content, "text/plain")
    assert fetch_one(server.photo("/a.jpg")).outcome == Outcome.FETCHED


def test_a_host_whose_robots_txt_fails_gets_no_other_request(server):
    server.body("/robots.txt", b"", "text/plain", 503)
    fetched = fetch_one(server.photo("/a.jpg"))
    assert (fetched.reason, server.pictures()) == ("answered 503 Service Unavailable", [])


def test_an_endless_robots_txt_is_not_read_to_its_end(server):
    server.endless("/robots.txt")
    assert fetch_one(server.photo("/a.jpg")).outcome == Outcome.FETCHED


@pytest.mark.parametrize(
    ("text", "delay"), [("1.5", 1.5), ("3600", 30), ("inf", 0), ("-1", 0), ("soon", 0), ("", 0)]
)
def test_a_crawl_delay_is_bounded(text, delay):
    assert RobotsRules(f"User-agent: *\nCrawl-delay: {text}").delay == delay


def test_a_robots_txt_that_would_fill_the_memory_allows_nothing():
    agents = "".join(f"User-agent: a{i}\n" for i in range(5000))
    assert not RobotsRules(agents + "Disallow: /x\n" * 5000).allows("http://a.org/y.jpg")
