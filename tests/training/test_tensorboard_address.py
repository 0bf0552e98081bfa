"""Where TensorBoard answers: on this machine only, unless its owner says otherwise."""

import pytest

from poetcore.errors import OptionError
from poetcore.training.tensorboard_address import LOCAL, TENSORBOARD_ADDRESS, Address, address_of_environment


@pytest.mark.parametrize("environ", [{}, {TENSORBOARD_ADDRESS: ""}, {TENSORBOARD_ADDRESS: " "}])
def test_without_a_choice_it_is_this_machine_only(environ):
    assert address_of_environment(environ) == LOCAL and not LOCAL.is_open


def test_the_owner_chooses_by_the_environment():
    assert address_of_environment({TENSORBOARD_ADDRESS: "0.0.0.0:6006"}) == Address("0.0.0.0", 6006)


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("127.0.0.1:6006", False),
        ("localhost", False),
        ("[::1]:6006", False),
        ("0.0.0.0", True),
        ("[::]:6006", True),
        ("192.168.1.7:80", True),
        ("lab.example", True),
    ],
)
def test_only_addresses_that_others_reach_are_open(text, opened):
    assert Address.parse(text).is_open == opened


@pytest.mark.parametrize(
    "text", ["6006:x", ":6006", "0.0.0.0:99999", "http://0.0.0.0", "a@b", "0.0.0.0/x", "[::"]
)
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(OptionError, match="such as 0.0.0.0:6006. Received: "):
        address_of_environment({TENSORBOARD_ADDRESS: text})


@pytest.mark.parametrize(
    ("host", "name", "link"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:6006/"),
        ("127.0.0.1", "lab.example", "http://127.0.0.1:6006/"),
        ("0.0.0.0", None, "http://127.0.0.1:6006/"),
        ("0.0.0.0", "lab.example", "http://lab.example:6006/"),
        ("::", None, "http://[::1]:6006/"),
        ("::", "fd00::7", "http://[fd00::7]:6006/"),
        ("192.168.1.7", None, "http://192.168.1.7:6006/"),
    ],
)
def test_the_link_leads_there_from_where_it_is_asked(host, name, link):
    assert Address(host, 6006).link(name) == link


def test_a_port_that_was_chosen_stays_and_another_is_found():
    assert Address("127.0.0.1", 6006).with_port().port == 6006
    assert LOCAL.with_port().port > 0
