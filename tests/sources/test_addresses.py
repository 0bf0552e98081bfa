"""Nothing but the internet is asked, however an address is spelt and wherever a name or redirect leads."""

import ipaddress
import socket
from dataclasses import replace

import pytest

from poetcore.errors import DownloadError, OptionError
from poetcore.sources.addresses import ALLOW_PRIVATE, kind_of_inside
from poetcore.sources.archives import original_pictures
from poetcore.sources.fetch import Outcome
from poetcore.sources.fetch_options import FetchOptions
from poetcore.sources.imagenet import synset_urls
from poetcore.sources.inaturalist import find_taxon
from poetcore.sources.samples import download_flowers
from tests.sources.conftest import PHOTO, QUICK, fetch_all, fetch_one

INSIDE = [
    *("0.0.0.0", "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"),
    *("100.64.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "192.88.99.1", "168.63.129.16", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254"),
    *("fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b:1::1", "2001:db8::1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "3fff::1"),
    *("100::1", "5f00::1", "4000::1"),
]
OUTSIDE = ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_known(address):
    assert kind_of_inside(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_known(address):
    assert not kind_of_inside(ipaddress.ip_address(address))


@pytest.fixture
def inside(server, monkeypatch):
    """A server on this machine, which may not be asked."""
    server.photo("/a.jpg")
    monkeypatch.delenv(ALLOW_PRIVATE)
    return server


SPELT = [
    *(
        "127.0.0.1",
        "0",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "127.1",
        "localhost",
        "localhost.",
        "0.0.0.0",
    ),
    *("127.0.0.1.", "[::1]", "[::ffff:127.0.0.1]", "①②⑦.⓪.⓪.①", "127。0。0。1", "LOCALHOST", "a.localhost"),
]


def test_no_spelling_of_this_machine_is_asked(inside):
    port = inside.url.rpartition(":")[2]
    found = fetch_all([f"http://{host}:{port}/a.jpg" for host in SPELT])
    assert {one.outcome for one in found.values()} <= {Outcome.PRIVATE, Outcome.UNREACHABLE, Outcome.REFUSED}
    assert found[f"{inside.url}/a.jpg"].outcome is Outcome.PRIVATE
    assert inside.requested == []


def test_a_redirect_into_a_network_is_not_followed(server, monkeypatch):
    photo = server.photo("/a.jpg")
    elsewhere = photo.replace("127.0.0.1", "127.0.0.2")
    monkeypatch.setenv(ALLOW_PRIVATE, "127.0.0.1")
    first = server.redirect("/first", server.redirect("/second", elsewhere))
    fetched = fetch_one(first)
    assert fetched.outcome is Outcome.PRIVATE
    assert fetched.reason.startswith(f"redirects to {elsewhere}, which leads into a network")
    assert "/a.jpg" not in server.requested


@pytest.mark.parametrize(
    "target", ["http://user:secret@127.0.0.1/", "//user@127.0.0.1/", "ftp://127.0.0.1/", "http://["]
)
def test_a_redirect_with_a_password_or_to_no_page_is_not_followed(server, target):
    assert fetch_one(server.redirect("/a", target)).outcome is Outcome.REFUSED


def test_a_name_is_resolved_once_and_the_answer_is_kept(server, monkeypatch):
    """A name server that says another address the second time is not asked a second time."""
    answers = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])
    asked = socket.getaddrinfo
    connected: list[str] = []

    def resolve(host, *rest, **named):
        return asked(next(answers) if host == "rebinding.example" else host, *rest, **named)

    connect = socket.socket.connect
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", lambda s, to: connected.append(to[0]) or connect(s, to))
    monkeypatch.setenv(ALLOW_PRIVATE, "127.0.0.1")
    server.photo("/a.jpg")
    url = f"http://rebinding.example:{server.url.rpartition(':')[2]}/a.jpg"
    fetched = fetch_one(url, replace(QUICK, robots=False))
    assert fetched.outcome is Outcome.FETCHED
    assert set(connected) == {"127.0.0.1"}
    # Another connection resolves anew, and is refused.
    assert fetch_one(url, replace(QUICK, robots=False)).outcome is Outcome.PRIVATE


def test_a_name_with_one_answer_inside_is_not_asked_at_all(server, monkeypatch):
    def resolve(host, port, *rest, **named):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("8.8.8.8", "10.0.0.1")]

    monkeypatch.delenv(ALLOW_PRIVATE)
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert fetch_one("http://both.example/a.jpg").outcome is Outcome.PRIVATE


def test_every_other_source_refuses_too(inside, tmp_path):
    for ask in (
        lambda: find_taxon("rose", inside.url),
        lambda: synset_urls("n12997654", inside.url + "/{wnid}"),
        lambda: next(original_pictures("n12997654", inside.url + "/{wnid}")),
        lambda: download_flowers(tmp_path, url=inside.url),
    ):
        with pytest.raises(DownloadError, match="only the internet is asked"):
            ask()
    assert inside.requested == []


def test_behind_a_proxy_a_name_that_leads_inside_is_not_asked(inside, monkeypatch):
    monkeypatch.setenv("http_proxy", inside.url)
    monkeypatch.delenv("NO_PROXY")
    assert fetch_one("http://127.0.0.1:9/a.jpg").outcome is Outcome.PRIVATE
    assert inside.requested == []
    # Only the proxy knows the name.
    assert fetch_one("http://unknown.invalid/a.jpg").outcome is Outcome.FETCHED


@pytest.mark.parametrize("text", ["300.1.1.1/8", "http://a.lan", "a b/c"])
def test_what_is_no_host_and_no_network_is_refused(text):
    with pytest.raises(OptionError, match="allow_private is hosts"):
        FetchOptions(allow_private=text)


@pytest.mark.parametrize("allowed", ["127.0.0.1", "127.0.0.0/8", "all", "10.0.0.0/8, 127.0.0.1"])
def test_what_is_allowed_is_asked(inside, allowed):
    options = replace(QUICK, allow_private=allowed)
    assert fetch_one(f"{inside.url}/a.jpg", options).outcome is Outcome.FETCHED


def test_connections_are_kept_for_the_next_request(server):
    ports = set()
    server.page("/a.jpg", lambda handler: (ports.add(handler.client_address), handler.answer(200, PHOTO)))
    fetch_all([f"{server.url}/a.jpg?{i}" for i in range(3)], replace(QUICK, workers=1))
    assert len(ports) == 1
