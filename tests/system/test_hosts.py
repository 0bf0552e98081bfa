"""Under which names a server answers, and whose requests: what every server of this project asks."""

import pytest

from poetcore.errors import OptionError
from poetcore.system.hosts import allows, names_of, remote_control
from poetcore.system.sender import sender

HERE = names_of("127.0.0.1", environ={})


@pytest.mark.parametrize(
    ("netloc", "right"),
    [
        ("localhost:8501", True),
        ("LOCALHOST.", True),
        ("127.0.0.1", True),
        ("[::1]:8501", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evil@localhost", False),
        ("localhost/evil", False),
        ("localhost:99999", False),
        ("local\thost", False),
        ("2130706433", False),
        ("", False),
        (None, False),
    ],
)
def test_only_names_of_this_machine_are_allowed(netloc, right):
    assert allows(HERE, netloc) == right


def test_the_owner_names_more():
    names = names_of("", ["Lab.Example"], {"TFP_ALLOWED_HOSTS": "a.example, *.b.example"})
    assert [allows(names, host) for host in ("lab.example", "a.example:80", "x.b.example", "b.example")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "", "192.168.1.7", "lab.example"])
def test_an_address_that_others_reach_must_be_allowed(address):
    with pytest.raises(OptionError, match="without a password: if you want that, add --allow-remote-control"):
        remote_control(address, {})
    assert remote_control(address, {"TFP_ALLOW_REMOTE_CONTROL": "1"}).endswith("without a password.")
    assert remote_control(address, {"TFP_PUBLIC": "1"}) == ""


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "localhost"])
def test_an_address_of_this_machine_alone_needs_nothing(address):
    assert remote_control(address, {}) == ""


@pytest.mark.parametrize(
    ("headers", "whose"),
    [
        ({}, "none"),
        ({"sec-fetch-site": "none"}, "none"),
        ({"sec-fetch-site": "same-origin"}, "own"),
        ({"sec-fetch-site": "same-site"}, "other"),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost:8501"}, "other"),
        ({"origin": "http://localhost:8501"}, "own"),
        ({"origin": "http://localhost:9999"}, "other"),
        ({"origin": "null"}, "other"),
        ({"origin": "http://[::"}, "other"),
    ],
)
def test_whose_page_asks(headers, whose):
    assert sender({"host": "localhost:8501"} | headers) == whose
