"""The addresses of this machine at which phones in the same network reach it."""

import contextlib
import ipaddress
import socket
from dataclasses import dataclass

import psutil

__all__ = ["HERE_ONLY", "LanAddress", "lan_addresses"]

#: Beginnings of the names of interfaces that lead to containers and virtual machines, not to phones.
_VIRTUAL = (
    "br-",
    "docker",
    "podman",
    "vEthernet",
    "vbox",
    "veth",
    "virbr",
    "vmnet",
    "utun",
    "tailscale",
    "zt",
)

#: A number that nobody has (RFC 5737): which of our addresses would be used to reach it is the usual one.
_ANYWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True)
class LanAddress:
    """An address of this machine.

    Attributes:
        host: its number.
        interface: the name of what it belongs to, as the system calls it; "" for this machine alone.
    """

    host: str
    interface: str

    @property
    def words(self) -> str:
        """How it is offered."""
        return (
            f"{self.host} ({self.interface})"
            if self.interface
            else f"{self.host} (this computer only, to try)"
        )


#: Nothing in the network reaches it.
HERE_ONLY = LanAddress("127.0.0.1", "")


def lan_addresses() -> list[LanAddress]:
    """Return the addresses at which others in the network may reach this machine, the usual one first.

    IPv4 only: an address that people type must be short.
    """
    up = psutil.net_if_stats()
    found = [
        LanAddress(one.address, name)
        for name, addresses in psutil.net_if_addrs().items()
        if name not in up or up[name].isup
        for one in addresses
        if one.family == socket.AF_INET and _is_reachable(one.address)
    ]
    usual = _usual()
    return sorted(
        found, key=lambda one: (one.host != usual, one.interface.startswith(_VIRTUAL), one.interface)
    )


def _is_reachable(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_link_local or address.is_unspecified)


def _usual() -> str:
    """Return the address with which this machine reaches others; "" where there is none. Nothing is sent."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(_ANYWHERE)
        return str(probe.getsockname()[0])
    return ""
