"""One request after the other, against a server that behaves badly."""

import socket
import time
from dataclasses import replace
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poetcore.errors import OptionError
from poetcore.sources.fetch import Outcome, parse_retry_after
from poetcore.sources.fetch_options import FetchOptions
from tests.conftest import encoded, picture
from tests.sources.conftest import PHOTO, QUICK, fetch_one

IMPATIENT = replace(QUICK, read_timeout=1, total_timeout=2)


def test_a_picture_comes_whole(server):
    assert fetch_one(server.body("/a.jpg", PHOTO)).content == PHOTO


def test_a_picture_with_a_text_content_type_is_fetched(server):
    assert fetch_one(server.body("/a.txt", PHOTO, "text/plain")).outcome == Outcome.FETCHED


def test_a_page_with_a_picture_content_type_is_refused(server):
    fetched = fetch_one(server.body("/a.jpg", b"<!DOCTYPE html><title>no</title>"))
    assert (fetched.outcome, fetched.reason) == (Outcome.REFUSED, "is a web page, not a picture")


def test_a_dead_link_is_refused_with_its_status(server):
    fetched = fetch_one(server.url + "/none.jpg")
    assert (fetched.outcome, fetched.reason) == (Outcome.REFUSED, "answered 404 Not Found")


def test_a_dead_link_is_requested_once(server):
    fetch_one(server.url + "/none.jpg")
    assert server.pictures() == ["/none.jpg"]


def test_a_redirect_to_a_picture_is_followed(server):
    fetched = fetch_one(server.redirect("/old.jpg", server.body("/new.jpg", PHOTO)))
    assert (fetched.content, fetched.final_url) == (PHOTO, server.url + "/new.jpg")


def test_a_redirect_to_a_page_names_it(server):
    page = server.body("/sorry", b"<html>sorry</html>")
    assert fetch_one(server.redirect("/a.jpg", "/sorry")).reason == (
        f"redirects to {page}, which is a web page, not a picture"
    )


def test_a_redirect_in_a_circle_ends(server):
    fetched = fetch_one(server.redirect("/a.jpg", "/a.jpg"))
    assert (fetched.reason, len(server.pictures())) == ("redirects more than 5 times", 6)


def test_a_redirect_to_a_file_is_not_followed(server):
    assert "not http or https" in fetch_one(server.redirect("/a.jpg", "file:///etc/hosts")).reason


@pytest.mark.parametrize("name", ["photo_unavailable.png", "removed.png", "image-not-found_m.gif"])
def test_a_redirect_to_a_picture_of_a_missing_one_is_a_placeholder(server, name):
    server.body(f"/pw/{name}", PHOTO)
    assert fetch_one(server.redirect("/a.jpg", f"/pw/{name}")).outcome == Outcome.PLACEHOLDER


def test_a_requested_picture_of_such_a_name_is_no_placeholder(server):
    assert fetch_one(server.body("/removed.png", PHOTO)).outcome == Outcome.FETCHED


def test_a_picture_of_one_colour_is_a_placeholder(server):
    grey = encoded(picture().convert("L").point(lambda _: 200), "PNG")
    assert fetch_one(server.body("/a.png", grey)).outcome == Outcome.PLACEHOLDER


def test_a_counting_pixel_is_refused(server):
    fetched = fetch_one(server.body("/a.png", encoded(picture(size=(1, 1)), "PNG")))
    assert fetched.reason == "has only 1 x 1 pixels"


@pytest.mark.slow
def test_a_body_that_drips_is_cut_off(server):
    assert fetch_one(server.drip("/a.jpg", PHOTO, 0.05), IMPATIENT).reason == "took longer than 2 seconds"


def test_a_silent_server_is_unreachable(server):
    fetched = fetch_one(server.silent("/a.jpg"), IMPATIENT)
    assert (fetched.outcome, fetched.reason) == (Outcome.UNREACHABLE, "did not answer within 1 seconds")


def test_a_body_that_ends_early_is_refused(server):
    fetched = fetch_one(server.truncated("/a.jpg", PHOTO, 10))
    assert (fetched.outcome, fetched.reason) == (Outcome.TEMPORARY, f"broke off after {len(PHOTO)} bytes")


def test_chunks_without_an_end_are_refused(server):
    assert fetch_one(server.truncated_chunks("/a.jpg", PHOTO)).outcome == Outcome.TEMPORARY


def test_half_a_picture_is_refused(server):
    assert "damaged or truncated" in fetch_one(server.body("/a.jpg", PHOTO[:-200])).reason


def test_a_body_with_too_large_a_length_is_not_read(server):
    fetched = fetch_one(server.truncated("/a.jpg", PHOTO, 10**9))
    assert fetched.reason == "is larger than 0.5 megabytes"


def test_a_body_without_end_is_cut_off(server):
    assert fetch_one(server.endless("/a.jpg")).reason == "is larger than 0.5 megabytes"


def test_a_closed_connection_is_temporary(server):
    assert fetch_one(server.reset("/a.jpg")).outcome == Outcome.TEMPORARY


def test_a_port_without_a_server_is_unreachable(server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fetched = fetch_one(f"http://127.0.0.1:{port}/a.jpg")
    assert (fetched.outcome, fetched.reason) == (
        Outcome.UNREACHABLE,
        "cannot be reached: no server answers there",
    )


def test_the_user_agent_names_poet_and_the_contact(server):
    fetch_one(server.photo("/a.jpg"), replace(QUICK, contact="me@example.org"))
    assert [agent.split("/")[0] + agent[-16:] for agent in server.agents] == ["PoetGather me@example.org)"]


@pytest.mark.parametrize(
    "wrong", [{"workers": 0}, {"per_host": 0}, {"total_timeout": 0}, {"retries": -1}, {"contact": "\n"}]
)
def test_impossible_limits_are_refused(wrong):
    with pytest.raises(OptionError, match=next(iter(wrong))):
        FetchOptions(**wrong)


@pytest.mark.parametrize(("text", "seconds"), [("7", 7), (" 7 ", 7), ("0", 0)])
def test_retry_after_is_read_as_seconds(text, seconds):
    assert parse_retry_after(text) == seconds


def test_retry_after_is_read_as_a_date():
    in_an_hour = formatdate(time.time() + 3600, usegmt=True)
    assert 3590 < parse_retry_after(in_an_hour) <= 3600


def test_a_date_in_the_past_means_no_wait():
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


@pytest.mark.parametrize("text", ["9" * 20, "Wed, 21 Oct 2999 07:28:00 GMT"])
def test_retry_after_is_a_year_at_the_most(text):
    assert parse_retry_after(text) == 365 * 86_400


@pytest.mark.parametrize("text", ["", "soon", "-3", "1.5", "²", "9" * 5000, "Wed, 99 Oct 2015", "nan"])
def test_a_nonsensical_retry_after_is_ignored(text):
    assert parse_retry_after(text) is None


@given(st.text(max_size=40))
def test_no_retry_after_raises(text):
    wait = parse_retry_after(text)
    assert wait is None or 0 <= wait <= 365 * 86_400
