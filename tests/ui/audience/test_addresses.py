"""At which addresses phones find this machine."""

import socket
from types import SimpleNamespace

import psutil
import pytest

from poetcore.ui.audience import addresses
from poetcore.ui.audience.addresses import LanAddress, lan_addresses


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A laptop with a cable, a Wi-Fi that it uses, a container's bridge, and an interface that is down."""

    def one(host: str, family: int = socket.AF_INET) -> SimpleNamespace:
        return SimpleNamespace(family=family, address=host)

    found = {
        "lo": [one("127.0.0.1")],
        "docker0": [one("172.17.0.1")],
        "eth0": [one("10.0.0.7"), one("fe80::1%eth0", socket.AF_INET6)],
        "wlan0": [one("192.168.1.20")],
        "eth1": [one("10.9.9.9")],
        "eth2": [one("169.254.7.7")],
    }
    monkeypatch.setattr(psutil, "net_if_addrs", lambda: found)
    monkeypatch.setattr(
        psutil, "net_if_stats", lambda: {name: SimpleNamespace(isup=name != "eth1") for name in found}
    )
    monkeypatch.setattr(addresses, "_usual", lambda: "192.168.1.20")


def test_the_usual_address_comes_first_and_a_containers_last():
    assert [one.interface for one in lan_addresses()] == ["wlan0", "eth0", "docker0"]


def test_an_address_says_what_it_belongs_to():
    assert LanAddress("192.168.1.20", "wlan0").words == "192.168.1.20 (wlan0)"
    assert "this computer only" in addresses.HERE_ONLY.words
